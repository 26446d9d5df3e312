"""The search for the answer: lazily over an index, at once where all is at hand.

A release not yet read counts as usable and without requirements, a page not read as
satisfiable, and gates count as open, so every true solution is a solution of what is
known: a refusal now is a refusal for ever. What a round decided or asked, and could not
read, is read in one batch; then it is run again. When nothing of that is left, the
gates are looked at. Source: RESOLVING.md 3, where the argument is spelled out. What
takes long to read, as an sdist that must be asked by running its code, is begun in its
round and waited for when nothing else is left to read: until then it is not read.

Where reading costs nothing, a round reads by itself what it comes upon. What is read
then may leave what was decided before without a solution; the round begins again, and
what it refused stays refused.
"""

from __future__ import annotations

from axletree.resolver.engine.choosing import Chooser, StaleError
from axletree.resolver.engine.criteria import asked_for
from axletree.resolver.engine.rule import ClashError, Round
from axletree.resolver.universe.tables_read import Reading, Unread, bits

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from typing import Protocol

    from axletree.resolver.engine.balance import Balance
    from axletree.resolver.engine.choosing import Refused
    from axletree.resolver.engine.clauses import Clauses
    from axletree.resolver.engine.criteria import Criterion
    from axletree.resolver.engine.gates import GateClause
    from axletree.resolver.engine.lags import Lags
    from axletree.resolver.engine.problem import Problem
    from axletree.resolver.universe.tables import Tables

    class Watcher(Protocol):
        """Is told what a search reads."""

        def reading_round(self, *, pages: int, metadata: int, projects: int) -> None:
            """Note that a batch is about to be read."""
            ...


FIRST_BATCH = 64
"""Releases to read where one was refused, where reading costs next to nothing: as much
as to begin again."""
MAX_DOUBLINGS = 12
"""More releases than any project has."""
SDISTS_ON_SUSPICION = 1
"""Each may have to be built to tell its metadata; the second core has time for one."""

MEANWHILE = 128
"""Pages and releases that are read while a release takes long: it is waited for then,
since what it requires may take long again. To read so many takes about as long."""


class Decided:
    """An answer: what was decided, and what was said about it."""

    __slots__ = ("criteria", "positions", "python", "unread")

    def __init__(
        self,
        positions: Mapping[str, int],
        criteria: Mapping[str, Criterion],
        python: int,
        unread: Iterable[tuple[str, int]] = (),
    ) -> None:
        self.positions = positions
        """Project -> position, in the order decided."""
        self.criteria = criteria
        self.python = python
        """The patch release of Python, by its place: the newest with an answer."""
        self.unread = tuple(unread)
        """Releases that nobody could read, and that it holds or hangs on."""


class Shared:
    """What questions over one universe share: what was read, as clauses."""

    def __init__(
        self, tables: Tables, *, reads_freely: bool = True, is_open: bool = False
    ) -> None:
        """Encode nothing yet.

        :param is_open: universes that differ in some projects will be asked, too.
        """
        self.tables = tables
        self.reading = Reading(tables, reads_freely=reads_freely)
        self._is_open = is_open
        self._make_clauses: Callable[[Reading], Clauses] = _clauses
        self._clauses: Clauses | None = None
        self._has_clashed = False

    @property
    def clauses(self) -> Clauses:
        """Make the clauses when they are first needed."""
        if self._clauses is None:
            make = _open_clauses if self._is_open else self._make_clauses
            self._clauses = make(self.reading)
        return self._clauses

    @property
    def expects_clash(self) -> bool:
        """Tell whether a question clashed: others about the same then do most often."""
        return self._has_clashed or self._clauses is not None

    def beside(self, tables: Tables, changed: Collection[str]) -> Shared:
        """Ask the same of a universe that differs in some projects.

        Over an index it is asked apart: what this one has met is not read there.
        """
        new = Shared(tables, reads_freely=self.reading.reads_freely)
        new._has_clashed = self.expects_clash
        if self._is_open and self.reading.reads_freely:
            make = self.clauses.making_beside(changed)
            if make is not None:
                new.reading = self.reading.beside(tables, changed)
                new._make_clauses = make
        return new

    @property
    def solver_calls(self) -> int:
        """Count the calls of the solver, of all questions."""
        return 0 if self._clauses is None else self._clauses.sat.calls


def _clauses(reading: Reading) -> Clauses:
    # Late: the solver takes longer to load than an answer without a clash to find.
    from axletree.resolver.engine.clauses import Clauses  # noqa: PLC0415

    return Clauses(reading)


def _open_clauses(reading: Reading) -> Clauses:
    from axletree.resolver.engine.worlds import OpenClauses  # noqa: PLC0415  as above

    return OpenClauses(reading)


class Search:
    """One question over one universe."""

    def __init__(
        self,
        shared: Shared,
        asked: Problem,
        *,
        is_balanced: bool = False,
        watcher: Watcher | None = None,
        objecting: Callable[[], bool] | None = None,
    ) -> None:
        """Run nothing yet.

        :param objecting: hears of each objection to shut gates. It may stop the search,
            or have it go on without what would open them.
        """
        self.reading = shared.reading
        self.asked = asked
        self.rounds = 0
        self.objections: list[GateClause] = []
        """What was said against shut gates."""
        self._shared = shared
        self._is_balanced = is_balanced
        self._watcher = watcher
        self._objecting = objecting
        # Where an earlier question clashed, what is asked about it does most often.
        self._has_clash = is_balanced or shared.expects_clash
        self._switch: int | None = None
        self._balance: Balance | None = None
        self._refused: Refused = {}
        self._refusals: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self._met = 0
        """Pages and releases wanted so far."""
        self._begun: dict[tuple[str, int], int] = {}
        """Releases that take long to read, with how much was wanted before them."""

    def run(self) -> Decided | None:
        """Return the decided releases, all read and admitted; None: there are none."""
        self.reading.read_ahead([root.name for root in self.asked.roots])
        while (round_ := self._round()) is not None:
            if self._read_wanted(round_):
                continue
            if self._is_admitted(round_) and not self._read_uncounted(round_):
                unread = dict.fromkeys(self._unread(round_))
                return Decided(round_.decided, round_.criteria, round_.python, unread)
        return None

    @property
    def clauses(self) -> Clauses:
        """Return the clauses of what was read."""
        return self._shared.clauses

    @property
    def switch(self) -> int:
        """Return the literal that, when assumed, puts the question."""
        if self._switch is None:
            self._switch = self._shared.clauses.put(self.asked)
        return self._switch

    # One round.

    def _round(self) -> Round | None:
        """Run the rule over what is read; None: that has no solution."""
        self.rounds += 1
        return self._without_clauses() or self._with_clauses()

    def _without_clauses(self) -> Round | None:
        """Run the rule as if nothing clashed; None: something does."""
        while not self._has_clash:
            round_ = Round(self.reading, self.asked)
            try:
                round_.run()
            except StaleError:
                continue
            except ClashError:
                self._has_clash = True
            else:
                return round_
        return None

    def _with_clauses(self) -> Round | None:
        clauses = self._shared.clauses
        while (assumed := self._assumed()) is not None and clauses.solve(assumed):
            chooser = Chooser(self.reading, clauses, self._refused, assumed)
            round_ = Round(self.reading, self.asked, chooser)
            try:
                round_.run()
            except StaleError:
                self.rounds += 1
                if self.reading.reads_freely:
                    self._read_beside(round_.decided)
                continue
            return round_
        return None

    def _assumed(self) -> list[int] | None:
        """Return what leaves only the solutions to choose from; None: there is none."""
        if not self._is_balanced:
            return [self.switch]
        if self._balance is None:
            from axletree.resolver.engine.balance import Balance  # noqa: PLC0415  few ask for it

            self._balance = Balance(self._shared.clauses, self.switch)
        return self._balance.assumptions(self._lags())

    # What to read.

    def _read_wanted(self, round_: Round) -> bool:
        """Read what a round met, and what may be met next; False if that is nothing."""
        releases = {at: None for at in round_.wanted if at not in self._begun}
        for name, position in round_.decided.items():
            releases.update(dict.fromkeys(self._ahead(name, position, round_)))
        pages = round_.wanted_pages
        due = self._due(round_, is_idle=not releases and not pages)
        if not releases and not pages and not due:
            return False
        self._tell(round_, len(pages), len(releases) + len(due))
        if pages or releases:
            self._met += len(pages) + len(releases)
            begun = self.reading.begin(pages, releases)
            self._begun.update(dict.fromkeys(begun, self._met))
        if due:
            self.reading.read_ahead((), due)
        return True

    def _due(self, round_: Round, *, is_idle: bool) -> list[tuple[str, int]]:
        """List what is to be waited for of that which takes long: the oldest of it.

        What it brings may take long as well, so not all else is read before.
        """
        waiting = [at for at in round_.wanted if at in self._begun]
        begun = min(map(self._begun.__getitem__, waiting), default=0)
        if not is_idle and self._met - begun < MEANWHILE:
            return []
        return [at for at in waiting if self._begun[at] == begun]

    def _tell(self, round_: Round, pages: int, metadata: int) -> None:
        if self._watcher is not None:
            self._watcher.reading_round(
                pages=pages, metadata=metadata, projects=len(round_.decided)
            )

    def _ahead(
        self, name: str, position: int, round_: Round
    ) -> Iterable[tuple[str, int]]:
        """List what to read beside a release refused again: 1, 2, 4, 8… of them."""
        before, self._last[name] = self._last.get(name), position
        at = name, position
        if at not in round_.wanted or at in self._begun:
            return ()
        went_back = before is not None and position > before
        if not went_back and name not in round_.passed_over:
            return ()
        times = self._refusals[name] = self._refusals.get(name, 0) + 1
        batch = 1 << min(times - 1, MAX_DOUBLINGS)
        return self._unread_below(name, position, batch - 1, round_.python)

    def _unread_below(
        self, name: str, position: int, most: int, python: int
    ) -> Iterable[tuple[str, int]]:
        """Yield releases to read on suspicion: of sdists few, which may be built."""
        project, read = self.reading.projects[name], self.reading.releases[name]
        if project is None:
            return
        sdists, alike = 0, asked_for(self.reading, self.asked, project, python)
        for older in bits(alike >> position + 1 << position + 1):
            if most == 0:
                return
            if older in read:
                continue
            if project.sdists >> older & 1:
                if sdists == SDISTS_ON_SUSPICION:
                    continue
                sdists += 1
            most -= 1
            yield name, older

    def _read_beside(self, decided: Mapping[str, int]) -> None:
        """Read ever more releases beside one that is refused again and again."""
        for name, position in decided.items():
            before = self._last.get(name)
            self._last[name] = position
            if before is not None and position > before:
                times = self._refusals[name] = self._refusals.get(name, 0) + 1
                batch = FIRST_BATCH << min(times - 1, MAX_DOUBLINGS)
                self.reading.read_some(name, position + 1, batch - 1)

    # What could not be read.

    def _unread(self, round_: Round) -> Iterator[tuple[str, int]]:
        """Yield what leaves open whether a round has decided what it should."""
        unread = self.reading.unread
        if not unread:
            return
        yield from (place for place in round_.decided.items() if place in unread)
        yield from round_.doubtful
        if any(map(self._is_gated, round_.decided.items())):
            from axletree.resolver.engine.gates import shut_by_unread  # noqa: PLC0415  as below

            chosen, python = round_.decided, round_.python
            yield from shut_by_unread(self.reading, self.asked, chosen, python)
        if self._balance is not None:
            lags = self._lags()
            yield from (at for at in unread if lags.measures_by(at, round_.decided))

    # Gates and lags.

    def _is_admitted(self, round_: Round) -> bool:
        if not any(map(self._is_gated, round_.decided.items())):
            return True
        from axletree.resolver.engine.gates import admitted  # noqa: PLC0415  most answers need no gate

        chosen, python = round_.decided, round_.python
        verdict = admitted(self.reading, self.asked, chosen, python)
        if verdict is None:
            return True
        if isinstance(verdict, Unread):
            self.reading.read_ahead(verdict.pages, verdict.releases)
        else:
            is_cut_short = self._objecting is not None and self._objecting()
            self._has_clash = True
            self.objections.append(verdict)
            for said in verdict.for_good(self.reading) if is_cut_short else (verdict,):
                self._shared.clauses.object_to(said, unless=(-self.switch,))
        return False

    def _is_gated(self, place: tuple[str, int]) -> bool:
        project = self.reading.projects[place[0]]
        gated = 0 if project is None else project.prereleases | project.yanked
        return bool(gated >> place[1] & 1)

    def _lags(self) -> Lags:
        """Measure the roots, from releases that are known to be valid."""
        from axletree.resolver.engine.lags import Lags  # noqa: PLC0415  few ask for it

        while unread := (lags := Lags(self.reading, self.asked)).unread():
            self.reading.read_ahead((), unread)
        return lags

    def _read_uncounted(self, round_: Round) -> bool:
        """Read what the lags of an answer depend on; True if that was news.

        It is news, too, that a release lags more than it did when it was let through:
        a round that reads freely may have read it only then.
        """
        if self._balance is None:
            return False
        lags = self._lags()
        decided = round_.decided
        named = [(name, decided[name]) for name in lags.projects if name in decided]
        uncounted = [place for each in named for place in lags.uncounted(*each)]
        self.reading.read_ahead((), uncounted)
        return bool(uncounted) or any(
            lags.of(*place) != self._balance.assumed_lag(*place) for place in named
        )
