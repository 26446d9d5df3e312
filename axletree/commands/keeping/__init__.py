"""The verbs by which a wheelhouse is kept by hand."""
