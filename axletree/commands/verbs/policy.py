"""`axletree policy …`: what may be chosen, whoever asks."""

from collections.abc import Sequence
from pathlib import Path

import click

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.results.set_news import recheck_sets
from axletree.commands.sources.house import open_to_fill, reading
from axletree.commands.sources.named import settings_for
from axletree.commands.sources.policy_files import read_policy_file
from axletree.config import Settings
from axletree.console import Console
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.shown_text import flat, shown
from axletree.resolver.model.spelling import counted
from axletree.wheelhouse.catalog.founding import require
from axletree.wheelhouse.catalog.house import Wheelhouse, utc_now
from axletree.wheelhouse.model import StoredPolicy
from axletree.wheelhouse.policy.document import PolicyDocument, read_policy
from axletree.wheelhouse.policy.effects import Affected, affected
from axletree.wheelhouse.policy.keeping import set_policy
from axletree.wheelhouse.policy.reading import document_of

NOTHING_SET = 1
_NOTHING = "no policy is set"
MOST_SHOWN = 20


@click.command(cls=VerbCommand)
@options_of("policy set")
def policy_set(file: Path, *, as_json: bool, verbose: int, quiet: int) -> int:
    """Let the policy in a file hold, in place of the one before.

    It holds from the next generation on, for all that is chosen of the wheelhouse or
    collected into it. An empty file ends it.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    raw = read_policy_file(file)
    # It is kept and shown for years: no bytes that are no text, and one line.
    name = flat(file.name)
    document = read_policy(raw, name)
    settings = settings_for()
    with open_to_fill(settings, console) as house:
        done = set_policy(house, raw, name)
        if console.is_json:
            console.document(
                {
                    "format": "axletree.policy/1",
                    "is_new": done.is_new,
                    "generation": done.generation,
                    **_rules(document),
                }
            )
        else:
            how = "holds" if done.is_new else "holds already"
            told = f"{name} {how}: {_summary(document)}"
            console.result(f"{told} (generation {done.generation})\n")
        recheck_sets(house, console)
    return 0


@click.command(cls=VerbCommand)
@options_of("policy show")
def policy_show(*, as_json: bool, verbose: int, quiet: int) -> int:
    """Print the policy that holds, as it was set."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    stored = _stored(settings_for())
    if console.is_json:
        rules = {} if stored is None else _rules(document_of(stored))
        console.document(
            {
                "format": "axletree.policy/1",
                "name": None if stored is None else stored.name,
                "generation": None if stored is None else stored.since,
                "content": None if stored is None else stored.content,
                **rules,
            }
        )
    elif stored is not None:
        console.result(stored.content)
        console.say(f"{shown(stored.name)}, since generation {stored.since}")
    if stored is None:
        _say_nothing_set(console)
        return NOTHING_SET
    return 0


@click.command(cls=VerbCommand)
@options_of("policy check")
def policy_check(file: Path | None, *, as_json: bool, verbose: int, quiet: int) -> int:
    """Say what a policy does to the files of the wheelhouse, without setting it.

    Without a file, the one that holds. A file that is not valid is told with all that
    is wrong, each with its line.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = settings_for()
    if file is not None:
        document = read_policy(read_policy_file(file), flat(file.name))
    else:
        stored = _stored(settings)
        if stored is None:
            if console.is_json:
                nothing = _check_json(read_policy(b"", ""), (), [_NOTHING])
                console.document(nothing)
            _say_nothing_set(console)
            return NOTHING_SET
        document = document_of(stored)
    found = _affected(settings, document)
    ended = [each for each in document.exceptions if each.until < utc_now().date()]
    notes = [
        f"line {each.line}: the exception for {each.project}=={each.version} ended on "
        f"{each.until}"
        for each in ended
    ]
    if console.is_json:
        console.document(_check_json(document, found, notes))
        return 0
    console.notes(notes)
    for each in found[:MOST_SHOWN]:
        reasons = "; ".join(each.reasons)
        console.result(f"{each.stored.filename}: {each.effect}: {reasons}\n")
    if len(found) > MOST_SHOWN:
        console.result(f"and {len(found) - MOST_SHOWN} more\n")
    console.say(
        f"{shown(document.name)} is valid: {_summary(document)}; "
        f"{counted(len(found), 'file')} of the wheelhouse affected"
    )
    return 0


def _check_json(
    document: PolicyDocument, found: Sequence[Affected], notes: Sequence[str] = ()
) -> JsonObject:
    return {
        "format": "axletree.policy-check/1",
        **_rules(document),
        "affected": [_affected_json(each) for each in found],
        "notes": list(notes),
    }


def _stored(settings: Settings) -> StoredPolicy | None:
    with reading(settings):
        require(settings.place)
    with Wheelhouse.open_to_read(settings.place) as house:
        return house.policy()


def _affected(settings: Settings, document: PolicyDocument) -> Sequence[Affected]:
    with reading(settings):
        require(settings.place)
    policy = document.at(utc_now())
    with Wheelhouse.open_to_read(settings.place) as house:
        files = house.files_of_all(house.projects())
    return [each for own in files.values() for each in affected(own, policy)]


def _say_nothing_set(console: Console) -> None:
    console.say(f"{_NOTHING}: axletree policy set FILE sets one")


def _summary(document: PolicyDocument) -> str:
    days = document.minimum_age.days if document.minimum_age is not None else 0
    parts = [
        f"{len(document.blocked)} blocked",
        f"{len(document.warned)} warned of",
        f"{counted(len(document.reserved), 'name')} reserved",
    ]
    if days:
        parts.append(f"files at least {counted(days, 'day')} old")
    if document.exceptions:
        parts.append(counted(len(document.exceptions), "exception"))
    return ", ".join(parts)


def _rules(document: PolicyDocument) -> JsonObject:
    age = document.minimum_age
    return {
        "blocked": [
            {
                "releases": f"{block.project}{block.specifier}",
                "reason": block.reason,
                "line": block.origin.line,
            }
            for block in document.blocked
        ],
        "warned": [
            {
                "releases": f"{block.project}{block.specifier}",
                "reason": block.reason,
                "line": block.origin.line,
            }
            for block in document.warned
        ],
        "reserved": [each.pattern for each in document.reserved],
        "minimum_age_days": None if age is None else age.days,
        "exceptions": [
            {
                "release": f"{each.project}=={each.version}",
                "reason": each.reason,
                "until": each.until.isoformat(),
                "line": each.line,
            }
            for each in document.exceptions
        ],
    }


def _affected_json(each: Affected) -> JsonObject:
    return {
        "filename": each.stored.filename,
        "effect": each.effect,
        "reasons": list(each.reasons),
    }
