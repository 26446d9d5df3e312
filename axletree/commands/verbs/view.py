"""`axletree view …`: named filters of the wheelhouse that never change."""

from datetime import datetime
from pathlib import Path

import click

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.sources.house import open_to_fill, reading
from axletree.commands.sources.named import settings_for
from axletree.commands.sources.policy_files import read_policy_file
from axletree.config import Settings
from axletree.console import Console, UsageError
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.shown_text import flat, shown
from axletree.resolver.model.spelling import counted
from axletree.server.live.policed import Listing
from axletree.wheelhouse.catalog.founding import require
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.sets.reading import read_set
from axletree.wheelhouse.views.definition import View
from axletree.wheelhouse.views.keeping import Views


@click.command(cls=VerbCommand)
@options_of("view make")
def view_make(  # noqa: PLR0913  one parameter for each option
    name: str,
    *,
    exclude_newer: datetime | None,
    policy: Path | None,
    sets: tuple[str, ...],
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Make a view: the wheelhouse as of a day, under a further policy, or of sets.

    A view of requirement sets lists what their locks have, and follows them. What it
    leaves out never changes, and what is left follows the wheelhouse. To change a
    view, make another one. It hides files, and keeps them from nobody.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    if exclude_newer is None and policy is None and not sets:
        raise UsageError(
            "nothing is said of what the view leaves out",
            where="command line",
            hint="say it by --exclude-newer DATE, --policy FILE, --set NAME, or several",
        )
    said = None if policy is None else (read_policy_file(policy), flat(policy.name))
    settings = settings_for()
    with reading(settings):
        require(settings.place)
    with open_to_fill(settings, console) as house:
        for each in sets:
            read_set(house, each)
        made = Views(house=house).make(
            name, exclude_newer=exclude_newer, policy=said, sets=sets
        )
    if console.is_json:
        document = {"is_new": made.is_new, **_to_json(made.view)}
        console.document({"format": "axletree.view/1", **document})
    else:
        how = "is made" if made.is_new else "is there already"
        console.result(f"the view {name} {how}: {_said(made.view)}\n")
        console.say(
            f"--view {name} resolves over it; the server has it at {_path(name)}"
        )
    return 0


@click.command(cls=VerbCommand)
@options_of("view list")
def view_list(*, as_json: bool, verbose: int, quiet: int) -> int:
    """List the views, each with what it leaves out."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = settings_for()
    with reading(settings), Wheelhouse.open_to_read(settings.place) as house:
        views = Views(house=house).all()
    if console.is_json:
        listed = [_to_json(view) for view in views]
        console.document({"format": "axletree.views/1", "views": listed})
        return 0
    if not views:
        console.say("there is no view: axletree view make NAME --exclude-newer DATE")
    console.result("".join(f"{view.name}: {_said(view)}\n" for view in views))
    return 0


@click.command(cls=VerbCommand)
@options_of("view show")
def view_show(name: str, *, as_json: bool, verbose: int, quiet: int) -> int:
    """Show what a view leaves out, and how much of the wheelhouse that is now."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = settings_for()
    view, all_files, seen = _counts(settings, name)
    if console.is_json:
        counts: JsonObject = {"files": all_files, "seen": seen}
        document = {"format": "axletree.view/1", **_to_json(view), **counts}
        console.document(document)
        return 0
    console.result(
        f"{view.name}: {_said(view)}\n"
        f"  made     {view.made_at.date()} by {view.actor}, in generation "
        f"{view.generation}\n"
        f"  leaves   {seen} of {counted(all_files, 'file')}\n"
        f"  address  {_path(name)}\n"
    )
    if view.policy is not None:
        console.result(f"\n{view.policy.content}")
    return 0


def _counts(settings: Settings, name: str) -> tuple[View, int, int]:
    """Read a view, and count the wheelhouse's files and those that it leaves."""
    with reading(settings), Wheelhouse.open_to_read(settings.place) as house:
        view = Views(house=house).find(name)
        rule = Listing(house).through(name)
        files = house.files_of_all(house.projects()).values()
        return view, sum(map(len, files)), sum(len(rule.listed(own)) for own in files)


@click.command(cls=VerbCommand)
@options_of("view remove")
def view_remove(name: str, *, as_json: bool, verbose: int, quiet: int) -> int:
    """Remove a view: its address is there no more. No file goes with it.

    Its name stays taken: the very same view may be made again, and no other one.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = settings_for()
    with reading(settings):
        require(settings.place)
    with open_to_fill(settings, console) as house:
        view = Views(house=house).remove(name)
    if console.is_json:
        console.document({"format": "axletree.view/1", **_to_json(view)})
    else:
        console.say(f"the view {name} is removed; its name stays taken")
    return 0


def _path(name: str) -> str:
    return f"/views/{name}/simple/"


def _said(view: View) -> str:
    parts = [f"of {view.of_sets}"] if view.sets else []
    if view.exclude_newer is not None:
        parts.append(f"as of {view.day}")
    if view.policy is not None:
        parts.append(f"under {shown(view.policy.name)}")
    return ", ".join(parts)


def _to_json(view: View) -> JsonObject:
    until, policy = view.exclude_newer, view.policy
    return {
        "name": view.name,
        "address": _path(view.name),
        "exclude_newer": None if until is None else until.isoformat(),
        "policy": None
        if policy is None
        else {"name": policy.name, "content": policy.content},
        "sets": list(view.sets),
        "generation": view.generation,
        "made_at": view.made_at.isoformat(),
        "actor": view.actor,
    }
