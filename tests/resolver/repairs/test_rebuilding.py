"""What is built anew, or read by an override, is a repair, and an irreducible one."""

import tomllib
from collections.abc import Sequence

import pytest

from axletree.resolver.model.answers import Repair
from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.limits import FormatControl
from axletree.resolver.model.question import Limits, ask
from axletree.resolver.repairs.proving import Prover
from axletree.resolver.repairs.rebuilding import (
    MissingWheelRepairs,
    OldLineRepairs,
)
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import MemoUniverse
from tests.support.answers import make_file, make_root
from tests.support.sdist_index import Index

OLD = ["lib (>=1.*)", "odd (>dev) ; python_version > '3'"]


def mended(*roots: str, lines: Sequence[str] = OLD) -> list[Repair]:
    files = [
        f"{name}-{version}-py3-none-any.whl"
        for name, version in (("app", 1), ("app", 2), ("lib", 1), ("odd", 1))
    ]
    metadata = FileMetadata(requires_dist=tuple(lines))
    answers = dict.fromkeys(files[:2], metadata)
    memo = MemoUniverse(Index(list(map(make_file, files)), answers, is_frozen=True))
    question = ask(map(make_root, roots), environment_for("3.9", "linux"))
    refusal = Resolver(memo).resolve(question)
    assert isinstance(refusal, Refusal)
    return list(OldLineRepairs(Prover(memo, question, refusal)).find())


def test_each_line_has_its_override_and_the_newest_release_is_mended() -> None:
    repair, built = mended("app")

    assert repair.changes == ("app:lib>=1", "app:odd")
    assert {pin.name: str(pin.version) for pin in repair.resolution.pins} == {
        "app": "2",
        "lib": "1",
        "odd": "1",
    }
    assert (repair.claim, built.claim) == ("irreducible", "irreducible")
    assert built.changes == ("app==2+axle.1",)
    [metadata] = built.wheels.values()
    assert metadata.requires_dist == ("lib>=1", 'odd; python_version > "3"')
    assert {pin.name: str(pin.version) for pin in built.resolution.pins} == {
        "app": "2+axle.1",
        "lib": "1",
        "odd": "1",
    }


def test_the_release_that_is_asked_for_is_mended() -> None:
    repair, _ = mended("app==1")

    assert "app 1 by overrides: app:lib>=1, app:odd" in repair.text


@pytest.mark.parametrize(
    "lines", [["lib (>=2.*)"], ["lib (>=1.*)", "never a requirement"], ["a b c"]]
)
def test_what_an_override_does_not_mend_is_no_repair(lines: Sequence[str]) -> None:
    assert mended("app", lines=lines) == []


WHEELS = ("app-{}-cp39-cp39-macosx_11_0_arm64.whl", "app-{}.tar.gz")


def built(*files: str, roots: Sequence[str] = ("app",)) -> list[Repair]:
    answers = dict.fromkeys(files, FileMetadata(requires_dist=("lib",)))
    listed = list(map(make_file, (*files, "lib-1-py3-none-any.whl")))
    memo = MemoUniverse(Index(listed, answers, is_frozen=True))
    question = ask(
        map(make_root, roots),
        environment_for("3.9", "linux"),
        limits=Limits(formats=FormatControl().with_only_binary(":all:")),
    )
    refusal = Resolver(memo).resolve(question)
    assert isinstance(refusal, Refusal)
    return list(MissingWheelRepairs(Prover(memo, question, refusal)).find())


def both(*versions: int) -> list[str]:
    return [file.format(version) for version in versions for file in WHEELS]


def test_a_wheel_that_only_others_have_is_built_from_the_sdist() -> None:
    [repair] = built(*both(1, 2, 3), roots=["app<3"])

    assert repair.text == (
        "build a wheel of app 2 for Python 3.9 on linux by a recipe, from its sdist"
    )
    assert repair.kind == "recipe"
    assert repair.changes == ("app==2+axle.1",)
    assert [file.filename for file in repair.wheels] == [
        "app-2+axle.1-cp39-cp39-linux_x86_64.whl"
    ]
    assert {pin.name for pin in repair.resolution.pins} == {"app", "lib"}
    assert tomllib.loads(repair.recipes[0])["source"]["sdist"] == "app-2.tar.gz"


@pytest.mark.parametrize(
    ("files", "roots"),
    [
        (both(1)[:1], ["app"]),
        (both(1)[1:], ["app"]),
        # What a build would require is not there.
        (both(1), ["app", "lib>1"]),
        ([*both(1), *both(2)[:1]], ["app>1"]),
    ],
)
def test_what_no_build_mends_is_no_repair(
    files: Sequence[str], roots: Sequence[str]
) -> None:
    assert built(*files, roots=roots) == []
