"""What only a process of its own shows: signals, pipes, a server."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.support.command_line import (
    TIMEOUT_S,
    CommandLine,
    command,
    write_universe,
)
from tests.support.index_server import Index, serving
from tests.support.schemas import validate
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel


@pytest.fixture
def slow_index() -> Iterator[Index]:
    with serving(Index(delay_s=1.0)) as served:
        yield served


def start(*words: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(*words),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["lock", "collect"])
def test_ctrl_c_leaves_nothing_half_done(
    axletree: CommandLine, slow_index: Index, verb: str
) -> None:
    axletree("init")
    Path("lock.txt").write_text("old")
    more = ("-o", "lock.txt") if verb == "lock" else ()
    process = start(verb, "one", "-i", slow_index.url, "--json", *more)
    deadline = time.monotonic() + TIMEOUT_S
    while not slow_index.asked and time.monotonic() < deadline:
        time.sleep(0.01)

    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=TIMEOUT_S)

    assert process.returncode == 130
    assert validate(json.loads(out), "error")["reference"] == "interrupted"
    assert err.strip().startswith("error: interrupted; nothing was left half done\n")
    assert "Traceback" not in err
    assert Path("lock.txt").read_text() == "old"
    assert [path.name for path in Path().iterdir()] == ["lock.txt"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("lock", "many"), 0),
        (("lock", "many", "--json"), 0),
        (("explain", "many", "absent"), 1),
        (("snapshot", "many"), 0),
    ],
)
def test_a_reader_that_goes_away_is_not_worth_a_word(
    axletree: CommandLine, tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    del axletree
    # More than a pipe holds.
    releases: dict[str, list[str]] = {f"p{at} 1": [] for at in range(1000)}
    universe = write_universe(
        tmp_path / "u.json", {"many 1": [f"p{at}" for at in range(1000)], **releases}
    )
    process = start(*words, "--universe", universe)
    assert process.stdout is not None
    assert process.stderr is not None

    process.stdout.close()

    said = process.stderr.read()
    assert "To get what is not there:" in said if code else said == ""
    assert process.wait(TIMEOUT_S) == code
    process.stderr.close()


@pytest.mark.slow
@pytest.mark.parametrize("is_json", [False, True])
def test_serve_announces_itself_serves_and_stops(
    axletree: CommandLine, tmp_path: Path, *, is_json: bool
) -> None:
    del axletree
    publish_all(tmp_path / "house", [make_wheel(tmp_path, "one", "1")])
    process = start(
        "serve", "--port", "0", "--workers", "1", *(["--json"] if is_json else [])
    )
    assert process.stdout is not None
    said = line = process.stdout.readline()
    while is_json and line and not said.endswith("}\n"):
        line = process.stdout.readline()
        said += line
    if not line:
        pytest.fail(f"it never served: {process.communicate(timeout=TIMEOUT_S)[1]}")
    if is_json:
        url = json.loads(said)["url"] + "simple/"
    else:
        url = said.removeprefix("serving ").strip()

    with urlopen(f"{url}one/") as answer:  # noqa: S310  our own server
        page = answer.read().decode()
    process.terminate()
    out, err = process.communicate(timeout=TIMEOUT_S)

    assert "one-1-py3-none-any.whl" in page
    assert (process.returncode, out) == (0, "")
    # A request that is answered while the server stops may miss its line.
    *logged, last = err.splitlines()
    assert last == "stopped"
    assert len(logged) <= 1
    assert all(" 127.0.0.1 GET /simple/one/ 200 " in line for line in logged)
