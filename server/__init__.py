"""The package index over a wheelhouse."""
