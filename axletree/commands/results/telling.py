"""What `explain` says to people, as soon as it is certain.

The cause comes first, and whatever is found after it never changes it; each repair comes
when its number is final. All that is said goes out at once, pipes included.
"""

from collections.abc import Iterable
from dataclasses import field

from axletree.commands.results.no_solution import solution_sentence
from axletree.console import Console
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.answers import Conflict, Repair, Resolution
from axletree.resolver.reports.conflict_text import (
    cause_report,
    closing_report,
    counters_sentence,
    numbered_repair,
)
from axletree.resolver.reports.lines import ReportLine, in_ascii


@dataclass(slots=True)
class Teller:
    """Tells outcomes one after the other."""

    console: Console
    _solved: list[Resolution] = field(init=False, default_factory=list)
    """Not told yet: whole if all are, in a sentence beside a conflict."""
    _told: int = field(init=False, default=0)

    def solved(self, answer: Resolution) -> None:
        """Take an answer."""
        self._solved.append(answer)
        if self._told:
            self._tell_solved()

    def begin(self, conflict: Conflict) -> None:
        """Tell a cause."""
        self._tell_solved()
        self._separate()
        width, is_ascii = self.console.width, self.console.is_ascii
        self._report(cause_report(conflict, width=width, is_ascii=is_ascii))

    def repair(self, number: int, repair: Repair, conflict: Conflict) -> None:
        """Tell what helps, in its place."""
        width = self.console.width
        self._report(numbered_repair(number, repair, conflict, width=width))

    def end(self, conflict: Conflict) -> None:
        """Tell the rest, once all is known."""
        self._report(closing_report(conflict, width=self.console.width))

    def count(self, conflict: Conflict) -> None:
        """Tell what was read, to those who want to know."""
        console = self.console
        console.detail(counters_sentence("up to the core", conflict.counters))
        if conflict.repairs:
            counters = conflict.repair_counters
            console.detail(counters_sentence("with repairs", counters))

    def _tell_solved(self) -> None:
        for answer in self._solved:
            self._separate()
            self.console.result(solution_sentence(answer))
        self._solved.clear()

    def _separate(self) -> None:
        if self._told:
            self.console.result("\n")
        self._told += 1

    def _report(self, lines: Iterable[ReportLine]) -> None:
        self.console.report(map(in_ascii, lines) if self.console.is_ascii else lines)
