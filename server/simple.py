"""The package index: `/simple/` and `/simple/<project>/`."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, Response, request
from packaging.utils import InvalidName, NormalizedName, canonicalize_name

from axletree.server.errors import NotServedError
from axletree.server.guard import Readers
from axletree.server.index import LiveIndex
from axletree.server.negotiation import wants_page
from axletree.server.problem_page import near_names
from axletree.server.sending import respond


def simple_blueprint(index: LiveIndex, readers: Readers) -> Blueprint:
    """Make the views of the index."""
    blueprint = Blueprint("simple", __name__)

    # Each address has its rule, with and without the last slash: Flask's own slash
    # redirect is absolute, hence wrong behind a proxy that takes a prefix off.
    @blueprint.get("/simple")
    def project_list_without_slash() -> Response:
        return _moved("simple/")

    @blueprint.get("/simple/")
    def project_list() -> Response:
        readers.require(request.headers.get("Authorization"), None)
        return respond(index.list_page())

    @blueprint.get("/simple/<project>")
    def project_page_without_slash(project: str) -> Response:
        return _moved(f"{_normalised(project)}/")

    @blueprint.get("/simple/<project>/")
    def project_page(project: str) -> Response:
        name = _normalised(project)
        readers.require(request.headers.get("Authorization"), name)
        if name != project:
            return _moved(f"../{name}/")
        page = index.project_page(name)
        if page is None:
            raise _no_project(_near(index, readers, name))
        return respond(page)

    return blueprint


def _normalised(project: str) -> NormalizedName:
    """Normalise a name out of a path; what passes is safe in a header.

    :raises NotServedError: it is no project name.
    """
    try:
        return canonicalize_name(project, validate=True)
    except InvalidName as error:
        raise _no_project() from error


def _near(index: LiveIndex, readers: Readers, name: str) -> tuple[str, ...]:
    """List what may have been meant: for people, who may read all, since it looks at all."""
    if not readers.is_everybody or not wants_page(request.headers.get("Accept")):
        return ()
    return near_names(name, index.source.projects())


def _no_project(near: Sequence[str] = ()) -> NotServedError:
    return NotServedError(
        "no such project on this index",
        hint="`/simple/` lists what there is; `axletree collect` brings what is not",
        near=near,
    )


def _moved(relative: str) -> Response:
    """Redirect for good, relative to the request: a prefix stays what it was."""
    status = HTTPStatus.MOVED_PERMANENTLY
    return Response(status=status, headers={"Location": relative})
