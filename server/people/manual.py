"""The documentation under `/docs/`: pages, what they show, and short ways to a topic.

`/docs/lock/` and `/docs/invalid-requirement` lead to where it is said. Nothing of it
reads the wheelhouse, so that it can be read where that cannot.
"""

import mimetypes
from http import HTTPStatus

from flask import Blueprint, Response, request
from packaging.utils import NormalizedName

from axletree.manual.pages import INDEX, other_files, pages
from axletree.manual.topics import Topic, find, names
from axletree.server.answers.conditional import is_unchanged
from axletree.server.answers.errors import NotServedError
from axletree.server.answers.negotiation import (
    accepts_gzip,
    wants_page,
)
from axletree.server.answers.problem_page import (
    near_names,
    root_from,
)
from axletree.server.answers.variants import Variant, variant_of
from axletree.server.people.manual_html import (
    address_of,
    rendered,
)


def manual_blueprint() -> Blueprint:
    """Make the views of the documentation."""
    blueprint = Blueprint("manual", __name__)

    @blueprint.get("/docs")
    def index_without_slash() -> Response:
        return _moved("docs/")

    @blueprint.get("/docs/")
    def index() -> Response:
        return _page(INDEX)

    @blueprint.get("/docs/<path:name>")
    def below(name: str) -> Response:
        if name in other_files():
            return _other_file(name)
        page = pages().get(name.removesuffix("/"))
        if page is not None and request.path == f"/{address_of(page)}":
            return _page(page.name)
        topic = find(name.removesuffix("/"))
        if topic is None:
            raise _no_topic(name.strip("/"))
        return _moved(f"{root_from(request.path)}{_address(topic)}")

    return blueprint


def _address(topic: Topic) -> str:
    anchor = f"#{topic.anchor}" if topic.anchor else ""
    return f"{address_of(topic.page)}{anchor}"


def _page(name: str) -> Response:
    page = rendered(name)
    is_gzip = accepts_gzip(request.headers.get("Accept-Encoding"))
    return _sent(page.compressed if is_gzip else page.plain)


def _other_file(name: str) -> Response:
    body = other_files()[name].read_bytes()
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return _sent(variant_of(body, kind, ""))


def _sent(variant: Variant) -> Response:
    if is_unchanged(request.headers.get("If-None-Match"), variant.etag):
        status, headers = HTTPStatus.NOT_MODIFIED, variant.unchanged_headers
        return Response(status=status, headers=headers)
    body = b"" if request.method == "HEAD" else variant.body
    # A list, as in `axletree.server.views.simple`: the length stays that of GET.
    return Response([body], headers=variant.headers)


def _no_topic(name: str) -> NotServedError:
    near: tuple[str, ...] = ()
    if wants_page(request.headers.get("Accept")):
        last = name.rpartition("/")[2]
        near = near_names(last, [NormalizedName(topic) for topic in names()])
    return NotServedError(
        "no such page in the documentation",
        hint="`/docs/` lists the pages",
        near=near,
        near_below="docs/",
    )


def _moved(relative: str) -> Response:
    status = HTTPStatus.MOVED_PERMANENTLY
    return Response(status=status, headers={"Location": relative})
