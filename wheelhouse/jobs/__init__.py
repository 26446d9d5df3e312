"""Work that takes long, as rows: who does it, and what became of it.

Doors: `owners`, `records`, `table`.
"""
