"""Ranks of the kinds of repairs, cheapest first.

Published in docs/explanation/repairs.md: a cost is a rank, then how many changes of
that kind, then whatever tells two of one kind apart.
"""

RELAX_ROOT = 0
LATER_DATE = 1
ANOTHER_PYTHON = 2
COLLECT = 3
OVERRIDE = 4
"""Also what a recipe that exists would build."""
LIFT = 5
