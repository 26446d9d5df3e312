"""A question in; a resolution or a conflict out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.conflicts.also_contended import AlsoContended
from axletree.resolver.conflicts.cores import KeyCore
from axletree.resolver.conflicts.explanation import Explanation
from axletree.resolver.conflicts.sentences import everywhere_first
from axletree.resolver.conflicts.unread import unread_error
from axletree.resolver.engine.checked_files import (
    violations_anywhere,
)
from axletree.resolver.engine.decisions import (
    Decisions,
    Inquiry,
    reader_of,
)
from axletree.resolver.engine.models import FactModels
from axletree.resolver.inputs.empty_specifiers import is_empty
from axletree.resolver.model.answers import (
    Conflict,
    Counters,
    Late,
    Resolution,
)
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
)
from axletree.resolver.model.fact_keys import RootKey
from axletree.resolver.model.facts import Core
from axletree.resolver.model.markers import MarkerEvaluator
from axletree.resolver.model.outcomes import (
    Answer,
    Found,
    GaveUp,
    ProvedNone,
)
from axletree.resolver.model.question import (
    Question,
)
from axletree.resolver.model.reporter import (
    Reporter,
    SilentReporter,
)
from axletree.resolver.searches import KeptTables, Searches
from axletree.resolver.universe.candidates import (
    Release,
)
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.release_sets import bits
from axletree.resolver.universe.table_reader import KnowledgeReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A conflict, with its cores as keys for who goes on from there."""

    conflict: Conflict
    cores: tuple[KeyCore, ...]
    explanation: Explanation
    """The question as facts, to ask more of."""
    resolver: "Resolver"
    """Who refused it; what it has read stays read."""


class Resolver:
    """Answers questions over one universe; what was read stays read."""

    __slots__ = ("_searches",)

    def __init__(
        self,
        universe: MemoUniverse,
        *,
        reporter: Reporter | None = None,
        kept: KeptTables | None = None,
        begun: Searches | None = None,
    ) -> None:
        """Read nothing yet.

        :param kept: tables that were made before, of what the universe holds.
        :param begun: searches over this universe, to go on from.
        """
        self._searches = begun or Searches(
            universe=universe, reporter=reporter or SilentReporter(), kept=kept
        )

    @property
    def universe(self) -> MemoUniverse:
        """Return what is read through."""
        return self._searches.universe

    @property
    def reporter(self) -> Reporter:
        """Return who is told what is done."""
        return self._searches.reporter

    @property
    def counters(self) -> Counters:
        """Return what was read and done so far."""
        return self._searches.counters

    def resolve(
        self, question: Question, *, is_brief: bool = False
    ) -> Resolution | Refusal:
        """Answer by the rule of RESOLVING.md 2, or explain why there is no answer.

        :param is_brief: one irreducible cause is enough, be there smaller ones or
            others.
        :raises UnreadFileError: what was decided holds, or hangs on, a file that
            nobody could read here.
        :raises AxletreeError: whatever the universe raises for an outage.
        """
        inquiry = self.search(question)
        evaluator = MarkerEvaluator(question.environment)
        empty = [
            index
            for index, root in enumerate(question.roots)
            # Of some patch releases of Python alone, it is not all there is to say.
            if is_empty(root.requirement.specifier)
            and not evaluator.limit(root.requirement.marker)
        ]
        if empty:
            return self._refused_at_once(inquiry, empty)
        decisions = self.run(inquiry)
        if decisions is None:
            return self._refusal(inquiry, is_brief=is_brief)
        if decisions.unread:
            raise unread_error(inquiry.knowledge, decisions)
        return self._resolution(inquiry, decisions)

    def answer(self, question: Question) -> Resolution | None:
        """Answer, and leave unsaid why there is none that was read.

        :raises AxletreeError: whatever the universe raises for an outage.
        """
        inquiry = self.search(question)
        decisions = self.run(inquiry)
        if decisions is None or decisions.unread:
            return None
        return self._resolution(inquiry, decisions)

    def attempt(self, question: Question) -> Answer[Resolution]:
        """Answer, and tell a proof that there is no answer from a lack of one.

        :raises AxletreeError: whatever the universe raises for an outage.
        """
        inquiry = self.search(question)
        found = self.settle(inquiry)
        if isinstance(found, Found):
            return Found(
                value=self._resolution(inquiry, found.value),
                unread=found.unread,
                stops_at=found.stops_at,
            )
        return found

    def settle(self, inquiry: Inquiry) -> Answer[Decisions]:
        """Run a search; a refusal is a proof if all that was met could be read.

        :raises AxletreeError: whatever the universe raises for an outage.
        """
        decisions = self.run(inquiry)
        if decisions is not None:
            unread, known = decisions.unread, inquiry.knowledge.unread
            stops_at = tuple(file for file in unread if not known[file].is_spared)
            return Found(value=decisions, unread=unread, stops_at=stops_at)
        unread = tuple(inquiry.knowledge.observed)
        return GaveUp(unread=unread) if unread else ProvedNone()

    def objections(
        self, question: Question, pins: Mapping[NormalizedName, Version]
    ) -> tuple[str, ...]:
        """Say what is wrong with somebody else's answer; empty if it is a solution.

        :raises AxletreeError: whatever the universe raises for an outage.
        """
        knowledge = self.search(question).knowledge
        knowledge.read_pages(pins)
        found = {name: _find(knowledge, name, pins[name]) for name in pins}
        releases = [release for release in found.values() if release is not None]
        knowledge.read_metadata(releases)
        absent = [
            f"{name} {pins[name]} has no file that can be used"
            for name, release in found.items()
            if release is None or knowledge.is_fallen(release)
        ]
        if absent:
            return tuple(absent)
        from axletree.resolver.pinning.pins import chosen_file  # noqa: PLC0415  likewise

        chosen = {r.project: chosen_file(knowledge, r) for r in releases}
        return violations_anywhere(question, chosen)

    def _refusal(self, inquiry: Inquiry, *, is_brief: bool) -> Refusal:
        explanation = self.explanation(inquiry)
        first = explanation.first() if is_brief else None
        told = None if first is None else explanation.write(first)
        if first is not None and told is not None and not told.holds_here_only:
            return self._refused(inquiry, explanation, {first: told})
        # Whether there is an answer elsewhere hangs on the others.
        cores, complete = explanation.cores()
        written = everywhere_first((core, explanation.write(core)) for core in cores)
        return self._refused(inquiry, explanation, dict(written), complete=complete)

    def _refused_at_once(self, inquiry: Inquiry, empty: Sequence[int]) -> Refusal:
        """Tell requirements that are empty by themselves: for that nothing is read."""
        explanation = self.explanation(inquiry)
        is_frozen = self.universe.is_frozen
        if is_frozen:
            roots = (inquiry.question.roots[index] for index in empty)
            explanation.read_pages(canonicalize_name(r.requirement.name) for r in roots)
        cores = [
            KeyCore(
                keys=(RootKey(index),),
                claim="smallest" if is_frozen else "irreducible",
            )
            for index in empty
        ]
        written = {core: explanation.write(core) for core in cores}
        return self._refused(inquiry, explanation, written)

    def _refused(
        self,
        inquiry: Inquiry,
        explanation: Explanation,
        cores: Mapping[KeyCore, Core],
        *,
        complete: bool | None = None,
    ) -> Refusal:
        """Tell cores, which are written.

        :param complete: whether these are all; None: no others were looked for.
        """
        question = inquiry.question
        # The cause is told at once where it is asked for alone.
        is_brief = complete is None
        besides = (
            AlsoContended() if is_brief else explanation.also_contended(tuple(cores))
        )
        self._searches.solver_calls += explanation.solver_calls
        conflict = Conflict(
            environment=question.environment,
            conflicts=tuple(cores.values()),
            complete=bool(complete),
            is_brief=is_brief,
            also_contended=besides.names,
            also_contended_complete=besides.are_all,
            counters=self.counters,
            as_of=question.limits.last_day,
        )
        return Refusal(
            conflict=conflict,
            cores=tuple(cores),
            explanation=explanation,
            resolver=self,
        )

    def reader(self, question: Question) -> KnowledgeReader:
        """Give who reads what tables that were made before lack."""
        return reader_of(self.search(question).knowledge)

    def take_over(
        self,
        question: Question,
        models: FactModels,
        told: Conflict,
        cores: Sequence[KeyCore],
    ) -> Refusal:
        """Go on from a refusal that was found on tables that were made before.

        :param models: those of its facts.
        """
        knowledge = self.search(question).knowledge
        tables = self._searches.shared_by(knowledge).tables
        return Refusal(
            conflict=told,
            cores=tuple(cores),
            explanation=Explanation(question, knowledge, tables, models),
            resolver=self,
        )

    def learn(self, refusal: Refusal) -> None:
        """Take in what was read to explain a refusal, where all is at hand.

        So that what clashes is known before others are asked whether it does.
        """
        if self.universe.is_frozen:
            explanation = refusal.explanation
            knowledge = self.search(explanation.question).knowledge
            self._searches.shared_by(knowledge).reading.learn(explanation.reading)

    def explanation(self, inquiry: Inquiry) -> Explanation:
        """Take a question that was refused apart into facts."""
        question, knowledge = inquiry.question, inquiry.knowledge
        tables = self._searches.shared_by(knowledge).tables
        if self.universe.is_frozen:
            return Explanation.of_frozen(question, knowledge, tables)
        objections = inquiry.search.objections
        return Explanation.of_index(question, knowledge, tables, objections)

    def beside(self, added: Mapping[DistributionFile, FileMetadata]) -> "Resolver":
        """Answer over the same universe with some files more."""
        begun = self._searches.beside(added)
        return Resolver(begun.universe, begun=begun)

    def search(
        self, question: Question, *, lead: NormalizedName | None = None
    ) -> Inquiry:
        """Prepare a search that reads through this resolver's universe."""
        return self._searches.prepare(question, lead=lead)

    def run(self, inquiry: Inquiry) -> Decisions | None:
        """Run a search and count its work."""
        return self._searches.run(inquiry)

    def _resolution(self, inquiry: Inquiry, decisions: Decisions) -> Resolution:
        is_kept = self._searches.is_over_kept(inquiry) and not decisions.unread
        micros = decisions.micros_on_tables if is_kept else None
        if micros is None:
            return self._read_resolution(inquiry, decisions)
        decisions.check_on_tables()
        # To say that there is an answer takes none of its files.
        whole = cache(partial(self._read_resolution, inquiry, decisions))
        environment = inquiry.question.environment
        return Resolution(
            environment=environment.limited_to(
                tuple(environment.micros[place] for place in bits(micros))
            ),
            pins=Late(lambda: whole().pins),
            lags=Late(lambda: whole().lags),
            notes=Late(lambda: whole().notes),
            counters=self.counters,
            known_versions=decisions.versions,
        )

    def _read_resolution(self, inquiry: Inquiry, decisions: Decisions) -> Resolution:
        from axletree.resolver.pinning.pins import read_resolution  # noqa: PLC0415  late: many an answer is never read

        balanced = partial(self._balanced, inquiry.question)
        return read_resolution(inquiry, decisions, balanced, self.counters)

    def _balanced(self, question: Question) -> tuple[Inquiry, Decisions] | None:
        """Tell what `--prefer balanced` would give, where all is at hand anyway."""
        if not self.universe.is_frozen:
            return None
        inquiry = self.search(replace(question, prefer="balanced"))
        decisions = self.run(inquiry)
        return None if decisions is None else (inquiry, decisions)


def _find(
    knowledge: Knowledge, name: NormalizedName, version: Version
) -> Release | None:
    releases = knowledge.releases[name]
    return None if releases is None else releases.by_version.get(version)
