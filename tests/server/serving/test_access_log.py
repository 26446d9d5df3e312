"""Each request is one line, whatever the client sends."""

import json
import logging

import pytest

from axletree.server.serving.access_log import (
    JsonLine,
    TextLine,
    UnlessHealthy,
    log_settings,
)

LONG = "/simple/" + "a" * 5000 + "/"


def record(path: str = "/simple/spam/", status: int = 200) -> logging.LogRecord:
    found = {"addr": "10.0.3.7", "method": "GET", "path": path, "status": status}
    made = logging.LogRecord("granian.access", logging.INFO, "", 0, "", (), None)
    made.args = {**found, "dt_ms": 1.24}
    made.created = 1638360000.0
    return made


def test_a_line_says_who_asked_for_what_and_what_came_of_it() -> None:
    assert TextLine().format(record()) == (
        "2021-12-01T12:00:00Z 10.0.3.7 GET /simple/spam/ 200 1.2 ms"
    )
    assert json.loads(JsonLine().format(record())) == {
        "time": "2021-12-01T12:00:00Z",
        "address": "10.0.3.7",
        "method": "GET",
        "path": "/simple/spam/",
        "status": 200,
        "milliseconds": 1.2,
    }


@pytest.mark.parametrize(
    "path", ["/a\nb", "/a\r\nb", "/\x1b[31m", "/\u2028b", "/\udcff", "/\x85b", LONG]
)
def test_a_path_begins_no_line_and_steers_no_terminal(path: str) -> None:
    for line in (TextLine().format(record(path)), JsonLine().format(record(path))):
        assert len(line.splitlines()) == 1
        assert "\x1b" not in line
        line.encode()


def test_probes_that_found_all_well_are_left_out() -> None:
    keeps = UnlessHealthy().filter
    assert not keeps(record("/readyz"))
    assert not keeps(record("/healthz"))
    assert keeps(record("/readyz", 503))
    assert keeps(record())


def test_all_of_it_goes_to_stderr() -> None:
    for kind in ("text", "json", "none"):
        handlers = log_settings(kind)["handlers"]
        assert isinstance(handlers, dict)
        assert all(each["stream"] == "ext://sys.stderr" for each in handlers.values())
