"""From a raw wheel to a finished one, with auditwheel behind the wall."""

import dataclasses
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from axletree.builder.errors import CheckFailedError
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.finishing import Finished, Finishing
from axletree.builder.recipes.stamp import Stamp
from axletree.builder.sandbox.isolation import Isolation
from axletree.builder.sandbox.transfer import BuildLog
from axletree.resolver.model.environment import environment_for
from tests.support.shared_objects import make_shared_object
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

TIME = datetime(2022, 1, 2, tzinfo=UTC)


@dataclasses.dataclass
class Finish:
    workshop: Workshop
    log: BuildLog
    folder: Path

    def __call__(
        self,
        needs: dict[str, str | None],
        target: str,
        tag: str = "cp311-cp311-linux_x86_64",
        built_with: Sequence[Path] = (),
    ) -> Finished:
        content = make_shared_object(self.folder / "x.so", needs)
        files: dict[str, str | bytes] = {"x.abi3.so": content}
        raw = make_wheel(self.folder / "raw", "demo", "1.0", tag=tag, files=files)
        finishing = Finishing(
            workshop=self.workshop,
            environment=environment_for("3.11", target),
            scratch=self.folder / "scratch",
            log=self.log,
        )
        stamp = Stamp(local="axle.1", recipe=Path("recipe.toml"))
        return finishing.finish(
            raw, stamp=stamp, source_time=TIME, built_with=built_with
        )


@pytest.fixture
def finish(
    workshop: Workshop, log: BuildLog, tmp_path: Path, full: Isolation
) -> Finish:
    walled = dataclasses.replace(workshop, isolation=full)
    return Finish(walled, log, tmp_path)


def test_a_linux_wheel_gets_the_tag_that_is_true(finish: Finish) -> None:
    made = finish({"libc.so.6": "GLIBC_2.14"}, "linux")
    name = "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64"
    assert made.path.name == f"demo-1.0+axle.1-{name}.whl"
    assert made.notes == ()
    with zipfile.ZipFile(made.path) as wheel:
        said = wheel.read("demo-1.0+axle.1.dist-info/WHEEL").decode()
    assert said.endswith(
        "Root-Is-Purelib: false\n"
        "Tag: cp311-cp311-manylinux_2_17_x86_64\n"
        "Tag: cp311-cp311-manylinux2014_x86_64\n"
    )


@pytest.mark.parametrize("tag", ["linux_x86_64", "manylinux_2_17_x86_64"])
def test_a_newer_c_library_than_the_target_has_is_refused(
    finish: Finish, tag: str
) -> None:
    with pytest.raises(CheckFailedError, match=r"GLIBC_2\.34"):
        finish(
            {"libc.so.6": "GLIBC_2.34"},
            "x86_64-manylinux_2_17",
            f"cp311-cp311-{tag}",
        )


def test_a_foreign_library_is_named_and_the_wheel_stays_for_linux(
    finish: Finish,
) -> None:
    made = finish({"libc.so.6": "GLIBC_2.14", "libnowhere.so.7": None}, "linux")
    assert made.path.name == "demo-1.0+axle.1-cp311-cp311-linux_x86_64.whl"
    (note,) = made.notes
    assert "is linked to libnowhere.so.7" in note


def test_what_is_linked_to_torch_requires_its_minor_release(
    finish: Finish, tmp_path: Path
) -> None:
    torch = make_wheel(tmp_path, "torch", "2.1.3")
    needs = {"libc.so.6": "GLIBC_2.14", "libc10.so": None}
    made = finish(needs, "linux", built_with=[torch])
    with zipfile.ZipFile(made.path) as wheel:
        said = wheel.read("demo-1.0+axle.1.dist-info/METADATA").decode()
    assert "\nRequires-Dist: torch==2.1.*\n" in said
    assert made.pinned == ("torch==2.1.*",)
    assert any("requires torch==2.1.*, of what" in note for note in made.notes)
