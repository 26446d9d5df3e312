"""Text that others wrote, as a terminal may show it.

Controls can steer a terminal, and format characters (bidirectional ones above all) let
a line read other than it is: both are shown as escapes, or taken out where they only
colour.
"""

import re
from functools import cache

_COLOUR = r"\x1b\[[0-9;:]*[A-Za-z]"
_ODD = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"
    r"\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
    r"\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)


def shown(text: str) -> str:
    """Return `text` with nothing in it that steers or hides; line ends stay."""
    return (
        text if text.isascii() and text.isprintable() else _steers().sub(_shown, text)
    )


@cache
def _steers() -> re.Pattern[str]:
    """Compile what is looked for: most texts are plain."""
    return re.compile(f"{_COLOUR}|[{_ODD}]")


# Sources: GitHub's runner takes a line for a command that begins so, or holds `##[`;
# Azure's and TeamCity's hold `##vso[` and `##teamcity[`.
_COMMANDS = re.compile(r"^([^\S\n]*):(?=:)|##(?=\w*\[)", re.MULTILINE)


def disarmed(text: str) -> str:
    """Return `text` with no line in it that a CI host would take for a command."""
    return _COMMANDS.sub(lambda found: f"{found[0]} ", text)


def flat(text: str) -> str:
    """Return `text` as it is shown, on one line."""
    return shown(text).replace("\n", "\\n")


def _shown(found: re.Match[str]) -> str:
    odd = found[0]
    if len(odd) > 1 or odd == "\r":
        return ""
    code = ord(odd)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
