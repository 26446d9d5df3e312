"""The figures as Prometheus reads them: text, format 0.0.4.

Written by hand: the client library keeps a file for each worker and metric, which has to
be swept between runs, and what is told here is one table.
"""

from collections.abc import Iterable, Iterator

import axletree
from axletree.late_dataclasses import dataclass
from axletree.server.watching.figures import (
    BOUNDS_S,
    KINDS,
    STATUSES,
    Count,
    Figures,
    Gauge,
    Sums,
)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_TOLD: tuple[tuple[Count | Gauge, str, str], ...] = (
    ("ready", "ready_answers_total", "Answers that were sent as they lay in memory."),
    ("received_bytes", "received_bytes_total", "Bytes of the uploads that were taken."),
    ("too_busy", "refused_busy_total", "Downloads and uploads told to come later."),
    ("slow_cut", "connections_cut_total", "Connections of readers that were too slow."),
    ("idle_closed", "connections_idle_closed_total", "Connections closed as idle."),
    ("starts", "worker_starts_total", "Workers that were started, again or anew."),
    ("ready_bytes", "ready_bytes", "Bytes of the answers that lie in memory."),
    ("downloads", "downloads", "Downloads under way that hold a thread."),
    ("uploads", "uploads", "Uploads under way."),
    ("connections", "connections", "Open connections."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfHouse:
    """What is told of the wheelhouse that is served."""

    generation: int
    damaged_files: int
    """Those that the worker which answers has met."""


def exposition(figures: Figures, house: OfHouse) -> str:
    """Write all figures."""
    sums = figures.sums()
    lines = [
        *_metric(
            "info",
            "gauge",
            "The version that serves.",
            [(f'{{version="{axletree.__version__}"}}', 1)],
        ),
        *_metric(
            "generation", "gauge", "The newest generation.", [("", house.generation)]
        ),
        *_metric(
            "damaged_files",
            "gauge",
            "Damaged files that the worker which answers has met.",
            [("", house.damaged_files)],
        ),
        *_requests(sums),
        *_lasting(sums),
    ]
    for name, told, helped in _TOLD:
        kind = "counter" if told.endswith("_total") else "gauge"
        lines += _metric(told, kind, helped, [("", sums.of(name))])
    lines += _metric(
        "worker_resident_bytes",
        "gauge",
        "Memory of each worker.",
        [
            (f'{{worker="{at}"}}', size)
            for at, size in enumerate(figures.of_workers("resident_bytes"))
        ],
    )
    return "\n".join(lines) + "\n"


def _metric(
    name: str, kind: str, helped: str, samples: Iterable[tuple[str, float]]
) -> Iterator[str]:
    yield f"# HELP axletree_{name} {helped}"
    yield f"# TYPE axletree_{name} {kind}"
    for labels, value in samples:
        yield f"axletree_{name}{labels} {value}"


def _requests(sums: Sums) -> Iterator[str]:
    yield from _metric(
        "requests_total",
        "counter",
        "Requests that were answered, by what they asked for.",
        [
            (f'{{route="{kind}",status="{status or "other"}"}}', count)
            for kind in KINDS
            for status in STATUSES
            if (count := sums.requests(kind, status))
        ],
    )
    yield from _metric(
        "sent_bytes_total",
        "counter",
        "Bytes of the bodies of answers.",
        [(f'{{route="{kind}"}}', sums.sent_bytes(kind)) for kind in KINDS],
    )


def _lasting(sums: Sums) -> Iterator[str]:
    name = "request_duration_seconds"
    helped = "Time until a request's last byte was handed to the network."
    yield from _metric(name, "histogram", helped, ())
    for kind in KINDS:
        count = 0
        bounds = (*map(str, BOUNDS_S), "+Inf")
        for bound, inside in zip(bounds, sums.lasted(kind), strict=True):
            count += inside
            yield f'axletree_{name}_bucket{{route="{kind}",le="{bound}"}} {count}'
        yield f'axletree_{name}_sum{{route="{kind}"}} {sums.seconds(kind):.6f}'
        yield f'axletree_{name}_count{{route="{kind}"}} {count}'
