"""An operator from zero: a wheelhouse filled, carried over, served to pip and uv."""

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.clients import installed_in
from tests.support.command_line import commands_in
from tests.support.index_server import Index
from tests.support.terminal import on_a_terminal
from tests.support.walking import Walk, quoted, without_sizes

pytestmark = pytest.mark.slow

STOP_TIMEOUT_S = 30


@contextmanager
def server(walk: Walk, line: str) -> Iterator[str]:
    """Type a command that serves; give the address that it prints."""
    with subprocess.Popen(
        ["bash", "-c", f"exec {line}"],
        cwd=walk.folder,
        env=walk.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        try:
            said = process.stdout.readline()
            assert said.startswith("serving http://127.0.0.1:")
            yield said.removeprefix("serving ").strip()
        finally:
            process.terminate()
            process.wait(STOP_TIMEOUT_S)


def test_from_nothing_to_an_offline_pip_and_uv(
    walk: Walk, public: Index, tmp_path: Path
) -> None:
    (walk.folder / "requirements.txt").write_text("serving\n")
    home = walk.home / ".local/share/axletree"
    assert walk.type("axletree init").err == f"made a wheelhouse at {home}\n"

    collected = walk.type("axletree collect -r requirements.txt --index-url public")
    assert without_sizes(collected.out) == (
        "3 new of 3 files (SIZE) are in the wheelhouse; 3 projects, generation 1\n"
    )
    again = walk.type("axletree collect -r requirements.txt --index-url public")
    assert again.out.startswith("nothing to do: all 3 files")

    # Over the gap: one folder, on one medium, to a machine with no way out.
    medium = tmp_path / "medium"
    walk.type(f"tar -C ~/.local/share -cf {medium} axletree")
    other = replace(walk, home=tmp_path / "other", public="http://127.0.0.1:9/simple/")
    (other.home / ".local/share").mkdir(parents=True)
    asked = len(public.asked)
    other.type(f"tar -C ~/.local/share -xf {medium}")
    assert "\nserving==0.6 \\\n" in other.type("axletree lock serving").out
    audit = other.type("axletree audit").out
    assert "Every release can be installed, and every two projects together." in audit

    with server(other, "axletree serve --port 0 --workers 1") as url:
        simple = f"--index-url {url}"
        other.type(f"python -m pip install {simple} --target by-pip serving")
        other.type(f"uv pip install {simple} --target by-uv serving")

    installed = {"kube-13.0", "numpy-1.26", "serving-0.6"}
    assert installed_in(other.folder / "by-pip") == installed
    assert installed_in(other.folder / "by-uv") == installed
    assert len(public.asked) == asked


def test_what_stops_on_the_way_goes_on_by_the_same_command(walk: Walk) -> None:
    half = walk.type("axletree collect serving pipes==1.0 --index-url public", code=1)
    assert "axletree explain serving pipes==1.0 --index-url public" in half.err

    walk.type("axletree collect serving --index-url public")
    walk.type("axletree collect 'pipes==1.0' --index-url public")

    listed = walk.type("axletree lock 'pipes==1.0'").out
    assert "\nkube==10.0.1 \\\n" in listed


def test_a_terminal_shows_how_much_has_come_and_ctrl_c_what_was_kept(
    walk: Walk, public: Index
) -> None:
    for published in public.published:
        # So that metadata does not wait for the file that is held back.
        with ZipFile(BytesIO(published.content)) as wheel:
            (name,) = (n for n in wheel.namelist() if n.endswith("/METADATA"))
            published.metadata = wheel.read(name)
        published.is_metadata_advertised = True
    public.held["/files/numpy-1.26-py3-none-any.whl"] = threading.Event()
    line = quoted("axletree", "collect", "serving", "-i", "public")

    with on_a_terminal(["bash", "-c", line], **walk.environ) as terminal:
        shown = terminal.wait_for("downloading: 2 of 3 files")
        lines = [line for line in re.split(r"[\r\n]+", shown) if "downloading" in line]
        assert max(map(len, lines)) <= 80
        terminal.press(b"\x03")
        code = terminal.end()

    assert code == 130
    told = terminal.text[terminal.text.index("error: ") :]
    assert told.startswith("error: interrupted: 2 of 3 files are in the wheelhouse")
    # What was typed is not told once more as what helps.
    assert commands_in(told) == []
    assert "hint: the same command goes on with the rest" in told
    public.held.popitem()[1].set()
    assert walk.type("axletree collect serving -i public").out.startswith("1 new of 3")


def test_quiet_is_quiet_at_a_terminal(walk: Walk) -> None:
    line = quoted("axletree", "collect", "-q", "serving", "-i", "public")

    with on_a_terminal(["bash", "-c", line], **walk.environ) as terminal:
        assert terminal.end() == 0

    assert without_sizes(terminal.text) == (
        "3 new of 3 files (SIZE) are in the wheelhouse; 3 projects, generation 1\n"
    )
