"""What is asked, as tables have it."""

from __future__ import annotations

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from axletree.resolver.model.origins import Origin


class Demand:
    """One root requirement."""

    __slots__ = ("extras", "micros", "name", "origin", "specifier")

    def __init__(
        self,
        name: str,
        extras: tuple[str, ...],
        specifier: str,
        origin: Origin,
        micros: int = 0,
    ) -> None:
        self.name = name
        self.extras = extras
        self.specifier = specifier
        self.origin = origin
        self.micros = micros
        """The patch releases of Python for which its marker holds; 0: all."""


class Problem:
    """What is asked."""

    __slots__ = ("allow_prereleases", "constraints", "kept", "lead", "roots")

    def __init__(
        self,
        roots: Sequence[Demand],
        constraints: Sequence[Demand] = (),
        *,
        allow_prereleases: bool = False,
        lead: str | None = None,
        kept: Mapping[str, str] | None = None,
    ) -> None:
        self.roots = roots
        self.constraints = constraints
        self.allow_prereleases = allow_prereleases
        self.lead = lead
        """A root decided before all others."""
        self.kept: Mapping[str, str] = {} if kept is None else kept
        """Project -> the version to try before all others that need no gate."""

    def roots_at(self, python: int) -> Sequence[Demand]:
        """Return the roots that hold for a patch release of Python."""
        return _at(self.roots, python)

    def constraints_at(self, python: int) -> Sequence[Demand]:
        """Return the constraints that do."""
        return _at(self.constraints, python)


def _at(asked: Sequence[Demand], python: int) -> Sequence[Demand]:
    return [each for each in asked if not each.micros or each.micros >> python & 1]
