"""pip-compile as a subprocess; it agrees in tests/clients/test_pip_compile.py."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import ask
from axletree.resolver.queries.comparison import (
    Opinion,
    ToolVersions,
)
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.protocol import (
    MetadataAnswer,
    Universe,
)
from axletree.wheelhouse.opinions.pip_compile import (
    ForeignPlatformError,
    PipCompile,
    PipCompileFailedError,
    PipTools,
    check_platform,
)
from axletree.wheelhouse.opinions.shown_index import ShownIndex
from axletree.wheelhouse.transport.errors import UnreachableIndexError
from tests.support.answers import make_file, make_root, name

pytestmark = pytest.mark.slow

ENVIRONMENT = environment_for("3.11", "linux")
VERSIONS = ToolVersions(pip_tools="7", pip="26", python="3.11.7")


@dataclass
class Failing:
    """A universe whose pages cannot be read."""

    error: BaseException
    is_frozen: bool = False
    asked: list[NormalizedName] = field(default_factory=list)

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        self.asked += projects
        raise self.error

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        raise AssertionError(files)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let nothing be left of a run: no folder, and no process in one."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def small(**releases: str) -> FrozenUniverse:
    """Make a universe of pure wheels: `name_version` -> what it requires."""
    pages: dict[NormalizedName, Page] = {}
    metadata: dict[str, MetadataAnswer] = {}
    for release, requires in releases.items():
        project, _, version = release.partition("_")
        file = make_file(f"{project}-{version}-py3-none-any.whl")
        before = pages[file.project].files if file.project in pages else ()
        pages[file.project] = Page(project=file.project, files=(*before, file))
        metadata[file.filename] = FileMetadata(requires_dist=tuple(requires.split()))
    return FrozenUniverse(page_of=pages, metadata_of=metadata)


def asking(executable: Path | None = None, **more: float) -> PipCompile:
    tools = PipTools(executable=executable or Path(sys.executable), versions=VERSIONS)
    return PipCompile(tools=tools, environ=dict(os.environ), **more)  # type: ignore[arg-type]  # only time_limit_s is given


def ask_of(universe: Universe, *roots: str, how: PipCompile | None = None) -> Opinion:
    question = ask(map(make_root, roots), ENVIRONMENT)
    return (how or asking()).ask(question, ShownIndex(universe, question))


def test_it_pins_what_it_finds() -> None:
    universe = small(app_1="lib", app_2="lib>=2", lib_1="", lib_2="")

    opinion = ask_of(universe, "app")

    assert opinion.outcome == "resolved"
    assert {n: str(v) for n, v in opinion.pins.items()} == {"app": "2", "lib": "2"}


def test_it_refuses_in_pip_s_words_without_our_files() -> None:
    opinion = ask_of(small(app_1="lib<2", lib_1="", lib_2=""), "app", "lib>=2")

    assert opinion.outcome == "conflict"
    heading, *causes = opinion.said
    assert heading.startswith("Cannot install app and lib>=2 because these package")
    assert causes == [
        "The conflict is caused by:",
        "  The user requested lib>=2",
        "  app 1 depends on lib<2",
    ]


def test_a_project_that_is_not_there_is_refused() -> None:
    [said] = ask_of(small(), "absent").said
    assert said.startswith("Could not find a version that satisfies the requirement")


def test_no_pip_configuration_and_no_proxy_reach_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("PIP_INDEX_URL", "PIP_NO_INDEX", "http_proxy", "PIP_PRE"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9/")

    assert ask_of(small(app_1=""), "app").outcome == "resolved"


def test_an_outage_behind_the_index_stops_it() -> None:
    outage = UnreachableIndexError("the index does not answer")

    with pytest.raises(UnreachableIndexError):
        ask_of(Failing(outage), "app")


def test_ctrl_c_stops_it() -> None:
    with pytest.raises(KeyboardInterrupt):
        ask_of(Failing(KeyboardInterrupt()), "app")


def test_it_is_stopped_when_its_time_is_over(tmp_path: Path) -> None:
    marker = tmp_path / "alive"
    sleepy = script(tmp_path, f'sleep 30 & echo $! > "{marker}"; wait')
    ended = time.monotonic() + 20

    opinion = ask_of(small(), "app", how=asking(sleepy, time_limit_s=0.5))

    assert opinion.outcome == "gave-up"
    assert "still searching after" in opinion.said[0]
    assert time.monotonic() < ended
    assert has_ended(marker.read_text().strip())


def has_ended(process_id: str) -> bool:
    """Wait for a process that was killed: the signal is sent, but it ends later."""
    deadline = time.monotonic() + 10
    while is_running(process_id) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not is_running(process_id)


def is_running(process_id: str) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        return bool(Path("/proc", process_id, "cmdline").read_bytes())
    except FileNotFoundError:
        return False


def test_too_deep_a_search_is_no_answer(tmp_path: Path) -> None:
    deep = script(tmp_path, "echo ResolutionTooDeepError >&2; exit 1")

    assert ask_of(small(), "app", how=asking(deep)).outcome == "gave-up"


def test_a_pip_tools_that_breaks_is_an_error_with_its_last_words(
    tmp_path: Path,
) -> None:
    broken = script(tmp_path, "echo ImportError: no pip >&2; exit 1")

    with pytest.raises(PipCompileFailedError, match="ImportError: no pip") as caught:
        ask_of(small(), "app", how=asking(broken))

    assert caught.value.exit_code == 3
    assert caught.value.hint


def test_another_platform_is_refused() -> None:
    here = ("manylinux_2_36_x86_64", "manylinux_2_17_x86_64", "linux_x86_64")
    target = environment_for("3.9", "x86_64-manylinux_2_17")
    tags = {tag.rpartition("-")[2] for tag in target.tags}

    check_platform(target, [*here, *tags])
    with pytest.raises(ForeignPlatformError, match="macos is another platform"):
        check_platform(environment_for("3.9", "macos"), here)
    with pytest.raises(ForeignPlatformError):
        check_platform(environment_for("3.9", "x86_64-manylinux_2_39"), here)


def script(folder: Path, body: str) -> Path:
    """Write what stands for a Python."""
    file = folder / "python"
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)
    return file


def test_names_are_those_of_projects() -> None:
    opinion = ask_of(small(Foo_1=""), "foo")
    assert list(opinion.pins) == [name("foo")]
