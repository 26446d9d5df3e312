"""Pages for people besides the index: the home page and the documentation.

Doors: `home`, `manual`.
"""
