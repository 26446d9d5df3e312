"""Foreign archives: read once, in one way, in bounded memory.

Doors: `bounded_zip`, `members`, `paths`, `rules`, `streams`.
"""
