"""The driver and what it imports from us, under each Python that is built for."""

import os
import shutil
from pathlib import Path

import pytest

from axletree.builder.archives.source_archive import SourceArchive
from axletree.builder.errors import UnsafeSourceError
from axletree.builder.interpreters.find import (
    Interpreter,
    ask_interpreter,
)
from axletree.builder.sandbox.runner import open_sandbox
from axletree.builder.sandbox.sandbox_job import SandboxJob
from axletree.builder.sandbox.transfer import BuildLog
from tests.support import hostile_archives
from tests.support.hostile_archives import TOP, file, hard_link, link

OLDEST_MINOR, NEWEST_MINOR = 6, 14


def executables() -> list[Path]:
    """Find every Python 3 that this machine has; pyenv's shims lead to those above."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    found = [*pyenv.glob("3.*/bin/python3"), Path("/usr/bin/python3")]
    names = (f"python3.{minor}" for minor in range(OLDEST_MINOR, NEWEST_MINOR + 1))
    found += [Path(path) for path in map(shutil.which, names) if path]
    there = (path for path in found if path.exists() and path.parent.name != "shims")
    return sorted({path.resolve() for path in there})


def source_of(path: Path) -> SourceArchive:
    """Describe an archive that was not looked through, so that the driver has to."""
    return SourceArchive(
        path=path,
        name="x",
        has_top=True,
        unpacked_limit_bytes=1 << 20,
        pyproject=None,
        has_setup=True,
    )


@pytest.fixture(params=executables(), ids=str)
def interpreter(request: pytest.FixtureRequest) -> Interpreter:
    found = ask_interpreter(request.param)
    if found is None:
        pytest.skip("not a CPython that runs")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("form", ["tar.gz", "zip"])
def test_a_source_is_unpacked_under_every_python(
    form: str, interpreter: Interpreter, tmp_path: Path, log: BuildLog
) -> None:
    archive = tmp_path / f"x-1.{form}"
    if form == "zip":
        hostile_archives.make_zip(
            archive, [(hostile_archives.zip_entry(f"{TOP}/a/b"), b"content")]
        )
    else:
        members = [
            file("a/b", b"content"),
            link("l", "a/b"),
            hard_link("h", f"{TOP}/a/b"),
        ]
        hostile_archives.make_tar(archive, members)
    sandbox = open_sandbox("none", interpreter, tmp_path / "scratch")
    job = SandboxJob(
        name="a look",
        argv=(
            str(sandbox.python),
            "-c",
            "open('../out/b', 'w').write(open('a/b').read())",
        ),
        source=source_of(archive),
        cwd="src",
        collect=("out",),
    )
    sandbox.run(job, tmp_path / "results", log)
    assert (tmp_path / "results/out/b").read_text() == "content"


@pytest.mark.slow
def test_a_hostile_source_is_refused_under_every_python(
    interpreter: Interpreter, tmp_path: Path, log: BuildLog
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    archive = hostile_archives.make_tar(
        tmp_path / "x-1.tar.gz", hostile_archives.deep_path_apart(str(outside))
    )
    sandbox = open_sandbox("none", interpreter, tmp_path / "scratch")
    job = SandboxJob(name="a look", argv=("true",), source=source_of(archive))
    with pytest.raises(UnsafeSourceError):
        sandbox.run(job, tmp_path / "results", log)
    assert list(outside.iterdir()) == []
