"""Requirement sets: texts with their environments, their locks, and what breaks them.

Doors: `checking`, `differences`, `gate`, `keeping`, `locks`, `reading`, `records`,
`rows`, `state_rows`, `texts`.
"""
