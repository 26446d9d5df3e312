"""Where a source comes from: a commit, an sdist, with patches applied.

Doors: `addresses`, `git_login`, `newest`, `patches`, `source`.
"""
