import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from axletree.builder.errors import CheckFailedError
from axletree.builder.jobs.built import BuiltWheel
from axletree.builder.jobs.closure import Closures
from axletree.builder.jobs.stored import stored_wheels
from axletree.commands.builds.workshops import open_workshop
from axletree.config import load
from axletree.console import Console
from axletree.resolver.model.environment import environment_for
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.universe import as_distribution
from axletree.wheelhouse.errors import CorruptStoredFileError
from axletree.wheelhouse.model import Attestation
from axletree.wheelhouse.policy.keeping import set_policy
from tests.support.damage import DAMAGES
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_file_is_never_laid_out_for_a_build(tmp_path: Path, how: str) -> None:
    wheel = make_wheel(tmp_path, "demo", "1.0")
    publish_all(tmp_path / "home", [wheel])
    with Wheelhouse.open(tmp_path / "home") as house:
        (stored,) = house.files_of(canonicalize_name("demo"))
        file = as_distribution(stored)
        sound = stored_wheels(house, tmp_path / "sound")([file])
        DAMAGES[how](Path(house.place_of(stored)))

        with pytest.raises(CorruptStoredFileError) as caught:
            stored_wheels(house, tmp_path / "damaged")([file])

    assert [path.read_bytes() for path in sound] == [wheel.read_bytes()]
    assert caught.value.exit_code == 4
    assert "collect or build it again" in caught.value.hint
    assert not (tmp_path / "damaged" / wheel.name).exists()


def test_a_wheel_that_does_not_take_its_own_python_says_just_that(
    tmp_path: Path,
) -> None:
    built = built_of(make_wheel(tmp_path, "demo", "1.0", requires_python=">=3.12"))
    publish_all(tmp_path / "home", [])
    with Wheelhouse.open(tmp_path / "home") as house:
        closures = Closures(
            house=house, group=[built], fetch=stored_wheels(house, tmp_path / "out")
        )
        with pytest.raises(CheckFailedError) as caught:
            closures.of(built, environment_for("3.11", "linux"))
    assert caught.value.what.startswith("the built wheel requires Python >=3.12, and")
    assert "axletree collect" not in caught.value.hint


def test_what_is_required_from_an_address_is_to_be_replaced(tmp_path: Path) -> None:
    line = "lib @ https://example.org/lib-1.0.tar.gz"
    built = built_of(make_wheel(tmp_path, "demo", "1.0", requires_dist=[line]))
    publish_all(tmp_path / "home", [])
    with Wheelhouse.open(tmp_path / "home") as house:
        closures = Closures(
            house=house, group=[built], fetch=stored_wheels(house, tmp_path / "out")
        )
        with pytest.raises(CheckFailedError) as caught:
            closures.of(built, environment_for("3.11", "linux"))
    assert caught.value.hint.endswith(f'[requires-dist] "{line}" = "lib"')


def built_of(wheel: Path) -> BuiltWheel:
    return BuiltWheel(
        path=wheel,
        sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
        revision="0" * 40,
        source_time=datetime(2024, 1, 1, tzinfo=UTC),
        isolation="none",
        python_version="3.11.2",
        built_with=(),
        attestation=Attestation(kind="built", content=b"{}"),
        log_path=wheel.with_name("build.log"),
    )


YOUNG = b"[minimum-age]\ndays = 7\n"


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (b"[[blocked]]\nreleases = 'lib>=2'\nreason = 'it leaks'\n", None),
        (b"[[blocked]]\nreleases = 'lib'\nreason = 'it leaks'\n", "it leaks"),
        (b"[[blocked]]\nreleases = 'demo'\nreason = 'no demos'\n", "no demos"),
        (YOUNG, "a file must be 7 days old"),
        (
            YOUNG + b"[[minimum-age.exceptions]]\nrelease = 'lib==2.0'\n"
            b"reason = 'read'\nuntil = 2999-01-01\n",
            None,
        ),
    ],
)
def test_a_wheel_is_checked_with_what_the_policy_allows(
    tmp_path: Path, policy: bytes, said: str | None
) -> None:
    built = built_of(make_wheel(tmp_path, "demo", "1.0", requires_dist=["lib"]))
    libs = [make_wheel(tmp_path, "lib", "1.0"), make_wheel(tmp_path, "lib", "2.0")]
    publish_all(tmp_path / "home", libs)
    with Wheelhouse.open(tmp_path / "home") as house:
        set_policy(house, policy, "policy.toml")
        closures = Closures(
            house=house, group=[built], fetch=stored_wheels(house, tmp_path / "out")
        )
        if said is None:
            [_, lib] = closures.of(built, environment_for("3.11", "linux"))
            assert (
                lib.name
                == f"lib-{'2.0' if b'age' in policy else '1.0'}-py3-none-any.whl"
            )
            return
        with pytest.raises(CheckFailedError) as caught:
            closures.of(built, environment_for("3.11", "linux"))
    assert said in " ".join(caught.value.what.split())
    assert "axletree policy show" in caught.value.hint


def test_build_requirements_are_those_that_the_policy_allows(tmp_path: Path) -> None:
    tools = [make_wheel(tmp_path, "tool", "1.0"), make_wheel(tmp_path, "tool", "2.0")]
    publish_all(tmp_path / "home", tools)
    with Wheelhouse.open(tmp_path / "home") as house:
        rules = b"[[blocked]]\nreleases = 'tool>=2'\nreason = 'it phones home'\n"
        set_policy(house, rules, "policy.toml")
        settings = load({"AXLETREE_CACHE_DIR": str(tmp_path / "cache")}, None)
        with open_workshop(settings, house, Console().progress()) as (workshop, _):
            [tool] = workshop.requirements.provide(
                ["tool"], environment_for("3.11", "linux")
            )
    assert tool.name == "tool-1.0-py3-none-any.whl"
