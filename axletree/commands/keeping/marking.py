"""`axletree yank`, `unyank`, `remove`, `withdraw`: what is said of files by hand."""

from collections.abc import Callable, Sequence

import click

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.results.set_news import recheck_sets
from axletree.commands.sources.house import reading
from axletree.commands.sources.named import settings_for
from axletree.console import Console
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.spelling import counted
from axletree.wheelhouse.catalog import changes, variants_changes
from axletree.wheelhouse.catalog.changes import Changed
from axletree.wheelhouse.catalog.history import Holding
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.naming import NamedFile, Subject, parse_subject
from axletree.wheelhouse.catalog.variants_changes import ChangedVariants
from axletree.wheelhouse.model import Action, Collection


@click.command(cls=VerbCommand)
@options_of("yank")
def yank(
    names: tuple[str, ...], *, reason: str, as_json: bool, verbose: int, quiet: int
) -> int:
    """Keep files from being chosen, unless somebody requires that very version.

    They stay, and install by `==`, from a lock, and from older generations.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    why = changes.reason_of(reason)
    said = _Said(action="yank", done="yanked", reason=why)
    _change(
        console, names, said, lambda house, subjects: changes.yank(house, subjects, why)
    )
    return 0


@click.command(cls=VerbCommand)
@options_of("unyank")
def unyank(names: tuple[str, ...], *, as_json: bool, verbose: int, quiet: int) -> int:
    """Let yanked files be chosen again."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    said = _Said(action="unyank", done="not yanked any more")
    _change(console, names, said, changes.unyank)
    return 0


@click.command(cls=VerbCommand)
@options_of("remove")
def remove(  # noqa: PLR0913  one parameter for each option
    names: tuple[str, ...],
    *,
    reason: str,
    force: bool,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Take files off the list.

    Generations from before still list them, until gc takes their bytes. Name and hash
    stay for ever: the same bytes may come in again, others may not.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    why = changes.reason_of(reason)
    _change(
        console,
        names,
        _Said(action="remove", done="removed", reason=why),
        lambda house, subjects: changes.remove(house, subjects, why, is_forced=force),
        lambda house, variants: variants_changes.remove(house, variants, why),
    )
    return 0


@click.command(cls=VerbCommand)
@options_of("withdraw")
def withdraw(
    names: tuple[str, ...], *, reason: str, as_json: bool, verbose: int, quiet: int
) -> int:
    """Give files out no more, in no generation: malware, or by law.

    There is no way back, and the same file does not come in again.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    why = changes.reason_of(reason)
    if not why:
        raise click.UsageError("a withdrawal needs a reason: --reason TEXT")
    _change(
        console,
        names,
        _Said(action="withdraw", done="withdrawn", reason=why),
        lambda house, subjects: changes.withdraw(house, subjects, why),
        lambda house, variants: variants_changes.withdraw(house, variants, why),
    )
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What is told of a change."""

    action: Action
    done: str
    reason: str = ""


def _change(
    console: Console,
    names: Sequence[str],
    said: _Said,
    work: Callable[[Wheelhouse, Sequence[Subject]], Changed],
    of_variants: Callable[[Wheelhouse, Sequence[str]], ChangedVariants] | None = None,
) -> None:
    """Change a wheelhouse that is there, and tell of it: a change makes none.

    :param of_variants: the same of listings of variants; None: they are not so changed.
    """
    subjects = [parse_subject(name) for name in names]
    listings = [s for s in subjects if isinstance(s, NamedFile) and s.is_variants]
    if listings and of_variants is None:
        raise click.UsageError(
            f"{listings[0].filename} is a listing of variants, which is not yanked: "
            "axletree remove takes it off the pages"
        )
    if 0 < len(listings) < len(subjects):
        raise click.UsageError(
            "files and listings of variants are changed by themselves: name them in "
            "two commands"
        )
    with opened_to_change(console) as house:
        if listings and of_variants is not None:
            filenames = list(dict.fromkeys(each.filename for each in listings))
            told = _told_of_variants(of_variants(house, filenames))
        else:
            told = _told(work(house, subjects))
        _show(console, told, said)
        recheck_sets(house, console)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a change has come to, of files or of listings."""

    generation: int
    files: Sequence[str]
    unchanged: Sequence[str]
    needed_by: Sequence[Collection] = ()
    held_by: Sequence[Holding] = ()


def _told(changed: Changed) -> _Told:
    return _Told(
        generation=changed.generation,
        files=[file.filename for file in changed.files],
        unchanged=[file.filename for file in changed.unchanged],
        needed_by=changed.needed_by,
        held_by=changed.held_by,
    )


def _told_of_variants(changed: ChangedVariants) -> _Told:
    return _Told(
        generation=changed.generation, files=changed.new, unchanged=changed.same
    )


def opened_to_change(console: Console) -> Wheelhouse:
    """Open the wheelhouse to write, where there is one.

    :raises NoWheelhouseError: there is none.
    """
    settings = settings_for()

    def tell() -> None:
        console.say(
            f"another process writes to {settings.place}: waiting until it is done"
        )

    with reading(settings):
        return Wheelhouse.open_to_change(settings.place, tell)


def _show(console: Console, changed: _Told, said: _Said) -> None:
    if console.is_json:
        console.document(_to_json(changed, said))
        return
    done = said.done
    names = changed.files
    for name in names:
        console.result(f"{done}: {name}\n")
    if changed.needed_by:
        console.notes(f"it was needed by {said_of(c)}" for c in changed.needed_by)
    if changed.held_by:
        console.notes(f"it is in {held_in(h)}" for h in changed.held_by)
    same = len(changed.unchanged)
    files = counted(len(names), "file")
    if not names:
        console.result(
            f"nothing to do: {done} already (generation {changed.generation})\n"
        )
    elif same:
        console.result(
            f"{files} of {len(names) + same} changed (generation {changed.generation})\n"
        )
    else:
        console.result(f"{files} (generation {changed.generation})\n")


def said_of(collection: Collection) -> str:
    """Name a collection by what was asked for."""
    asked = ", ".join(collection.requirements.splitlines()) or "build requirements"
    return f"the collection of {asked} for {collection.environment}"


def held_in(holding: Holding) -> str:
    """Name the lock that has a file."""
    return f"the lock of the requirement set {holding.name} for {holding.environment}"


def _to_json(changed: _Told, said: _Said) -> JsonObject:
    return {
        "format": "axletree.change/1",
        "action": said.action,
        "reason": said.reason,
        "generation": changed.generation,
        "files": list(changed.files),
        "unchanged": list(changed.unchanged),
        "needed_by": [
            {
                "requirements": each.requirements.splitlines(),
                "environment": each.environment,
                "generation": each.generation,
            }
            for each in changed.needed_by
        ],
        "held_by": [
            {
                "set": each.name,
                "environment": each.environment,
                "filename": each.filename,
            }
            for each in changed.held_by
        ],
    }
