"""How much of what others wrote is read, documented in docs/reference/limits.md.

Real files stay far below; what lies beyond is left out by a named fact. So no text of
an index costs more than a small multiple of what it takes to send it.
"""

LONGEST_REQUIRES_PYTHON = 1_000
"""Characters of one Requires-Python; real ones have less than 100."""
LONGEST_REQUIREMENT = 10_000
"""Characters of one requirement line; real ones have less than 2,000."""
LONGEST_VERSION = 1_000
"""Characters of one version; real ones have less than 100."""
DEEPEST_MARKER = 40
"""Parentheses open at once in a marker; `packaging` calls itself for each."""
MOST_REQUIREMENTS = 10_000
"""Requires-Dist of one release; real ones have less than 3,000."""
MOST_EXTRAS = 10_000
"""Provides-Extra of one release; real ones have less than 1,000."""
LONGEST_URL = 16_000
"""Characters of a link; signed ones have about 2,000."""
EARLIEST_YEAR, LATEST_YEAR = 1980, 2100
"""Years that are believed: a wheel's members can have those, whatever the offset."""
