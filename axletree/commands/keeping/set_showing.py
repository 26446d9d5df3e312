"""`axletree set list`, `show` and `diff`: sets as they are, and as they were."""

from collections.abc import Iterator
from dataclasses import replace

import click
from click.core import ParameterSource

from axletree.commands.keeping.project_status import open_to_look
from axletree.commands.keeping.set_forms import (
    difference_to_json,
    set_to_json,
    sets_to_json,
)
from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.results.set_news import standing
from axletree.commands.sources.house import reading
from axletree.commands.sources.named import settings_for
from axletree.console import Console
from axletree.resolver.model.spelling import counted
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.errors import NoSetError
from axletree.wheelhouse.sets.checking import queue
from axletree.wheelhouse.sets.differences import SetDifference, difference
from axletree.wheelhouse.sets.locks import LockForm, pins_of, spelled
from axletree.wheelhouse.sets.reading import (
    KeptSet,
    SetPast,
    find_target,
    read_last,
    read_past,
    read_sets,
)
from axletree.wheelhouse.sets.records import SetState

_MOST_VERSIONS = 2


@click.command(cls=VerbCommand)
@options_of("set list")
def set_list(*, as_json: bool, verbose: int, quiet: int) -> int:
    """List the requirement sets: which are whole, and since when others are not."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    with reading(settings_for()), open_to_look() as house:
        kept, due = read_sets(house), _due(house)
    if console.is_json:
        console.document(sets_to_json(kept, due))
        return 0
    if not kept:
        console.say("there is no requirement set: axletree set add NAME -r FILE")
    for each in kept:
        for state in each.states:
            console.result(f"{each.version.name}  {_line(state, due)}\n")
    return 0


@click.command(cls=VerbCommand)
@options_of("set show")
def set_show(  # noqa: PLR0913  one parameter for each option
    name: str,
    *,
    environment: str | None,
    lock_format: LockForm,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Show a set: what it asks for, how it stands, and who has changed it when.

    With --environment, print the lock for that: in pylock.toml each file's path is its
    name, as it lies beside the lock. With --json, too, show what there is for that alone.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    with reading(settings_for()), open_to_look() as house:
        kept, past, due = read_last(house, name), read_past(house, name), _due(house)
    _check_form(kept, environment, is_json=console.is_json)
    if environment is not None and not console.is_json:
        console.whole(_lock(kept, environment, lock_format))
        return 0
    if console.is_json:
        if environment is not None:
            kept, past = _only(kept, environment), past.of(environment)
        console.document(set_to_json(kept, past, due))
        return 0
    console.result("".join(f"{line}\n" for line in _lines(kept, past, due)))
    return 0


def _check_form(kept: KeptSet, environment: str | None, *, is_json: bool) -> None:
    """Refuse a form of a lock where no lock is printed.

    :raises click.UsageError: it is said.
    """
    source = click.get_current_context().get_parameter_source("lock_format")
    if source is not ParameterSource.COMMANDLINE:
        return
    if environment is None:
        names = " or ".join(target.name for target in kept.version.targets)
        message = f"--format is of one lock: say which by --environment {names}"
        raise click.UsageError(message)
    if is_json:
        raise click.UsageError("--json has one form: leave out --format, or --json")


def _only(kept: KeptSet, environment: str) -> KeptSet:
    """Leave of a set one environment.

    :raises NoSetError: it has none of that name.
    """
    target = find_target(kept.version, environment)
    states = (state for state in kept.states if state.environment == target.name)
    return replace(kept, states=tuple(states))


@click.command(cls=VerbCommand)
@options_of("set diff")
def set_diff(
    name: str,
    *,
    versions: tuple[str, ...],
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Show what changed between two versions of a set, in its text and in its locks.

    Without numbers, what the last change was: of the text, or of the locks alone.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    numbers = [_number(each) for each in versions]
    if len(numbers) > _MOST_VERSIONS:
        raise click.UsageError("two versions are compared, and these are more")
    with reading(settings_for()), open_to_look() as house:
        past = read_past(house, name)
    found = difference(past, *numbers)
    if console.is_json:
        console.document(difference_to_json(found))
        return 0
    if found.is_none:
        console.say(f"versions {found.old.number} and {found.new.number} are the same")
    console.result("".join(f"{line}\n" for line in _difference(found)))
    return 0


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        message = f"a version of a set is a number, not {text!r}"
        raise click.UsageError(message)
    return int(text)


def _due(house: Wheelhouse) -> frozenset[int]:
    return frozenset(state.number for state in queue(house).due)


def _line(state: SetState, due: frozenset[int]) -> str:
    waits = "; not checked since: axletree set check" if state.number in due else ""
    return f"{state.environment}  {standing(state.outcome)}{waits}"


def _lines(kept: KeptSet, past: SetPast, due: frozenset[int]) -> Iterator[str]:
    version = kept.version
    ended = ", removed" if version.is_removed else ""
    yield f"{version.name}, version {version.number}{ended}"
    yield from (f"  {line}" for line in version.text.written.splitlines())
    if version.text.constraints:
        yield "constraints"
        yield from (f"  {line}" for line in version.text.constraints.splitlines())
    for state in kept.states:
        yield _line(state, due)
        yield from (f"  {line}" for line in state.outcome.report.splitlines())
        if state.lock is not None:
            pins = counted(len(pins_of(state.lock.lock)), "project")
            yield f"  locked in generation {state.lock.generation}: {pins}"
    for each in past.versions:
        how = ", removed" if each.is_removed else ""
        what = f"version {each.number}{how}"
        yield (
            f"{what}: {each.at:%Y-%m-%d %H:%M:%S}, {each.actor}, "
            f"generation {each.generation}"
        )


def _lock(kept: KeptSet, environment: str, form: LockForm) -> str:
    """Give the lock of one environment.

    :raises NoSetError: the set has no such environment, or no lock for it.
    """
    target = find_target(kept.version, environment)
    for state in kept.states:
        if state.environment != target.name or state.lock is None:
            continue
        return spelled(state.lock.lock or "", target, kept.version.name, form)
    raise NoSetError(
        f"the requirement set {kept.version.name} has no lock for {environment}",
        hint=f"axletree set show {kept.version.name} says why",
    )


def _difference(found: SetDifference) -> Iterator[str]:
    if found.requirements:
        yield "requirements"
        yield from (f"  {line}" for line in found.requirements)
    if found.constraints:
        yield "constraints"
        yield from (f"  {line}" for line in found.constraints)
    for each in found.environments:
        if each.change != "kept":
            yield f"{each.environment} {each.change}"
        elif not each.locks.is_none:
            yield each.environment
        yield from (f"  {line}" for line in each.locks.lines())
