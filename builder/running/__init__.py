"""Builds as jobs: several at once, in order, each leased, watched and told of.

Doors: `executors`, `group`, `listening`, `outcomes`, `rooming`, `targets`, `work`.
"""
