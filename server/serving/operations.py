"""What those who run the index look at: is it alive, can it answer."""

from flask import Blueprint, Response

from axletree.server.guard import Readers
from axletree.server.live.index import LiveIndex
from axletree.server.views.blobs import Blobs

MOST_NAMES = 20


def operations_blueprint(index: LiveIndex, blobs: Blobs, readers: Readers) -> Blueprint:
    """Make the health views."""
    blueprint = Blueprint("operations", __name__)

    @blueprint.get("/healthz")
    def is_alive() -> Response:
        """Say that the process answers; a restart would not mend more than that."""
        return _plain("alive\n")

    @blueprint.get("/readyz")
    def is_ready() -> Response:
        """Say that the wheelhouse can be read; its errors answer as any other.

        Damaged files are named, as far as this process has met them; all others can
        be had, so that it is ready nevertheless.
        """
        lines = [f"ready, generation {index.generation()}"]
        damaged = blobs.damaged()
        named = damaged[:MOST_NAMES] if readers.is_everybody else ()
        lines += [f"damaged: {filename}" for filename in named]
        if len(damaged) > len(named):
            more = " more" if named else ""
            lines.append(f"damaged: {len(damaged) - len(named)}{more}")
        return _plain("\n".join(lines) + "\n")

    return blueprint


def _plain(text: str) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(text, content_type="text/plain; charset=utf-8", headers=headers)
