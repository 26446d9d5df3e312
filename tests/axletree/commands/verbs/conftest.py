"""What checks and collects of the verbs' tests are about."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checking import Checking, write
from tests.support.command_line import CommandLine
from tests.support.index_server import Index, serving
from tests.support.sources import (
    build_requirements,
    publish_on,
    runtime_requirements,
    sdist_of,
)
from tests.support.upstream import make_large_wheel
from tests.support.wheels import make_wheel


@pytest.fixture
def files(axletree: CommandLine) -> None:
    """Two files in a repository, of which one conflicts."""
    del axletree
    Path(".git").mkdir()
    Path("requirements").mkdir()
    write("requirements/fine.txt", "left==1", "right==1")
    write("requirements/clash.txt", "# two", "left==1", "right==2")


@pytest.fixture
def check(axletree: CommandLine, clash: Path, files: None) -> Checking:
    del files
    return Checking(axletree, clash)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """Serve `app`, which requires `base` and `large`."""
    folder = tmp_path / "up"
    with serving() as served:
        publish_on(
            served,
            make_wheel(folder, "app", "1", requires_dist=["base", "large"]),
            make_wheel(folder, "base", "1"),
            make_large_wheel(folder, "large", "1"),
        )
        yield served


@pytest.fixture
def sdist_index(tmp_path: Path) -> Iterator[Index]:
    """Serve `small-thing` as an sdist, with all that it needs to be built and used."""
    folder = tmp_path / "up"
    with serving() as served:
        publish_on(
            served,
            sdist_of(folder, "good", "small-thing", is_static=True),
            *build_requirements(folder),
            *runtime_requirements(folder),
        )
        yield served
