"""Who asked for what: one line a request, for people or for machines.

All of it goes to stderr: stdout is the result's. What the server has to say besides, such
as a damaged file, is a line in the same form, with the id of the request that met it.
"""

import json
import logging
import re
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Literal, TextIO, TypeAlias, get_args
from urllib.parse import quote

from axletree.late_dataclasses import dataclass

AccessLog: TypeAlias = Literal["text", "json", "none"]
ACCESS_LOGS: tuple[AccessLog, ...] = get_args(AccessLog)

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
_LONGEST_PATH = 1000
_LEFT = "/!$&'()*+,;=:@~[]"
_is_plain = re.compile(r"[!-$&-~]*").fullmatch
"""`%` is none: it was decoded, and would be taken for the beginning of another byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A request and what came of it."""

    at: float
    """Seconds since 1970."""
    address: str
    method: str
    path: str
    status: int
    sent_bytes: int
    seconds: float
    request_id: str

    @property
    def is_sound_probe(self) -> bool:
        """Tell a probe that found all well: a line every few seconds says nothing."""
        return self.path in PROBES and self.status == HTTPStatus.OK


def text_line(answered: Answered) -> str:
    """Write `2026-11-27T13:57:02Z 127.0.0.1 GET /simple/numpy/ 200 1.2 ms 4f0a-1`.

    What the client sends cannot begin another line.
    """
    return (
        f"{_instant(answered.at)} {answered.address} {answered.method} {_path(answered)} "
        f"{answered.status} {answered.seconds * 1000:.1f} ms {answered.request_id}\n"
    )


def json_line(answered: Answered) -> str:
    """Write the same, and how much was sent, as one JSON document."""
    document = {
        "time": _instant(answered.at),
        "address": answered.address,
        "method": answered.method,
        "path": _path(answered),
        "status": answered.status,
        "bytes": answered.sent_bytes,
        "milliseconds": round(answered.seconds * 1000, 1),
        "request_id": answered.request_id,
    }
    return f"{json.dumps(document)}\n"


def _path(answered: Answered) -> str:
    """Write a path as clients do, in which nothing ends a word or a line."""
    path = answered.path
    if not _is_plain(path):
        # Source: PEP 3333: each character of it is a byte.
        path = quote(path.encode("latin-1", "replace"), safe=_LEFT)
    if len(path) > _LONGEST_PATH:
        return f"{path[:_LONGEST_PATH]}..."
    return path


Logbook: TypeAlias = Callable[[Answered], None]
"""Notes a request that was answered."""


def logbook(kind: AccessLog, stream: TextIO | None = None) -> Logbook | None:
    """Make what writes lines of one form to stderr, or to `stream`; None: nothing does."""
    if kind == "none":
        return None
    line = json_line if kind == "json" else text_line

    def note(answered: Answered) -> None:
        if not answered.is_sound_probe:
            # A log that nobody takes any more is no reason to answer nobody.
            with suppress(OSError, ValueError):
                (stream or sys.stderr).write(line(answered))

    return note


class JsonRecord(logging.Formatter):
    """A record of the server's own log as one JSON document."""

    def format(self, record: logging.LogRecord) -> str:
        """Write it, with its traceback if it has one."""
        document = {
            "time": _instant(record.created),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        request_id = getattr(record, "request_id", "")
        if request_id:
            document["request_id"] = request_id
        if record.exc_info:
            document["traceback"] = self.formatException(record.exc_info)
        return json.dumps(document)


class TextRecord(logging.Formatter):
    """A record of the server's own log for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Write it, with the id of its request and its traceback if it has one."""
        request_id = getattr(record, "request_id", "")
        of_request = f" (request {request_id})" if request_id else ""
        text = f"[{record.levelname}] {record.getMessage()}{of_request}"
        if record.exc_info:
            text = f"{text}\n{self.formatException(record.exc_info)}"
        return text


def log_settings(kind: AccessLog) -> dict[str, object]:
    """Give what granian's logging, and ours in the workers, is set to."""
    record = f"{__name__}.{'JsonRecord' if kind == 'json' else 'TextRecord'}"
    ids = "axletree.server.watching.request_ids.WithRequestId"
    to_stderr = {
        "class": "logging.StreamHandler",
        "stream": "ext://sys.stderr",
        "formatter": "record",
        "filters": ["request_ids"],
    }
    own = {"handlers": ["console"], "propagate": False}
    return {
        "formatters": {"record": {"()": record}},
        "filters": {"request_ids": {"()": ids}},
        "handlers": {"console": to_stderr},
        "loggers": {
            "_granian": {**own},
            "axletree": {**own},
        },
    }


def _instant(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
