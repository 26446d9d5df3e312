"""The package index: `/simple/` and `/simple/<project>/`."""

from flask import Blueprint, Response, request

from axletree.server.answers.negotiation import wants_page
from axletree.server.answers.problem_page import near_names
from axletree.server.guard import Readers
from axletree.server.live.index import LiveIndex
from axletree.server.views.names import (
    moved,
    no_project,
    normalised,
)
from axletree.server.views.sending import respond


def simple_blueprint(index: LiveIndex, readers: Readers) -> Blueprint:
    """Make the views of the index."""
    blueprint = Blueprint("simple", __name__)

    # Each address has its rule, with and without the last slash: Flask's own slash
    # redirect is absolute, hence wrong behind a proxy that takes a prefix off.
    @blueprint.get("/simple")
    def project_list_without_slash() -> Response:
        return moved("simple/")

    @blueprint.get("/simple/")
    def project_list() -> Response:
        readers.require(request.headers.get("Authorization"), None)
        return respond(index.list_page())

    @blueprint.get("/simple/<project>")
    def project_page_without_slash(project: str) -> Response:
        return moved(f"{normalised(project)}/")

    @blueprint.get("/simple/<project>/")
    def project_page(project: str) -> Response:
        name = normalised(project)
        readers.require(request.headers.get("Authorization"), name)
        if name != project:
            return moved(f"../{name}/")
        page = index.project_page(name)
        if page is None:
            raise no_project(_near(index, readers, name))
        return respond(page)

    return blueprint


def _near(index: LiveIndex, readers: Readers, name: str) -> tuple[str, ...]:
    """List what may have been meant: for people, who may read all, since it looks at all."""
    if not readers.is_everybody or not wants_page(request.headers.get("Accept")):
        return ()
    return near_names(name, index.source.projects())
