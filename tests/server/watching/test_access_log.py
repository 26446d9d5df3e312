"""Each request is one line, whatever the client sends."""

import io
import json
import logging
import logging.config
from dataclasses import replace

import pytest

from axletree.server.watching.access_log import (
    Answered,
    JsonRecord,
    TextRecord,
    json_line,
    log_settings,
    logbook,
    text_line,
)

LONG = "/simple/" + "a" * 5000 + "/"
ANSWERED = Answered(
    at=1638360000.0,
    address="10.0.3.7",
    method="GET",
    path="/simple/spam/",
    status=200,
    sent_bytes=4242,
    seconds=0.00124,
    request_id="a1-7",
)


def test_a_line_says_who_asked_for_what_and_what_came_of_it() -> None:
    assert text_line(ANSWERED) == (
        "2021-12-01T12:00:00Z 10.0.3.7 GET /simple/spam/ 200 1.2 ms a1-7\n"
    )
    assert json.loads(json_line(ANSWERED)) == {
        "time": "2021-12-01T12:00:00Z",
        "address": "10.0.3.7",
        "method": "GET",
        "path": "/simple/spam/",
        "status": 200,
        "bytes": 4242,
        "milliseconds": 1.2,
        "request_id": "a1-7",
    }


@pytest.mark.parametrize(
    "path", ["/a\nb", "/a\r\nb", "/\x1b[31m", "/\u2028b", "/\udcff", "/\x85b", LONG]
)
def test_a_path_begins_no_line_and_steers_no_terminal(path: str) -> None:
    for write in (text_line, json_line):
        line = write(replace(ANSWERED, path=path))
        assert len(line.splitlines()) == 1
        assert "\x1b" not in line
        line.encode()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/simple/a 200 0.1 ms id", "/simple/a%20200%200.1%20ms%20id"),
        ("/simple/\u00c3\u00bc/", "/simple/%C3%BC/"),
        ("/files/a-1.0+axle.1.whl", "/files/a-1.0+axle.1.whl"),
        ("/a%20b", "/a%2520b"),
    ],
)
def test_a_path_is_one_word_as_the_client_wrote_it(path: str, told: str) -> None:
    answered = replace(ANSWERED, path=path)
    assert text_line(answered).split(" ")[3] == told
    assert json.loads(json_line(answered))["path"] == told


def test_probes_that_found_all_well_are_left_out() -> None:
    stream = io.StringIO()
    note = logbook("text", stream)
    assert note is not None
    for path in ("/readyz", "/healthz", "/metrics"):
        note(replace(ANSWERED, path=path))
    assert stream.getvalue() == ""
    note(replace(ANSWERED, path="/readyz", status=503))
    note(ANSWERED)
    assert len(stream.getvalue().splitlines()) == 2


def test_a_log_that_nobody_takes_stops_nothing() -> None:
    stream = io.StringIO()
    note = logbook("json", stream)
    assert note is not None
    stream.close()
    note(ANSWERED)


def test_no_log_is_written_where_none_is_wanted() -> None:
    assert logbook("none") is None


def test_all_of_it_goes_to_stderr() -> None:
    for kind in ("text", "json", "none"):
        handlers = log_settings(kind)["handlers"]
        assert isinstance(handlers, dict)
        assert all(each["stream"] == "ext://sys.stderr" for each in handlers.values())


def test_what_the_server_says_besides_names_its_request() -> None:
    record = logging.LogRecord("x", logging.ERROR, "", 0, "it %s", ("broke",), None)
    assert TextRecord().format(record) == "[ERROR] it broke"
    record.request_id = "a1-7"
    assert TextRecord().format(record) == "[ERROR] it broke (request a1-7)"
    document = json.loads(JsonRecord().format(record))
    assert (document["level"], document["message"]) == ("error", "it broke")
    assert document["request_id"] == "a1-7"
