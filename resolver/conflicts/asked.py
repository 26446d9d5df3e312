"""What was asked, as sentences name it: lines as written, and where they stand.

Like `axletree.resolver.universe.tables`, this imports next to nothing: quick
explanations say the same.
"""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    from packaging.utils import NormalizedName

    from axletree.resolver.engine.problem import Demand
    from axletree.resolver.model.origins import Origin

    class Line(Protocol):
        """Something that a user wrote."""

        @property
        def text(self) -> str:
            """Spell it as written, without comment."""
            ...

        @property
        def origin(self) -> Origin:
            """Say where."""
            ...

    class Requirement(Line, Protocol):
        """A root or a constraint."""

        @property
        def demand(self) -> str:
            """Spell what is in force: as written, unless an override changed it."""
            ...

        @property
        def is_base(self) -> bool:
            """Tell whether it is a pin of the layer underneath."""
            ...

        @property
        def overrides(self) -> Sequence[Line]:
            """List what gave it its versions."""
            ...


class AskedLine:
    """A root or a constraint: as it was written, and as tables have it."""

    __slots__ = ("line", "table")

    def __init__(self, table: Demand, line: Requirement) -> None:
        self.table = table
        self.line = line

    @property
    def name(self) -> NormalizedName:
        """Name the project."""
        return self.table.name  # type: ignore[return-value]  # it was made of one


def _no_overrides(requirer: str, target: str) -> Sequence[Line]:
    del requirer, target
    return ()


def _none(project: str) -> Sequence[str]:
    del project
    return ()


class Asked:
    """One question."""

    __slots__ = (
        "constraints",
        "hash_lines",
        "last_day",
        "near",
        "overrides",
        "platform",
        "python_version",
        "pythons",
        "roots",
        "unasked",
    )

    def __init__(  # noqa: PLR0913  one argument for each part of a question
        self,
        *,
        roots: Sequence[AskedLine],
        python_version: str,
        platform: str,
        constraints: Sequence[AskedLine] = (),
        overrides: Callable[[NormalizedName, NormalizedName], Sequence[Line]] = (
            _no_overrides
        ),
        last_day: str = "",
        hash_lines: Sequence[tuple[str, Origin]] = (),
        pythons: Sequence[str] = (),
        unasked: Callable[[str], Sequence[str]] = _none,
        near: Callable[[str], Sequence[str]] = _none,
    ) -> None:
        self.roots = roots
        self.python_version = python_version
        """`3.9` or `3.9.7`."""
        self.platform = platform
        """As uv names it."""
        self.constraints = constraints
        self.overrides = overrides
        """Of what one project requires of another."""
        self.last_day = last_day
        """The last that no date hides, such as `2022-02-01`; empty: none is hidden."""
        self.hash_lines = hash_lines
        """Projects and the lines that give hashes for them."""
        self.pythons = pythons
        """The patch releases of Python that it may be, oldest first."""
        self.unasked = unasked
        """Indexes that may have more of a project and were not asked."""
        self.near = near
        """Projects that may be meant by a name that is none."""

    @property
    def target(self) -> str:
        """Name the environment as people do."""
        return f"Python {self.python_version} on {self.platform}"
