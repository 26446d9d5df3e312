"""An index that lists paths for file names: nothing is written there, and it is said."""

import hashlib
import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support.command_line import CommandLine
from tests.support.index_server import JSON_TYPE, Form, Index, serving
from tests.support.wheels import make_wheel

GOOD = "demo-1.0-py3-none-any.whl"
BAD = "demo-2.0-py3-none-any.whl"


@pytest.fixture
def index() -> Iterator[Index]:
    with serving() as served:
        yield served


def offer(index: Index, tmp_path: Path, name: str, form: Form, *, good: bool) -> None:
    """List a good file, if wanted, and one by a bad name; both can be had."""
    entries = []
    for version, listed in (("1.0", GOOD), ("2.0", name))[not good :]:
        wheel = make_wheel(tmp_path / "made", "demo", version)
        index.publish("demo", wheel)
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        entries.append((listed, f"/files/{wheel.name}", digest))
    if form == "json":
        files = [
            {"filename": listed, "url": url, "hashes": {"sha256": digest}}
            for listed, url, digest in entries
        ]
        index.raw_page = (JSON_TYPE, json.dumps({"files": files}).encode())
    else:
        anchors = [
            f'<a href="/files/{escape(quote(listed, safe=""))}#sha256={digest}">x</a>'
            for listed, _, digest in entries
        ]
        index.raw_page = ("text/html", "".join(anchors).encode())


def tree(folder: Path, *but: str) -> list[str]:
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.relative_to(folder).parts[0] not in but
    )


@pytest.mark.parametrize("form", ["json", "html"])
@pytest.mark.parametrize("command", ["lock", "collect"])
@pytest.mark.parametrize("name", ["ABSOLUTE", f"../../{BAD}", f"..\\..\\{BAD}"])
def test_a_path_is_left_out_and_nothing_is_written_there(  # noqa: PLR0913, PLR0917  fixtures and a table
    axletree: CommandLine,
    index: Index,
    tmp_path: Path,
    form: Form,
    command: str,
    name: str,
) -> None:
    name = name.replace("ABSOLUTE", str(tmp_path / "prey" / BAD))
    offer(index, tmp_path, name, form, good=True)
    before = tree(tmp_path, "house", "cache")

    ran = axletree(command, "demo", "-i", index.url)

    assert ran.code == 0, ran.err
    assert tree(tmp_path, "house", "cache") == before


def test_what_is_left_out_is_a_note(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    offer(index, tmp_path, f"../{BAD}", "json", good=True)

    ran = axletree("lock", "demo", "-i", index.url)

    assert ran.code == 0
    note = f"demo: left out of its page: ../{BAD} (its name is a path)"
    assert note in " ".join(ran.err.split())


@pytest.mark.parametrize("command", ["lock", "explain"])
@pytest.mark.parametrize("wanted", ["demo", "demo==2.0", "demo>1"])
def test_no_such_version_is_not_said_without_what_was_left_out(
    axletree: CommandLine, index: Index, tmp_path: Path, command: str, wanted: str
) -> None:
    offer(index, tmp_path, f"../{BAD}", "json", good=wanted != "demo")

    ran = axletree(command, wanted, "-i", index.url)

    assert ran.code == 1
    said = " ".join((ran.out + ran.err).split())
    assert f"left out of its page: ../{BAD} (its name is a path)" in said


def test_a_file_of_another_project_is_not_downloaded(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    offer(index, tmp_path, "numpy-2.0-py3-none-any.whl", "json", good=True)

    ran = axletree("collect", "demo", "-i", index.url)

    assert ran.code == 0, ran.err
    assert not [path for path in index.paths() if "2.0" in path]


def test_a_snapshot_with_a_path_is_refused(
    axletree: CommandLine, tmp_path: Path
) -> None:
    name = str(tmp_path / "prey" / BAD)
    document = {
        "format": "axletree.universe/1",
        "projects": {"demo": [{"filename": name}]},
    }
    Path("universe.json").write_text(json.dumps(document))

    ran = axletree("lock", "demo", "--universe", "universe.json")

    assert ran.code == 2
    assert "its name is a path" in ran.err
