"""`/`: a page for people who were given nothing but this address."""

import hashlib
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from axletree.server.answers.addresses import RootOf
from axletree.server.answers.conditional import is_unchanged
from axletree.server.answers.rendering import render_home
from axletree.server.answers.variants import PAGE_POLICY
from axletree.server.guard import Readers
from axletree.server.live.index import LiveIndex


def home_blueprint(index: LiveIndex, readers: Readers, root_of: RootOf) -> Blueprint:
    """Make the view of `/`."""
    blueprint = Blueprint("home", __name__)

    @blueprint.get("/")
    def home() -> Response:
        readers.require(request.headers.get("Authorization"), None)
        root_url = root_of(request.environ) or request.root_url
        body = render_home(
            root_url=root_url,
            host=urlsplit(root_url).netloc,
            project_count=len(index.source.projects()),
            generation=index.generation(),
        )
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        if is_unchanged(request.headers.get("If-None-Match"), etag):
            return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Content-Security-Policy"] = PAGE_POLICY
        return Response(body, content_type="text/html; charset=utf-8", headers=headers)

    return blueprint
