"""The releases that a core is about: those by which its facts cannot hold together.

Like `axletree.resolver.universe.tables`, this imports next to nothing.
"""

from __future__ import annotations

from axletree.resolver.conflicts.also_contended import Bearing
from axletree.resolver.conflicts.phrases import contradicts_itself
from axletree.resolver.conflicts.version_runs import (
    in_runs,
    let_in_without_finals,
    newest_first,
    with_gaps_filled,
)
from axletree.resolver.model.fact_keys import EdgeKey, FallenKey
from axletree.resolver.model.spelling import spell_demand, spell_pythons
from axletree.resolver.universe.particulars import left_out_of, told_of

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from axletree.resolver.conflicts.cores import KeyCore
    from axletree.resolver.engine.models import FactModels
    from axletree.resolver.model.fact_keys import FactKey
    from axletree.resolver.universe.particulars import Particulars
    from axletree.resolver.universe.table_types import LeftOut, LineTable
    from axletree.resolver.universe.tables import Project
    from axletree.resolver.universe.tables_read import Reading

    Demands: TypeAlias = Mapping[int, Sequence[tuple[int, LineTable]]]
    """Release -> lines that an edge stands for, each with its place among all."""


class NamedReleases:
    """Finds out which releases the facts of one core name.

    What they name is a contradiction by itself, with every other release free of what
    they say (RESOLVING.md 4). A fact after the other is narrowed to the releases that
    the others leave possible: those before it as they were narrowed, those after it
    whole. So nothing falls between two of them, and each release named is needed.
    """

    def __init__(
        self,
        models: FactModels,
        reading: Reading,
        core: KeyCore,
        pythons: Sequence[str] = (),
    ) -> None:
        """Find out nothing yet.

        :param pythons: the patch releases of Python that there are, oldest first.
        """
        self._pythons = pythons
        self.bearing = Bearing(models.asked, reading)
        self._models = models
        self._reading = reading
        self._core = core
        self._demands: dict[EdgeKey, Demands] = {}
        self._listed: dict[FactKey, list[int]] = {}
        for key in core.keys:
            if isinstance(key, (EdgeKey, FallenKey)):
                self._listed[key] = self._list(key)

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
        return left_out_of(self._reading.universe, project)

    def particulars(self, project: Project, position: int) -> Particulars:
        """Return what is told of a release."""
        return told_of(self._reading.universe, project, position)

    def is_read(self, project: Project, position: int) -> bool:
        """Tell whether the metadata of a release is read."""
        return position in self._reading.releases[project.name]

    def admitted(self, project: Project, specifier: str) -> int:
        """Return the mask of what a specifier admits."""
        if not specifier:
            return everything(project)
        return self._reading.mask(project.name, specifier)[0]

    def contradicts_itself(self, page: Project | None, specifier: str) -> bool:
        """Tell whether a requirement is empty, whatever there is."""
        return contradicts_itself(specifier, self._reading.universe, page)

    def usable(self, project: Project) -> int:
        """Return the mask of the releases that have a usable file, by the page."""
        unusable = sum(1 << position for position in project.unusable)
        return everything(project) & ~unusable

    # What is named.

    def named(self, key: EdgeKey | FallenKey) -> Sequence[int]:
        """List the releases that a fact names, newest first."""
        return self._listed[key]

    def runs(self, key: EdgeKey | FallenKey) -> list[list[int]]:
        """Part those that a sentence counts: no pre-release that is not let in."""
        project, named = self.project(key.project), self._listed[key]
        order, candidates = newest_first(project), self._candidates(key)
        prereleases = {p for p in named if project.prereleases >> p & 1}
        if not prereleases or candidates & project.prereleases:
            return in_runs(order, named, candidates)
        finals = [position for position in named if position not in prereleases]
        let_in = let_in_without_finals(project, *self._limits(project))
        others = [position for position in prereleases if let_in >> position & 1]
        runs = in_runs(order, finals, candidates)
        counted = others if finals else others or prereleases
        runs += in_runs(order, counted, project.prereleases)
        place = {position: at for at, position in enumerate(order)}
        return sorted(runs, key=lambda run: place[run[-1]], reverse=True)

    def _list(self, key: EdgeKey | FallenKey) -> list[int]:
        """Narrow one fact, those before it being narrowed."""
        project, candidates = self.project(key.project), self._candidates(key)
        needed = self._models.possible(self._others(key), key.project, self._listed)
        said = self._said(key, needed)
        runs = in_runs(newest_first(project), needed, candidates)

        def says_the_same(position: int) -> bool:
            found = self._said(key, [position])
            return bool(found) and found <= said

        return with_gaps_filled(project, runs, says_the_same, candidates)

    def _others(self, key: FactKey) -> list[FactKey]:
        return [other for other in self._core.keys if other != key]

    def _candidates(self, key: EdgeKey | FallenKey) -> int:
        """Return the mask of the releases that part a run if they are not named."""
        project = self.project(key.project)
        reason = key.reason if isinstance(key, FallenKey) else None
        if reason == "pre-release":
            return project.prereleases
        if reason == "yanked":
            return project.yanked | project.partly_yanked
        found = project.alive if reason is None else everything(project)
        found &= ~project.yanked
        return found if self._opts_in(project) else found & ~project.prereleases

    def _opts_in(self, project: Project) -> bool:
        """Tell whether somebody asks for pre-releases of a project."""
        texts = [*self._written_on(project)]
        texts += (
            line[1] or ""
            for lines in self._demands_on(project)
            for demands in lines.values()
            for _, line in demands
        )
        return self._models.asked.allow_prereleases or any(
            self._reading.mask(project.name, text)[2] for text in dict.fromkeys(texts)
        )

    def kept_out(self, project: Project) -> int:
        """Return the mask of the pre-releases that nothing lets in, beside finals."""
        finals = project.alive & ~project.prereleases
        is_told = FallenKey(project.name, "pre-release") in self._core.keys
        if not finals or is_told or self._opts_in(project):
            return 0
        let_in = let_in_without_finals(project, *self._limits(project))
        return project.prereleases & ~let_in

    def _limits(self, project: Project) -> tuple[int, list[set[int]]]:
        """Return what the user's lines admit of a project, and what each edge does."""
        written = everything(project)
        for text in self._written_on(project):
            written &= self.admitted(project, text)
        edges = (
            {self._met(project, lines) for lines in demands.values()}
            for demands in self._demands_on(project)
        )
        return written, list(edges)

    def _written_on(self, project: Project) -> Iterator[str]:
        asked = self._models.asked
        for line in (*asked.roots, *asked.constraints):
            if line.name == project.name and line.specifier:
                yield line.specifier

    def _demands_on(self, project: Project) -> Iterator[Demands]:
        for key, positions in self._listed.items():
            if isinstance(key, EdgeKey) and key.target == project.name:
                yield self._lines_of(key, positions)

    def _said(self, key: EdgeKey | FallenKey, positions: Iterable[int]) -> set[object]:
        """Gather what a fact says of releases; nothing where it is not about them."""
        if isinstance(key, EdgeKey):
            return set(self.spelled(key, self._lines_of(key, positions)))
        project = self.project(key.project)
        return {
            said
            for position in positions
            if self._fell(project, position, key.reason)
            for said in _said_of(self.particulars(project, position), key.reason)
        }

    # Edges.

    def demands(self, key: EdgeKey) -> Demands:
        """Map each release that is named to its lines."""
        found = self._demands.get(key)
        if found is None:
            found = self._demands[key] = self._lines_of(key, self._listed[key])
        return found

    def _lines_of(self, key: EdgeKey, positions: Iterable[int]) -> Demands:
        releases = self._reading.releases[key.project]
        return {
            position: lines
            for position in positions
            if (release := releases.get(position)) is not None
            and (lines := _lines(release[0], key))
        }

    def spelled(self, key: EdgeKey, demands: Demands) -> list[str]:
        """Spell what the releases demand, each text once."""
        project = self.project(key.project)
        texts = (
            " and ".join(
                self._spell(project, position, *line) for line in _telling(lines)
            )
            for position, lines in demands.items()
        )
        return list(dict.fromkeys(texts))

    def allowed(self, target: Project, demands: Demands) -> int:
        """Return the mask of what any of the releases allows, where it demands it."""
        found = 0
        for lines in demands.values():
            found |= self._met(target, lines)
        return found

    def _met(self, target: Project, lines: Iterable[tuple[int, LineTable]]) -> int:
        """Return the mask of what all of some lines allow, where there is one."""
        found = 0
        for together in _by_python([line for _, line in lines], self._pythons):
            mask = everything(target)
            for line in together:
                mask &= self.admitted(target, line[1] or "")
            found |= mask
        return found

    def _spell(
        self, project: Project, position: int, place: int, line: LineTable
    ) -> str:
        target, specifier, extras, _, micros = line
        where = f" on {spell_pythons(self._pythons, micros)}" if micros else ""
        if specifier is None:
            address = self.particulars(project, position).lines[place][1]
            return f"{spell_demand(target, extras, ())} @ {address}{where}"
        parts = specifier.split(",") if specifier else ()
        return f"{spell_demand(target, extras, parts)}{where}"

    def asking_for(self, name: str) -> Iterator[tuple[str, int, str, str]]:
        """Yield what releases, as far as they are read, ask of a project.

        Project, position, the line as people read it, and its specifier.
        """
        for requirer in sorted(self._reading.requirers().get(name, ())):
            for position, release in sorted(self._reading.releases[requirer].items()):
                for place, line in enumerate(release[0] if release else ()):
                    if line[0] == name:
                        project = self.project(requirer)
                        text = self._spell(project, position, place, line)
                        yield requirer, position, text, line[1] or ""

    def opens(self, key: FallenKey, specifier: str) -> bool:
        """Tell whether a line opens the gate that a fact is."""
        if not specifier:
            return False
        behind = sum(1 << position for position in self._listed[key])
        allowed, pinned, opts_in = self._reading.mask(key.project, specifier)
        if key.reason == "pre-release":
            return opts_in and bool(allowed & behind)
        return key.reason == "yanked" and bool(pinned & behind)

    @property
    def keys(self) -> Sequence[FactKey]:
        """Return the facts of the core."""
        return self._core.keys

    # What fell away.

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


def _by_python(
    lines: Sequence[LineTable], pythons: Sequence[str]
) -> Iterable[Sequence[LineTable]]:
    """List which lines hold together for some patch release of Python."""
    if not any(line[4] for line in lines):
        return (lines,)
    found: dict[Sequence[LineTable], None] = {}
    for place in range(len(pythons)):
        together = [line for line in lines if not line[4] or line[4] >> place & 1]
        found[tuple(together)] = None
    found.pop((), None)
    return found


def _said_of(told: Particulars, reason: str) -> list[object]:
    """List what sentences tell of a release that fell away by a reason."""
    match reason:
        case "tag" | "binary-policy" | "hash" | "no-time":
            return [tag for tag, reasons in told.fallen if reason in reasons]
        case "requires-python":
            return [*told.pythons]
        case "policy":
            return [*told.refusals]
        case "metadata":
            return [*told.broken]
        case "yanked":
            return [told.yanks]
        case _:
            return [reason]


def _telling(lines: Sequence[tuple[int, LineTable]]) -> list[tuple[int, LineTable]]:
    """Leave out the lines without a word on versions beside others that have some."""
    telling = [line for line in lines if line[1][1] != "" or line[1][2]]
    pythons = {line[1][4] for line in telling}
    bare = [line for line in lines if line not in telling]
    return [*telling, *(line for line in bare if line[1][4] not in pythons)]


def _lines(lines: Sequence[LineTable], key: EdgeKey) -> list[tuple[int, LineTable]]:
    return [
        (place, line)
        for place, line in enumerate(lines)
        if line[0] == key.target
        and (line[3] is None if not key.extra else line[3] and key.extra in line[3])
    ]
