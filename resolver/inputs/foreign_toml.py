"""Read TOML that others wrote: bounded in size and nesting before it is parsed.

tomllib calls itself for each bracket, and walks a dotted key once for each of its
parts: twenty thousand of either end in a RecursionError or never. So both are counted
first, in one pass over the text that only knows strings, comments and brackets. A text
that misleads that count is no TOML up to that place, where tomllib stops as well.
"""

import re
from collections.abc import Mapping

from axletree.sizes import size_words

LIMIT_BYTES = 2 << 20
"""Of one pyproject.toml; the largest seen in the open has a tenth of it."""

MAX_DEPTH = 64
"""Tables and arrays within each other, whether by brackets or by dots."""

# A string that does not end is taken to where tomllib gives up on it: tried again at
# each of its quotes, it would cost the square of its length.
_TOKEN = re.compile(
    r"#[^\n]*"
    r'|"""(?:[^"\\]|\\.|"{1,2}(?!"))*+(?:"{3,5})?'
    r"|'''(?:[^']|'{1,2}(?!'))*+(?:'{3,5})?"
    r'|"(?:[^"\\\n]|\\[^\n])*+"?'
    r"|'[^'\n]*+'?"
    r"|[\[\]{}.,\n]"
    r"|0[xob][0-9A-Fa-f_]{1000}",
    re.DOTALL,
)


class ForeignTomlError(ValueError):
    """A clause that says why a text is not read: `it is no TOML: …`."""


def read_toml(raw: bytes, *, limit_bytes: int = LIMIT_BYTES) -> Mapping[str, object]:
    """Parse `raw`, in time linear in its length.

    Values are those of tomllib; strings in them may hold any character, NUL as well.

    :raises ForeignTomlError: when it is too large, too deep, not UTF-8 or no TOML.
    """
    if len(raw) > limit_bytes:
        raise ForeignTomlError(f"it is larger than {size_words(limit_bytes)}")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise ForeignTomlError(f"it is not UTF-8: {error}") from error
    return parse_toml(text)


def parse_toml(text: str) -> Mapping[str, object]:
    """Parse a text whose size is bounded already.

    :raises ForeignTomlError: when it is nested too deep, or no TOML.
    """
    import tomllib  # noqa: PLC0415  late: few read TOML, and its patterns take long

    _measure(text)
    try:
        return tomllib.loads(text)
    except ValueError as error:  # TOMLDecodeError, and what int() says of 5,000 digits.
        raise ForeignTomlError(f"it is not valid TOML: {error}") from error


def _measure(text: str) -> None:
    """Refuse headers, and values together with their keys, that are nested too deep.

    :raises ForeignTomlError: for a number as well that could not be printed again.
    """
    depth = dots = 0
    outer: list[int] = []
    """Of each open bracket: the dots of the key before it."""
    for token in _TOKEN.finditer(text):
        match token[0][:2]:
            case "[" | "{":
                outer.append(dots)
                depth, dots = depth + dots + 1, 0
            case "]" | "}":
                dots = outer.pop() if outer else 0
                depth = max(depth - dots - 1, 0)
            case ".":
                dots += 1
            case "," | "\n":
                dots = 0
            case "0x" | "0o" | "0b":
                raise ForeignTomlError("it holds a number of a thousand digits")
            case _:
                pass  # A string or a comment.
        if depth + dots > MAX_DEPTH:
            raise ForeignTomlError(f"its values are nested more than {MAX_DEPTH} deep")
