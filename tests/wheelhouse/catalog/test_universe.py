from pathlib import Path

from packaging.utils import canonicalize_name

from axletree.resolver.model.distribution import (
    FileMetadata,
    UnusableMetadata,
)
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.catalog.universe import WheelhouseUniverse
from axletree.wheelhouse.model import IncomingFile
from tests.support.wheels import make_sdist, make_wheel

DEMO = canonicalize_name("demo")
GONE = canonicalize_name("gone")


def add(wheelhouse: Wheelhouse, *paths: Path) -> None:
    files = [
        IncomingFile(path=path, filename=path.name, origin="test") for path in paths
    ]
    publish(wheelhouse, files)


def test_pages_and_metadata_come_from_the_wheelhouse(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    wheel = make_wheel(
        tmp_path, "demo", "1.0", requires_dist=["six"], requires_python=">=3.8"
    )
    sdist = make_sdist(tmp_path, "demo", "2.0", dynamic=["Requires-Dist"])
    add(wheelhouse, wheel, sdist)
    universe = WheelhouseUniverse(wheelhouse)

    pages = universe.pages([DEMO, GONE])

    assert pages[GONE] is None
    page = pages[DEMO]
    assert page is not None
    built, unbuilt = page.files
    assert (built.filename, built.version, built.tag) == (
        wheel.name,
        "1.0",
        "py3-none-any",
    )
    metadata = universe.metadata([built, unbuilt])
    assert metadata[built] == FileMetadata(
        requires_dist=("six",), requires_python=">=3.8"
    )
    assert isinstance(metadata[unbuilt], UnusableMetadata)


def test_a_universe_keeps_its_generation(
    wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    add(wheelhouse, make_wheel(tmp_path, "demo", "1.0"))
    universe = WheelhouseUniverse(wheelhouse)

    add(wheelhouse, make_wheel(tmp_path, "demo", "2.0"))

    page = universe.pages([DEMO])[DEMO]
    assert page is not None
    assert [file.version for file in page.files] == ["1.0"]
