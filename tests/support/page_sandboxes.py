"""Prepares what the commands of a page find, as its fixture says."""

import gzip
import json
import os
import platform
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.checkout import ROOT, copy_tracked_files
from tests.support.index_server import Index, Published, serving
from tests.support.page_fixtures import SANDBOXES, Sandbox
from tests.support.page_pythons import add_environment, add_python
from tests.support.page_session import Session, session
from tests.support.wheels import make_metadata, make_wheel

RECORDED = ROOT / "tests/scenarios/universes/kubeflow-py39.json.gz"
COLUMNS = "80"
CHECKOUT = "checkout"
_PYENV = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
SHOWN_INDEX = "https://pkgs.example"
SHOWN_HOME = "/home/you"
SHOWN_MACHINE = "Python 3.11.7 on x86_64-manylinux_2_36"


@cache
def recorded_files() -> tuple[Published, ...]:
    """Make a small wheel of every recorded release."""
    projects = json.loads(gzip.decompress(RECORDED.read_bytes()))["projects"]
    with TemporaryDirectory() as folder:
        recorded = [
            _publish(Path(folder), project, version, facts)
            for project, releases in projects.items()
            for version, facts in releases.items()
        ]
    return tuple(recorded)


def _pip() -> Iterator[Published]:
    """Yield the pip that new environments have: `pip install --upgrade pip` asks."""
    for wheel in Path(str(resources.files("ensurepip") / "_bundled")).glob("pip-*.whl"):
        yield Published(project="pip", filename=wheel.name, content=wheel.read_bytes())


def _publish(
    folder: Path, project: str, version: str, facts: Mapping[str, list[str]]
) -> Published:
    python = str(facts.get("requires_python") or "") or None
    requires, extras = facts.get("requires_dist", ()), facts.get("provides_extra", ())
    wheel = make_wheel(
        folder,
        project,
        version,
        requires_python=python,
        requires_dist=requires,
        provides_extra=extras,
    )
    metadata = make_metadata(
        project,
        version,
        requires_python=python,
        requires_dist=requires,
        provides_extra=extras,
    )
    return Published(
        project=project,
        filename=wheel.name,
        content=wheel.read_bytes(),
        requires_python=python,
        metadata=metadata,
        is_metadata_advertised=True,
    )


def _machine() -> str:
    """Name the Python and the machine that tests run on, as answers do."""
    python = ".".join(map(str, sys.version_info[:3]))
    glibc = platform.libc_ver()[1].replace(".", "_")
    return f"Python {python} on {platform.machine()}-manylinux_{glibc}"


@contextmanager
def sandbox_of(page: str, folder: Path) -> Iterator[Session]:
    """Prepare what a page's commands find, and a shell there."""
    sandbox = SANDBOXES.get(page, Sandbox())
    home, programs = folder / "home", folder / "bin"
    work = home / "project"
    for each in (work, programs, folder / "srv"):
        each.mkdir(parents=True)
    for name in ("axletree", "uv"):
        (programs / name).symlink_to(Path(sys.executable).with_name(name))
    for name, python in _pythons(sandbox):
        add_python(programs / name, python)
    here = work / CHECKOUT if sandbox.is_checkout else work
    for name, content in sandbox.files.items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_text(content)
    with serving(Index(published=list(_published(sandbox)))) as index:
        shown = {
            index.origin: SHOWN_INDEX,
            str(home): SHOWN_HOME,
            str(folder / "srv"): "/srv",
            _machine(): SHOWN_MACHINE,
        }
        environ = _environment(sandbox, home, programs, index)
        with session(folder, work=work, environ=environ, shown=shown) as started:
            for command in _before(sandbox, folder, work):
                ran = started.run(command)
                assert ran.code == 0, "\n".join(ran.lines)
            yield started


def _pythons(sandbox: Sandbox) -> Iterator[tuple[str, Path]]:
    """Yield the interpreters to be found by name; recorded wheels are for any."""
    ours = Path(sys.base_prefix) / "bin/python3"
    yield "python3", ours
    if sandbox.index == "recorded":
        yield "python3.9", ours
        return
    for python in sorted(_PYENV.glob("versions/3.9.*/bin/python3.9"))[:1]:
        yield "python3.9", python


def _published(sandbox: Sandbox) -> tuple[Published, ...]:
    return (*recorded_files(), *_pip()) if sandbox.index == "recorded" else ()


def _before(sandbox: Sandbox, folder: Path, work: Path) -> Iterator[str]:
    if sandbox.is_checkout:
        copy_tracked_files(work / CHECKOUT)
        yield f"cd {CHECKOUT}"
    if sandbox.is_python:
        add_environment(folder / "with-our-pip")
        yield f"{folder}/with-our-pip -m venv {folder}/python"
        yield f". {folder}/python/bin/activate"
    if sandbox.is_filled:
        wheels = folder / "wheels"
        wheels.mkdir()
        for file in recorded_files():
            (wheels / file.filename).write_bytes(file.content)
        yield f"axletree add -q {wheels}"
    yield from sandbox.before


def _environment(
    sandbox: Sandbox, home: Path, programs: Path, index: Index
) -> dict[str, str]:
    """Give the variables of somebody who has just come: none but what must be."""
    environ = {
        "HOME": str(home),
        "PATH": f"{programs}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "COLUMNS": COLUMNS,
        # No pip outside of an environment that the page has made.
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        # Python compiles what is imported, which is little of it.
        "PIP_NO_COMPILE": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        # Interpreters are the machine's, whoever's home it is.
        "PYENV_ROOT": str(_PYENV),
        **sandbox.environ,
    }
    if sandbox.index == "recorded":
        return environ | {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": index.url,
            "UV_DEFAULT_INDEX": index.url,
        }
    kept = ("PIP_", "UV_", "SSL_", "http", "https", "no_proxy", "HTTP", "NO_PROXY")
    of_here = {
        name: value for name, value in os.environ.items() if name.startswith(kept)
    }
    config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return {**of_here, "XDG_CONFIG_HOME": config, **environ}
