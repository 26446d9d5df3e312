"""`axletree key …`: what the wheelhouse signs with."""

from datetime import datetime

import click

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.sources.house import open_to_fill, reading
from axletree.commands.sources.named import settings_for
from axletree.console import Console
from axletree.resolver.model.json_types import JsonObject
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.errors import NoKeyError
from axletree.wheelhouse.provenance.key_file import key_path
from axletree.wheelhouse.provenance.signing import (
    KnownKey,
    known_keys,
    make_key,
    present_key,
)


@click.command(cls=VerbCommand)
@options_of("key init")
def key_init(*, as_json: bool, verbose: int, quiet: int) -> int:
    """Make the key that signs what is built here; one that is there stays.

    Its private half is a file of the wheelhouse that only its owner can read. Builds do
    not see it, and a backup has it only where it is asked for.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    with open_to_fill(settings_for(), console) as house:
        made = make_key(house)
        path = key_path(house.home)
    if console.is_json:
        console.document(
            {
                "format": "axletree.key/1",
                **_to_json(made.key),
                "is_new": made.is_new,
                "is_here": True,
            }
        )
        return 0
    keyid = made.key.public.keyid
    if made.is_new:
        console.result(f"made the key {keyid}\n")
        console.say(
            f"its private half is {path}: what is built at isolation full is signed "
            "with it from now on"
        )
    else:
        console.say(f"there is the key {keyid} already: it stays as it is")
    return 0


@click.command(cls=VerbCommand)
@options_of("key show")
def key_show(*, as_json: bool, verbose: int, quiet: int) -> int:
    """Print the public half of the key, for whoever is to check what it signs."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = settings_for()
    with reading(settings), Wheelhouse.open_to_read(settings.place) as house:
        known = known_keys(house)
        present = present_key(house)
        path = key_path(house.home)
    if not known:
        raise NoKeyError("the wheelhouse has no key", where=str(settings.place))
    own = None if present is None else present.public
    key = next((each for each in known if each.public == own), known[-1])
    if console.is_json:
        console.document(
            {
                "format": "axletree.key/1",
                **_to_json(key),
                "is_here": present is not None,
                "former": [_to_json(each) for each in known if each != key],
            }
        )
        return 0
    console.result(key.public.pem)
    where = f"its private half is {path}"
    if present is None:
        where = (
            "its private half is not here, and nothing is signed: axletree key init "
        )
        where += "makes another, or put the file back"
    console.say(f"the key {key.public.keyid}, of {_day(key.made_at)}; {where}")
    others = len(known) - 1
    if others:
        console.say(f"what {others} earlier {_keys(others)} signed is believed, too")
    return 0


def _keys(count: int) -> str:
    return "key has" if count == 1 else "keys have"


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _to_json(key: KnownKey) -> JsonObject:
    return {
        "keyid": key.public.keyid,
        "public": key.public.pem,
        "made_at": key.made_at.isoformat(),
    }
