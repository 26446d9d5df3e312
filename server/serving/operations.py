"""What those who run the index look at: is it alive, can it answer, how much it does."""

from collections.abc import Callable
from contextlib import suppress
from mmap import PAGESIZE
from pathlib import Path

from flask import Blueprint, Response, request

from axletree.server.guard import Readers, Watchers
from axletree.server.live.index import LiveIndex
from axletree.server.serving.metrics import CONTENT_TYPE, OfHouse, exposition
from axletree.server.views.blobs import Blobs
from axletree.server.watching.figures import Figures

MOST_NAMES = 20
_PLAIN = "text/plain; charset=utf-8"


def operations_blueprint(
    index: LiveIndex,
    blobs: Blobs,
    readers: Readers,
    require_files: Callable[[], None],
) -> Blueprint:
    """Make the health views.

    :param require_files: raises where the store of the files does not answer.
    """
    blueprint = Blueprint("operations", __name__)

    @blueprint.get("/healthz")
    def is_alive() -> Response:
        """Say that the process answers; a restart would not mend more than that."""
        return _text("alive\n")

    @blueprint.get("/readyz")
    def is_ready() -> Response:
        """Say that database and files can be read; their errors answer as any other.

        Damaged files are named, as far as this process has met them; all others can
        be had, so that it is ready nevertheless.
        """
        lines = [f"ready, generation {index.generation()}"]
        require_files()
        damaged = blobs.damaged()
        named = damaged[:MOST_NAMES] if readers.is_everybody else ()
        lines += [f"damaged: {filename}" for filename in named]
        if len(damaged) > len(named):
            more = " more" if named else ""
            lines.append(f"damaged: {len(damaged) - len(named)}{more}")
        return _text("\n".join(lines) + "\n")

    return blueprint


def metrics_blueprint(
    index: LiveIndex, blobs: Blobs, figures: Figures, watchers: Watchers
) -> Blueprint:
    """Make the view of the figures."""
    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/metrics")
    def metrics() -> Response:
        """Tell what all workers have counted."""
        watchers.require(request.environ)
        note_memory(figures)
        house = OfHouse(
            generation=index.generation(), damaged_files=len(blobs.damaged())
        )
        return _text(exposition(figures, house), CONTENT_TYPE)

    return blueprint


def _text(text: str, content_type: str = _PLAIN) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(text, content_type=content_type, headers=headers)


def note_memory(figures: Figures) -> None:
    """Say how much memory this worker holds."""
    with suppress(OSError, ValueError):
        _, resident, *_ = Path("/proc/self/statm").read_text().split()
        figures.put("resident_bytes", int(resident) * PAGESIZE)
