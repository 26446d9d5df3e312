"""How often the sandbox starts for one wheel, and what one hook leaves to the next."""

from pathlib import Path

import pytest
from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.sdist_job import make_sdist
from axletree.builder.sandbox.runner import Sandbox
from axletree.builder.sandbox.sandbox_job import SandboxJob
from axletree.builder.sandbox.transfer import BuildLog
from axletree.resolver.model.environment import Environment
from axletree.wheelhouse.catalog.house import Wheelhouse
from tests.support.many_builds import small_sdist


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the runs of the sandbox."""
    found: list[str] = []
    run = Sandbox.run

    def noted(self: Sandbox, job: SandboxJob, results: Path, log: BuildLog) -> None:
        found.append(job.name.partition(" ")[0])
        run(self, job, results, log)

    monkeypatch.setattr(Sandbox, "run", noted)
    return found


@pytest.mark.parametrize(
    "case",
    [
        ("", ["build_wheel"]),
        ('leaves = ["left.txt"]', ["build_wheel"]),
        (
            'asks-for = ["tiny-extra"]\nimports = ["tiny_extra"]',
            ["build_wheel", "get_requires_for_build_wheel", "build_wheel"],
        ),
    ],
)
def test_a_build_that_asks_for_nothing_new_starts_one_sandbox(
    tmp_path: Path,
    environment: Environment,
    workshop: Workshop,
    started: list[str],
    case: tuple[str, list[str]],
) -> None:
    tiny, runs = case
    sdist = small_sdist(tmp_path, "thing", tiny=tiny)
    with Wheelhouse.open(tmp_path / "house") as house:
        made = make_sdist(
            sdist,
            [environment],
            house,
            workshop,
            tmp_path / "made",
            release=(NormalizedName("thing"), Version("1.0")),
        )
    assert [wheel.filename for wheel in made.wheels] == ["thing-1.0-py3-none-any.whl"]
    assert started == runs
