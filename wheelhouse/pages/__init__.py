"""Index pages, JSON and HTML, into values that are what they say.

Doors: `page`, `size`.
"""
