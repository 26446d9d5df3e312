"""What those who run the index look at: is it alive, can it answer."""

from flask import Blueprint, Response

from axletree.server.index import LiveIndex


def operations_blueprint(index: LiveIndex) -> Blueprint:
    """Make the health views."""
    blueprint = Blueprint("operations", __name__)

    @blueprint.get("/healthz")
    def is_alive() -> Response:
        """Say that the process answers; a restart would not mend more than that."""
        return _plain("alive\n")

    @blueprint.get("/readyz")
    def is_ready() -> Response:
        """Say that the wheelhouse can be read; its errors answer as any other."""
        return _plain(f"ready, generation {index.generation()}\n")

    return blueprint


def _plain(text: str) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(text, content_type="text/plain; charset=utf-8", headers=headers)
