"""The page of clients says what they are seen to do; the whole is run by hand.

python -m tests.clients.client_matrix
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.client_matrix import (
    PAGE,
    PIPS,
    Index,
    of_pip,
    of_uv,
    table_of,
)
from tests.support.live_server import live_server

pytestmark = pytest.mark.slow

LINES = table_of(PAGE.read_text())


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("made")
    home = Index.publish(folder)
    with live_server(home) as server:
        yield Index(server=server, lib=folder / "lib-1.0-py3-none-any.whl", home=home)


@pytest.mark.public_index
@pytest.mark.parametrize(("python", "version"), [("3.6", "9.0.3"), ("3.13", "26.3")])
def test_pip_does_what_the_page_says(
    index: Index, python: str, version: str, tmp_path: Path
) -> None:
    assert of_pip(index, version, python, tmp_path, tmp_path).line in LINES


def test_uv_does_what_the_page_says(index: Index, tmp_path: Path) -> None:
    found = of_uv(index, tmp_path).line.split(" | ")[2:]
    [said] = [line.split(" | ")[2:] for line in LINES if line.startswith("| uv ")]
    assert found == said


def test_the_page_has_the_oldest_and_the_newest_pip_of_each_python() -> None:
    named = [tuple(line[2:].split(" | ")[:2]) for line in LINES]
    wanted = [(f"pip {v}", python) for python, both in PIPS.items() for v in both]
    assert [each for each in wanted if each not in named] == []
