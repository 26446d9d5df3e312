"""Questions answered one by one: each refusal told, its repairs looked for and told."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import click
from click.exceptions import Exit

from axletree.commands.options.question import Asked
from axletree.commands.results.applying import Applying
from axletree.commands.results.no_solution import (
    show_absence,
    show_outcomes,
)
from axletree.commands.results.telling import Teller
from axletree.commands.results.unread import resolve_or_explain
from axletree.commands.results.wanted import Wanted
from axletree.commands.sources.absence import absence_steps
from axletree.commands.sources.opened import Opened
from axletree.commands.sources.upstream_index import OpenedUpstream
from axletree.console import INTERRUPTED, Console
from axletree.late_dataclasses import dataclass
from axletree.progress import Progress
from axletree.resolver.model.answers import (
    Conflict,
    Resolution,
)
from axletree.resolver.model.question import Question
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.searches import KeptTables
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.sparing import SparingUniverse

if TYPE_CHECKING:
    # Few runs need the first, and the cause is told before the others are needed.
    from axletree.commands.results.remedies import RepairSearch
    from axletree.commands.results.why_and_if import Asking
    from axletree.resolver.repairs.repairer import FutureWheel


@dataclass(frozen=True, slots=True, kw_only=True)
class Explaining:
    """What it takes to answer, and to explain."""

    console: Console
    wanted: Wanted
    asking: "Asking | None"
    wheels: "tuple[FutureWheel, ...]"
    opened: Opened
    upstream: OpenedUpstream
    universe: MemoUniverse
    spared: SparingUniverse
    """Its base."""
    progress: Progress
    teller: Teller | None
    """Tells each as it comes; None: what is asked for is one document, or one repair."""

    def outcomes(self, asked: Asked) -> list[Resolution | Conflict]:
        """Answer each question, but for those whose answer is shown already."""
        outcomes: list[Resolution | Conflict] = []
        resolver = Resolver(self.universe, reporter=self.progress, kept=self._kept)
        questions = self.opened.one_by_one(asked, self.universe)
        turned = self.upstream.turned_to(asked)
        for question, _ in zip(questions, turned, strict=True):
            answer = resolve_or_explain(resolver, question)
            counters = self.opened.counted(resolver.counters)
            if isinstance(answer, Refusal):
                conflict = self.opened.told(replace(answer.conflict, counters=counters))
                refusal = replace(answer, conflict=conflict)
                outcomes.append(self._explained(question, refusal, outcomes))
            elif self.wanted.repair_number is not None:
                _refuse_repair(question)
            elif not self._is_shown(resolver, answer):
                resolution = replace(answer, counters=counters)
                outcomes.append(resolution)
                if self.teller is not None:
                    self.teller.solved(resolution)
        self._tell_absence(outcomes)
        return outcomes

    @property
    def _kept(self) -> KeptTables | None:
        """Return tables that were made before, where nobody asks what was read."""
        is_counted = self.console.is_json or self.console.verbosity
        asks_more = self.asking is not None or self.wanted.reproduce is not None
        return None if is_counted or asks_more else self.opened.kept

    def _is_shown(self, resolver: Resolver, answer: Resolution) -> bool:
        """Show what was asked about an answer; False if nothing was."""
        if self.asking is None:
            return False
        from axletree.commands.results.why_and_if import show_asked  # noqa: PLC0415  late

        return show_asked(self.console, self.opened, resolver, self.asking, answer)

    def _explained(
        self,
        question: Question,
        refusal: Refusal,
        before: Sequence[Resolution | Conflict],
    ) -> Conflict:
        try:
            if self.teller is not None:
                self.teller.begin(refusal.conflict)
            return self._repaired(question, refusal, before)
        except KeyboardInterrupt as stop:
            # Whoever stops at the cause, before anything was looked for.
            conflict = replace(refusal.conflict, repairs_stopped="interrupted")
            self._cut_off(conflict, before)
            raise Exit(INTERRUPTED) from stop

    def _repaired(
        self,
        question: Question,
        refusal: Refusal,
        before: Sequence[Resolution | Conflict],
    ) -> Conflict:
        if self.wanted.reproduce is not None:
            from axletree.commands.results.reproduction import write_reproduction  # noqa: PLC0415  late

            write_reproduction(self.console, refusal, self.wanted.reproduce)
        if self.wanted.no_repairs:
            if self.teller is not None:
                self.teller.end(refusal.conflict)
            return refusal.conflict
        search = self._repair_search(question, refusal)
        try:
            self._search(search, refusal.conflict)
        except KeyboardInterrupt as stop:
            self._cut_off(search.conflict(), before)
            raise Exit(INTERRUPTED) from stop
        conflict = search.conflict()
        if self.teller is not None:
            self.teller.end(conflict)
        read = self.upstream.counted(self.opened.counted(conflict.repair_counters))
        return replace(conflict, repair_counters=read)

    def _repair_search(self, question: Question, refusal: Refusal) -> "RepairSearch":
        from axletree.commands.results.remedies import Remedies, RepairSearch  # noqa: PLC0415  late

        every = self.opened.all_indexes
        remedies = Remedies(
            wheels=self.wheels,
            upstream=self.upstream.upstream,
            all_indexes=every,
            turn=self.opened.turn,
            spared=(*self.upstream.spared, *([every.universe] if every else ())),
        )
        return RepairSearch(
            universe=self.universe,
            spared=self.spared,
            question=question,
            refusal=refusal,
            remedies=remedies,
            reporter=self.progress,
            applying=Applying(is_supposed=bool(self.wanted.supposed)),
        )

    def _tell_absence(self, outcomes: Sequence[Resolution | Conflict]) -> None:
        conflicts = [each for each in outcomes if isinstance(each, Conflict)]
        steps = absence_steps(conflicts, self.opened.name)
        if self.teller is not None:
            show_absence(self.console, steps)

    def _search(self, search: "RepairSearch", conflict: Conflict) -> None:
        """Find what helps, and tell it on the way."""
        from axletree.resolver.repairs.repairer import MOST_REPAIRS  # noqa: PLC0415  late

        most = self.wanted.repair_number or MOST_REPAIRS
        looking = self.progress.announce if self.opened.sources else self.progress.step
        looking("looking for repairs")
        self.progress.repairing(found=0)
        for number, repair in enumerate(search.find(most), start=1):
            self.progress.repairing(found=number)
            if self.teller is not None:
                self.teller.repair(number, repair, conflict)
        if not self.wanted.repair_number:
            search.ask_pip()

    def _cut_off(
        self, conflict: Conflict, before: Sequence[Resolution | Conflict]
    ) -> None:
        """Leave what was found when the user stops the search."""
        if self.console.is_json:
            show_outcomes(self.console, [*before, conflict])
        self.console.show_cut_off()


def _refuse_repair(question: Question) -> NoReturn:
    """Say that there is nothing to repair.

    :raises click.UsageError: always.
    """
    label = question.environment.label
    message = f"--repair repairs a conflict, and there is none: {label} has a solution"
    raise click.UsageError(message)
