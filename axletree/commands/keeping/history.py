"""`axletree log` and `pin`: generations, who made them, and which are kept."""

from collections.abc import Sequence
from datetime import datetime

import click

from axletree.commands.keeping.marking import opened_to_change
from axletree.commands.keeping.project_status import open_to_look
from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.sources.house import reading
from axletree.commands.sources.named import settings_for
from axletree.console import Console
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.spelling import spelled_limit
from axletree.wheelhouse.catalog.changes import pin as pin_generation
from axletree.wheelhouse.catalog.changes import reason_of, unpin
from axletree.wheelhouse.catalog.house import utc_now
from axletree.wheelhouse.model import JournalEntry, Pin

_MOST_SUBJECTS = 3


@click.command(cls=VerbCommand)
@options_of("log")
def log(*, limit: int | None, as_json: bool, verbose: int, quiet: int) -> int:
    """Show who has changed what in the wheelhouse, the latest first."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    with reading(settings_for()), open_to_look() as house:
        entries = house.journal()[::-1][:limit]
    if console.is_json:
        console.document(
            {
                "format": "axletree.log/1",
                "entries": [_entry_to_json(entry) for entry in entries],
            }
        )
        return 0
    shows_all = console.verbosity > 0
    console.result("".join(f"{_line(each, shows_all=shows_all)}\n" for each in entries))
    return 0


def _line(entry: JournalEntry, *, shows_all: bool) -> str:
    subjects: Sequence[str] = entry.subjects
    if entry.action == "collect":
        subjects = [subject[:12] for subject in subjects]
    shown = subjects if shows_all else subjects[:_MOST_SUBJECTS]
    more = len(subjects) - len(shown)
    others = f" and {more} more" if more else ""
    detail = f" ({entry.detail})" if entry.detail else ""
    return (
        f"{entry.generation:>4}  {entry.at:%Y-%m-%d %H:%M:%S}  {entry.actor}  "
        f"{entry.action}  {', '.join(shown)}{others}{detail}"
    )


def _entry_to_json(entry: JournalEntry) -> JsonObject:
    return {
        "generation": entry.generation,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subjects": list(entry.subjects),
        "detail": entry.detail,
    }


@click.command(cls=VerbCommand)
@options_of("pin")
def pin(  # noqa: PLR0913  one parameter for each option
    generation: str | None,
    *,
    reason: str,
    until: datetime | None,
    lift: bool,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Keep all that a generation lists from gc; without a number, show what is kept."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    if generation is None:
        if reason or until is not None or lift:
            message = "say which generation is meant; axletree log lists them"
            raise click.UsageError(message)
        with reading(settings_for()), open_to_look() as house:
            _show_pins(console, house.pins())
        return 0
    number = _number(generation)
    if lift and (reason or until is not None):
        raise click.UsageError("--lift takes no --reason and no --until")
    if until is not None and until <= utc_now():
        message = f"--until {spelled_limit(until)} is over: gc would keep nothing"
        raise click.UsageError(message)
    with opened_to_change(console) as house:
        if lift:
            was_pinned = unpin(house, number)
            if not console.is_json:
                said = "is not pinned any more" if was_pinned else "was not pinned"
                console.result(f"generation {number} {said}\n")
        else:
            made = pin_generation(house, number, reason_of(reason), until)
            if not console.is_json:
                console.result(f"pinned: {_pin_line(made)}\n")
        if console.is_json:
            _show_pins(console, house.pins())
    return 0


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        message = f"a generation is a number, not {text!r}; axletree log lists them"
        raise click.UsageError(message)
    return int(text)


def _show_pins(console: Console, pins: Sequence[Pin]) -> None:
    if console.is_json:
        console.document(
            {"format": "axletree.pins/1", "pins": [_pin_to_json(each) for each in pins]}
        )
        return
    if not pins:
        console.say("no generation is pinned")
    console.result("".join(f"{_pin_line(each)}\n" for each in pins))


def _pin_line(made: Pin) -> str:
    until = f" until {spelled_limit(made.until)}" if made.until else ""
    because = f": {made.reason}" if made.reason else ""
    return f"generation {made.generation}{until}{because}"


def _pin_to_json(made: Pin) -> JsonObject:
    return {
        "generation": made.generation,
        "reason": made.reason,
        "until": None if made.until is None else made.until.isoformat(),
        "actor": made.actor,
        "at": made.at.isoformat(),
    }
