"""`axletree status`: how a project is, as a whole."""

import click
from packaging.utils import InvalidName, NormalizedName, canonicalize_name

from axletree.commands.keeping.marking import opened_to_change
from axletree.commands.line.click_options import options_of
from axletree.commands.line.corrections import did_you_mean
from axletree.commands.line.helping import VerbCommand
from axletree.commands.results.set_news import recheck_sets
from axletree.commands.sources.house import reading
from axletree.commands.sources.named import settings_for
from axletree.console import Console, UsageError
from axletree.likeness import meant
from axletree.resolver.universe.near_names import nearest
from axletree.wheelhouse.catalog.changes import reason_of, set_status
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.errors import NotKeptError
from axletree.wheelhouse.model import PROJECT_MARKERS, ProjectMarker, ProjectStatus

_MOST_NEAR = 3


@click.command(cls=VerbCommand)
@options_of("status")
def status(  # noqa: PLR0913  one parameter for each option
    project: str,
    marker: str | None,
    *,
    reason: str,
    as_json: bool,
    verbose: int,
    quiet: int,
) -> int:
    """Show or set the status of a project, as installers see it.

    archived: there will be no more; deprecated: use something else; quarantined: no
    file of it is offered, until it is active again.
    """
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    name = project_named(project)
    if marker is None:
        with reading(settings_for()), open_to_look() as house:
            require_known(house, name)
            _show(console, name, house.status_of(name), house.generation())
        return 0
    wanted = ProjectStatus(marker=_marker(marker), reason=reason_of(reason))
    with opened_to_change(console) as house:
        changed = set_status(house, name, wanted)
        _show(console, name, wanted, changed.generation)
        recheck_sets(house, console)
    return 0


def open_to_look() -> Wheelhouse:
    """Open the wheelhouse to read; none is made."""
    return Wheelhouse.open_to_read(settings_for().place)


def project_named(text: str) -> NormalizedName:
    """Read a project's name.

    :raises NotKeptError: it is none.
    """
    try:
        return canonicalize_name(text.strip(), validate=True)
    except InvalidName as error:
        raise NotKeptError(f"{text!r} is not the name of a project") from error


def require_known(house: Wheelhouse, project: NormalizedName) -> None:
    """Refuse a project of which nothing was ever kept.

    :raises NotKeptError: it says what may have been meant.
    """
    if house.knows(project):
        return
    near = nearest(project, house.known_projects())[:_MOST_NEAR]
    raise NotKeptError(
        f"there is no project {project} in the wheelhouse",
        where=str(house.place),
        hint=f"did you mean {' or '.join(near)}?" if near else "",
    )


def _marker(text: str) -> ProjectMarker:
    for marker in PROJECT_MARKERS:
        if text.lower() == marker:
            return marker
    near = [*meant(text, PROJECT_MARKERS), None][0]
    message = f"a status is {', '.join(PROJECT_MARKERS[:-1])} or {PROJECT_MARKERS[-1]}"
    error = UsageError(
        f"{message}, not {text!r}",
        where="command line",
        hint="see axletree status --help",
    )
    raise did_you_mean(error, text, near)


def _show(
    console: Console, project: NormalizedName, said: ProjectStatus, generation: int
) -> None:
    if console.is_json:
        console.document(
            {
                "format": "axletree.status/1",
                "project": project,
                "status": said.marker,
                "reason": said.reason,
                "generation": generation,
            }
        )
        return
    because = f": {said.reason}" if said.reason else ""
    console.result(f"{project} is {said.marker}{because} (generation {generation})\n")
