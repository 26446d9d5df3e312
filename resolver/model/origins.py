"""Who asks for something: a line that somebody wrote, or a release.

Like `axletree.resolver.universe.compiled`, this imports next to nothing.
"""

from __future__ import annotations

from axletree.resolver.model.values import Value

TYPE_CHECKING = False  # see axletree.resolver.universe.compiled
if TYPE_CHECKING:
    from typing import TypeAlias


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
