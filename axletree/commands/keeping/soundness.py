"""`axletree verify`: whether all is as it was put there, and putting it back."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from axletree.commands.keeping.marking import opened_to_change
from axletree.commands.keeping.project_status import open_to_look
from axletree.commands.line.click_options import options_of
from axletree.commands.line.corrections import refuse_missing
from axletree.commands.line.helping import VerbCommand
from axletree.commands.sources.house import reading
from axletree.commands.sources.named import settings_for
from axletree.config import Settings
from axletree.console import Console
from axletree.progress import Progress
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.spelling import counted
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.upkeep.progress_file import ProgressFile
from axletree.wheelhouse.upkeep.verifying import Verified, Verifier, repair

INTEGRITY = 4


@click.command(cls=VerbCommand)
@options_of("verify")
def verify(
    *,
    repair_from: Path | None,
    restart: bool,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Check every file in the wheelhouse: its bytes, its row, RECORD and metadata.

    A check that was stopped goes on where it was.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = settings_for()
    if repair_from is not None:
        refuse_missing([str(repair_from)])
        if not repair_from.is_dir():
            raise click.UsageError(f"--repair: {repair_from} is not a folder")
    with console.progress() as progress:
        if repair_from is None:
            with reading(settings), open_to_look() as house:
                found = _verify(house, settings, progress, is_fresh=restart)
        else:
            with opened_to_change(console) as house:
                found = _verify(house, settings, progress, is_fresh=restart)
                found = _repaired(house, settings, progress, (found, repair_from))
    if console.is_json:
        console.document(_to_json(found))
    else:
        _show(console, found)
    return INTEGRITY if found.damages else 0


def _verify(
    house: Wheelhouse, settings: Settings, progress: Progress, *, is_fresh: bool
) -> Verified:
    progress.step("checking the wheelhouse")
    folder = settings.cache_dir / "verify"
    with ProgressFile.open(folder, house.place, is_fresh=is_fresh) as known:
        verifier = Verifier(
            house=house,
            progress=known,
            looked_at=lambda done, total: progress.counting(
                "checked", done=done, total=total, what="files"
            ),
        )
        found = verifier.verify()
        known.end()
    return found


def _repaired(
    house: Wheelhouse,
    settings: Settings,
    progress: Progress,
    what: tuple[Verified, Path],
) -> Verified:
    """Put back what is found in the folder, and check again."""
    found, folder = what
    names: Sequence[str] = ()
    if found.damages:
        progress.step(f"looking through {folder}")
        names = repair(house, found.damages, folder)
    if names:
        found = _verify(house, settings, progress, is_fresh=True)
    return replace(found, repaired=tuple(names))


_OF_DATABASE = frozenset({"row", "database"})
"""Damages that no file of a folder mends."""


def _show(console: Console, found: Verified) -> None:
    lines = [f"repaired: {name}\n" for name in found.repaired]
    lines += [f"damaged: {each.name}: {each.what}\n" for each in found.damages]
    files = counted(found.file_count, "file")
    known = f", {found.known_count:,} of them before" if found.known_count else ""
    if found.damages:
        damages = counted(len(found.damages), "damage")
        lines.append(f"{files} checked{known}: {damages}\n")
    else:
        lines.append(f"{files} checked{known}: all is well\n")
    console.result("".join(lines))
    console.notes(found.flaws)
    if found.unnamed_count:
        blobs = counted(found.unnamed_count, "blob")
        console.notes([f"{blobs} that no file has: axletree gc removes what is old"])
    kinds = {each.kind for each in found.damages}
    if kinds - _OF_DATABASE and not found.repaired:
        console.say(
            "axletree verify --repair DIR puts back what lies in a folder: a backup, "
            "or the files as they were once"
        )
    if kinds & _OF_DATABASE:
        console.say(
            "what is damaged in the database itself, axletree restore DIR puts back as "
            "a backup has it"
        )


def _to_json(found: Verified) -> JsonObject:
    return {
        "format": "axletree.verification/1",
        "files": found.file_count,
        "known": found.known_count,
        "damages": [
            {
                "kind": each.kind,
                "name": each.name,
                "what": each.what,
                "sha256": each.sha256,
            }
            for each in found.damages
        ],
        "flaws": list(found.flaws),
        "repaired": list(found.repaired),
        "unnamed": found.unnamed_count,
    }
