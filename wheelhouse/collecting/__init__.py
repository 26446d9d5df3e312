"""The closure of requirements, brought from an index into the wheelhouse.

Doors: `collect`, `finished`, `known_here`.
"""
