"""`axletree init`: an empty wheelhouse."""

import click

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.sources.house import open_to_fill
from axletree.commands.sources.named import settings_for
from axletree.console import Console


@click.command(cls=VerbCommand)
@options_of("init")
def init(*, as_json: bool, verbose: int, quiet: int) -> int:
    """Make an empty wheelhouse where AXLETREE_HOME says, or in the usual place."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    with open_to_fill(settings_for(), console) as house:
        generation = house.generation()
        if console.is_json:
            console.document(
                {
                    "format": "axletree.wheelhouse/1",
                    "home": str(house.place),
                    "is_new": house.is_new,
                    "generation": generation,
                }
            )
        elif not house.is_new:
            console.say(f"there is a wheelhouse at {house.place}: it stays as it is")
    return 0
