"""What is not there is told with the source that was asked, and with what brings it."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, Ran
from tests.support.index_server import Index, serving
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel

TARGET = ("--python-version", "3.9", "--python-platform", "linux")


@pytest.fixture
def index() -> Iterator[Index]:
    with serving() as served:
        yield served


def said(ran: Ran) -> str:
    """Give the fact on what is not there, on one line."""
    _, _, fact = " ".join(ran.out.split()).partition("2. there is no project named ")
    return fact.partition(" What helps")[0].partition(" pip would")[0]


def commands(ran: Ran) -> list[str]:
    lines = [line.strip() for line in ran.err.splitlines()]
    return [line for line in lines if line.startswith("axletree")]


def test_an_empty_wheelhouse_is_called_empty_and_commands_help(
    axletree: CommandLine, tmp_path: Path
) -> None:
    axletree("init")

    ran = axletree("lock", "nope", *TARGET)

    words = shlex.join(("nope", *TARGET))
    assert ran.code == 1
    assert said(ran) == f"nope in the wheelhouse at {tmp_path}/house, which is empty"
    assert commands(ran) == [
        f"axletree collect {words}",
        f"axletree lock {words} --index-url public",
        f"axletree explain {words}",
    ]


def test_a_wheelhouse_with_other_projects_is_named_in_every_way_to_be_told(
    axletree: CommandLine, tmp_path: Path
) -> None:
    publish_all(tmp_path / "house", [make_wheel(tmp_path, "one", "1")])
    place = f"nope in the wheelhouse at {tmp_path}/house"

    whole = axletree("explain", "nope", *TARGET)
    for _ in range(2):  # the second time, without repairs, from compiled tables
        quick = axletree("explain", "nope", *TARGET, "--no-repairs")
        assert said(quick) == place

    assert said(whole) == place
    assert commands(whole)[-1].endswith("--upstream public")


def test_an_index_a_folder_and_a_snapshot_are_named(
    axletree: CommandLine, index: Index, tmp_path: Path, clash: Path
) -> None:
    (tmp_path / "links").mkdir()
    at = f"the index at {index.url.rstrip('/')}"
    wheels = f"the folder {tmp_path}/links"

    over_index = axletree("lock", "nope", "-i", index.url)
    over_folder = axletree("lock", "nope", "-f", tmp_path / "links")
    over_both = axletree("lock", "nope", "-f", tmp_path / "links", "-i", index.url)
    over_snapshot = axletree("lock", "nope", "--universe", clash)

    assert said(over_index).rstrip("/") == f"nope in {at}"
    assert commands(over_index)[0].endswith("--extra-index-url public")
    assert said(over_folder) == f"nope in {wheels}"
    assert commands(over_folder)[0].endswith("--index-url public")
    assert said(over_both).rstrip("/") == f"nope in {wheels} or {at}"
    assert said(over_snapshot) == f"nope in the snapshot {clash}"
    assert commands(over_snapshot)[0] == "axletree lock nope --index-url public"


def test_of_the_public_index_one_s_own_folder_is_what_may_help(
    axletree: CommandLine, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", index.url)

    ran = axletree("lock", "nope", "-i", "public")

    assert ran.code == 1
    assert commands(ran)[0] == "axletree lock nope -i public --find-links DIR"


def test_a_login_is_not_shown(axletree: CommandLine, index: Index) -> None:
    url = index.url.replace("://", "://me:secret@")

    ran = axletree("lock", "nope", "-i", url)

    assert "secret" not in ran.out + ran.err
    assert index.url.rstrip("/") in said(ran)
