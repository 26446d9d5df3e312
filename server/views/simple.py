"""The package index: as it is now and as it was, of all or through a view.

`/simple/` and `/simple/<project>/` are those of now, and `/g/<generation>/simple/…` the
same of a generation, for builds that must come out the same. What a generation lists never
changes, whatever is yanked, removed or published later. A withdrawn file is listed as well,
and given to nobody: a build that wants it fails loudly, as does one of a generation whose
files `gc` has removed. `/views/<name>` stands before each of them for what a view leaves;
the files are the same, so that a view keeps nothing from anybody.
"""

import re
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from axletree.resolver.model.shown_text import shown
from axletree.server.answers.addresses import RootOf
from axletree.server.answers.errors import NotServedError
from axletree.server.answers.negotiation import wants_page
from axletree.server.answers.problem_page import near_names
from axletree.server.guard import Readers
from axletree.server.live.index import FROZEN_PATH, VIEWS_PATH, LiveIndex, Place
from axletree.server.views.names import (
    kept_from_others,
    last_name,
    merged,
    moved,
    no_project,
    normalised,
)
from axletree.server.views.sending import respond, wanted_form
from axletree.wheelhouse.errors import UnknownGenerationError

_FROZEN = f"{FROZEN_PATH}<generation>"
_VIEW = f"{VIEWS_PATH}<view>"
PREFIXES = {
    "simple": "",
    "frozen": _FROZEN,
    "view": _VIEW,
    "frozen_view": f"{_VIEW}{_FROZEN}",
}
"""What stands before `/simple/` of each kind of index, by the name of its blueprint."""

# Fewer digits than a database's largest integer has, and one spelling for each.
_is_number = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII).fullmatch


def simple_blueprints(
    index: LiveIndex, readers: Readers, root_of: RootOf
) -> list[Blueprint]:
    """Make the views of every kind of index."""
    blueprints = [
        _add_views(
            Blueprint(name, __name__, url_prefix=prefix or None),
            index,
            readers,
            root_of,
        )
        for name, prefix in PREFIXES.items()
    ]
    return [*blueprints, _nowhere(index, readers, root_of)]


def _add_views(
    blueprint: Blueprint, index: LiveIndex, readers: Readers, root_of: RootOf
) -> Blueprint:
    # Each address has its rule, with and without the last slash: Flask's own slash
    # redirect is absolute, hence wrong behind a proxy that takes a prefix off.
    @blueprint.get("/simple")
    def project_list_without_slash(**_: str) -> Response:
        return moved("simple/")

    @blueprint.get("/simple/")
    def project_list(**place: str) -> Response:
        readers.require(request.headers.get("Authorization"), None)
        return respond(index.list_page(_place(**place), wanted_form(request.environ)))

    @blueprint.get("/simple/<project>")
    def project_page_without_slash(project: str, **_: str) -> Response:
        return moved(f"{normalised(project)}/")

    @blueprint.get("/simple/<project>/")
    def project_page(project: str, **place: str) -> Response:
        name = normalised(project)
        readers.require(request.headers.get("Authorization"), name)
        if name != project:
            return moved(f"../{name}/")
        with kept_from_others(index, name):
            form = wanted_form(request.environ)
            root_url = root_of(request.environ)
            page = index.project_page(name, _place(**place), form, root_url)
        if page is None:
            raise no_project(_near(index, readers, name))
        return respond(page)

    return blueprint


def _nowhere(index: LiveIndex, readers: Readers, root_of: RootOf) -> Blueprint:
    """Answer where no index is: the address was mistyped, or a variable in it empty."""
    blueprint = Blueprint("nowhere", __name__)

    @blueprint.before_app_request
    def merge_slashes() -> Response | None:
        is_read = request.method in {"GET", "HEAD"}
        below = merged(request.path) if is_read else None
        if below is None:
            return None
        # From there clients go up by ways of their own.
        return moved(f"{urlsplit(root_of(request.environ)).path or '/'}{below}")

    @blueprint.before_app_request
    def keep_names() -> None:
        is_nowhere = isinstance(request.routing_exception, NotFound)
        if not is_nowhere or request.method not in {"GET", "HEAD"}:
            return
        # With or without `/simple/` before it: an index URL may lack just that.
        name = last_name(request.path)
        nothing = NotServedError(
            "there is nothing at this address",
            hint="the index is at `/simple/`; `/docs/` says what else there is",
        )
        if name is None:
            raise nothing
        readers.require(request.headers.get("Authorization"), name)
        with kept_from_others(index, name):
            raise nothing

    return blueprint


def _place(generation: str | None = None, view: str | None = None) -> Place:
    """Take the parts of a path.

    :raises UnknownGenerationError: it is no number of one.
    """
    if generation is None:
        return Place(view=view)
    if not _is_number(generation):
        raise UnknownGenerationError(f"there is no generation {shown(generation)}")
    return Place(generation=int(generation), view=view)


def _near(index: LiveIndex, readers: Readers, name: str) -> tuple[str, ...]:
    """List what may have been meant: for people, who may read all, since it looks at all."""
    if not readers.is_everybody or not wants_page(request.headers.get("Accept")):
        return ()
    return near_names(name, index.source.projects())
