"""From an explained conflict to an installed wheel, by the commands that are shown.

The conflict is that of kubeflow-fairing 1.0.2, with its own pins; the projects are small
stand-ins.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from axletree.wheelhouse.catalog.house import Wheelhouse
from tests.axletree.commands.verbs.test_explain import commands_in
from tests.support.clients import installed_in, run_client
from tests.support.command_line import CommandLine
from tests.support.index_server import Index, serving
from tests.support.sources import build_requirements, publish_on, sources_of
from tests.support.wheelhouses import published_in
from tests.support.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.slow

PINS = ["kubernetes==10.0.1", "urllib3==1.24.2", "requests<2.23,>=2.21.0"]
ASKED = ("kubeflow-fairing==1.0.2", "kubernetes>=12", "urllib3>=1.26", "requests>=2.27")
BUILT = "kubeflow_fairing-1.0.2+axle.1-py3-none-any.whl"


@pytest.fixture
def fairing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    folder = str(Path(sys.executable).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([folder, os.environ["PATH"]]))
    up = tmp_path / "up"
    files = sources_of("good", "kubeflow-fairing", version="1.0.2", dependencies=PINS)
    name = "kubeflow-fairing"
    with serving() as index:
        publish_on(
            index,
            make_sdist(up, name, "1.0.2", files=files, requires_dist=PINS),
            make_wheel(up, name, "1.0.2", requires_dist=PINS),
            make_wheel(up, "kubernetes", "10.0.1"),
            make_wheel(up, "kubernetes", "12.0.1", requires_dist=["urllib3>=1.24.2"]),
            make_wheel(up, "urllib3", "1.24.2"),
            make_wheel(up, "urllib3", "1.26.8"),
            make_wheel(up, "requests", "2.22.0", requires_dist=["urllib3<1.26"]),
            make_wheel(up, "requests", "2.27.1", requires_dist=["urllib3<1.27,>=1.21"]),
            *build_requirements(up),
        )
        yield index


def test_the_fairing_override_becomes_an_installed_wheel(
    axletree: CommandLine, fairing: Index, tmp_path: Path, wall: None
) -> None:
    del wall
    words = ("explain", *ASKED, "-i", fairing.url)
    [repair] = [
        line.partition(".")[0].strip()
        for line in axletree(*words).out.splitlines()
        if ". change what kubeflow-fairing 1.0.2 requires" in line
    ]
    written = axletree(*words, "--repair", repair, "--write")
    assert written.code == 0, written.err
    recipe = Path("kubeflow-fairing-1.0.2+axle.1.toml").read_text()
    collect, build, _ = commands_in(written.err)

    collected = axletree(*collect)
    assert collected.code == 0, collected.err
    built = axletree(*build)

    assert built.code == 0, built.err
    assert all(f'"{pin}" = ' in recipe for pin in PINS[:2])
    assert BUILT in published_in(tmp_path / "house")
    assert "with 3 others" in built.out
    _install(tmp_path)


def _install(tmp_path: Path) -> None:
    """Install what was built as a user inside would, with what else was asked for."""
    wheels, target = tmp_path / "wheels", tmp_path / "target"
    wheels.mkdir()
    with Wheelhouse.open(tmp_path / "house") as house:
        for project in house.projects():
            for stored in house.files_of(project):
                house.lay_out(stored, wheels / stored.filename)
    command: list[str | Path] = [
        *(sys.executable, "-m", "uv", "pip", "install", "--no-cache", "--offline"),
        *("--no-index", "--find-links", wheels, "--target", target, *ASKED),
    ]
    run_client(command, tmp_path)
    assert installed_in(target) == {
        "kubeflow_fairing-1.0.2+axle.1",
        "kubernetes-12.0.1",
        "requests-2.27.1",
        "urllib3-1.26.8",
    }
