"""What only a process of its own shows: signals, pipes, a server."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from axletree.wheelhouse.catalog.house import Wheelhouse
from tests.support.command_line import (
    TIMEOUT_S,
    CommandLine,
    command,
    write_universe,
)
from tests.support.index_server import Index, serving
from tests.support.schemas import validate
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_metadata, make_wheel


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


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["lock", "collect"])
def test_ctrl_c_leaves_nothing_half_done(
    axletree: CommandLine, slow_index: Index, verb: str
) -> None:
    axletree("init")
    Path("lock.txt").write_text("old")
    more = ("-o", "lock.txt") if verb == "lock" else ()
    process = start(verb, "one", "-i", slow_index.url, "--json", *more)
    wait_until(lambda: bool(slow_index.asked))

    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=TIMEOUT_S)

    assert process.returncode == 130
    assert validate(json.loads(out), "error")["reference"] == "interrupted"
    assert err.strip().startswith("error: interrupted; nothing was left half done\n")
    assert "Traceback" not in err
    assert Path("lock.txt").read_text() == "old"
    assert [path.name for path in Path().iterdir()] == ["lock.txt"]


@pytest.fixture
def index_of_six(tmp_path: Path) -> Iterator[Index]:
    """Serve `all`, which requires five others; the file of `p4` never ends."""
    index = Index()
    names = [f"p{number}" for number in range(1, 6)]
    for name in ("all", *names):
        needs = names if name == "all" else []
        wheel = make_wheel(tmp_path, name, "1", requires_dist=needs)
        published = index.publish(name, wheel)
        published.metadata = make_metadata(name, "1", requires_dist=needs)
        published.is_metadata_advertised = True
    with serving(index) as served:
        served.held["/files/p4-1-py3-none-any.whl"] = threading.Event()
        yield served


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("times", [1, 2])
def test_a_collect_that_is_stopped_keeps_what_is_whole(
    axletree: CommandLine,
    tmp_path: Path,
    index_of_six: Index,
    number: signal.Signals,
    times: int,
) -> None:
    axletree("init")
    process = start("collect", "all", "-i", index_of_six.url)
    incoming = tmp_path / "house" / "incoming"
    wait_until(lambda: len(list(incoming.glob("run-*/*.whl"))) == 5)

    for _ in range(times):
        os.killpg(process.pid, number)
        time.sleep(0.02)
    out, err = process.communicate(timeout=TIMEOUT_S)

    assert (process.returncode, out) == (130, "")
    told = err[err.index("error: ") :].splitlines()
    kept = "5 of 6 files are in the wheelhouse, and nothing is left half done"
    assert told[:4] == [
        f"error: interrupted: {kept}",
        f"  where: {tmp_path / 'house'}",
        "  hint: the same command goes on with the rest",
        "  docs: axletree docs interrupted",
    ]
    assert "Traceback" not in err
    assert list(incoming.iterdir()) == []
    index_of_six.held.pop("/files/p4-1-py3-none-any.whl").set()
    again = axletree("collect", "all", "-i", index_of_six.url)
    assert again.code == 0
    assert again.out.startswith("1 new of 6 files")


@pytest.mark.slow
def test_another_that_writes_is_waited_for_with_a_word(
    axletree: CommandLine, tmp_path: Path
) -> None:
    axletree("init")
    wheel = make_wheel(tmp_path, "one", "1")
    with Wheelhouse.open(tmp_path / "house") as house:
        with house.publishing():
            process = start("add", wheel)
            quiet = start("add", "-q", wheel)
            assert process.stderr is not None
            said = process.stderr.readline()
        out, err = process.communicate(timeout=TIMEOUT_S)
        assert quiet.communicate(timeout=TIMEOUT_S)[1] == ""
    home = tmp_path / "house"
    assert said == f"another process writes to {home}: waiting until it is done\n"
    assert (process.returncode, err) == (0, "")
    assert "generation 1" in out


@pytest.mark.slow
def test_sigterm_stops_any_command_like_ctrl_c(
    axletree: CommandLine, slow_index: Index
) -> None:
    del axletree
    process = start("lock", "one", "-i", slow_index.url)
    wait_until(lambda: bool(slow_index.asked))

    process.terminate()
    out, err = process.communicate(timeout=TIMEOUT_S)

    assert (process.returncode, out) == (130, "")
    assert err.strip().startswith("error: interrupted; nothing was left half done\n")


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
