"""Real uv over the same two indexes: the same version from the same one of them.

A version that the first index has for another Python alone is left out: uv looks no
further then (docs/explanation/differences.md).
"""

import re
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias
from zipfile import ZipFile

import pytest

from tests.support.clients import client_environment
from tests.support.command_line import run_process
from tests.support.index_server import Index, serving
from tests.support.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.slow

UV = Path(sysconfig.get_path("scripts")) / "uv"
TARGET = ("--python-version", "3.11", "--python-platform", "linux")
FOREIGN = "cp38-cp38-manylinux_2_17_x86_64"
NATIVE = "cp311-cp311-manylinux_2_17_x86_64"

Make: TypeAlias = Callable[[Path], Path]


def wheel(version: str, tag: str = "py3-none-any", text: str = "") -> Make:
    files = {"one.py": text}
    return lambda folder: make_wheel(folder, "one", version, tag=tag, files=files)


def sdist(version: str) -> Make:
    return lambda folder: make_sdist(folder, "one", version)


@pytest.fixture
def indexes() -> Iterator[tuple[Index, Index]]:
    with serving() as first, serving() as second:
        yield first, second


@pytest.mark.parametrize(
    ("on_first", "on_second"),
    [
        pytest.param([wheel("1")], [wheel("2")], id="newer on the second"),
        pytest.param([wheel("2")], [wheel("1")], id="newer on the first"),
        pytest.param([], [wheel("1")], id="on the second alone"),
        pytest.param([sdist("1")], [wheel("1")], id="sdist before wheel"),
        pytest.param([wheel("1")], [wheel("1", tag=NATIVE)], id="pure before native"),
        pytest.param([wheel("1", tag=FOREIGN)], [wheel("1")], id="unusable by tag"),
        pytest.param([wheel("1", tag=FOREIGN)], [sdist("1")], id="an sdist further on"),
        pytest.param(
            [wheel("1", text="first = 1")],
            [wheel("1", text="second = 2")],
            id="the same name twice",
        ),
        pytest.param([wheel("2"), wheel("1")], [wheel("2a1")], id="pre-release"),
    ],
)
@pytest.mark.parametrize("strategy", ["first-index", "unsafe-best-match"])
def test_uv_takes_the_same_version_from_the_same_index(
    indexes: tuple[Index, Index],
    on_first: list[Make],
    on_second: list[Make],
    strategy: str,
    tmp_path: Path,
) -> None:
    for index, makes in zip(indexes, (on_first, on_second), strict=True):
        for make in makes:
            publish(index, make(tmp_path / index.origin[-5:]))
    first, second = (index.url for index in indexes)
    option = ("--index-strategy", strategy)

    words = ("lock", "one", *TARGET, "-i", first, "--extra-index-url", second, *option)
    ours = run_process(*words, AXLETREE_CACHE_DIR=str(tmp_path / "cache"))
    theirs = uv(tmp_path, "--default-index", second, "--index", first, *option)

    assert (ours.code == 0) == (theirs is not None), ours.err
    assert theirs is None or locked(ours.out) == locked(theirs)


def publish(index: Index, file: Path) -> None:
    published = index.publish("one", file)
    if file.suffix == ".whl":
        with ZipFile(file) as archive:
            [name] = [n for n in archive.namelist() if n.endswith("/METADATA")]
            published.metadata = archive.read(name)
        published.is_metadata_advertised = True


def uv(home: Path, *words: str) -> str | None:
    """Ask uv; None if it finds no solution."""
    requirements = home / "one.in"
    requirements.write_text("one\n")
    options = ("--no-config", "--no-cache", "--no-header", "--generate-hashes")
    done = subprocess.run(
        [UV, "pip", "compile", *options, *TARGET, *words, requirements],
        env=client_environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        assert "No solution found" in done.stderr, done.stderr
        return None
    return done.stdout


def locked(lock: str) -> list[str]:
    """List the pins and hashes of a lock."""
    return sorted(re.findall(r"^one==\S+|sha256:[0-9a-f]+", lock, re.MULTILINE))
