"""The package index, as it is now and as it was.

`/simple/` and `/simple/<project>/` are those of now, and `/g/<generation>/simple/…` the
same of a generation, for builds that must come out the same. What a generation lists never
changes, whatever is yanked, removed or published later. A withdrawn file is listed as well,
and given to nobody: a build that wants it fails loudly, as does one of a generation whose
files `gc` has removed.
"""

from flask import Blueprint, Response, request

from axletree.server.answers.negotiation import wants_page
from axletree.server.answers.problem_page import near_names
from axletree.server.guard import Readers
from axletree.server.live.index import FROZEN_PATH, LiveIndex
from axletree.server.views.names import (
    moved,
    no_project,
    normalised,
)
from axletree.server.views.sending import respond

MOST_GENERATIONS = 2**53
"""More than will ever be made, and less than a database's largest integer."""
_GENERATION = f"{FROZEN_PATH}<int(max={MOST_GENERATIONS}):generation>"


def simple_blueprint(index: LiveIndex, readers: Readers) -> Blueprint:
    """Make the views of the index of now."""
    return _add_views(Blueprint("simple", __name__), index, readers)


def frozen_blueprint(index: LiveIndex, readers: Readers) -> Blueprint:
    """Make the views of generations."""
    blueprint = Blueprint("frozen", __name__, url_prefix=_GENERATION)
    return _add_views(blueprint, index, readers)


def _add_views(blueprint: Blueprint, index: LiveIndex, readers: Readers) -> Blueprint:
    # Each address has its rule, with and without the last slash: Flask's own slash
    # redirect is absolute, hence wrong behind a proxy that takes a prefix off.
    @blueprint.get("/simple")
    def project_list_without_slash(generation: int | None = None) -> Response:
        del generation
        return moved("simple/")

    @blueprint.get("/simple/")
    def project_list(generation: int | None = None) -> Response:
        readers.require(request.headers.get("Authorization"), None)
        return respond(index.list_page(generation))

    @blueprint.get("/simple/<project>")
    def project_page_without_slash(
        project: str, generation: int | None = None
    ) -> Response:
        del generation
        return moved(f"{normalised(project)}/")

    @blueprint.get("/simple/<project>/")
    def project_page(project: str, generation: int | None = None) -> Response:
        name = normalised(project)
        readers.require(request.headers.get("Authorization"), name)
        if name != project:
            return moved(f"../{name}/")
        page = index.project_page(name, generation)
        if page is None:
            raise no_project(_near(index, readers, name))
        return respond(page)

    return blueprint


def _near(index: LiveIndex, readers: Readers, name: str) -> tuple[str, ...]:
    """List what may have been meant: for people, who may read all, since it looks at all."""
    if not readers.is_everybody or not wants_page(request.headers.get("Accept")):
        return ()
    return near_names(name, index.source.projects())
