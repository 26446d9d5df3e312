"""One sentence about a conflict, to send to a colleague: who cannot go with whom, and why.

It says no more than the facts do, and less: they are the proof. Like
`axletree.resolver.universe.tables`, this imports next to nothing.
"""

from __future__ import annotations

from axletree.resolver.conflicts.phrases import MOST_RUNS, span_text
from axletree.resolver.conflicts.wanted_versions import wanted_versions
from axletree.resolver.model.fact_keys import (
    AbsentKey,
    ConstraintKey,
    EdgeKey,
    FallenKey,
    RootKey,
)
from axletree.resolver.model.spelling import with_extras
from axletree.resolver.universe.tables_read import bits

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeAlias

    from axletree.resolver.conflicts.asked import Asked, AskedLine
    from axletree.resolver.conflicts.named_releases import NamedReleases
    from axletree.resolver.model.fact_keys import FactKey
    from axletree.resolver.model.facts import Fact

    _Demand: TypeAlias = RootKey | ConstraintKey | EdgeKey

_MOST_BETWEEN = 4
"""Projects between two roots that are named."""

_GONE = "which is not available"


class Verdict:
    """What the facts of one core come to."""

    def __init__(
        self, facts: Mapping[FactKey, Fact], asked: Asked, releases: NamedReleases
    ) -> None:
        """Look for two demands that clash.

        :param facts: of one core, in reading order.
        """
        self._facts = facts
        self._asked = asked
        self._releases = releases
        self._name = releases.bearing.contended(list(facts)) or ""
        """The contended project."""
        self._pair = self._clash() if self._name else None

    def sentence(self) -> str:
        """Say it; empty where a fact says it already."""
        if len(self._facts) == 1:
            return ""
        if self._pair is not None:
            return self._both(*self._pair)
        return self._by_what_is_not_there() or self._between()

    def upstream(self) -> str:
        """Say which release would mend this core, if it is two that clash."""
        if self._pair is None:
            return ""
        one, other = self._pair
        if isinstance(one, EdgeKey) and self._is_of_same(one, other):
            return (
                f"a release of {one.project} whose requirements on {one.target} agree"
            )
        ways = [
            f"{key.project} that allows {self._wants(other, named=True)}"
            for key, other in (self._pair, self._pair[::-1])
            if isinstance(key, EdgeKey) and key.project != self._name
        ]
        return f"a release of {', or one of '.join(ways)}" if ways else ""

    # Two that want different versions of the same project.

    def _clash(self) -> tuple[_Demand, _Demand] | None:
        """Find two demands that no version meets."""
        demands = list(self._on(self._name))
        for at, one in enumerate(demands):
            for other in demands[at + 1 :]:
                if not self._mask(one) & self._mask(other):
                    return one, other
        return None

    def _both(self, one: _Demand, other: _Demand) -> str:
        rest = self._rest(one, other)
        who = f"{self._who(one)} and {self._who(other)} cannot go together"
        edges = [key for key in (one, other) if isinstance(key, EdgeKey)]
        if not edges:
            return f"{who}: no {self._name} is both"
        if len(edges) == 1 or rest:
            needs = (
                f"{self._named(key)} needs {self._wants(key, named=True)}"
                for key in edges
            )
            return f"{who}: {', '.join(needs)}{rest}"
        wants = self._wants(one, named=True), self._wants(other, named=False)
        return f"{who}: one needs {wants[0]}, the other {wants[1]}"

    def _rest(self, *keys: FactKey) -> str:
        """Say so where the versions named of a project are not all that would do."""
        told = [key for key in keys if isinstance(key, (EdgeKey, FallenKey))]
        which = dict.fromkeys(key.project for key in told if self._fails(key))
        listed = " and of ".join(which)
        return (
            f", and other versions of {listed} fail for other reasons" if which else ""
        )

    def _fails(self, told: EdgeKey | FallenKey) -> bool:
        """Tell whether other facts are about other versions of the same project."""
        own = set(self._facts[told].versions)
        return any(
            not set(fact.versions) <= own
            for key, fact in self._facts.items()
            if isinstance(key, (EdgeKey, FallenKey)) and key.project == told.project
        )

    # One that wants what is not there, or cannot be used.

    def _by_what_is_not_there(self) -> str:
        pythons = [key for key in self._facts if _is_of_python(key)]
        if len({self._target(key) for key in pythons}) > 1:
            demands = [next(self._on(self._target(key)), None) for key in pythons]
            names = [self._who(key) for key in demands if key is not None]
            why = ", and ".join(self._short(self._facts[key]) for key in pythons)
            return f"{_listed(names)} cannot go together: {why}"
        for key in self._facts:
            why = self._why_not(key)
            if why:
                return why
        return ""

    def _why_not(self, key: FactKey) -> str:
        """Say who cannot be installed for what a fact says is not there."""
        fact = self._facts[key]
        if isinstance(key, EdgeKey) and self._is_far(key):
            wants = self._wants(key, named=True)
            are_many = wants.startswith("other ")
            lacks = f"{wants} than there are" if are_many else f"{wants}, {_GONE}"
            return self._lacking(key, lacks)
        if not isinstance(key, (AbsentKey, FallenKey)) or self._is_for_some(key):
            return ""
        demand = next(self._on(key.project), None)
        if demand is None:
            return ""
        if isinstance(demand, EdgeKey):
            lacks = f"{key.project}, {_GONE}"
            if isinstance(key, FallenKey):
                lacks = f"{self._wants(demand, named=True)}, and {self._short(fact)}"
            return self._lacking(demand, lacks, key)
        if isinstance(key, FallenKey):
            why = self._short(fact)
        elif self._releases.page(key.project) is None:
            why = "there is no such project"
        else:
            why = "it has no distribution files"
        return f"{self._who(demand)} cannot be installed: {why}{self._rest(key)}"

    def _is_for_some(self, key: AbsentKey | FallenKey) -> bool:
        """Tell whether releases fit some patch releases of Python, and fail there, too."""
        if not _is_of_python(key):
            return False
        versions = set(self._facts[key].versions)
        return any(
            isinstance(other, EdgeKey)
            and other.project == key.project
            and not versions.isdisjoint(fact.versions)
            for other, fact in self._facts.items()
        )

    def _lacking(self, edge: EdgeKey, what: str, *besides: FactKey) -> str:
        it = self._named(edge) if self._fails(edge) else "it"
        rest = self._rest(edge, *besides)
        return f"{self._who(edge)} cannot be installed: {it} needs {what}{rest}"

    def _is_far(self, key: EdgeKey) -> bool:
        page = self._releases.page(key.target)
        return page is not None and bool(page.versions) and not self._mask(key)

    def _short(self, fact: Fact) -> str:
        """Leave out the target, which the sentence is about anyway."""
        target = self._asked.target
        return fact.text.replace(f", not {target}", "").replace(f" for {target}", "")

    def _on(self, project: str) -> Iterator[_Demand]:
        return (key for key in self._demands() if self._target(key) == project)

    # Anything else.

    def _between(self) -> str:
        """Name the roots, and what stands between them."""
        roots = [key for key in self._facts if isinstance(key, RootKey)]
        names = [self._who(key) for key in roots]
        own = {self._target(key) for key in roots}
        targets = dict.fromkeys(self._target(key) for key in self._demands())
        between = [name for name in targets if name not in own][:_MOST_BETWEEN]
        if not names:
            return ""
        if len(names) == 1:
            verb, needs = "be installed", "by what it needs"
        else:
            verb, needs = "go together", "by what they need"
        why = f": {needs}, {_listed(between)}" if between else ""
        return f"{_listed(names)} cannot {verb}{why}"

    # Who demands what.

    def _demands(self) -> Iterator[_Demand]:
        for key in self._facts:
            if isinstance(key, (RootKey, ConstraintKey, EdgeKey)):
                yield key

    def _target(self, key: FactKey) -> str:
        return self._releases.bearing.target(key)

    def _mask(self, key: _Demand) -> int:
        project = self._releases.project(self._target(key))
        if isinstance(key, EdgeKey):
            return self._releases.allowed(project, self._releases.demands(key))
        return self._releases.admitted(project, self._line(key).table.specifier)

    def _line(self, key: RootKey | ConstraintKey) -> AskedLine:
        listed = (
            self._asked.roots if isinstance(key, RootKey) else self._asked.constraints
        )
        return listed[key.index]

    def _who(self, key: _Demand) -> str:
        """Name who demands: a line of the user's, or releases."""
        if isinstance(key, RootKey):
            return self._line(key).line.demand
        if isinstance(key, ConstraintKey):
            line = self._line(key).line
            return f"{'the base' if line.is_base else 'your constraint'} {line.text}"
        root = self._root_of(key.project)
        if root is None:
            return self._named(key)
        if self._target(root) != key.project:
            return f"{self._named(key)} (for {self._who(root)})"
        is_one = self._facts[key].count == 1 and not self._fails(key)
        is_named = is_one or self._has_twin(key)
        return self._named(key) if is_named else self._who(root)

    def _named(self, key: EdgeKey) -> str:
        """Name a project, with the version where it is only one."""
        project, fact = self._releases.project(key.project), self._facts[key]
        extras = [key.extra] if self._has_twin(key) else ()
        name = with_extras(key.project, extras)
        runs = self._releases.runs(key)
        if fact.count > 1 and not self._fails(key):
            return name
        spans = [[project.versions[at] for at in run] for run in runs]
        return f"{name} {span_text(spans, MOST_RUNS)}"

    def _has_twin(self, key: EdgeKey) -> bool:
        """Tell whether extras tell apart what one project requires of another."""
        return any(self._is_of_same(key, other) for other in self._facts)

    @staticmethod
    def _is_of_same(key: EdgeKey, other: FactKey) -> bool:
        return (
            isinstance(other, EdgeKey)
            and (other.project, other.target) == (key.project, key.target)
            and other.extra != key.extra
        )

    def _root_of(self, project: str) -> RootKey | None:
        """Find a root that leads to a project."""
        waiting = [project]
        # It grows on the way.
        for name in waiting:
            for key in self._on(name):
                if isinstance(key, RootKey):
                    return key
                if isinstance(key, EdgeKey) and key.project not in waiting:
                    waiting.append(key.project)
        return None

    def _wants(self, key: _Demand, *, named: bool) -> str:
        """Say which versions are wanted."""
        name = self._target(key)
        project = self._releases.project(name)
        if isinstance(key, EdgeKey):
            texts = self._releases.spelled(key, self._releases.demands(key))
        else:
            texts = [self._line(key).line.demand]
        versions = [project.versions[position] for position in bits(self._mask(key))]
        return wanted_versions(name, texts, versions, named=named)


def _is_of_python(key: FactKey) -> bool:
    return isinstance(key, FallenKey) and key.reason == "requires-python"


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
