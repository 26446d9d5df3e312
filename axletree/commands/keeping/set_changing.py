"""`axletree set add`, `update`, `rm`, `lock` and `check`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import click

from axletree.commands.keeping.marking import opened_to_change
from axletree.commands.keeping.set_forms import checks_to_json, removed_to_json
from axletree.commands.line.click_options import options_of
from axletree.commands.line.corrections import refuse_missing
from axletree.commands.line.helping import VerbCommand
from axletree.commands.options.input_files import InputFiles, parts_of
from axletree.commands.options.question import target_environments
from axletree.commands.options.shared import InputOptions, TargetOptions
from axletree.commands.results.set_news import (
    news_of,
    recheck_sets,
    refusal_explained,
    style_of,
)
from axletree.commands.sources.house import open_to_fill
from axletree.commands.sources.named import settings_for
from axletree.console import Console
from axletree.resolver.locks.starting import parse_upgrades
from axletree.resolver.model.environment import limit_python
from axletree.resolver.model.requirements import PythonLimit
from axletree.resolver.model.spelling import counted
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.sets import keeping
from axletree.wheelhouse.sets.checking import SetCheck, check_all
from axletree.wheelhouse.sets.reading import read_set, read_sets
from axletree.wheelhouse.sets.records import Target
from axletree.wheelhouse.sets.texts import TakenIn, take_in

BROKEN = 1
UNKNOWN = 3


@click.command(cls=VerbCommand)
@options_of("set add")
def set_add(  # noqa: PLR0913  one parameter for each option
    name: str,
    *,
    requirements: tuple[str, ...],
    view: str | None,
    as_json: bool,
    verbose: int,
    quiet: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by _inputs()
) -> int:
    """Keep requirements under a name, with the environments that they are for.

    Files that are included are taken in. Each environment is locked at once, over what
    the wheelhouse holds; one that has no lock is kept as broken, and the exit code says
    so. What comes in later is held against all sets that it touches.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    inputs, target = _inputs(requirements, options)
    taken = _take_in(inputs)
    targets = _targets(target, taken.pythons)
    console.notes(taken.notes)
    with open_to_fill(settings_for(), console) as house:
        text = replace(taken.text, view=view or "")
        checks = keeping.add_set(house, name, text, targets)
        return _tell(console, house, checks)


@click.command(cls=VerbCommand)
@options_of("set update")
def set_update(  # noqa: PLR0913  one parameter for each option
    name: str,
    *,
    requirements: tuple[str, ...],
    view: str | None,
    no_view: bool,
    as_json: bool,
    verbose: int,
    quiet: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by _inputs()
) -> int:
    """Give a set other requirements, other environments, another view, or all of it.

    Without requirements they stay, and without environments these do. Of its locks those
    pins stay that can.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    inputs, target = _inputs(requirements, options)
    has_text = bool(inputs.requirements or inputs.files or inputs.groups)
    has_targets = bool(target.python_versions or target.python_platforms)
    if view is not None and no_view:
        raise click.UsageError("--view and --no-view exclude each other")
    has_view = view is not None or no_view
    if not (has_text or has_targets or has_view):
        raise click.UsageError(
            "say what is to change: -r FILE for other requirements, --python-version "
            "for other environments"
        )
    if inputs.constraints and not has_text:
        raise click.UsageError("name the requirements that go with -c: -r FILE")
    taken = _take_in(inputs) if has_text else None
    console.notes(() if taken is None else taken.notes)
    with opened_to_change(console) as house:
        old = read_set(house, name).version.targets
        pythons = () if taken is None else taken.pythons
        wanted = _completed(target, old) if has_targets or pythons else None
        targets = None if wanted is None else _targets(wanted, pythons)
        checks = keeping.update_set(
            house,
            name,
            None if taken is None else taken.text,
            targets,
            view="" if no_view else view,
        )
        if checks is None:
            console.say(f"nothing to do: {name} is so already")
        return _tell(console, house, checks or ())


@click.command(cls=VerbCommand)
@options_of("set rm")
def set_rm(name: str, *, as_json: bool, verbose: int, quiet: int) -> int:
    """End a set: it is not checked any more, and keeps no files; its past stays."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    with opened_to_change(console) as house:
        removed = keeping.remove_set(house, name)
    if console.is_json:
        console.document(removed_to_json(removed))
    else:
        console.result(
            f"removed: {name}, which had {counted(removed.number, 'version')}\n"
        )
    return 0


@click.command(cls=VerbCommand)
@options_of("set lock")
def set_lock(  # noqa: PLR0913  one parameter for each option
    name: str,
    *,
    environments: tuple[str, ...],
    upgrade: bool,
    upgrade_packages: tuple[str, ...],
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Lock a set anew, in all environments or in those that are named.

    Pins that can stay do, but for what is to be upgraded.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    upgrades = parse_upgrades(upgrade_packages)
    with opened_to_change(console) as house:
        with refusal_explained(console):
            checks = keeping.lock_set(
                house, name, environments, upgrades=upgrades, is_upgraded=upgrade
            )
        return _tell(console, house, checks)


@click.command(cls=VerbCommand)
@options_of("set check")
def set_check(
    names: tuple[str, ...], *, as_json: bool, verbose: int, quiet: int
) -> int:
    """Check sets against what the wheelhouse holds now: all, or those that are named.

    That is done after each change, too, for the sets that it touches.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    with opened_to_change(console) as house:
        kept = [read_set(house, name) for name in dict.fromkeys(names)]
        states = [s for each in kept or read_sets(house) for s in each.states]
        checks = check_all(house, states)
        if not states:
            console.say("there is no requirement set: axletree set add NAME -r FILE")
        return _tell(console, house, checks)


def _inputs(
    requirements: tuple[str, ...], options: dict[str, Any]
) -> tuple[InputOptions, TargetOptions]:
    inputs = InputOptions(
        requirements=requirements,
        files=options["files"],
        constraints=options["constraints"],
        extras=options["extras"],
        has_all_extras=options["has_all_extras"],
        groups=options["groups"],
    )
    target = TargetOptions(
        python_versions=options["python_versions"],
        python_platforms=options["python_platforms"],
        exclude_newer=None,
    )
    return inputs, target


def _take_in(inputs: InputOptions) -> TakenIn:
    refuse_missing((*inputs.files, *inputs.constraints))
    files = InputFiles()
    return take_in(
        inputs.requirements, parts_of(inputs), inputs.constraints, files.text
    )


def _targets(
    target: TargetOptions, pythons: Sequence[PythonLimit]
) -> tuple[Target, ...]:
    """List the environments that are meant.

    :raises PythonExcludedError: the user's own project is not for one of them.
    """
    environments = [limit_python(each, pythons) for each in target_environments(target)]
    return tuple(
        dict.fromkeys(
            Target(python_version=each.python_version, platform=each.platform)
            for each in environments
        )
    )


def _completed(target: TargetOptions, old: Sequence[Target]) -> TargetOptions:
    """Take the other half of the environments from those that the set has."""
    return TargetOptions(
        python_versions=target.python_versions
        or tuple(dict.fromkeys(each.python_version for each in old)),
        python_platforms=target.python_platforms
        or tuple(dict.fromkeys(each.platform for each in old)),
        exclude_newer=None,
    )


def _tell(console: Console, house: Wheelhouse, checks: Sequence[SetCheck]) -> int:
    """Tell what was found; then see to what others have left in the queue."""
    if console.is_json:
        console.document(checks_to_json(checks, house.generation()))
    else:
        for check in checks:
            console.result(f"{news_of(check)}\n")
            if check.after.report:
                indented = check.after.report.replace("\n", "\n  ")
                console.say(f"  {indented}", style=style_of(check.after))
    recheck_sets(house, console)
    results = {check.after.result for check in checks}
    if "broken" in results:
        return BROKEN
    return UNKNOWN if "unknown" in results else 0
