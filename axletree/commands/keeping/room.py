"""`axletree du` and `gc`: how much room it takes, and what may go."""

import click

from axletree.commands.keeping.marking import opened_to_change
from axletree.commands.keeping.project_status import open_to_look
from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.sources.house import reading
from axletree.commands.sources.named import settings_for
from axletree.console import Console
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.spelling import counted
from axletree.sizes import size_words
from axletree.wheelhouse.upkeep.gc import Sweep, plan_sweep, sweep
from axletree.wheelhouse.upkeep.usage import Usage, measure

_MOST_SHOWN = 20


@click.command(cls=VerbCommand)
@options_of("du")
def du(*, as_json: bool, verbose: int, quiet: int) -> int:
    """Show how much room the wheelhouse takes, and its largest projects."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    with reading(settings_for()), open_to_look() as house:
        usage = measure(house)
    if console.is_json:
        console.document(_usage_to_json(usage))
        return 0
    rows = [
        (usage.files_bytes, counted(usage.file_count, "file")),
        (usage.database_bytes, "the database"),
    ]
    if usage.incoming_bytes:
        rows.append((usage.incoming_bytes, "left by collects that were stopped"))
    rows.append((usage.total_bytes, "in all"))
    if usage.free_bytes:
        rows.append((usage.free_bytes, "of it that axletree gc frees"))
    if usage.held_bytes:
        kept = "of it that is not listed, and kept for the locks of sets"
        rows.append((usage.held_bytes, kept))
    shown = usage.projects if console.verbosity > 0 else usage.projects[:_MOST_SHOWN]
    rows += [(size, str(name)) for name, size in shown]
    more = len(usage.projects) - len(shown)
    lines = [f"{size_words(size):>11}  {what}\n" for size, what in rows]
    if more:
        lines.append(f"             {counted(more, 'project')} more: -v shows all\n")
    console.result("".join(lines))
    return 0


def _usage_to_json(usage: Usage) -> JsonObject:
    return {
        "format": "axletree.usage/1",
        "files": usage.file_count,
        "files_size": usage.files_bytes,
        "database_size": usage.database_bytes,
        "incoming_size": usage.incoming_bytes,
        "free_size": usage.free_bytes,
        "held_size": usage.held_bytes,
        "projects": [{"name": name, "size": size} for name, size in usage.projects],
    }


@click.command(cls=VerbCommand)
@options_of("gc")
def gc(*, dry_run: bool, as_json: bool, verbose: int, quiet: int) -> int:
    """Remove the bytes that nothing needs any more.

    What is listed now, in a pinned generation or in the lock of a set stays, and so does
    what was written less than a day ago. Older generations that lose a file are gone.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    if dry_run:
        with reading(settings_for()), open_to_look() as house:
            planned = plan_sweep(house)
    else:
        with opened_to_change(console) as house:
            planned = sweep(house)
    if console.is_json:
        console.document(_sweep_to_json(planned, is_dry=dry_run))
    else:
        _show(console, planned, is_dry=dry_run)
    return 0


def _show(console: Console, planned: Sweep, *, is_dry: bool) -> None:
    done = "would remove" if is_dry else "removed"
    lines = [f"{done} {e.file.stored.filename}: {e.why}\n" for e in planned.files]
    if planned.unnamed:
        left = counted(len(planned.unnamed), "blob")
        lines.append(f"{done} {left} that no file has\n")
    if planned.gone:
        numbers = ", ".join(map(str, planned.gone[:_MOST_SHOWN]))
        more = len(planned.gone) - _MOST_SHOWN
        others = f" and {more} more" if more > 0 else ""
        can = "could not" if is_dry else "cannot"
        lines.append(f"generations that {can} be had any more: {numbers}{others}\n")
    if planned.spared:
        what = counted(planned.spared, "blob")
        lines.append(f"spared {what} written less than a day ago\n")
    free = "would be free" if is_dry else "free"
    lines.append(f"{size_words(planned.freed_bytes)} {free}\n")
    console.result("".join(lines))


def _sweep_to_json(planned: Sweep, *, is_dry: bool) -> JsonObject:
    return {
        "format": "axletree.gc/1",
        "is_dry_run": is_dry,
        "files": [
            {
                "filename": each.file.stored.filename,
                "sha256": each.file.stored.sha256,
                "size": each.file.stored.size_bytes,
                "why": each.why,
            }
            for each in planned.files
        ],
        "unnamed": [blob.sha256 for blob in planned.unnamed],
        "spared": planned.spared,
        "gone": list(planned.gone),
        "freed": planned.freed_bytes,
    }
