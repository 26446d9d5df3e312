"""Builds as jobs: several at once, in order, each leased, watched and told of.

Doors: `bringing`, `doing`, `executors`, `group`, `outcomes`, `results`, `rooming`,
`targets`, `work`.
"""
