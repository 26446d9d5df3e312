"""Running the index: the application, its worker processes, and what watches them.

Doors: `checking`, `serve`.
"""
