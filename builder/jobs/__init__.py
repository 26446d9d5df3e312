"""From a recipe or an sdist to a checked wheel, step by step.

Doors: `answered`, `built`, `closure`, `described`, `job`, `kept`, `making`, `produce`,
`sdist_job`, `sdists`, `sight`, `stored`.
"""
