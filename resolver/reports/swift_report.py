"""Cores on tables, told as `axletree.resolver.conflicts.sentences` and `.report` tell them.

Only the plain sentences: what fell away, direct URLs and yanked releases have more to
tell than tables hold, and are left to the plain engine.
"""

from __future__ import annotations

from axletree.resolver.conflicts.phrases import (
    absence,
    demand_text,
    edge_label,
    no_such_version,
    out_of_reach,
    requires,
)
from axletree.resolver.engine.swift import unpack_file
from axletree.resolver.model.fact_keys import (
    AbsentKey,
    EdgeKey,
    RootKey,
)
from axletree.resolver.model.spelling import spell_demand
from axletree.resolver.reports.lines import (
    BLANK,
    ReportLine,
    claim_lines,
    core_head,
    incomplete_line,
    numbered_facts,
    place_in_brackets,
)
from axletree.resolver.reports.picture import (
    UNICODE,
    draw,
)
from axletree.resolver.universe.compiled import NotCompilableError
from axletree.resolver.universe.swift_reading import bits

TYPE_CHECKING = False  # see axletree.resolver.universe.compiled
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from axletree.resolver.conflicts.cores import KeyCore
    from axletree.resolver.engine.fact_models import FactModels
    from axletree.resolver.model.fact_keys import FactKey
    from axletree.resolver.universe.compiled import (
        LineTable,
        Project,
    )
    from axletree.resolver.universe.swift_reading import (
        Reading,
        SwiftRoot,
    )

    Demands: TypeAlias = Mapping[int, Sequence[LineTable]]
    from typing import TypeAlias


class AskedRoot:
    """A root as it was written."""

    __slots__ = ("place", "root", "text")

    def __init__(self, root: SwiftRoot, text: str, place: str) -> None:
        self.root = root
        self.text = text
        self.place = place
        """Where: `command line`, or a file and its line."""


class _Row:
    """A row of a picture."""

    __slots__ = ("allowed", "label")

    def __init__(self, label: str, allowed: Sequence[bool]) -> None:
        self.label = label
        self.allowed = allowed


class _Picture:
    """A contended project and who allows which of its versions."""

    __slots__ = ("project", "rows", "versions")

    def __init__(
        self, project: str, versions: Sequence[str], rows: Sequence[_Row]
    ) -> None:
        self.project = project
        self.versions = versions
        self.rows = rows


class CoreTeller:
    """Tells the cores of one question."""

    def __init__(
        self, models: FactModels, reading: Reading, roots: Sequence[AskedRoot]
    ) -> None:
        self._models = models
        self._reading = reading
        self._roots = roots

    def lines(
        self, cores: Sequence[KeyCore], target: str, width: int, *, is_complete: bool
    ) -> Iterator[ReportLine]:
        """Tell all cores.

        :param target: the environment, as people name it.
        :raises NotCompilableError: tables do not hold all that is to be told.
        """
        for number, core in enumerate(cores, start=1):
            if number > 1:
                yield BLANK
            head = core_head(number, len(cores), target)
            yield from claim_lines(head, core.claim, len(core.keys), width)
            told = [self._fact(key, core) for key in core.keys]
            yield from numbered_facts(told, width)
            yield from self._picture(core, width)
        if not is_complete:
            yield incomplete_line(len(cores))

    # Facts: sentence and place.

    def _fact(self, key: FactKey, core: KeyCore) -> tuple[str, str]:
        if isinstance(key, RootKey):
            return self._root_fact(self._roots[key.index])
        if isinstance(key, EdgeKey):
            return self._edge_fact(key, core)
        if isinstance(key, AbsentKey):
            is_known = self._reading.projects[key.project] is not None
            text = absence(key.project, is_known=is_known)
            return text, place_in_brackets([f"index page of {key.project}"], text, 0)
        raise NotCompilableError(repr(key))

    def _root_fact(self, asked: AskedRoot) -> tuple[str, str]:
        text = f"you require {asked.text}"
        project = self._reading.projects.get(asked.root.name)
        if project is not None and not self._allowed(project, asked.root.specifier):
            text += no_such_version(next(iter(project.versions), None))
        return text, place_in_brackets([asked.place], text, 0)

    def _edge_fact(self, key: EdgeKey, core: KeyCore) -> tuple[str, str]:
        project = self._project(key.project)
        demands = self._demands(key, core)
        who = f"{key.project}[{key.extra}]" if key.extra else key.project
        versions = [project.versions[position] for position in demands]
        text = requires(who, versions, self._demand_text(key, demands))
        text += self._if_out_of_reach(key, demands)
        files = (self._filename(key.project, position) for position in demands)
        places = [f"METADATA of {filename}" for filename in files]
        return text, place_in_brackets(places, text, len(versions))

    def _if_out_of_reach(self, key: EdgeKey, demands: Demands) -> str:
        target = self._reading.projects.get(key.target)
        if target is None or not target.versions or self._mask(target, demands):
            return ""
        return out_of_reach(key.target, self._in_order(target))

    def _demands(self, key: EdgeKey, core: KeyCore) -> Demands:
        """Map each release that the other facts leave possible to its lines."""
        others = [other for other in core.keys if other != key]
        found: dict[int, Sequence[LineTable]] = {}
        for position in self._models.possible(others, key.project):
            release = self._reading.releases[key.project][position]
            lines = [] if release is None else _lines(release[0], key)
            if lines:
                found[position] = lines
        return found

    def _demand_text(self, key: EdgeKey, demands: Demands) -> str:
        texts = (" and ".join(map(_demand, lines)) for lines in demands.values())
        return demand_text(key.target, list(dict.fromkeys(texts)))

    def _filename(self, name: str, position: int) -> str:
        release = self._reading.releases[name][position]
        return "" if release is None else unpack_file(release[4])[0]

    # The picture.

    def _picture(self, core: KeyCore, width: int) -> Iterator[ReportLine]:
        name = self._contended(core)
        if name is None:
            return
        project = self._project(name)
        count = len(project.versions)
        # Newest first and all of them final or not, so that age is the place.
        shown = [p for p in reversed(range(count)) if p not in project.unusable]
        if project.yanked:
            raise NotCompilableError(name)
        rows = [
            _Row(label, [bool(mask >> position & 1) for position in shown])
            for key in core.keys
            if self._target(key) == name
            for label, mask in [self._row(key, core, project)]
        ]
        if not shown:
            return
        yield BLANK
        versions = [project.versions[position] for position in shown]
        for line in draw(_Picture(name, versions, rows), width=width, signs=UNICODE):
            yield ReportLine(role="picture", text=line)

    def _contended(self, core: KeyCore) -> str | None:
        """Name the project on which most facts of the core bear."""
        counts: dict[str, int] = {}
        for key in core.keys:
            name = self._target(key)
            project = self._reading.projects.get(name)
            if project is not None and project.versions:
                counts[name] = counts.get(name, 0) + 1
        most = max(counts.values(), default=0)
        best = [name for name, count in counts.items() if count == most]
        return best[-1] if most > 1 else None

    def _target(self, key: FactKey) -> str:
        if isinstance(key, RootKey):
            return self._roots[key.index].root.name
        if isinstance(key, EdgeKey):
            return key.target
        if isinstance(key, AbsentKey):
            return key.project
        raise NotCompilableError(repr(key))

    def _row(self, key: FactKey, core: KeyCore, project: Project) -> tuple[str, int]:
        if isinstance(key, RootKey):
            asked = self._roots[key.index]
            allowed = self._allowed(project, asked.root.specifier)
            return f"you: {asked.text}", allowed
        if isinstance(key, EdgeKey):
            demands = self._demands(key, core)
            versions = self._project(key.project).versions
            label = edge_label(
                key.project,
                [versions[position] for position in demands],
                self._demand_text(key, demands),
            )
            return label, self._mask(project, demands)
        return "", 0

    # Tables.

    def _project(self, name: str) -> Project:
        found = self._reading.projects[name]
        if found is None:
            message = f"{name} has an edge or a picture, and no page"
            raise AssertionError(message)
        return found

    def _allowed(self, project: Project, specifier: str) -> int:
        everything = (1 << len(project.versions)) - 1
        if not specifier:
            return everything
        return self._reading.mask(project.name, specifier)[0]

    def _mask(self, target: Project, demands: Demands) -> int:
        """Return what any of the releases allows."""
        allowed = 0
        for lines in demands.values():
            mask = self._allowed(target, "")
            for line in lines:
                mask &= self._allowed(target, line[1] or "")
            allowed |= mask
        return allowed

    def _in_order(self, project: Project) -> list[str]:
        """List all versions, newest first."""
        if project.yanked:
            raise NotCompilableError(project.name)
        everything = (1 << len(project.versions)) - 1
        return [project.versions[position] for position in bits(everything)]


def _lines(lines: Sequence[LineTable], key: EdgeKey) -> list[LineTable]:
    """Pick the lines that an edge stands for."""
    return [
        line
        for line in lines
        if line[0] == key.target
        and (line[3] is None if not key.extra else line[3] and key.extra in line[3])
    ]


def _demand(line: LineTable) -> str:
    target, specifier, extras, _ = line
    if specifier is None:
        raise NotCompilableError(target)
    return spell_demand(target, extras, specifier.split(",") if specifier else ())
