"""From a recipe or an sdist to a checked wheel, step by step.

Doors: `closure`, `described`, `job`, `making`, `produce`, `sdist_job`, `sdists`, `stored`.
"""
