"""Changes after which there is an answer, each proved by resolving again.

Doors: `collecting`, `repairer`, `strategies`.
"""
