"""`axletree why`: who asked for a project of an answer, and why it is not newer."""

from typing import Any

import click

from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.results.wanted import Wanted
from axletree.commands.verbs.explain import answer
from axletree.console import Console


@click.command(cls=VerbCommand)
@options_of("why")
def why(
    *,
    project: str,
    as_json: bool,
    verbose: int,
    quiet: int,
    **options: Any,  # noqa: ANN401  the shared options, taken apart by take()
) -> int:
    """Show who requires a project of the solution, and why it is not newer."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    return answer(console, Wanted.take({**options, "why": project}), options)
