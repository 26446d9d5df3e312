"""No index can harm us, or stop us without a word."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest

from axletree.server.serving.app import create_app
from tests.support.command_line import CommandLine, Ran
from tests.support.hostile_behaviour import SCALED, Behaviour
from tests.support.hostile_entries import ENTRIES, HASHES, NAMES
from tests.support.hostile_files import METADATA, WHEELS
from tests.support.hostile_index import JSON_TYPE, Site, hostile
from tests.support.hostile_pages import PAGES

pytestmark = pytest.mark.slow


@pytest.fixture
def site(
    axletree: CommandLine,  # noqa: ARG001  its environment
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Site]:
    """Serve what harms, and bound it so that each case is over in a moment."""
    for name, value in SCALED.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "outside").mkdir()
    with hostile(tmp_path / "made", tmp_path / "outside") as served:
        yield served


def _cases() -> Iterator[object]:
    for behaviour in (*PAGES, *NAMES, *ENTRIES, *HASHES, *METADATA, *WHEELS):
        marks = [pytest.mark.slow] if behaviour.is_slow else []
        yield pytest.param(behaviour, id=behaviour.name, marks=marks)


def _check(ran: Ran, code: int, behaviour: Behaviour) -> None:
    said = ran.out + ran.err
    assert ran.code == code, said
    assert "Traceback" not in said
    assert "\x1b" not in said
    if code in {3, 4}:
        assert ran.err.count("error: ") == 1
    assert behaviour.name


@pytest.mark.parametrize("behaviour", list(_cases()))
def test_an_index_does_no_harm(
    site: Site,
    axletree: CommandLine,
    tmp_path: Path,
    behaviour: Behaviour,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AXLETREE_RETRIES", str(behaviour.retries))
    behaviour.do(site)
    index = ("-i", site.url)
    before = sorted(tmp_path.iterdir())

    locked = axletree("lock", "p", *index, "-o", "lock.txt")
    collected = axletree("collect", "p", *index)
    explained = axletree("explain", "p", *index)

    _check(locked, behaviour.lock, behaviour)
    _check(collected, behaviour.collects, behaviour)
    _check(explained, behaviour.explains, behaviour)
    assert behaviour.says in collected.out + collected.err
    if behaviour.locks:
        assert f"p=={behaviour.locks} " in Path("lock.txt").read_text()
    assert list((tmp_path / "outside").iterdir()) == []
    unexpected = set(tmp_path.iterdir()) - {*before, tmp_path / "house"}
    assert unexpected <= {tmp_path / "cache", tmp_path / "user"}


_SERVED = [
    *(one for one in HASHES if one.collects == 0 and one.explains == 0),
    *(one for one in NAMES if "OUTSIDE" in one.name or "\\x" in one.name),
    *(one for one in WHEELS if one.name.startswith("METADATA")),
]


@pytest.mark.parametrize("behaviour", [pytest.param(b, id=b.name) for b in _SERVED])
def test_what_was_collected_is_served_and_nothing_else(
    site: Site, axletree: CommandLine, tmp_path: Path, behaviour: Behaviour
) -> None:
    behaviour.do(site)
    assert axletree("collect", "p", "-i", site.url).code == 0

    with create_app(tmp_path / "house").test_client() as client:
        page = client.get("/simple/p/", headers={"Accept": JSON_TYPE}).get_json()
        (listed,) = page["files"]
        # Links lead upwards from the page.
        url = urljoin("/simple/p/", listed["url"])
        content = client.get(url).get_data()

    version = behaviour.locks or listed["filename"].split("-")[1]
    assert listed["filename"] == f"p-{version}-py3-none-any.whl"
    assert listed["hashes"] == {"sha256": hashlib.sha256(content).hexdigest()}
