"""One repair of a conflict: shown whole, or written into the input."""

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import click

from axletree.commands.options.input_files import InputFiles
from axletree.commands.results.applying import Applying
from axletree.console import Console
from axletree.errors import Step
from axletree.reading import is_at_rest
from axletree.resolver.inputs.rewriting import edit_texts
from axletree.resolver.model.answers import (
    Conflict,
    Repair,
)
from axletree.resolver.model.errors import RepairNotWrittenError
from axletree.resolver.reports.conflict_json import repair_to_json
from axletree.resolver.reports.conflict_text import repair_report
from axletree.resolver.reports.lines import ReportLine
from axletree.wheelhouse.store.atomic import write_atomically


def chosen_repair(conflict: Conflict, number: int) -> Repair:
    """Return a repair by its number in the report, from 1.

    :raises click.UsageError: when there is none of that number.
    """
    count = len(conflict.repairs)
    if not 1 <= number <= count:
        offered = f"there are {count}" if count else "no repair was found"
        message = f"--repair {number} does not exist: {offered}"
        raise click.UsageError(message)
    return conflict.repairs[number - 1]


def tell_repair(
    console: Console,
    conflict: Conflict,
    repair: Repair,
    applying: Applying,
    inputs: InputFiles | None,
) -> None:
    """Show a repair whole, or write it and show what that has changed.

    :param inputs: what the question was read from, to be written to; None: show it.
    :raises RepairNotWrittenError: as `write_repair`.
    """
    if inputs is not None:
        write_repair(console, repair, inputs, applying)
    if inputs is None or console.is_json:
        show_repair(console, conflict, repair)


def show_repair(console: Console, conflict: Conflict, repair: Repair) -> None:
    """Print a repair with all pins that it leads to, and the recipes it needs."""
    if console.is_json:
        document = {"format": "axletree.repair/1", **repair_to_json(repair)}
        console.document(document)
        return
    console.report(repair_report(repair, conflict, width=console.width))


def write_repair(
    console: Console, repair: Repair, inputs: InputFiles, applying: Applying
) -> None:
    """Write a repair: requirements into their files, recipes into this folder.

    What was changed is shown, and what comes next.

    :param inputs: what the question was read from.
    :raises RepairNotWrittenError: when it is nothing that a file could say, or a
        file is not as it was read; nothing is written then.
    """
    if repair.recipes:
        recipes = _write_recipes(console, repair)
        console.steps(applying.after_writing(repair, recipes))
        return
    edits = [edit for edit in repair.edits if edit.origin.line]
    if not edits:
        raise _nothing_to_write(repair, applying)
    files = dict.fromkeys(edit.origin.file for edit in edits)
    texts = {file: _read(file, inputs) for file in files}
    for file, text in edit_texts(edits, texts).items():
        write_atomically(Path(file), text.encode())
        if not console.is_json:
            console.report(_difference(file, texts[file], text))
    console.steps(applying.after_writing(repair, ()))


def _nothing_to_write(repair: Repair, applying: Applying) -> RepairNotWrittenError:
    locking = applying.locking(repair)
    command = repair.command or locking
    return RepairNotWrittenError(
        f"none of your files can hold this repair: {repair.text}",
        hint="use this command:" if command else f"change {', '.join(repair.changes)}",
        steps=[Step(purpose=repair.text, command=command)] if command else [],
    )


def _difference(file: str, before: str, after: str) -> Iterator[ReportLine]:
    lines = unified_diff(
        before.splitlines(), after.splitlines(), file, file, lineterm="", n=1
    )
    for line in lines:
        is_change = line.startswith(("+", "-")) and not line.startswith(("+++", "---"))
        yield ReportLine(role="repair" if is_change else "detail", text=line)


def _read(file: str, inputs: InputFiles) -> str:
    """Return what a file holds, byte for byte, that has not changed meanwhile."""
    if not is_at_rest(file):
        raise RepairNotWrittenError(
            "what is read from a stream cannot be written",
            where=file,
            hint="put the requirements into a file and name that with -r",
        )
    if not inputs.is_unchanged(file):
        raise RepairNotWrittenError(
            "the file has changed since it was read",
            where=file,
            hint="run the same command again",
        )
    try:
        # Line ends stay as they are.
        return inputs.content(file).decode()
    except UnicodeDecodeError as error:
        raise RepairNotWrittenError(
            "only files in UTF-8 are rewritten",
            where=file,
            hint="save it as UTF-8, or write the repair yourself",
        ) from error


def _write_recipes(console: Console, repair: Repair) -> list[str]:
    """Write recipes where there are none yet; return their paths."""
    paths = [Path(f"{file.project}-{file.version}.toml") for file in repair.wheels]
    for path in paths:
        if path.exists():
            raise RepairNotWrittenError(
                "the file exists already",
                where=str(path),
                hint="move it away: a recipe is never overwritten",
            )
    for path, text in zip(paths, repair.recipes, strict=True):
        write_atomically(path, text.encode())
        console.say(f"wrote the recipe {path}")
    return list(map(str, paths))
