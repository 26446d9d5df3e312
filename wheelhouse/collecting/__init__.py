"""The closure of requirements, brought from an index into the wheelhouse.

Doors: `built_here`, `collect`, `finished`, `incomplete`, `known_here`, `sdist_wheels`.
"""
