"""The lock that stands where a quick one is to be written, and what it keeps."""

from __future__ import annotations

from axletree.commands.fast.arguments import NotPlainError, text_of
from axletree.reading import is_at_rest, is_there, status
from axletree.resolver.locks.plain_pins import plain_pins
from axletree.wheelhouse.sources.compiled_store import checksum

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Mapping

    from axletree.commands.fast.arguments import PlainWords


class Standing:
    """What is there already of a lock that is to be written."""

    __slots__ = ("upgrades", "versions")

    def __init__(self, versions: Mapping[str, str], upgrades: tuple[str, ...]) -> None:
        self.versions = versions
        """Project -> the version that is pinned: the first that stands there."""
        self.upgrades = upgrades
        """Requirements on projects of which no notice is taken."""

    @property
    def name(self) -> str:
        """Name it, so that the same question with it is known again; empty: nothing."""
        pins = " ".join(f"{name}=={version}" for name, version in self.versions.items())
        parts = "\n".join((pins, *self.upgrades))
        return (
            f" over {checksum(parts.encode()).hex()}" if pins or self.upgrades else ""
        )


def what_stands(plain: PlainWords) -> Standing:
    """Read what stands at `-o`, if anything does.

    :raises NotPlainError: it is no plain lock, or a file that the lock is made from.
    :raises OSError: it cannot be read.
    :raises ValueError: nor can what it holds.
    """
    upgrades = tuple(plain.values.get("upgrade_packages", ()))
    path = plain.output_file
    if path is None or not is_there(path):
        return Standing({}, upgrades)
    if not is_at_rest(path) or _is_read(plain, path):
        raise NotPlainError
    if "upgrade" in plain.values:
        return Standing({}, upgrades)
    pins = plain_pins(text_of(path))
    if pins is None:
        raise NotPlainError
    return Standing({pin.name: pin.version for pin in reversed(pins)}, upgrades)


def _is_read(plain: PlainWords, path: str) -> bool:
    """Tell whether the requirements are in it: it is not to be written over."""
    found = status(path)
    read = map(status, plain.values.get("files", ()))
    return any((f.st_dev, f.st_ino) == (found.st_dev, found.st_ino) for f in read)
