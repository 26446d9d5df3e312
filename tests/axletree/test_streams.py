"""What a command is given is read once, be it a file, a pipe or standard input."""

import gzip
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import TypeAlias

import pytest

from axletree import reading
from axletree.commands.options import input_files
from tests.support.command_line import CommandLine, Ran, write_universe
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel

TARGET = ("--python-version", "3.11", "--python-platform", "linux")
Stream: TypeAlias = Callable[[str | bytes], str]
"""What a pipe holds -> its path."""


@pytest.fixture
def stream() -> Iterator[Stream]:
    """Make pipes as a shell's `<(…)` does."""
    opened: list[int] = []

    def make(content: str | bytes) -> str:
        out, into = os.pipe()
        opened.append(out)
        with os.fdopen(into, "wb") as pipe:
            pipe.write(content.encode() if isinstance(content, str) else content)
        return f"/dev/fd/{out}"

    yield make
    for descriptor in opened:
        os.close(descriptor)


@pytest.fixture
def stdin(stream: Stream) -> Iterator[Callable[[str], None]]:
    """Put something else behind standard input."""
    before = os.dup(0)

    def put(content: str) -> None:
        os.dup2(int(stream(content).rpartition("/")[2]), 0)

    yield put
    os.dup2(before, 0)
    os.close(before)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Publish two projects into the wheelhouse that commands read by themselves."""
    wheels = tmp_path / "wheels"
    made = [
        make_wheel(wheels, name, version) for name in ("one", "two") for version in "12"
    ]
    publish_all(tmp_path / "house", made)
    return tmp_path / "house"


@pytest.fixture
def universe(tmp_path: Path) -> Path:
    return write_universe(
        tmp_path / "universe.json",
        {"one 1": [], "one 2": ["two>=2"], "two 1": [], "two 2": []},
    )


def names(ran: Ran) -> list[str]:
    assert ran.code == 0, ran.err
    pins = (line.partition("==")[0] for line in ran.out.splitlines())
    return [pin for pin in pins if pin and pin[0].isalpha()]


@pytest.mark.usefixtures("house")
def test_a_pipe_beside_a_file_is_locked_over_a_wheelhouse(
    axletree: CommandLine, stream: Stream
) -> None:
    Path("a.txt").write_text("one\n")
    words = ("lock", *TARGET, "-r", "a.txt")
    # What is asked of the plain file is answered at once from then on.
    assert [names(axletree(*words)) for _ in range(2)] == [["one"], ["one"]]

    assert names(axletree(*words, "-r", stream("two\n"))) == ["one", "two"]


@pytest.mark.usefixtures("house")
def test_a_conflict_in_a_pipe_is_explained_over_a_wheelhouse(
    axletree: CommandLine, stream: Stream
) -> None:
    Path("a.txt").write_text("one==1\n")

    ran = axletree(
        "explain", "--no-repairs", *TARGET, "-r", "a.txt", "-r", stream("one==2\n")
    )

    assert ran.code == 1
    assert "one==2" in ran.out


@pytest.mark.parametrize("name", ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"])
def test_standard_input_is_a_file_by_all_its_names(
    axletree: CommandLine, universe: Path, stdin: Callable[[str], None], name: str
) -> None:
    stdin("one\n")

    assert names(axletree("lock", *TARGET, "--universe", universe, "-r", name)) == [
        "one",
        "two",
    ]


def test_a_stream_that_is_named_twice_is_read_once(
    axletree: CommandLine, universe: Path, stdin: Callable[[str], None]
) -> None:
    stdin("one==1\n")
    words = ("-r", "-", "-c", "/dev/stdin", "--base", "/dev/fd/0")

    ran = axletree("lock", *TARGET, "--universe", universe, *words)

    assert names(ran) == ["one"]
    assert "one==1" in ran.out


@pytest.mark.parametrize("option", ["-c", "--override", "--base"])
def test_a_pipe_is_taken_wherever_a_file_is(
    axletree: CommandLine, universe: Path, stream: Stream, option: str
) -> None:
    ran = axletree(
        "lock", "one", *TARGET, "--universe", universe, option, stream("one==1\n")
    )

    assert names(ran) == ["one"]
    assert "one==1" in ran.out


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("verb", ["lock", "explain", "audit", "snapshot"])
def test_a_universe_comes_through_a_pipe(
    axletree: CommandLine,
    universe: Path,
    stream: Stream,
    verb: str,
    pack: Callable[[bytes], bytes],
) -> None:
    asked = () if verb == "audit" else ("one",)
    path = stream(pack(universe.read_bytes()))

    ran = axletree(verb, *asked, *TARGET, "--universe", path)

    assert ran.code == 0, ran.err


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_check_reads_each_of_its_streams_once(
    axletree: CommandLine,
    universe: Path,
    stream: Stream,
    stdin: Callable[[str], None],
    jobs: str,
) -> None:
    stdin("one\n")
    source = ("--universe", stream(universe.read_bytes()), "-c", stream("two==1\n"))
    versions = [word for v in ("3.9", "3.10") for word in ("--python-version", v)]

    ran = axletree(
        "check", "-", *source, *versions, "--python-platform", "linux", "--jobs", jobs,
        "--json",
    )  # fmt: skip

    assert ran.code == 0, ran.err
    assert ran.out.count('"outcome": "ok"') == 2


def test_what_is_included_in_a_stream_stands_in_the_current_folder(
    axletree: CommandLine, universe: Path, stdin: Callable[[str], None], stream: Stream
) -> None:
    Path("one.txt").write_text("one==1\n")
    Path("two.txt").write_text("two\n")
    stdin("-r one.txt\n")

    ran = axletree(
        "lock", *TARGET, "--universe", universe, "-r", "-", "-r", stream("-r two.txt\n")
    )

    assert names(ran) == ["one", "two"]


def test_an_included_dash_is_a_file_of_that_name(
    axletree: CommandLine, universe: Path, stdin: Callable[[str], None]
) -> None:
    stdin("one\n")
    Path("-").write_text("two\n")
    Path("in.txt").write_text("-r -\n")

    assert names(axletree("lock", *TARGET, "--universe", universe, "-r", "in.txt")) == [
        "two"
    ]


def test_a_named_pipe_is_waited_for(
    axletree: CommandLine, universe: Path, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_text, args=("one\n",))
    writer.start()

    ran = axletree("lock", *TARGET, "--universe", universe, "-r", pipe)

    writer.join()
    assert names(ran) == ["one", "two"]


def test_a_repair_is_not_written_into_a_stream(
    axletree: CommandLine, clash: Path, stream: Stream
) -> None:
    words = ("explain", *TARGET, "--universe", clash, "--repair", "1", "--write")

    ran = axletree(*words, "-r", stream("left==1\nright==2\n"))

    assert ran.code == 2
    assert "stream cannot be written" in ran.err


def test_a_repair_is_not_written_into_a_file_that_has_changed(
    axletree: CommandLine, clash: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Path("in.txt")
    asked.write_text("left==1\nright==2\n")
    read = reading.read_bytes

    def read_and_change(path: str) -> bytes:
        raw = read(path)
        asked.write_text("left==1\nright==2\n# mine\n")
        return raw

    monkeypatch.setattr(input_files, "read_bytes", read_and_change)
    words = ("explain", *TARGET, "--universe", clash, "--repair", "1", "--write")

    ran = axletree(*words, "-r", asked)

    assert ran.code == 2
    assert "has changed since it was read" in ran.err
    assert asked.read_text().endswith("# mine\n")


@pytest.mark.parametrize("option", ["-r", "-c", "--base"])
def test_a_lock_is_not_written_over_what_it_is_made_from(
    axletree: CommandLine, universe: Path, option: str
) -> None:
    asked = Path("in.txt")
    asked.write_text("one==1\n")
    Path("link.txt").symlink_to(asked)

    ran = axletree(
        "lock", "one", *TARGET, "--universe", universe, option, asked, "-o", "link.txt"
    )

    assert ran.code == 2
    assert asked.read_text() == "one==1\n"


WORDS = {
    "-r": ("lock", "-r"),
    "-c": ("lock", "one", "-c"),
    "--override": ("lock", "one", "--override"),
    "--base": ("lock", "one", "--base"),
    "--group": ("lock", "--group"),
    "--universe": ("lock", "one", "--universe"),
    "pyproject": ("lock", "-r"),
    "-o": ("lock", "one", "-o"),
    "build": ("build",),
}


CAUSES = {
    "large": r"cannot be read: it is larger than [\d.]+ MB\n",
    "folder": r"(cannot be read: (Is a directory|it is a folder)|there is no recipe in the folder)\n",
    "no text": r"(cannot be read: it is not text in|is not|is not valid) UTF-8",
    "nothing": r"cannot be read: No such file or directory\n|is neither a file nor an",
}


@pytest.mark.parametrize("kind", CAUSES)
@pytest.mark.parametrize("option", [name for name in WORDS if name != "-o"])
def test_what_cannot_be_read_is_told(
    axletree: CommandLine, universe: Path, tmp_path: Path, option: str, kind: str
) -> None:
    path = tmp_path / ("pyproject.toml" if option == "pyproject" else "bad")
    match kind:
        case "large":
            with path.open("wb") as file:
                file.truncate(1_000_000_000)
        case "folder":
            path.mkdir()
        case "no text":
            path.write_bytes(b"\xff\xfe\xff")
        case _:
            pass
    verb, *words = WORDS[option]
    value = f"{path}:dev" if option == "--group" else str(path)
    source = (
        () if "--universe" in words or verb == "build" else ("--universe", universe)
    )
    target = () if verb == "build" else TARGET

    ran = axletree(verb, *words, value, *source, *target)

    assert ran.code == 2, ran.err
    assert re.search(CAUSES[kind], ran.err), ran.err
    assert str(path) in ran.err
    assert "Traceback" not in ran.err


def test_an_endless_stream_is_read_to_the_limit(
    axletree: CommandLine, universe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading.read_bytes, "__defaults__", (10**6,))

    ran = axletree("lock", *TARGET, "--universe", universe, "-r", "/dev/zero")

    assert ran.code == 2
    assert "larger than 1 MB" in ran.err


def test_a_snapshot_that_unpacks_to_too_much_is_refused(
    axletree: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "axletree.commands.sources.snapshots.MOST_SNAPSHOT_BYTES", 10**6
    )
    bomb = tmp_path / "bomb.json.gz"
    bomb.write_bytes(gzip.compress(b" " * 2 * 1024**2))

    ran = axletree("lock", "one", *TARGET, "--universe", bomb)

    assert ran.code == 2
    assert "larger than 1 MB" in ran.err


def test_settings_are_looked_for_in_files_alone(
    axletree: CommandLine, universe: Path
) -> None:
    os.mkfifo("pyproject.toml")

    assert names(axletree("lock", "one", *TARGET, "--universe", universe)) == [
        "one",
        "two",
    ]
