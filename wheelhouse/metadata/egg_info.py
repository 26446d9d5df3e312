"""What setuptools once noted of a build: `requires.txt` of an `.egg-info`.

It lies in most sdists of old, whose PKG-INFO names no requirements. Another build may ask
for others, so it is a hint and no metadata.
"""

from collections.abc import Iterator


def requirements_in(text: str) -> tuple[str, ...]:
    """Return the requirements in order, as Requires-Dist spells them.

    Source: setuptools documentation, "The Egg Formats": a section is `[extra:marker]`,
    with either part left out.
    """
    return tuple(_lines(text))


def _lines(text: str) -> Iterator[str]:
    marker = ""
    for spelled in text.splitlines():
        line = spelled.strip()
        if line.startswith("[") and line.endswith("]"):
            marker = _marker(*line[1:-1].partition(":")[::2])
        elif line and not line.startswith("#"):
            yield f"{line} ; {marker}" if marker else line


def _marker(extra: str, condition: str) -> str:
    if not extra:
        return condition
    of_extra = f'extra == "{extra}"'
    return f"({condition}) and {of_extra}" if condition else of_extra
