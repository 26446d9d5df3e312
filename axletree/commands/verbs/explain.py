"""`axletree explain`: why requirements conflict, and what would help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

import click
from click.core import ParameterSource
from click.exceptions import Exit

from axletree.commands.options.click_options import options_of
from axletree.commands.options.helping import VerbCommand
from axletree.commands.options.input_files import InputFiles
from axletree.commands.options.question import (
    Asked,
    ask_from,
)
from axletree.commands.options.shared import take
from axletree.commands.options.table import OPTIONS
from axletree.commands.results.applying import Applying
from axletree.commands.results.no_solution import (
    NO_SOLUTION,
    exit_code,
    show_absence,
    show_outcomes,
    solution_sentence,
)
from axletree.commands.results.remedies import (
    Remedies,
    RepairSearch,
    future_wheels,
)
from axletree.commands.results.telling import Teller
from axletree.commands.results.unread import resolve_or_explain
from axletree.commands.sources.absence import absence_steps
from axletree.commands.sources.named import notes_on
from axletree.commands.sources.opened import Opened
from axletree.commands.sources.opening import open_universe
from axletree.commands.sources.upstream_index import (
    OpenedUpstream,
    open_upstream,
)
from axletree.console import INTERRUPTED, Console
from axletree.progress import Progress
from axletree.resolver.locks.starting import on_base, read_base
from axletree.resolver.model.answers import (
    Conflict,
    Resolution,
)
from axletree.resolver.model.question import Question
from axletree.resolver.repairs.repairer import MOST_REPAIRS, FutureWheel
from axletree.resolver.reports.conflict_text import counters_sentence
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.searches import KeptTables
from axletree.resolver.universe.composed import MemoUniverse
from axletree.resolver.universe.sparing import SparingUniverse

if TYPE_CHECKING:
    # Together these take a tenth of a second, and few runs need any of them.
    from axletree.commands.results.why_and_if import Asking


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be said of a conflict, or of an answer."""

    no_repairs: bool
    upstream: str | None
    supposed: tuple[str, ...]
    why: str | None = None
    repair_number: int | None = None
    write: bool = False
    engine: str = "exact"
    reproduce: Path | None = None
    svg: Path | None = None

    @classmethod
    def take(cls, options: Mapping[str, Any]) -> Self:
        """Gather the options that the verb has.

        :raises click.UsageError: for options that cannot stand together.
        """
        names = [field.name for field in fields(cls) if field.name in options]
        wanted = cls(**{name: options[name] for name in names})
        if wanted.write and wanted.repair_number is None:
            message = "--write writes a repair: say which with --repair N"
            raise click.UsageError(message)
        if wanted.write and wanted.supposed:
            message = "--write changes your files, and --if is not in them: use one of the two"
            raise click.UsageError(message)
        if wanted.no_repairs and wanted.repair_number is not None:
            message = "--repair needs repairs: leave out --no-repairs"
            raise click.UsageError(message)
        if wanted.no_repairs and wanted.upstream is not None:
            message = "--upstream is for repairs: leave out --no-repairs"
            raise click.UsageError(message)
        wanted._check_engine()
        if wanted.reproduce is not None:
            from axletree.commands.results.reproduction import check_folder  # noqa: PLC0415  late

            check_folder(wanted.reproduce)
        if wanted.svg is not None:
            from axletree.commands.results.picture_file import check_picture_file  # noqa: PLC0415  late

            check_picture_file(wanted.svg)
        return wanted

    def asking(self, asked: Asked) -> "Asking | None":
        """Read what is asked of one environment alone; None if nothing is.

        :raises click.UsageError: for several environments where only one will do.
        """
        is_of_one = self.reproduce is not None or self.repair_number is not None
        if not is_of_one and self.why is None and not self.supposed:
            return None
        from axletree.commands.results.why_and_if import read_asking  # noqa: PLC0415  late

        return read_asking(asked.question, self.why, self.supposed)

    def _check_engine(self) -> None:
        if self.engine == "exact":
            return
        has_files = self.reproduce is not None or self.svg is not None
        if has_files or self.repair_number or self.supposed or self.upstream:
            message = "--if, --repair, --reproduce, --svg and --upstream need facts,"
            raise click.UsageError(
                f"{message} which --engine {self.engine} does not give"
            )


@click.command(cls=VerbCommand)
@options_of("explain")
@click.pass_context
def explain(
    context: click.Context,
    /,
    *,
    as_json: bool,
    verbose: int,
    quiet: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by take()
) -> int:
    """Explain why requirements cannot be installed together, and what would help."""
    if options["why"] is not None:
        _check_alias(context)
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    return answer(console, Wanted.take(options), options)


def _check_alias(context: click.Context) -> None:
    """Let `--why` stand for `axletree why`, with what that has.

    :raises click.UsageError: for an option that it has not.
    """
    known = {"why", *(option.to for option in OPTIONS["why"])}
    for option in OPTIONS["explain"]:
        source = context.get_parameter_source(option.to)
        if option.to not in known and source is ParameterSource.COMMANDLINE:
            message = (
                f"--why is the same as axletree why, which has no {option.names[-1]}"
            )
            raise click.UsageError(message)


def answer(console: Console, wanted: Wanted, options: dict[str, Any]) -> int:
    """Answer, or explain why there is no answer; return the exit code.

    :param options: those for what is asked, its sources and its repairs.
    """
    inputs, target, source = take(options)
    files = InputFiles()
    base = read_base(options["base"], files.text)
    asked = ask_from(inputs, target, files).changed(lambda each: on_base(each, base))
    asking = wanted.asking(asked)
    if asking is not None:
        asked = replace(asked, questions=(asking.changed,))
    wheels = future_wheels(options["recipes"])
    console.notes(notes_on(source, asked))
    with (
        console.progress() as progress,
        open_universe(source, asked, progress) as opened,
        open_upstream(wanted.upstream, source, asked, progress) as upstream,
    ):
        spared = opened.spared()
        universe = MemoUniverse(spared)
        if wanted.engine == "resolvelib":
            # pip takes the best of all indexes, whatever the strategy is here.
            every = opened.all_indexes
            read = universe if every is None else MemoUniverse(every.universe)
            return _show_as_pip(console, read, asked.question)
        if wanted.engine == "pip-compile":
            # Late: it brings the builder along.
            from axletree.commands.results.second_opinion import ask_both  # noqa: PLC0415

            return ask_both(
                console,
                asked.question,
                source=source,
                opened=opened,
                progress=progress,
            )
        run = _Run(
            console=console,
            wanted=wanted,
            asking=asking,
            wheels=wheels,
            opened=opened,
            upstream=upstream,
            universe=universe,
            spared=spared,
            progress=progress,
            teller=None if console.is_json or wanted.repair_number else Teller(console),
        )
        outcomes = run.outcomes(asked)
        if opened.kept is not None:
            opened.kept.save()
    return _show(console, outcomes, wanted, files)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What it takes to answer, and to explain."""

    console: Console
    wanted: Wanted
    asking: "Asking | None"
    wheels: tuple[FutureWheel, ...]
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
        if self.teller is not None:
            self.teller.begin(refusal.conflict)
        if self.wanted.reproduce is not None:
            from axletree.commands.results.reproduction import write_reproduction  # noqa: PLC0415  late

            write_reproduction(self.console, refusal, self.wanted.reproduce)
        if self.wanted.no_repairs:
            if self.teller is not None:
                self.teller.end(refusal.conflict)
            return refusal.conflict
        every = self.opened.all_indexes
        remedies = Remedies(
            wheels=self.wheels,
            upstream=self.upstream.upstream,
            all_indexes=every,
            turn=self.opened.turn,
            spared=(*self.upstream.spared, *([every.universe] if every else ())),
        )
        search = RepairSearch(
            universe=self.universe,
            spared=self.spared,
            question=question,
            refusal=refusal,
            remedies=remedies,
            reporter=self.progress,
            applying=Applying(is_supposed=bool(self.wanted.supposed)),
        )
        try:
            self._search(search, refusal.conflict)
        except KeyboardInterrupt as stop:
            self._cut_off(search, before)
            raise Exit(INTERRUPTED) from stop
        conflict = search.conflict()
        if self.teller is not None:
            self.teller.end(conflict)
        read = self.upstream.counted(self.opened.counted(conflict.repair_counters))
        return replace(conflict, repair_counters=read)

    def _tell_absence(self, outcomes: Sequence[Resolution | Conflict]) -> None:
        conflicts = [each for each in outcomes if isinstance(each, Conflict)]
        steps = absence_steps(conflicts, self.opened.name)
        if steps and self.teller is not None:
            show_absence(self.console, steps)

    def _search(self, search: RepairSearch, conflict: Conflict) -> None:
        """Find what helps, and tell it on the way."""
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
        self, search: RepairSearch, before: Sequence[Resolution | Conflict]
    ) -> None:
        """Leave what was found when the user stops the search."""
        if self.console.is_json:
            show_outcomes(self.console, [*before, search.conflict()])
        self.console.show_cut_off()


def _refuse_repair(question: Question) -> NoReturn:
    """Say that there is nothing to repair.

    :raises click.UsageError: always.
    """
    label = question.environment.label
    message = f"--repair repairs a conflict, and there is none: {label} has a solution"
    raise click.UsageError(message)


def _show(
    console: Console,
    outcomes: Sequence[Resolution | Conflict],
    wanted: Wanted,
    files: InputFiles,
) -> int:
    if wanted.svg is not None:
        from axletree.commands.results.picture_file import write_picture  # noqa: PLC0415  late

        write_picture(console, outcomes, wanted.svg)
    resolutions = [each for each in outcomes if isinstance(each, Resolution)]
    if len(resolutions) == len(outcomes):
        if resolutions:
            _show_resolutions(console, resolutions)
        if wanted.reproduce is not None:
            console.say("there is no conflict, so nothing was written")
        return 0
    [first, *_] = outcomes
    if wanted.repair_number is not None and isinstance(first, Conflict):
        from axletree.commands.results import one_repair  # noqa: PLC0415  late

        repair = one_repair.chosen_repair(first, wanted.repair_number)
        applying = Applying(is_supposed=bool(wanted.supposed))
        inputs = files if wanted.write else None
        one_repair.tell_repair(console, first, repair, applying, inputs)
        return 0
    if console.is_json:
        show_outcomes(console, outcomes)
    for conflict in outcomes:
        if isinstance(conflict, Conflict):
            Teller(console).count(conflict)
    return exit_code(outcomes)


def _show_resolutions(console: Console, answers: Sequence[Resolution]) -> None:
    if console.is_json:
        from axletree.resolver.locks.json_form import to_json  # noqa: PLC0415  late
        from axletree.resolver.locks.locked import lay_together  # noqa: PLC0415  late

        console.document(to_json(lay_together(answers), answers[-1].counters))
        return
    for answer in answers:
        pins = (f"  {pin.name} {pin.version}\n" for pin in answer.pins)
        console.result("".join((solution_sentence(answer), *pins)))
        console.notes(answer.notes)
        console.detail(counters_sentence("read", answer.counters))


def _show_as_pip(console: Console, universe: MemoUniverse, question: Question) -> int:
    from axletree.resolver.queries.as_pip import (  # noqa: PLC0415  late: resolvelib
        ROUNDS_IF_ASKED,
        as_pip,
    )

    opinion = as_pip(universe, question, most_rounds=ROUNDS_IF_ASKED)
    if console.is_json:
        from axletree.resolver.reports.conflict_json import as_pip_to_json  # noqa: PLC0415  late

        console.document({"format": "axletree.as-pip/1", **as_pip_to_json(opinion)})
    else:
        pins = (f"  {name} {version}\n" for name, version in opinion.pins)
        console.result("".join((opinion.text + "\n", *pins)))
    return 0 if opinion.outcome == "resolved" else NO_SOLUTION
