"""`axletree check --baseline`: which conflicts are known, and writing them down."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from axletree.commands.line.respelling import respell
from axletree.commands.options.repository import Repository
from axletree.console import Console
from axletree.errors import Step
from axletree.reading import is_stdout, read_bytes
from axletree.resolver.model.errors import InvalidBaselineError
from axletree.resolver.model.spelling import counted
from axletree.resolver.queries.check import Cell
from axletree.resolver.reports.baseline_json import (
    Compared,
    Known,
    compare,
    conflicts_of,
    read_baseline,
    write_baseline,
)
from axletree.wheelhouse.store.atomic import write_atomically


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The file that has what is known, with what it said."""

    path: Path
    is_written: bool
    """Anew, with what there is now."""
    known: tuple[Known, ...]

    def compare(self, cells: Sequence[Cell], repository: Repository) -> Compared:
        """Tell what is known of cells, and what is gone."""
        # A check that writes down what there is fails on none of it.
        now = conflicts_of(cells) if self.is_written else ()
        known = (*self.known, *now)
        return compare(cells, known, str(self.path), repository.has)

    def write(self, console: Console, compared: Compared) -> None:
        """Write it anew, if that was asked for.

        :raises StorageError: it cannot be written.
        """
        if self.is_written:
            known = conflicts_of(compared.cells) | set(compared.kept)
            write_atomically(self.path, write_baseline(known).encode())
            console.say(f"wrote {counted(len(known), 'conflict')} to {self.path}")


def take_baseline(options: dict[str, Any], words: Sequence[str]) -> Baseline | None:
    """Take it of the verb's keyword arguments, and read it.

    :raises click.UsageError: none is named, and it is to be written.
    :raises InvalidBaselineError: it is not there, or is none.
    """
    path: Path | None = options.pop("baseline")
    is_written: bool = options.pop("write_baseline")
    if path is None:
        if is_written:
            message = (
                "--write-baseline needs the file to write: name it with --baseline"
            )
            raise click.UsageError(message)
        return None
    if is_written and is_stdout(path):
        message = "--write-baseline writes a file, and the report goes to stdout"
        raise click.UsageError(f"{message}: name the file with --baseline")
    try:
        text = read_bytes(path).decode()
    except FileNotFoundError as error:
        if is_written:
            return Baseline(path=path, is_written=True, known=())
        raise _not_there(path, words) from error
    except (OSError, ValueError) as error:
        what = f"the baseline cannot be read: {error}"
        raise InvalidBaselineError(what, where=str(path)) from error
    return Baseline(
        path=path, is_written=is_written, known=read_baseline(text, str(path))
    )


def _not_there(path: Path, words: Sequence[str]) -> InvalidBaselineError:
    return InvalidBaselineError(
        "there is no baseline there",
        where=str(path),
        steps=[Step(purpose="write one", command=_writing(words))],
    )


def tell_gone(console: Console, compared: Compared, words: Sequence[str]) -> None:
    """Say which of the known conflicts are gone, so that the baseline can shrink."""
    if not compared.gone:
        return
    count, are = counted(len(compared.gone), "conflict"), "are"
    if len(compared.gone) == 1:
        are = "is"
    console.say(f"\n{count} of {compared.path} {are} gone:", style="bold")
    for known in compared.gone:
        console.say(f"  {known.file}{known.part}, {known.environment}: {known.cause}")
    console.steps(
        [Step(purpose="To write the baseline again", command=_writing(words))],
        indent="",
    )


def _writing(words: Sequence[str]) -> str:
    shown = {"as_json", "output_format", "write_baseline"}
    return respell(words, without=shown, more=["--write-baseline"])
