"""The entry check: what a wheel or an sdist must be before it comes in.

Doors: `sdist`, `sdist_metadata`, `variants`, `wheel`.
"""
