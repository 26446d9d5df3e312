"""The cells of a check, resolved on all cores.

Cells of one environment that read the same sources share pages, metadata and what was
compiled of them; metadata that a build has told holds for one environment only. All
else is spread over processes, since resolving is computing. Over an index an
environment's cells stay in one of them: measured (six image sets), a second process
took 3.4 s instead of 2.4 with a warm cache, as it reads and compiles the same pages
again, and with a cold one saved a fifth by asking the index for many pages twice.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from axletree.commands.options.matrix import Matrix, Prepared
from axletree.commands.options.question import Asked
from axletree.commands.options.shared import SourceOptions
from axletree.commands.sources.house import look_for
from axletree.commands.sources.named import (
    first_index,
    folders_of,
    notes_on,
    settings_for,
)
from axletree.commands.sources.opened import Opened
from axletree.commands.sources.opening import open_universe
from axletree.commands.sources.policed import under_policy
from axletree.commands.sources.workers import spread
from axletree.console import Console
from axletree.errors import AxletreeError
from axletree.late_dataclasses import dataclass
from axletree.progress import Progress
from axletree.resolver.model.answers import Resolution
from axletree.resolver.queries.check import (
    Cell,
    CellAnswer,
    Failure,
)
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import MemoUniverse

BAD_INPUT = 2
HEAD_START_S = 1.0
"""What is done by then needs no further process; one takes half as long to start."""

Answers: TypeAlias = dict[int, CellAnswer]
"""Place of a cell -> what came out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Cells of one environment over the same sources, resolved one after the other."""

    source: SourceOptions
    cells: tuple[Prepared, ...]
    is_brief: bool = True
    """One conflict of a cell is enough."""

    @property
    def reads_an_index(self) -> bool:
        """Tell whether candidates come over a network."""
        settings = settings_for(self.source)
        return (
            self.source.universe is None
            and first_index(self.source, self.asked, settings) is not None
        )

    @property
    def reads_the_wheelhouse(self) -> bool:
        """Tell whether nobody names another source."""
        has_folder = folders_of(self.source, self.asked)
        is_named = self.source.universe is not None or has_folder
        return not (is_named or self.reads_an_index)

    @property
    def asked(self) -> Asked:
        """Return what the first cell asks: for sources all ask the same."""
        return _asked(self.cells[0])


def check(
    matrix: Matrix,
    progress: Progress,
    *,
    jobs: int,
    head_start_s: float = HEAD_START_S,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Cell, ...]:
    """Resolve all cells, on `jobs` cores; in the order of the matrix.

    What fails outside is the answer of the cells that it hits; all others run.

    :raises InvalidEnvironmentError: for a Python or platform that does not exist.
    :raises WorkerLostError: a process was killed, as by a system short of memory.
    """
    cells = tuple(_under_policy(cell, matrix.source) for cell in matrix.prepare())
    asked = (cell.asked for cell in cells if isinstance(cell.asked, Asked))
    notes = (note for each in asked for note in notes_on(matrix.source, each))
    for note in dict.fromkeys(notes):
        progress.note(note)
    answers: Answers = {c.place: c.asked for c in cells if isinstance(c.asked, Failure)}
    batches = _batches(matrix, cells)
    _look_for_the_wheelhouse(batches)
    end = None if jobs == 1 else clock() + head_start_s
    rest = []
    for batch in batches:
        done = _run(batch, progress, is_over=lambda: end is not None and clock() >= end)
        answers.update(done)
        left = tuple(cell for cell in batch.cells if cell.place not in done)
        rest += [replace(batch, cells=left)] if left else []
    answers.update(_run_elsewhere(rest, jobs, progress))
    return tuple(_cell(matrix, cell, answers[cell.place]) for cell in cells)


def _under_policy(cell: Prepared, source: SourceOptions) -> Prepared:
    """Put a cell's question under the policy; one that cannot be read is its answer."""
    if isinstance(cell.asked, Failure):
        return cell
    try:
        return replace(cell, asked=under_policy(cell.asked, source))
    except AxletreeError as error:
        return replace(cell, asked=Failure.of(error))


def _cell(matrix: Matrix, cell: Prepared, answer: CellAnswer) -> Cell:
    is_bad_input = isinstance(answer, Failure) and answer.exit_code == BAD_INPUT
    has_more = not (isinstance(answer, Resolution) or is_bad_input)
    return Cell(
        file=cell.wanted.file,
        part=cell.wanted.part,
        environment=cell.environment,
        answer=answer,
        command=matrix.command(cell) if has_more else "",
    )


def _look_for_the_wheelhouse(batches: Sequence[Batch]) -> None:
    """Say once what every cell would say, if there is none.

    :raises AxletreeError: as `axletree.commands.sources.house.reading`.
    """
    for batch in batches:
        if batch.reads_the_wheelhouse:
            takes_index = not batch.asked.parsed.has_no_index
            look_for(settings_for(batch.source), takes_index=takes_index)
            return


def _batches(matrix: Matrix, cells: Sequence[Prepared]) -> list[Batch]:
    alike: dict[object, list[Prepared]] = {}
    for cell in cells:
        if isinstance(cell.asked, Asked):
            alike.setdefault(_reading(cell.asked), []).append(cell)
    source, is_brief = matrix.source, matrix.is_brief
    return [
        Batch(source=source, cells=tuple(own), is_brief=is_brief)
        for own in alike.values()
    ]


def _reading(asked: Asked) -> object:
    """Return what decides how the universe is opened for a question."""
    parsed = asked.parsed
    return (
        asked.question.environment.label,
        asked.question.limits,
        parsed.index_url,
        parsed.extra_index_urls,
        parsed.find_links,
        parsed.has_no_index,
    )


# One batch.


def _run(batch: Batch, progress: Progress, *, is_over: Callable[[], bool]) -> Answers:
    """Resolve the cells of a batch until it is over."""
    answers: Answers = {}
    if is_over():
        return answers
    try:
        with open_universe(batch.source, batch.asked, progress) as opened:
            resolver = Resolver(MemoUniverse(opened.universe), reporter=progress)
            for cell in batch.cells:
                if is_over():
                    break
                answers[cell.place] = _resolve(
                    resolver, cell, opened, is_brief=batch.is_brief
                )
                what = f"{cell.wanted.name} for {cell.environment.label}"
                total = len(batch.cells)
                progress.counting("checked", done=len(answers), total=total, what=what)
    except AxletreeError as error:
        # It cannot even be opened (or closed): so for all that are left.
        failure = Failure.of(error)
        return {cell.place: answers.get(cell.place, failure) for cell in batch.cells}
    return answers


def _resolve(
    resolver: Resolver, cell: Prepared, opened: Opened, *, is_brief: bool
) -> CellAnswer:
    try:
        answer = resolver.resolve(_asked(cell).question, is_brief=is_brief)
    except AxletreeError as error:
        return Failure.of(error)
    if isinstance(answer, Resolution):
        return answer
    return opened.told(answer.conflict)


def _asked(cell: Prepared) -> Asked:
    if isinstance(cell.asked, Failure):  # pragma: no cover  batches hold no other
        message = f"{cell.wanted.name} could not be read"
        raise TypeError(message)
    return cell.asked


# Many processes.


def _run_elsewhere(
    batches: Sequence[Batch], jobs: int, progress: Progress
) -> Mapping[int, CellAnswer]:
    parts = _split(batches, jobs)
    answers: Answers = {}
    with spread(_run_there, parts, jobs) as results:
        for done, result in enumerate(results, start=1):
            answers.update(result)
            what = "parts of the check"
            progress.counting("checked", done=done, total=len(parts), what=what)
    return answers


def _split(batches: Sequence[Batch], jobs: int) -> list[Batch]:
    """Halve the largest batches until there is one for each job; largest first."""
    whole = [batch for batch in batches if batch.reads_an_index]
    parts = [batch for batch in batches if batch not in whole]
    while parts and len(parts) + len(whole) < jobs:
        largest = max(parts, key=lambda part: len(part.cells))
        half = len(largest.cells) // 2
        if half == 0:
            break
        parts.remove(largest)
        parts.append(replace(largest, cells=largest.cells[:half]))
        parts.append(replace(largest, cells=largest.cells[half:]))
    return sorted((*parts, *whole), key=lambda part: -len(part.cells))


def _run_there(batch: Batch, is_over: Callable[[], bool]) -> Answers:
    """Run a batch in a process of its own, which draws nothing."""
    return _run(batch, Console().progress(), is_over=is_over)
