import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from axletree.builder.hooks.workshop import Workshop
from axletree.builder.interpreters.find import (
    Interpreter,
    ask_interpreter,
)
from axletree.builder.reporter import SilentBuildReporter
from axletree.builder.sandbox.isolation import (
    Isolation,
    detect_isolation,
)
from axletree.builder.sandbox.runner import (
    Sandbox,
    open_sandbox,
)
from axletree.builder.sandbox.transfer import BuildLog
from axletree.resolver.model.environment import Environment, environment_for
from tests.support.wheels import make_wheel

PROJECTS = Path(__file__).parents[1] / "projects"


@dataclass
class LocalWheels:
    """Build requirements from a folder, by the names of the projects."""

    wheels: dict[str, Path]
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def provide(
        self,
        requirements: Sequence[str],
        environment: Environment,  # noqa: ARG002 - every target gets the same
        constraints: Sequence[str] = (),  # noqa: ARG002 - the same for all
    ) -> Sequence[Path]:
        self.asked.append(tuple(requirements))
        return [self.wheels[name] for name in requirements]


@pytest.fixture(scope="session")
def interpreter() -> Interpreter:
    found = ask_interpreter(Path(sys.executable))
    assert found is not None
    return found


@pytest.fixture(scope="session")
def environment(interpreter: Interpreter) -> Environment:
    return environment_for(interpreter.minor, "linux")


@pytest.fixture(scope="session")
def full() -> Isolation:
    """Require bubblewrap: without it a test is skipped, in CI it fails."""
    probe = detect_isolation()
    if not probe.is_full_available:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no isolation in CI: {probe.reason}")
        pytest.skip(probe.reason)
    return "full"


@pytest.fixture
def wall(full: Isolation, interpreter: Interpreter, tmp_path: Path) -> Sandbox:
    return open_sandbox(full, interpreter, tmp_path / "scratch")


@pytest.fixture
def open_room(interpreter: Interpreter, tmp_path: Path) -> Sandbox:
    return open_sandbox("none", interpreter, tmp_path / "scratch")


@pytest.fixture
def log(tmp_path: Path) -> BuildLog:
    return BuildLog(tmp_path / "build.log", SilentBuildReporter())


@pytest.fixture
def local_wheels(tmp_path: Path) -> LocalWheels:
    folder = tmp_path / "build-requirements"
    backend = (PROJECTS / "tiny_backend.py").read_text()
    return LocalWheels(
        wheels={
            "tiny-backend": make_wheel(
                folder, "tiny-backend", "1", files={"tiny_backend.py": backend}
            ),
            "tiny-extra": make_wheel(folder, "tiny-extra", "2"),
        }
    )


@pytest.fixture
def workshop(tmp_path: Path, local_wheels: LocalWheels) -> Workshop:
    """Make a workshop without isolation, which works everywhere."""
    work_dir = tmp_path / "work"
    work_dir.mkdir()
    return Workshop(
        work_dir=work_dir,
        requirements=local_wheels,
        environ={"PATH": str(Path(sys.executable).parent), "HOME": str(tmp_path)},
        isolation="none",
        allows_file_sources=True,
        may_install_pythons=False,
    )


@pytest.fixture
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Copy the project of `tests/projects` that the test names."""
    return shutil.copytree(PROJECTS / request.param, tmp_path / "project")
