"""The engine of issue 10, kept as a reference: search that reads only what is on the way, and still gives the exact answer.

A release not yet read counts as usable and without dependencies, so every true
solution is a solution of what is known: a refusal now is a refusal for ever. Source:
RESOLVING.md 3, where the argument is spelled out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.model.question import Question
from axletree.resolver.model.reporter import (
    Reporter,
    SilentReporter,
)
from axletree.resolver.universe.candidates import Release
from axletree.resolver.universe.knowledge import Knowledge
from tests.property.reference.admission import (
    Admission,
    MustRead,
)
from tests.property.reference.balance import Balance
from tests.property.reference.encoding import Encoding
from tests.property.reference.lags import Lags
from tests.property.reference.objection import Objection
from tests.property.reference.rule import (
    Decisions,
    Round,
)

MAX_DOUBLINGS = 12
"""More releases than any project has."""
SDISTS_ON_SUSPICION = 1
"""Each may have to be built to tell its metadata; the second core has time for one."""


@dataclass(slots=True)
class Search:
    """One question over one universe, read step by step."""

    knowledge: Knowledge
    question: Question
    lead: NormalizedName | None = None
    """A root decided before all others (for repairs)."""
    reporter: Reporter = field(default_factory=SilentReporter)
    encoding: Encoding = field(init=False)
    objections: list[Objection] = field(init=False, default_factory=list)
    rounds: int = field(init=False, default=0)
    _balance: Balance = field(init=False)
    _refusals: Counter[NormalizedName] = field(init=False, default_factory=Counter)
    _last: dict[NormalizedName, Release] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.encoding = Encoding(self.knowledge, self.question)
        self._balance = Balance(self.encoding)

    def run(self) -> Decisions | None:
        """Return the decided releases, all read and admitted; None for a conflict."""
        roots = [root.requirement.name for root in self.question.roots]
        self.knowledge.read_pages(map(canonicalize_name, roots))
        while True:
            decisions = self._round()
            if decisions is None:
                return None
            if self._read_wanted(decisions):
                continue
            if self._is_admitted(decisions) and not self._read_uncounted(decisions):
                return decisions

    def _round(self) -> Decisions | None:
        self.rounds += 1
        self.encoding.sync()
        assumed: list[int] | None = []
        if self.question.prefer == "balanced":
            assumed = self._balance.assumptions(self._lags())
        if assumed is None:
            return None
        round_ = Round(self.encoding, self.question, lead=self.lead, assumed=assumed)
        return round_.run()

    def _lags(self) -> Lags:
        """Measure the roots, from releases that are known to be valid."""
        while unread := (lags := Lags(self.knowledge, self.question)).unread():
            self.knowledge.read_metadata(unread)
            self.encoding.sync()
        return lags

    def _read_uncounted(self, decisions: Decisions) -> bool:
        """Read what the lags of an answer depend on; True if that was news."""
        if self.question.prefer != "balanced":
            return False
        lags = self._lags()
        decided = map(decisions.releases.get, lags.projects)
        uncounted = [r for d in decided if d is not None for r in lags.uncounted(d)]
        self.knowledge.read_metadata(uncounted)
        return bool(uncounted)

    def _read_wanted(self, decisions: Decisions) -> bool:
        releases = dict(decisions.wanted)
        for name, release in decisions.releases.items():
            releases.update(dict.fromkeys(self._ahead(name, release, decisions)))
        pages = decisions.wanted_pages
        if not releases and not pages:
            return False
        self.reporter.reading_round(
            pages=len(pages), metadata=len(releases), projects=len(decisions.releases)
        )
        self.knowledge.read_pages(pages)
        self.knowledge.read_metadata(releases)
        return True

    def _ahead(
        self, name: NormalizedName, release: Release, decisions: Decisions
    ) -> Iterator[Release]:
        """Yield what to read beside a release refused again: 1, 2, 4, 8… of them."""
        before, self._last[name] = self._last.get(name), release
        if release not in decisions.wanted:
            return iter(())
        went_back = before is not None and release.position > before.position
        if not went_back and name not in decisions.passed_over:
            return iter(())
        self._refusals[name] += 1
        releases = self.knowledge.releases[name]
        listed = releases.all[release.position + 1 :] if releases else ()
        older = (other for other in listed if other.files)
        batch = 1 << min(self._refusals[name] - 1, MAX_DOUBLINGS)
        return self._unread(older, batch - 1)

    def _unread(self, releases: Iterable[Release], most: int) -> Iterator[Release]:
        """Yield releases to read on suspicion: of sdists few, which may be built."""
        sdists = 0
        for release in releases:
            if most == 0:
                return
            if self.knowledge.is_read(release):
                continue
            if self.knowledge.file_of(release).kind == "sdist":
                if sdists == SDISTS_ON_SUSPICION:
                    continue
                sdists += 1
            most -= 1
            yield release

    def _is_admitted(self, decisions: Decisions) -> bool:
        verdict = Admission(
            knowledge=self.knowledge, question=self.question, chosen=decisions.releases
        ).verdict()
        if verdict is None:
            return True
        if isinstance(verdict, MustRead):
            self.knowledge.read_pages(verdict.pages)
            self.knowledge.read_metadata(verdict.releases)
        else:
            self.objections.append(verdict)
            self.encoding.object_to(verdict)
        return False
