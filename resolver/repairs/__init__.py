"""Changes after which there is an answer, each proved by resolving again.

Doors: `collecting`, `lifting`, `overriding`, `relaxing`, `repairer`, `strategies`.
"""
