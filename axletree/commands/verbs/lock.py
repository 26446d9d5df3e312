"""`axletree lock`: requirements in, a lock out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.options.input_files import InputFiles
from axletree.commands.options.lock_forms import (
    LockForm,
    form_of,
)
from axletree.commands.options.lock_options import (
    LockOptions,
    take_lock,
)
from axletree.commands.options.question import (
    Asked,
    ask_from,
)
from axletree.commands.options.shared import take
from axletree.commands.results.no_solution import (
    exit_code,
    show_cores,
    spelled_otherwise,
)
from axletree.commands.sources.named import notes_on
from axletree.commands.sources.opened import Opened
from axletree.commands.sources.opening import open_universe
from axletree.commands.sources.policed import under_policy
from axletree.console import Console
from axletree.errors import Step
from axletree.progress import Progress
from axletree.resolver.locks.difference import compare
from axletree.resolver.locks.json_form import to_json
from axletree.resolver.locks.locked import (
    Locked,
    lay_together,
    mark_base,
)
from axletree.resolver.locks.reading import WrittenPin, read_lock
from axletree.resolver.locks.starting import (
    on_base,
    parse_upgrades,
    read_base,
    starting_from,
)
from axletree.resolver.model.answers import (
    Conflict,
    Counters,
    Resolution,
)
from axletree.resolver.model.spelling import counted
from axletree.resolver.reports.conflict_text import counters_sentence
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from axletree.wheelhouse.store.atomic import write_atomically

CHECK_FAILED = 1


@click.command(cls=VerbCommand)
@options_of("lock")
@click.pass_obj
def lock(
    words: tuple[str, ...],
    /,
    *,
    as_json: bool,
    verbose: int,
    quiet: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by take()
) -> int:
    """Resolve requirements and write a lock with hashes."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    wanted = take_lock(options)
    form = _form(wanted)
    inputs, target, source = take(options)
    files = InputFiles()
    base = read_base(wanted.base, files.text)
    asked = under_policy(ask_from(inputs, target, files), source)
    _check_place(wanted, files)
    upgrades = parse_upgrades(wanted.upgrade_packages)
    old = () if wanted.upgrade else _written_pins(wanted.output_file, files)
    asked = asked.changed(
        lambda each: on_base(starting_from(each, old, upgrades), base)
    )
    console.notes(notes_on(source, asked))
    with (
        console.progress() as progress,
        open_universe(source, asked, progress) as opened,
    ):
        near: list[Step] = []
        outcomes, counters = _resolve_each(
            console,
            opened,
            asked,
            progress,
            has_hashes=form.name != "constraints",
            on_refusal=lambda refusal: near.extend(spelled_otherwise(refusal, words)),
        )
    resolutions = [each for each in outcomes if isinstance(each, Resolution)]
    if len(resolutions) < len(outcomes):
        show_cores(console, outcomes, words, opened.name, tuple(dict.fromkeys(near)))
        return exit_code(outcomes)
    console.detail(counters_sentence("read", counters))
    locked = _lay_out(resolutions, counters, asked, base)
    console.notes(locked.notes)
    text = form.write(locked, ("axletree", *words))
    if wanted.check and wanted.output_file is not None:
        return _check(console, text, wanted.output_file, files)
    _put(console, locked, text, wanted.output_file)
    return 0


def _form(wanted: LockOptions) -> LockForm:
    """Tell which kind of lock is wanted.

    :raises click.UsageError: it is to be checked, and is nowhere.
    """
    if wanted.check and wanted.output_file is None:
        raise click.UsageError("--check needs the lock to check: name it with -o")
    return LockForm(
        name=form_of(wanted.form_name, wanted.output_file),
        file=wanted.output_file,
        with_index_urls=wanted.emit_index_url,
    )


def _lay_out(
    resolutions: Sequence[Resolution],
    counters: Counters,
    asked: Asked,
    base: Sequence[WrittenPin],
) -> Locked:
    """Make one lock of the answers, with what the input says of its parts."""
    locked = replace(
        lay_together(resolutions, counters),
        parts=asked.parsed.parts,
        are_groups_alone=asked.parsed.are_groups_alone,
    )
    return mark_base(locked, base) if base else locked


def _resolve_each(  # noqa: PLR0913  two of them are of the form of the lock
    console: Console,
    opened: Opened,
    asked: Asked,
    progress: Progress,
    *,
    has_hashes: bool,
    on_refusal: Callable[[Refusal], None],
) -> tuple[list[Resolution | Conflict], Counters]:
    """Resolve for each environment; conflicts have their cores only.

    :param has_hashes: the lock has; what an index does not give is computed.
    :param on_refusal: takes each refusal while the universe is open.
    """
    universe = MemoUniverse(opened.universe)
    resolver = Resolver(universe, reporter=progress)
    outcomes: list[Resolution | Conflict] = []
    for question in opened.one_by_one(asked, universe):
        console.detail(f"resolving for {question.environment.label}")
        answer = resolver.resolve(question, is_brief=True)
        counters = opened.counted(resolver.counters)
        if isinstance(answer, Refusal):
            on_refusal(answer)
            outcomes.append(replace(opened.told(answer.conflict), counters=counters))
        else:
            if has_hashes and opened.downloads is not None:
                answer = opened.downloads.with_sha256(answer)
            outcomes.append(replace(answer, counters=counters))
    return outcomes, opened.counted(resolver.counters)


def _written_pins(file: Path | None, files: InputFiles) -> tuple[WrittenPin, ...]:
    """Read the lock that stands at `file`; nothing if none does.

    :raises AxletreeError: if it cannot be read.
    """
    # A pipe or a terminal is written to, never read.
    if file is None or not file.is_file():
        return ()
    return read_lock(file, files.text)


def _check_place(wanted: LockOptions, files: InputFiles) -> None:
    """Refuse to write over what the user wrote.

    :raises click.UsageError: the lock's file is one of those that were read.
    """
    file = wanted.output_file
    if file is not None and not wanted.check and files.have(file):
        raise click.UsageError(
            f"-o {file} would write the lock over a file that it is made from: name "
            "another file"
        )


def _check(console: Console, text: str, file: Path, files: InputFiles) -> int:
    difference = compare(_written_pins(file, files), read_lock(file, lambda _: text))
    if console.is_json:
        console.document(difference.to_json(str(file)))
    elif not difference.is_none:
        console.result(f"{file} is out of date:\n")
        console.result("".join(f"{line}\n" for line in difference.lines()))
    else:
        console.say(f"{file} is up to date")
    return 0 if difference.is_none else CHECK_FAILED


def _put(console: Console, locked: Locked, text: str, output_file: Path | None) -> None:
    if output_file is not None:
        # A word of the command line in its head may be no text.
        write_atomically(output_file, text.encode(errors="backslashreplace"))
        console.say(f"wrote {counted(len(locked.pins), 'pin')} to {output_file}")
    if console.is_json:
        console.document(to_json(locked, locked.counters))
    elif output_file is None:
        console.result(text)
