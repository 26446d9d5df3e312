"""What helps against a conflict that was found on tables, told to a pipe as it comes.

The search for it is that of `axletree explain`, over the tables that told the cause. It
is imported once the cause is told: until then nobody waits for it.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from axletree.commands.results.applying import Applying
from axletree.commands.results.remedies import Remedies, RepairSearch
from axletree.commands.sources.kept import WheelhouseTables
from axletree.commands.sources.local import open_wheelhouse
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.answers import Conflict
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask
from axletree.resolver.reports.conflict_text import closing_report, numbered_repair
from axletree.resolver.reports.lines import to_text
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.sparing import SparingUniverse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from axletree.commands.fast.answer import QuickPlace
    from axletree.commands.fast.arguments import PlainWords
    from axletree.commands.fast.explain import Explained
    from axletree.resolver.model.environment import Environment
    from axletree.resolver.model.question import Question
    from axletree.resolver.universe.table_types import TableReader
    from axletree.resolver.universe.tables import Tables


class QuickRemedies:
    """What helps, over one generation of a wheelhouse whose tables are there already."""

    def __init__(
        self, plain: PlainWords, words: Sequence[str], place: QuickPlace
    ) -> None:
        """Open nothing yet."""
        self._plain = plain
        self._words = tuple(words)
        self._home = Path(place.home)
        self._generation = place.generation
        self._elsewhere = WheelhouseTables(
            cache_dir=Path(place.cache_dir).parent,
            home=self._home,
            generation=place.generation,
        )
        """Of other Pythons and platforms."""
        self._stack = ExitStack()
        self._tables: Tables | None = None

    def reader(self) -> TableReader:
        """Give who reads what the tables lack, until `close`."""
        return self._resolver.reader(self._question)

    def close(self) -> None:
        """Close what was opened, and keep what was read for other targets."""
        self._elsewhere.save()
        self._stack.close()

    def tables(
        self, environment: Environment, make_reader: Callable[[], TableReader]
    ) -> Tables | None:
        """Return the tables of the question, or those kept for another target."""
        if environment == self._question.environment and self._tables is not None:
            return self._tables
        return self._elsewhere.tables(environment, make_reader)

    def told(self, found: Explained, tables: Tables) -> Iterator[str]:
        """Tell each repair, then what pip would do."""
        self._tables = tables
        question = self._question
        conflict = Conflict(
            environment=question.environment,
            conflicts=tuple(found.written),
            complete=found.is_complete,
            also_contended=found.besides.names,
            also_contended_complete=found.besides.are_all,
        )
        refusal = self._resolver.take_over(
            question, found.models, conflict, found.cores
        )
        search = RepairSearch(
            universe=self._memo,
            spared=self._spared,
            question=question,
            refusal=refusal,
            remedies=Remedies(),
            applying=Applying(words=self._words),
        )
        width = found.width
        for number, repair in enumerate(search.find(), start=1):
            lines = numbered_repair(number, repair, conflict, width=width)
            yield to_text(lines)
        search.ask_pip()
        yield to_text(closing_report(search.conflict(), width=width))

    @cached_property
    def _question(self) -> Question:
        target = self._plain.python_version, self._plain.python_platform
        lines = self._plain.lines()
        roots = [parse_requirement(line.text, line.origin) for line in lines]
        return ask(roots, environment_for(*target))

    @cached_property
    def _spared(self) -> SparingUniverse:
        return SparingUniverse(
            open_wheelhouse(self._stack, self._home, self._generation)
        )

    @cached_property
    def _memo(self) -> MemoUniverse:
        return MemoUniverse(self._spared)

    @cached_property
    def _resolver(self) -> Resolver:
        return Resolver(self._memo, kept=self)
