"""A wheelhouse that can only be read: resolved over, explained, served, never written.

The first case is `build-and-serve/07-read-only-wheelhouse` of the shared cases
(devpi/devpi#952), without the public index.
"""

import re
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit

import pytest

from axletree.server.live.index import FRESH_FOR_S
from tests.axletree.commands.verbs.test_build import RECIPE
from tests.axletree.commands.verbs.test_lock import pins
from tests.support.command_line import run_process
from tests.support.isolation import require_isolation
from tests.support.live_server import live_server
from tests.support.read_only import (
    behind_read_only_mount,
    content_of,
    given_away,
    held_open,
    on_read_only_file_system,
)
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

TARGET = ("--python-version", "3.11", "--python-platform", "linux")
ASKED = ("six", *TARGET)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    publish_all(tmp_path / "home", [make_wheel(tmp_path, "six", "1.0")])
    return tmp_path / "home"


@pytest.fixture
def seen(home: Path) -> Path:
    """Name the folder at which the wheelhouse is seen behind a read-only mount."""
    require_isolation()
    return home.with_name("seen")


def pinned(words: tuple[str, ...], home: Path, launcher: list[str]) -> list[str]:
    ran = run_process(
        *words,
        launcher=launcher,
        AXLETREE_HOME=str(home),
        AXLETREE_CACHE_DIR=str(home.with_name("cache")),
    )
    assert ran.code == 0, ran.err
    return pins(ran.out)


def test_behind_a_read_only_mount_it_is_resolved_over(home: Path, seen: Path) -> None:
    launcher = behind_read_only_mount(home, seen)
    before = content_of(home)

    # At first by the command, then from its tables, then by the command again.
    for words in (("lock", *ASKED), ("lock", *ASKED), ("lock", *ASKED, "--pre")):
        assert pinned(words, seen, launcher) == ["six==1.0"]

    assert content_of(home) == before


def test_behind_a_read_only_mount_each_answer_is_of_what_a_writer_has_published(
    home: Path, seen: Path, tmp_path: Path
) -> None:
    launcher = behind_read_only_mount(home, seen)
    with held_open(home):
        for number in (2, 3):
            publish_all(home, [make_wheel(tmp_path, "six", f"{number}.0")])
            assert pinned(("lock", *ASKED), seen, launcher) == [f"six=={number}.0"]
    publish_all(home, [make_wheel(tmp_path, "six", "4.0")])
    assert pinned(("lock", *ASKED, "--pre"), seen, launcher) == ["six==4.0"]
    assert pinned(("lock", *ASKED), seen, launcher) == ["six==4.0"]


@pytest.mark.parametrize("is_live", [False, True])
def test_behind_a_read_only_mount_it_is_served_as_it_grows(
    home: Path, seen: Path, tmp_path: Path, *, is_live: bool
) -> None:
    launcher = behind_read_only_mount(home, seen)
    with live_server(seen, workers=2, launcher=launcher) as server, ExitStack() as held:
        assert versions_on(server.index_url) == ["1.0"]
        if is_live:
            held.enter_context(held_open(home))
        for number in (2, 3):
            publish_all(home, [make_wheel(tmp_path, "six", f"{number}.0")])
            wanted = [f"{every}.0" for every in range(1, number + 1)]
            sleep(2 * FRESH_FOR_S)
            # Whichever worker answers.
            assert [versions_on(server.index_url) for _ in range(6)] == [wanted] * 6


def versions_on(index_url: str) -> list[str]:
    address = urlsplit(index_url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=30)
    connection.request("GET", f"{address.path}six/")
    page = connection.getresponse().read().decode()
    connection.close()
    return sorted(re.findall(r">six-([0-9.]+)-py3", page))


def test_another_account_s_is_resolved_over_and_served(home: Path) -> None:
    launcher = given_away(home, is_readable=True)
    before = content_of(home)

    for _ in range(2):
        assert pinned(("lock", *ASKED), home, launcher) == ["six==1.0"]
    with live_server(home, launcher=launcher) as server:
        assert versions_on(server.index_url) == ["1.0"]

    assert content_of(home) == before


@pytest.mark.parametrize(
    "words", [("lock", *ASKED), ("explain", *ASKED), ("serve", "--port", "0")]
)
def test_another_account_s_that_is_private_is_exit_3(
    home: Path, words: tuple[str, ...]
) -> None:
    launcher = given_away(home, is_readable=False)
    ran = run_process(*words, "--json", launcher=launcher, AXLETREE_HOME=str(home))

    document = ran.document("error")
    assert (ran.code, document["reference"]) == (3, "storage-failed")
    assert "cannot be read: Permission denied" in str(document["what"])
    assert "owner" in str(document["hint"])


@pytest.mark.parametrize("way", ["mounted", "foreign"])
@pytest.mark.parametrize(
    "words", [("collect", "six", "-i", "http://127.0.0.1:9/simple/"), ("build",)]
)
def test_what_writes_is_exit_3_and_leaves_all_as_it_was(
    home: Path, seen: Path, words: tuple[str, ...], way: str
) -> None:
    if words == ("build",):
        recipe = home.with_name("recipe.toml")
        recipe.write_text(
            RECIPE.format(git="https://git.invalid/six", commit="0" * 40, python="3.11")
        )
        words = ("build", str(recipe))
    is_mounted = way == "mounted"
    launcher = (
        behind_read_only_mount(home, seen)
        if is_mounted
        else given_away(home, is_readable=True)
    )
    before = content_of(home)

    ran = run_process(
        *words,
        "--json",
        launcher=launcher,
        AXLETREE_HOME=str(seen if is_mounted else home),
    )

    document = ran.document("error")
    assert (ran.code, document["reference"]) == (3, "read-only-wheelhouse"), ran.err
    assert "can only be read" in str(document["what"])
    assert content_of(home) == before


def test_on_a_read_only_file_system_it_is_resolved_over_and_served(home: Path) -> None:
    launcher = on_read_only_file_system(home, home.with_name("medium"))

    for words in (("lock", *ASKED), ("lock", *ASKED), ("lock", *ASKED, "--pre")):
        assert pinned(words, home.with_name("medium"), launcher) == ["six==1.0"]
    with live_server(home.with_name("medium"), launcher=launcher) as server:
        assert versions_on(server.index_url) == ["1.0"]


def test_a_log_that_came_along_on_a_medium_is_read(home: Path, tmp_path: Path) -> None:
    with held_open(home) as writer:
        publish_all(home, [make_wheel(tmp_path, "six", "2.0")])
        writer.execute("SELECT count(*) FROM files").fetchall()
        assert (home / "wheelhouse.sqlite-wal").stat().st_size
        launcher = on_read_only_file_system(home, home.with_name("medium"))

        for words in (("lock", *ASKED), ("lock", *ASKED), ("lock", *ASKED, "--pre")):
            assert pinned(words, home.with_name("medium"), launcher) == ["six==2.0"]
