"""Where the walks begin: an index on loopback that stands for the public one."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.index_server import Index, serving
from tests.support.walking import Walk
from tests.support.wheels import make_wheel

RELEASES: Mapping[str, tuple[str, ...]] = {
    "numpy 1.26": (),
    "numpy 2.0": (),
    "kube 10.0.1": (),
    "kube 12.0": (),
    "kube 13.0": (),
    "pipes 1.0": ("kube==10.0.1",),
    "pipes 1.1": ("kube>=12",),
    "serving 0.6": ("kube>=12", "numpy<2"),
}


@pytest.fixture
def public(tmp_path: Path) -> Iterator[Index]:
    """Serve a small index, as the one that pip is configured with."""
    index = Index()
    for release, needs in RELEASES.items():
        name, version = release.split()
        wheel = make_wheel(tmp_path / "files", name, version, requires_dist=needs)
        index.publish(name, wheel)
    with serving(index):
        yield index


@pytest.fixture
def walk(tmp_path: Path, public: Index) -> Walk:
    """Give somebody a home and a folder, with nothing in either."""
    home, folder = tmp_path / "home", tmp_path / "project"
    home.mkdir()
    folder.mkdir()
    return Walk(home=home, folder=folder, public=public.url)
