"""One repair of a conflict: shown whole, or written into the input."""

from pathlib import Path

import click

from axletree.commands.options.input_files import InputFiles
from axletree.console import Console
from axletree.reading import is_at_rest
from axletree.resolver.inputs.rewriting import edit_texts
from axletree.resolver.model.answers import (
    Conflict,
    Repair,
)
from axletree.resolver.model.errors import RepairNotWrittenError
from axletree.resolver.reports.conflict_json import repair_to_json
from axletree.resolver.reports.conflict_text import repair_report
from axletree.wheelhouse.atomic import write_atomically


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


def show_repair(console: Console, conflict: Conflict, repair: Repair) -> None:
    """Print a repair with all pins that it leads to, and the recipes it needs."""
    if console.is_json:
        document = {"format": "axletree.repair/1", **repair_to_json(repair)}
        console.document(document)
        return
    console.report(repair_report(repair, conflict, width=console.width))


def write_repair(console: Console, repair: Repair, inputs: InputFiles) -> None:
    """Write a repair: requirements into their files, recipes into this folder.

    :param inputs: what the question was read from.
    :raises RepairNotWrittenError: when it is nothing that a file could say, or a
        file is not as it was read; nothing is written then.
    """
    if repair.recipes:
        _write_recipes(console, repair)
        return
    if not repair.edits:
        raise RepairNotWrittenError(
            f"no file of yours says what this repair changes: {repair.text}",
            hint=f"do it yourself: {repair.command or ', '.join(repair.changes)}",
        )
    files = dict.fromkeys(edit.origin.file for edit in repair.edits if edit.origin.line)
    texts = {file: _read(file, inputs) for file in files}
    for file, text in edit_texts(repair.edits, texts).items():
        write_atomically(Path(file), text.encode())
    for edit in repair.edits:
        console.say(f"{edit.origin}: {edit.old} is now {edit.new}")


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


def _write_recipes(console: Console, repair: Repair) -> None:
    paths = [Path(f"{file.project}-{file.version}.toml") for file in repair.wheels]
    for path in paths:
        if path.exists():
            raise RepairNotWrittenError(
                "there is such a file already",
                where=str(path),
                hint="move it away; a recipe is not written over another",
            )
    for path, text in zip(paths, repair.recipes, strict=True):
        write_atomically(path, text.encode())
        console.say(f"wrote the recipe {path}")
