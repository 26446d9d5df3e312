"""The pins of a requirements file that holds nothing but pins, as `axletree lock` writes.

Such a file is read here by everybody: by whoever reads locks
(`axletree.resolver.locks.reading`), and by a quick answer, which has no time for more.
So nothing is imported, and whatever is not plain is nothing at all: the whole file is
then read by all that requirements files may say.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Sequence

_DIGITS = frozenset("0123456789")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_NAME = _DIGITS | _LETTERS | {"-"}
_HEX = "0123456789abcdef"
_HASH = "--hash=sha256:"
_HASH_DIGITS = 64
_MOST_OF_A_VERSION = 100
"""Characters; a longer one takes its time anyway."""
_PHASES = ("rc", "a", "b")


class PlainPin:
    """One pin as it is written."""

    __slots__ = ("extras", "hashes", "line", "name", "version")

    def __init__(
        self, name: str, extras: Sequence[str], version: str, line: int
    ) -> None:
        self.name = name
        """In its normal form."""
        self.extras = extras
        """Likewise."""
        self.version = version
        """By PEP 440, in its normal form but for zeros in front."""
        self.line = line
        """From 1."""
        self.hashes: list[str] = []
        """`sha256:…`."""


def plain_pins(text: str) -> Sequence[PlainPin] | None:
    """Read all pins; None: there is something else.

    A pin is `name[extra]==version` on a line, its hashes are on lines of their own.
    """
    found: list[PlainPin] = []
    goes_on = False
    for number, whole in enumerate(text.splitlines(), start=1):
        line = whole.strip()
        if not line or line[0] == "#":
            if goes_on:
                return None
            continue
        is_hash, goes_on = goes_on, whole.endswith("\\")
        said = line[:-1].rstrip() if goes_on else line
        if is_hash:
            if not _is_hash(said):
                return None
            found[-1].hashes.append(said.removeprefix("--hash="))
            continue
        pin = _pin(said, number)
        if pin is None:
            return None
        found.append(pin)
    return None if goes_on else found


def _is_hash(said: str) -> bool:
    digest = said[len(_HASH) :]
    is_whole = len(digest) == _HASH_DIGITS and not digest.strip(_HEX)
    return is_whole and said.startswith(_HASH)


def _pin(said: str, number: int) -> PlainPin | None:
    what, equals, version = said.partition("==")
    name, bracket, listed = what.partition("[")
    extras = listed[:-1].split(",") if bracket else []
    is_closed = not bracket or listed[-1:] == "]"
    if not equals or not is_closed or not _is_version(version):
        return None
    return (
        PlainPin(name, extras, version, number)
        if all(map(_is_name, (name, *extras)))
        else None
    )


def _is_name(text: str) -> bool:
    return (
        _NAME.issuperset(text)
        and all(text.split("-"))  # Neither empty, nor a dash at an end or beside one.
    )


def _is_version(text: str) -> bool:
    """Tell whether a text is a version as packaging spells it, without an epoch."""
    public, plus, local = text.partition("+")
    if len(text) > _MOST_OF_A_VERSION or (plus and not _is_local(local)):
        return False
    numbers = public.split(".")
    for word in ("dev", "post"):
        is_there = len(numbers) > 1 and numbers[-1].startswith(word)
        if is_there and not _is_number(numbers.pop().removeprefix(word)):
            return False
    for phase in _PHASES:
        if phase in numbers[-1]:
            before, _, behind = numbers.pop().partition(phase)
            numbers += before, behind
            break
    return all(map(_is_number, numbers))


def _is_local(text: str) -> bool:
    return all(
        part and (_DIGITS | _LETTERS).issuperset(part) for part in text.split(".")
    )


def _is_number(text: str) -> bool:
    return bool(text) and _DIGITS.issuperset(text)
