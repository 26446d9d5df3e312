"""How often the sandbox starts for one wheel, and what one hook leaves to the next."""

from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.builder.errors import BuildFailedError
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.sdist_job import make_sdist
from axletree.builder.sandbox.isolation import Isolation
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


@pytest.fixture
def walled(workshop: Workshop, full: Isolation) -> Workshop:
    return replace(workshop, isolation=full)


@pytest.mark.slow
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
            sdist, [environment], house, workshop, tmp_path / "made", release=THING
        )
    assert [wheel.filename for wheel in made.wheels] == ["thing-1.0-py3-none-any.whl"]
    assert started == runs


THING = (NormalizedName("thing"), Version("1.0"))
_EXTRA = "/build/env/lib/python{minor}/site-packages/tiny_extra-2.dist-info"


@pytest.mark.slow
@pytest.mark.parametrize(
    "case",
    [
        ("", ["build_wheel"]),
        ('leaves = ["left.txt", "~/left.txt"]', ["build_wheel"]),
        (
            # The first one would wait for ever: it is given up.
            'asks-for = ["tiny-extra"]\nwaits-for = ["{extra}"]',
            ["build_wheel", "get_requires_for_build_wheel", "build_wheel"],
        ),
    ],
)
def test_behind_a_wall_it_is_asked_while_it_builds(
    tmp_path: Path,
    environment: Environment,
    walled: Workshop,
    started: list[str],
    case: tuple[str, list[str]],
) -> None:
    tiny, runs = case
    extra = _EXTRA.format(minor=environment.python)
    sdist = small_sdist(tmp_path, "thing", tiny=tiny.format(extra=extra))
    with Wheelhouse.open(tmp_path / "house") as house:
        made = make_sdist(
            sdist, [environment], house, walled, tmp_path / "made", release=THING
        )
    assert [wheel.filename for wheel in made.wheels] == ["thing-1.0-py3-none-any.whl"]
    # An environment that is asked for again is kept.
    assert [name for name in started if name != "the"] == runs


def test_a_backend_that_fails_to_answer_is_told_of(
    tmp_path: Path, environment: Environment, walled: Workshop
) -> None:
    sdist = small_sdist(tmp_path, "thing", tiny='leaves = ["no/such/folder"]')
    with (
        Wheelhouse.open(tmp_path / "house") as house,
        pytest.raises(BuildFailedError, match=r"get_requires_for_build_wheel.*folder"),
    ):
        make_sdist(
            sdist, [environment], house, walled, tmp_path / "made", release=THING
        )
