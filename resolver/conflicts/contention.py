"""The project over which the facts of a core clash, and who allows what of it.

Like `axletree.resolver.universe.tables`, this imports next to nothing.
"""

from __future__ import annotations

from axletree.resolver.conflicts.evidence import reason_label
from axletree.resolver.conflicts.named_releases import everything
from axletree.resolver.conflicts.phrases import demand_text, edge_label
from axletree.resolver.conflicts.version_runs import newest_first
from axletree.resolver.model.fact_keys import (
    ConstraintKey,
    EdgeKey,
    FallenKey,
    RootKey,
)
from axletree.resolver.model.facts import ContendedRow, Picture
from axletree.resolver.model.spelling import with_extras
from axletree.resolver.universe.tables_read import bits

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.utils import NormalizedName

    from axletree.resolver.conflicts.asked import Asked
    from axletree.resolver.conflicts.named_releases import NamedReleases
    from axletree.resolver.model.fact_keys import FactKey
    from axletree.resolver.universe.tables import Project


def picture_of(
    keys: Sequence[FactKey], asked: Asked, releases: NamedReleases
) -> Picture | None:
    """Show the contended project of a core; None: there is none."""
    name = releases.bearing.contended(keys)
    return None if name is None else _Contention(keys, asked, releases).picture(name)


class _Contention:
    """Which facts of one core bear on what."""

    def __init__(
        self, keys: Sequence[FactKey], asked: Asked, releases: NamedReleases
    ) -> None:
        self._keys = keys
        self._asked = asked
        self._releases = releases

    def picture(self, name: NormalizedName) -> Picture:
        """Show the versions of a project, and what each fact allows."""
        project = self._releases.project(name)
        target = self._releases.bearing.target
        bearing = [key for key in self._keys if target(key) == name]
        # What fell away is only shown where that is part of the cause.
        fell = any(isinstance(key, FallenKey) for key in bearing)
        shown = [
            position
            for position in reversed(newest_first(project))
            if position not in project.unusable
            or (fell and not self._releases.is_hidden(project, position))
        ]
        kept_out = self._releases.kept_out(project)
        shown = [at for at in shown if not kept_out >> at & 1]
        if FallenKey(name, "metadata") in bearing:
            # Of what is not read nobody knows whether it is valid.
            shown = [at for at in shown if self._releases.is_read(project, at)]
        return Picture(
            project=name,
            versions=[project.versions[position] for position in shown],
            rows=[
                ContendedRow(
                    label=label,
                    allowed=[bool(mask >> position & 1) for position in shown],
                )
                for key in bearing
                for label, mask in [self._row(key, project)]
            ],
        )

    def _row(self, key: FactKey, project: Project) -> tuple[str, int]:
        """Name a fact's row, with the mask of what it allows."""
        admitted = self._releases.admitted
        if isinstance(key, RootKey):
            root = self._asked.roots[key.index]
            return f"you: {root.line.demand}", admitted(project, root.table.specifier)
        if isinstance(key, ConstraintKey):
            limit = self._asked.constraints[key.index]
            who = "base" if limit.line.is_base else "you"
            mask = admitted(project, limit.table.specifier)
            return f"{who}: {limit.line.text}", mask
        if isinstance(key, EdgeKey):
            demands = self._releases.demands(key)
            versions = self._releases.project(key.project).versions
            runs = self._releases.runs(key)
            label = edge_label(
                self._requirer(key),
                [[versions[position] for position in run] for run in runs],
                demand_text(key.target, self._releases.spelled(key, demands)),
            )
            return label, self._releases.allowed(project, demands)
        if isinstance(key, FallenKey):
            return self._fallen_row(key, project)
        return "", 0

    def _requirer(self, key: EdgeKey) -> str:
        """Name it with its extra where another one requires the same project, too."""
        ends = key.project, key.target
        twins = (
            other
            for other in self._keys
            if isinstance(other, EdgeKey) and (other.project, other.target) == ends
        )
        are_several = len({other.extra for other in twins}) > 1
        return with_extras(key.project, [key.extra] if are_several else ())

    def _fallen_row(self, key: FallenKey, project: Project) -> tuple[str, int]:
        fallen = self._releases.fallen(key, bits(everything(project)))
        told = (self._releases.particulars(project, position) for position in fallen)
        fell = sum(1 << position for position in fallen)
        return reason_label(key, told), everything(project) & ~fell
