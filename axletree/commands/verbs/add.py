"""`axletree add`: files at hand into the wheelhouse, through its entry check."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from axletree.commands.options.click_options import options_of
from axletree.commands.options.helping import VerbCommand
from axletree.commands.sources.house import open_to_fill
from axletree.commands.sources.named import settings_for
from axletree.console import Console, UsageError
from axletree.resolver.model.json_types import JsonObject
from axletree.wheelhouse.catalog.house import utc_now
from axletree.wheelhouse.catalog.publish import publish_sound
from axletree.wheelhouse.model import IncomingFile, Published, StoredFile, Strictness
from axletree.wheelhouse.store.files import translate_storage_errors

ENDINGS = (".whl", ".tar.gz", ".zip")
"""Of what is taken from a folder; a file that is named is taken whatever it ends in."""
REFUSED = 2
INTEGRITY = 4


@click.command(cls=VerbCommand)
@options_of("add")
def add(
    paths: tuple[Path, ...], *, strict: bool, as_json: bool, verbose: int, quiet: int
) -> int:
    """Add wheels and sdists that you have to the wheelhouse.

    Each is checked as all that enters. What is sound comes in; what is refused is
    named with its reason, and the exit code says so.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    files = list(dict.fromkeys(_found(paths)))
    with open_to_fill(settings_for(), console) as house, console.progress() as progress:
        progress.step(f"checking {len(files)} files")
        incoming = _incoming(files, "strict" if strict else "lenient")
        published = publish_sound(house, incoming)
    _show(console, published)
    refusals = published.refused.values()
    if any(error.exit_code == INTEGRITY for error in refusals):
        return INTEGRITY
    return REFUSED if refusals else 0


def _found(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield the files that are meant, those of a folder by name.

    :raises UsageError: a folder has none.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        with translate_storage_errors(path):
            own = sorted(each for each in path.iterdir() if _is_meant(each))
        if not own:
            raise UsageError(
                f"there is no wheel and no sdist in {path}",
                where=str(path),
                hint="name the folder that they lie in, or the files themselves",
            )
        yield from own


def _is_meant(path: Path) -> bool:
    return path.name.endswith(ENDINGS) and path.is_file()


def _incoming(files: Sequence[Path], strictness: Strictness) -> list[IncomingFile]:
    # This is where and when they are uploaded: PEP 700 asks for no more.
    now = utc_now()
    return [
        IncomingFile(
            path=file,
            filename=file.name,
            upload_time=now,
            origin="add",
            strictness=strictness,
        )
        for file in files
    ]


def _show(console: Console, published: Published) -> None:
    if console.is_json:
        console.document(_to_json(published))
        return
    console.notes(f"{note.filename}: {note.text}" for note in published.notes)
    for filename, error in published.refused.items():
        console.say(f"refused: {filename}: {error.what}", style="red")
    counts = {
        "new": published.new,
        "there already": published.already_there,
        "of them repaired": published.repaired,
        "refused": published.refused,
    }
    told = ", ".join(f"{len(files)} {how}" for how, files in counts.items() if files)
    console.result(f"{told} (generation {published.generation})\n")


def _to_json(published: Published) -> JsonObject:
    return {
        "format": "axletree.addition/1",
        "new": _names(published.new),
        "already_there": _names(published.already_there),
        "repaired": _names(published.repaired),
        "refused": [
            {"filename": filename, "reason": error.what}
            for filename, error in published.refused.items()
        ],
        "notes": [f"{note.filename}: {note.text}" for note in published.notes],
        "generation": published.generation,
    }


def _names(files: Sequence[StoredFile]) -> list[str]:
    return [file.filename for file in files]
