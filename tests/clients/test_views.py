"""Real pip and uv through a view, also with a second index that has names of ours."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from axletree.builder.interpreters.uv_program import uv_program
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.views.keeping import Views
from tests.support.clients import installed_in, run_client
from tests.support.index_server import Index, serving
from tests.support.live_server import live_server
from tests.support.sources import publish_on
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

LATER = datetime(2999, 1, 1, tzinfo=UTC)
EARLIER = datetime(2000, 1, 1, tzinfo=UTC)
POLICY = b"[[blocked]]\nreleases = 'acme>=2'\nreason = 'no'\n"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve acme 1.0 and 2.0, and three views of them."""
    folder = tmp_path_factory.mktemp("ours")
    home = folder / "house"
    publish_all(home, [make_wheel(folder, "acme", v) for v in ("1.0", "2.0")])
    with Wheelhouse.open(home) as house:
        views = Views(house=house)
        views.make("all", exclude_newer=LATER, policy=None)
        views.make("none", exclude_newer=EARLIER, policy=None)
        views.make("old", exclude_newer=None, policy=(POLICY, "policy.toml"))
    with live_server(home) as server:
        yield f"{server.url.removesuffix('simple/').rstrip('/')}/"


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("theirs")
    with serving() as index:
        for name in ("acme", "public"):
            publish_on(index, make_wheel(folder, name, "9.0"))
        yield index


PIP = (sys.executable, "-m", "pip", "install", "-q")
UV = (str(uv_program()), "pip", "install", "--python", sys.executable)


@pytest.mark.parametrize(
    ("view", "version"), [("all", "2.0"), ("old", "1.0"), ("old/g/1", "1.0")]
)
@pytest.mark.parametrize("installer", [PIP, UV], ids=["pip", "uv"])
def test_installers_take_what_a_view_leaves(
    ours: str, tmp_path: Path, installer: tuple[str, ...], view: str, version: str
) -> None:
    target = tmp_path / "target"
    url = f"{ours}views/{view}/simple/"
    run_client([*installer, "--target", target, "--index-url", url, "acme"], tmp_path)
    assert installed_in(target) == {f"acme-{version}"}


@pytest.mark.parametrize(
    "place",
    [
        *("views/none/simple/", "views/mistyped/simple/", "g/99/simple/"),
        # The end of the address is forgotten.
        "",
    ],
)
def test_uv_takes_no_name_of_ours_from_the_next_index(
    ours: str, theirs: Index, tmp_path: Path, place: str
) -> None:
    target = tmp_path / "target"
    both = ("--index", f"{ours}{place}", "--default-index", theirs.url)
    words: list[str | Path] = [*UV, "--no-cache", "--target", target, *both, "acme"]
    with pytest.raises(AssertionError):
        run_client(words, tmp_path)
    assert not installed_in(target)
    assert not [path for path in theirs.paths() if "acme" in path]


def test_uv_takes_other_names_from_the_next_index(
    ours: str, theirs: Index, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    both = ("--index", f"{ours}views/old/simple/", "--default-index", theirs.url)
    words: list[str | Path] = [
        *UV,
        "--no-cache",
        "--target",
        target,
        *both,
        "acme",
        "public",
    ]
    run_client(words, tmp_path)
    assert installed_in(target) == {"acme-1.0", "public-9.0"}
