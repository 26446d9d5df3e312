"""Who asks for something: a line that somebody wrote, or a release.

Like `axletree.resolver.universe.tables`, this imports next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from typing import TypeAlias


class Value:
    """Compared by what it holds; not to be changed once it is made."""

    __slots__: tuple[str, ...] = ()

    def _held(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in type(self).__slots__)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self) or not isinstance(other, Value):
            return NotImplemented
        return other._held() == self._held()

    def __hash__(self) -> int:
        return hash((type(self), self._held()))

    def __repr__(self) -> str:
        names = type(self).__slots__
        held = (f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__name__}({', '.join(held)})"


class Origin(Value):
    """Where a requirement was written."""

    __slots__ = ("file", "line")

    def __init__(self, file: str = "command line", line: int | None = None) -> None:
        self.file = file
        self.line = line

    def __str__(self) -> str:
        """Render as `FILE, line N`, or the file alone."""
        return self.file if self.line is None else f"{self.file}, line {self.line}"


class Requirer(Value):
    """A release that requires something."""

    __slots__ = ("name", "version")

    def __init__(self, name: str, version: str) -> None:
        self.name = name
        self.version = version

    def __str__(self) -> str:
        """Render as people name a release: `kfserving 0.6.1`."""
        return f"{self.name} {self.version}"


RequestedBy: TypeAlias = Origin | Requirer
