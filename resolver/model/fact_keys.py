"""Names of facts: small values that tell which sentence is meant.

No dataclasses: importing those takes longer than a quick explanation. Those of which
there are thousands are tuples, whose first element keeps one kind apart from another.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from typing import Literal, Self, TypeAlias

    from packaging.utils import NormalizedName

    from axletree.resolver.model.distribution import Reason

    FallReason: TypeAlias = Reason | Literal["metadata", "pre-release", "yanked"]


class _Written:
    """A line that the user wrote, by its place in the question."""

    __slots__ = ("index",)
    __match_args__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.index == self.index

    def __hash__(self) -> int:
        return hash((type(self), self.index))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(index={self.index!r})"


class RootKey(_Written):
    """A root requirement."""

    __slots__ = ()


class ConstraintKey(_Written):
    """A constraint."""

    __slots__ = ()


class EdgeKey(tuple[str, str, str, str]):
    """All that one project (or one extra of it) requires of another."""

    __slots__ = ()
    __match_args__ = ("project", "extra", "target")

    def __new__(cls, project: str, extra: str, target: str) -> Self:
        """Make one."""
        return tuple.__new__(cls, ("edge", project, extra, target))

    @property
    def project(self) -> NormalizedName:
        """Return who requires."""
        return self[1]  # type: ignore[return-value]  # it was made of one

    @property
    def extra(self) -> str:
        """Return the extra that does; empty: the project itself."""
        return self[2]

    @property
    def target(self) -> NormalizedName:
        """Return what is required."""
        return self[3]  # type: ignore[return-value]  # it was made of one

    def __repr__(self) -> str:
        return (
            f"EdgeKey(project={self.project!r}, extra={self.extra!r}, "
            f"target={self.target!r})"
        )


class FallenKey(tuple[str, str, str]):
    """One reason why releases of a project cannot be chosen."""

    __slots__ = ()
    __match_args__ = ("project", "reason")

    def __new__(cls, project: str, reason: str) -> Self:
        """Make one."""
        return tuple.__new__(cls, ("fallen", project, reason))

    @property
    def project(self) -> NormalizedName:
        """Return whose releases."""
        return self[1]  # type: ignore[return-value]  # it was made of one

    @property
    def reason(self) -> FallReason:
        """Return the reason."""
        return self[2]  # type: ignore[return-value]  # it was made of one

    def __repr__(self) -> str:
        return f"FallenKey(project={self.project!r}, reason={self.reason!r})"


class AbsentKey(tuple[str, str]):
    """The universe has no such project, or no distribution file of it."""

    __slots__ = ()
    __match_args__ = ("project",)

    def __new__(cls, project: str) -> Self:
        """Make one."""
        return tuple.__new__(cls, ("absent", project))

    @property
    def project(self) -> NormalizedName:
        """Return the project."""
        return self[1]  # type: ignore[return-value]  # it was made of one

    def __repr__(self) -> str:
        return f"AbsentKey(project={self.project!r})"


FactKey: TypeAlias = RootKey | ConstraintKey | EdgeKey | FallenKey | AbsentKey
