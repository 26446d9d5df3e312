"""The releases that a core is about: those which its other facts leave possible.

Like `axletree.resolver.universe.tables`, this imports next to nothing.
"""

from __future__ import annotations

from axletree.resolver.model.fact_keys import FallenKey
from axletree.resolver.model.spelling import spell_demand

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeAlias

    from axletree.resolver.conflicts.cores import KeyCore
    from axletree.resolver.engine.models import FactModels
    from axletree.resolver.model.fact_keys import EdgeKey
    from axletree.resolver.universe.particulars import LeftOut, Particulars
    from axletree.resolver.universe.table_types import LineTable
    from axletree.resolver.universe.tables import Project
    from axletree.resolver.universe.tables_read import Reading

    Demands: TypeAlias = Mapping[int, Sequence[tuple[int, LineTable]]]
    """Release -> lines that an edge stands for, each with its place among all."""


class NamedReleases:
    """Finds out which releases the facts of one core name."""

    def __init__(self, models: FactModels, reading: Reading, core: KeyCore) -> None:
        self._models = models
        self._reading = reading
        self._core = core
        self._demands: dict[EdgeKey, Demands] = {}

    # Projects.

    def page(self, name: str) -> Project | None:
        """Return a project; None: there is none, or it plays no part."""
        return self._reading.projects.get(name)

    def project(self, name: str) -> Project:
        """Return a project that there is."""
        found = self._reading.projects[name]
        if found is None:
            message = f"{name} has facts about its releases, and no page"
            raise AssertionError(message)
        return found

    def left_out(self, project: Project) -> LeftOut:
        """Return the files of a page that no release is made of, with reasons."""
        return self._reading.universe.left_out(project)

    def particulars(self, project: Project, position: int) -> Particulars:
        """Return what is told of a release."""
        return self._reading.universe.particulars(project, position)

    def admitted(self, project: Project, specifier: str) -> int:
        """Return the mask of what a specifier admits."""
        if not specifier:
            return everything(project)
        return self._reading.mask(project.name, specifier)[0]

    def usable(self, project: Project) -> int:
        """Return the mask of the releases that have a usable file, by the page."""
        unusable = sum(1 << position for position in project.unusable)
        return everything(project) & ~unusable

    # Edges.

    def demands(self, key: EdgeKey) -> Demands:
        """Map each release that the other facts leave possible to its lines."""
        found = self._demands.get(key)
        if found is None:
            releases = self.project(key.project).releases
            found = self._demands[key] = {
                position: lines
                for position in self.possible(key)
                if (release := releases.get(position)) is not None
                and (lines := _lines(release[0], key))
            }
        return found

    def spelled(self, key: EdgeKey, demands: Demands) -> list[str]:
        """Spell what the releases demand, each text once."""
        project = self.project(key.project)
        texts = (
            " and ".join(self._spell(project, position, *line) for line in lines)
            for position, lines in demands.items()
        )
        return list(dict.fromkeys(texts))

    def allowed(self, target: Project, demands: Demands) -> int:
        """Return the mask of what any of the releases allows."""
        found = 0
        for lines in demands.values():
            mask = everything(target)
            for _, line in lines:
                mask &= self.admitted(target, line[1] or "")
            found |= mask
        return found

    def _spell(
        self, project: Project, position: int, place: int, line: LineTable
    ) -> str:
        target, specifier, extras, _ = line
        if specifier is None:
            address = self.particulars(project, position).lines[place][1]
            return f"{spell_demand(target, extras, ())} @ {address}"
        return spell_demand(target, extras, specifier.split(",") if specifier else ())

    # What the other facts leave possible, and what fell away.

    def possible(self, key: EdgeKey | FallenKey) -> list[int]:
        """List the releases that the core's other facts leave possible."""
        others = [other for other in self._core.keys if other != key]
        return self._models.possible(others, key.project)

    def fallen(self, key: FallenKey, positions: Iterable[int]) -> list[int]:
        """Pick the releases that a reason excludes."""
        project = self.project(key.project)
        return [at for at in positions if self._fell(project, at, key.reason)]

    def fell_by(self, project: Project, position: int, reason: str) -> bool:
        """Tell whether no usable file is left, and one of them fell by this."""
        return any(reason in found for found in _reasons(project, position))

    def is_hidden(self, project: Project, position: int) -> bool:
        """Tell whether a release has no time, and that is no part of the cause."""
        if FallenKey(project.name, "no-time") in self._core.keys:
            return False
        found = _reasons(project, position)
        return bool(found) and all("no-time" in each for each in found)

    def _fell(self, project: Project, position: int, reason: str) -> bool:
        if reason == "pre-release":
            return bool(project.prereleases >> position & 1)
        if reason == "yanked":
            return self.particulars(project, position).is_yanked
        fell = self.fell_by(project, position, reason)
        if reason == "requires-python" and not fell:
            return self.particulars(project, position).is_split
        return fell


def everything(project: Project) -> int:
    """Return the mask of all releases."""
    return (1 << len(project.versions)) - 1


def _reasons(project: Project, position: int) -> list[tuple[str, ...]]:
    """List why each file of a release fell away, if none is left."""
    release = project.releases.get(position)
    ways = project.unusable.get(position, ()) if release is None else release[3]
    return [reasons for reasons, _, _ in ways]


def _lines(lines: Sequence[LineTable], key: EdgeKey) -> list[tuple[int, LineTable]]:
    return [
        (place, line)
        for place, line in enumerate(lines)
        if line[0] == key.target
        and (line[3] is None if not key.extra else line[3] and key.extra in line[3])
    ]
