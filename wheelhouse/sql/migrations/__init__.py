"""How the tables came to be what they are; run by `axletree.wheelhouse.sql.database`."""
