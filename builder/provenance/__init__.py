"""What is said of a build: from what, by whom, where, and how far apart.

Doors: `materials`, `statement`.
"""
