"""Names of projects in paths, and what is answered to those that lead nowhere."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from urllib.parse import quote

from flask import Response, request
from packaging.utils import InvalidName, NormalizedName, canonicalize_name

from axletree.server.answers.errors import NoSuchIndexError, NotServedError
from axletree.server.live.index import LiveIndex
from axletree.wheelhouse.errors import NoViewError, UnknownGenerationError

_is_query = re.compile(r"[!-~]{1,2000}").fullmatch


def normalised(project: str) -> NormalizedName:
    """Normalise a name out of a path; what passes is safe in a header.

    :raises NotServedError: it is no project name.
    """
    try:
        return canonicalize_name(project, validate=True)
    except InvalidName as error:
        raise no_project() from error


def last_name(path: str) -> NormalizedName | None:
    """Read the last part of a path as a project's name; None: it is none."""
    try:
        return normalised(path.rstrip("/").rpartition("/")[2])
    except NotServedError:
        return None


def no_project(near: Sequence[str] = ()) -> NotServedError:
    """Tell that there is no such project, and which may have been meant."""
    return NotServedError(
        "no such project on this index",
        hint="`/simple/` lists what there is; `axletree collect` brings what is not",
        near=near,
    )


@contextmanager
def kept_from_others(index: LiveIndex, project: NormalizedName) -> Iterator[None]:
    """Answer for an index that is not there, where it was asked for a project.

    On a 404 uv takes the name from the next index.

    :raises NoSuchIndexError: the name is not for others.
    """
    try:
        yield
    except (NotServedError, NoViewError, UnknownGenerationError) as error:
        if not index.is_known(project):
            raise
        raise NoSuchIndexError(error.what, hint=error.hint) from error


def moved(relative: str) -> Response:
    """Redirect for good, relative to the request: a prefix stays what it was.

    So does a query: it is no part of what is asked for, and the client's own.
    """
    status = HTTPStatus.MOVED_PERMANENTLY
    query = request.environ.get("QUERY_STRING", "")
    if query and _is_query(query):
        relative = f"{relative}?{query}"
    return Response(status=status, headers={"Location": relative})


def merged(path: str) -> str | None:
    """Give the path of a page below `/` without doubled slashes; None: it has none.

    As they come from an index URL that ends in two: a client that was told of nothing
    there would take the name from elsewhere. Before `/simple/` something is lacking.
    """
    place, simple, rest = path.partition("/simple/")
    rest = f"/{rest}"
    if not simple or "//" not in rest:
        return None
    return quote(f"{place}/simple{re.sub('/+', '/', rest)}".lstrip("/"))
