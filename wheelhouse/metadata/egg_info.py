"""What setuptools once noted of a build: `requires.txt` of an `.egg-info`.

It lies in most sdists of old, whose PKG-INFO names no requirements. Another build may ask
for others, so it is a hint and no metadata.
"""

from collections.abc import Iterator


def requirements_in(text: str) -> tuple[str, ...]:
    """Return the requirements that are for no extra, in order, with their markers.

    Source: setuptools documentation, "The Egg Formats": a section is `[extra:marker]`,
    with either part left out.
    """
    return tuple(_lines(text))


def _lines(text: str) -> Iterator[str]:
    extra = marker = ""
    for spelled in text.splitlines():
        line = spelled.strip()
        if line.startswith("[") and line.endswith("]"):
            extra, _, marker = line[1:-1].partition(":")
        elif line and not extra and not line.startswith("#"):
            yield f"{line} ; {marker}" if marker else line
