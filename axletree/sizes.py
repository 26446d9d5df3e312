"""Sizes as people write and read them: the one reader, and the one writer.

Like `axletree.resolver.universe.tables`, this imports next to nothing.
"""

from __future__ import annotations

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_SIZE = r"(?ai)(\d{1,15}(?:\.\d{1,9})?)\s*([kmg]?)b?"


def parse_size(text: str) -> int:
    """Read `64 MB`, `1.5 GB`, `100 kB` or a number of bytes.

    :raises ValueError: if it is none of these.
    """
    import re  # noqa: PLC0415  late: a quick answer writes sizes at most

    match = re.fullmatch(_SIZE, text.strip())
    if match is None:
        message = f"{text!r} is not a size"
        raise ValueError(message)
    return int(float(match[1]) * _UNITS[match[2].lower()])


def size_words(size_bytes: float) -> str:
    """Write a size in three digits: `64 MB`, `1.5 kB`, `17 B`."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        # What would be rounded to 1000 of the smaller unit is one of this.
        if size_bytes >= unit * 0.9995:
            value = size_bytes / unit
            return f"{f'{value:,.0f}' if value >= 100 else f'{value:.3g}'} {name}"
    return f"{size_bytes:.0f} B"
