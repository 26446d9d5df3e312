"""Who asked for what: one line a request, for people or for machines.

granian hands each request to the logger `granian.access`, its properties as arguments.
"""

import json
import logging
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal, TypeAlias, get_args

from axletree.resolver.model.shown_text import shown

AccessLog: TypeAlias = Literal["text", "json", "none"]
ACCESS_LOGS: tuple[AccessLog, ...] = get_args(AccessLog)

LOGGER = "granian.access"
_HEALTH = frozenset({"/healthz", "/readyz"})


class UnlessHealthy(logging.Filter):
    """Leaves out probes that found all well: a line every few seconds says nothing."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a line is worth writing."""
        found = _properties(record)
        is_probe = found.get("path") in _HEALTH
        return not (is_probe and found.get("status") == HTTPStatus.OK)


class TextLine(logging.Formatter):
    """`2026-11-27T13:57:02Z 127.0.0.1 GET /simple/numpy/ 200 1.2 ms`."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a line; what the client sends cannot begin another."""
        found = _properties(record)
        return shown(
            f"{_time(record)} {found.get('addr')} {found.get('method')} "
            f"{found.get('path')} {found.get('status')} {_milliseconds(found):.1f} ms"
        ).replace("\n", "\\n")


class JsonLine(logging.Formatter):
    """The same as one JSON document a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a line."""
        found = _properties(record)
        return json.dumps(
            {
                "time": _time(record),
                "address": str(found.get("addr")),
                "method": str(found.get("method")),
                "path": str(found.get("path")),
                "status": found.get("status"),
                "milliseconds": round(_milliseconds(found), 1),
            }
        )


def log_settings(kind: AccessLog) -> dict[str, object]:
    """Give what granian's logging is set to: all on stderr, for stdout is the result's."""
    line = f"{__name__}.{'JsonLine' if kind == 'json' else 'TextLine'}"
    to_stderr = {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
    return {
        "formatters": {
            "generic": {"format": "[%(levelname)s] %(message)s"},
            "access": {"()": line},
        },
        "filters": {"probes": {"()": f"{__name__}.UnlessHealthy"}},
        "handlers": {
            "console": {**to_stderr, "formatter": "generic"},
            "access": {**to_stderr, "formatter": "access", "filters": ["probes"]},
        },
    }


def _properties(record: logging.LogRecord) -> Mapping[str, object]:
    return record.args if isinstance(record.args, Mapping) else {}


def _time(record: logging.LogRecord) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))


def _milliseconds(found: Mapping[str, object]) -> float:
    taken = found.get("dt_ms")
    return float(taken) if isinstance(taken, int | float) else 0.0
