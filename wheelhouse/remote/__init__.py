"""What of a wheelhouse may be kept on other machines: its database, and its files.

Doors: `bucket`, `postgres`.
"""
