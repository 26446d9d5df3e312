"""No index can harm us, or stop us without a word."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, Ran
from tests.support.hostile_behaviour import SCALED, Behaviour
from tests.support.hostile_entries import ENTRIES, HASHES, NAMES
from tests.support.hostile_files import METADATA, WHEELS
from tests.support.hostile_index import Site, hostile
from tests.support.hostile_pages import PAGES


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
