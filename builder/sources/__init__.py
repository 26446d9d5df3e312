"""Where a source comes from: a commit, an sdist, with patches applied.

Doors: `addresses`, `newest`, `patches`, `source`.
"""
