"""Facts put into words, each with the evidence for it (RESOLVING.md 4).

Like `axletree.resolver.universe.tables`, this imports next to nothing: a quick
explanation is told here too.
"""

from __future__ import annotations

from axletree.resolver.conflicts.contention import picture_of
from axletree.resolver.conflicts.evidence import (
    by_override,
    fallen_evidence,
    line_evidence,
    metadata_evidence,
    observed_kind,
)
from axletree.resolver.conflicts.named_releases import NamedReleases, everything
from axletree.resolver.conflicts.phrases import (
    MOST_RUNS,
    NEVER_MET,
    absence,
    demand_text,
    did_you_mean,
    left_out,
    no_such_version,
    not_asked,
    one_of,
    out_of_reach,
    requires,
    span_text,
    who_constrains,
)
from axletree.resolver.conflicts.verdict import Verdict
from axletree.resolver.model.fact_keys import (
    AbsentKey,
    ConstraintKey,
    EdgeKey,
    FallenKey,
    RootKey,
)
from axletree.resolver.model.facts import Core, Evidence, Fact
from axletree.resolver.model.spelling import MARK, by_numbers, with_extras
from axletree.resolver.universe.tables_read import bits, lowest

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from axletree.resolver.conflicts.asked import Asked, AskedLine
    from axletree.resolver.conflicts.cores import KeyCore
    from axletree.resolver.conflicts.named_releases import Demands
    from axletree.resolver.engine.models import FactModels
    from axletree.resolver.model.fact_keys import FactKey
    from axletree.resolver.universe.particulars import Particulars
    from axletree.resolver.universe.tables import Project
    from axletree.resolver.universe.tables_read import Reading

_REPOSITORIES = ("git", "hg", "svn", "bzr")
MOST_EVIDENCE = 10
"""Files named as evidence of one fact."""


def write_core(
    core: KeyCore, asked: Asked, models: FactModels, reading: Reading
) -> Core:
    """Put a core into words, with its picture; what other facts exclude is not named.

    :param models: those that the core was found in.
    """
    releases = NamedReleases(models, reading, core, asked.pythons)
    writer = _Writer(asked, releases)
    facts = {key: writer.fact(key) for key in core.keys}
    verdict = Verdict(facts, asked, releases)
    return Core(
        facts=list(facts.values()),
        claim=core.claim,
        verdict=verdict.sentence(),
        upstream=verdict.upstream(),
        picture=picture_of(core.keys, asked, releases),
    )


def everywhere_first(
    written: Iterable[tuple[KeyCore, Core]],
) -> list[tuple[KeyCore, Core]]:
    """Order causes with their words: what is known of this machine alone comes last.

    A cause that holds anywhere makes the answer absolute, so it is what people read first.
    """
    return sorted(written, key=lambda each: each[1].holds_here_only)


class _Writer:
    """Puts the facts of one core into words."""

    def __init__(self, asked: Asked, releases: NamedReleases) -> None:
        self._asked = asked
        self._releases = releases
        self._told: set[str] = set()
        """Projects of which it is said that an index was not asked."""

    def fact(self, key: FactKey) -> Fact:
        """Say what a fact is."""
        if isinstance(key, RootKey):
            return self._root(self._asked.roots[key.index])
        if isinstance(key, ConstraintKey):
            return self._constraint(self._asked.constraints[key.index])
        if isinstance(key, EdgeKey):
            return self._edge(key)
        if isinstance(key, FallenKey):
            return self._fallen(key)
        return self._absent(key)

    # Roots and constraints.

    def _root(self, root: AskedLine) -> Fact:
        line = root.line
        before = f", in place of {line.text}"
        return Fact(
            kind="root",
            text=(
                f"you require {line.demand}{by_override(line.overrides, before)}"
                f"{self._which(root)}{self._if_none(root)}"
            ),
            project=root.name,
            target=root.name,
            requirement=line.demand,
            evidence=[line_evidence(line), *map(line_evidence, line.overrides)],
        )

    def _which(self, asked: AskedLine) -> str:
        """Name the release that stands at the address of a line."""
        page = self._releases.page(asked.name)
        if page is None or not asked.table.specifier.startswith(MARK):
            return ""
        admitted = self._releases.admitted(page, asked.table.specifier)
        return "".join(
            f", which is {page.name} {page.versions[at]}" for at in bits(admitted)
        )

    def _if_none(self, asked: AskedLine) -> str:
        """Say so when no version at all is what a root or a constraint names."""
        page = self._releases.page(asked.name)
        if self._releases.contradicts_itself(page, asked.table.specifier):
            return NEVER_MET
        if page is None or not page.versions:
            return ""
        if self._releases.admitted(page, asked.table.specifier):
            return ""
        said = no_such_version(asked.line.demand, self._newest(page), self._day)
        return self._ended(said, page)

    def _ended(self, said: str, page: Project) -> str:
        """End a sentence that says there is nothing of a project that would do."""
        gone = left_out(self._releases.left_out(page))
        return f"{said}{gone}{self._not_asked(page.name)}"

    def _not_asked(self, name: str) -> str:
        """Name, once, the indexes that may have more of a project."""
        if name in self._told:
            return ""
        self._told.add(name)
        return not_asked(self._asked.unasked(name))

    def _newest(self, page: Project) -> str | None:
        """Name the newest release that the target can use, else the newest of all."""
        usable = self._releases.usable(page) or everything(page)
        unyanked = usable & ~page.yanked
        finals = unyanked & ~page.prereleases
        listed = finals or unyanked or usable
        return page.versions[lowest(listed)] if listed else None

    @property
    def _day(self) -> str:
        return self._asked.last_day

    def _constraint(self, constraint: AskedLine) -> Fact:
        line = constraint.line
        return Fact(
            kind="constraint",
            text=f"{who_constrains(is_base=line.is_base)} {line.text}"
            f"{by_override(line.overrides)}{self._which(constraint)}"
            f"{self._if_none(constraint)}",
            project=constraint.name,
            target=constraint.name,
            requirement=line.text,
            evidence=[line_evidence(line)],
        )

    # Edges.

    def _edge(self, key: EdgeKey) -> Fact:
        project = self._releases.project(key.project)
        demands = self._releases.demands(key)
        texts = self._releases.spelled(key, demands)
        is_for_all = not any(line[4] for told in demands.values() for _, line in told)
        who = with_extras(key.project, [key.extra])
        runs = self._releases.runs(key)
        spans = [_versions(project, run) for run in runs]
        sentence = requires(who, spans, demand_text(key.target, texts))
        overrides = self._asked.overrides(key.project, key.target)
        far = self._if_refused(key, texts) or self._if_far(key, demands, texts)
        return Fact(
            kind="edge",
            text=f"{sentence}{by_override(overrides)}{far}",
            project=key.project,
            versions=_versions(project, self._releases.named(key)),
            count=sum(map(len, runs)),
            target=key.target,
            requirement=texts[0] if len(texts) == 1 and is_for_all else None,
            evidence=[*map(line_evidence, overrides)]
            or self._metadata(key, project, demands, runs),
        )

    def _if_refused(self, key: EdgeKey, texts: Sequence[str]) -> str:
        """Say why a requirement by address is no good."""
        if not any(" @ " in text for text in texts):
            return ""
        if any(f" @ {vcs}+" in text for vcs in _REPOSITORIES for text in texts):
            bare = f"{key.project}:{key.target}"
            return (
                ", and that is a repository: build it by a recipe, and override this "
                f"line (--override {bare})"
            )
        return ", and only you can name an address: require the same yourself"

    def _if_far(self, key: EdgeKey, demands: Demands, texts: Sequence[str]) -> str:
        """Say so when the target has versions, but none that is asked for."""
        page = self._releases.page(key.target)
        if page is None or not page.versions or self._releases.allowed(page, demands):
            return ""
        # Two lines of one release may hold for different patch releases of Python.
        if demands and all(
            any(
                self._releases.contradicts_itself(page, line[1] or "")
                for _, line in lines
            )
            for lines in demands.values()
        ):
            return NEVER_MET
        usable = self._releases.usable(page) or everything(page)
        there = [page.versions[position] for position in bits(usable)]
        if self._day:
            demand = texts[0] if len(texts) == 1 else ""
            said = no_such_version(demand, self._newest(page), self._day)
        else:
            said = out_of_reach(key.target, there)
        return self._ended(said, page)

    def _metadata(
        self,
        key: EdgeKey,
        project: Project,
        demands: Demands,
        runs: Sequence[Sequence[int]],
    ) -> list[Evidence]:
        told = [position for run in reversed(runs) for position in run]
        return [
            evidence
            for position in told[:MOST_EVIDENCE]
            for release in [self._releases.particulars(project, position)]
            for evidence in metadata_evidence(
                key.project, release, [place for place, _ in demands[position]]
            )
        ]

    # Files that fell away.

    def _fallen(self, key: FallenKey) -> Fact:
        from axletree.resolver.conflicts.fallen_text import (  # noqa: PLC0415  late: most causes name no file
            Openers,
            openers_text,
            why_fallen,
        )

        project = self._releases.project(key.project)
        runs = self._releases.runs(key)
        positions = [position for run in runs for position in run]
        releases = [self._releases.particulars(project, at) for at in positions]
        span = span_text([_versions(project, run) for run in runs], MOST_RUNS)
        if key.reason == "requires-python":
            fell_by = self._releases.fell_by
            fell = any(fell_by(project, at, key.reason) for at in positions)
            what = _require_python(releases, f", not {self._asked.target}" * fell)
        else:
            what = why_fallen(key.reason, releases, self._asked)
        openers = Openers(key, self._asked, self._releases).find()
        what += openers_text(openers)
        return Fact(
            kind="fallen",
            text=f"{key.project} {span} {what}{self._not_asked(key.project)}",
            project=key.project,
            versions=_versions(project, self._releases.named(key)),
            count=len(positions),
            observed=observed_kind(key, releases),
            openers=openers,
            evidence=fallen_evidence(key, releases, self._asked),
        )

    def _absent(self, key: AbsentKey) -> Fact:
        page = self._releases.page(key.project)
        # What was uploaded later is not told from what never was.
        is_known = page is not None and not self._day
        what = absence(key.project, is_known=is_known, day=self._day)
        if not is_known:
            what = f"{what}{did_you_mean(self._asked.near(key.project))}"
        return Fact(
            kind="no-release" if is_known else "unknown-project",
            text=what if page is None else self._ended(what, page),
            project=key.project,
            evidence=[Evidence(kind="index-page", project=key.project)],
        )


def _versions(project: Project, positions: Sequence[int]) -> list[str]:
    return [project.versions[position] for position in positions]


def _require_python(releases: Sequence[Particulars], rest: str) -> str:
    found = {text for release in releases for text in release.pythons}
    texts = sorted(found, key=by_numbers)
    verb = "requires" if len(releases) == 1 else "require"
    return f"{verb} Python {one_of(texts)}{rest}"
