import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from axletree.builder.errors import CheckFailedError
from axletree.builder.jobs.closure import Closures, stored_wheels
from axletree.builder.jobs.job import BuiltWheel
from axletree.resolver.model.environment import environment_for
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.universe import as_distribution
from axletree.wheelhouse.errors import CorruptStoredFileError
from axletree.wheelhouse.model import Attestation
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
        DAMAGES[how](house.path_of(stored))

        with pytest.raises(CorruptStoredFileError) as caught:
            stored_wheels(house, tmp_path / "damaged")([file])

    assert [path.read_bytes() for path in sound] == [wheel.read_bytes()]
    assert caught.value.exit_code == 4
    assert "collect or build it again" in caught.value.hint
    assert not (tmp_path / "damaged" / wheel.name).exists()


def test_a_wheel_that_does_not_take_its_own_python_says_just_that(
    tmp_path: Path,
) -> None:
    wheel = make_wheel(tmp_path, "demo", "1.0", requires_python=">=3.12")
    built = BuiltWheel(
        path=wheel,
        sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
        revision="0" * 40,
        source_time=datetime(2024, 1, 1, tzinfo=UTC),
        isolation="none",
        python_version="3.11.2",
        built_with=(),
        attestation=Attestation(kind="built", content=b"{}"),
        log_path=tmp_path / "build.log",
    )
    publish_all(tmp_path / "home", [])
    with Wheelhouse.open(tmp_path / "home") as house:
        closures = Closures(
            house=house, group=[built], fetch=stored_wheels(house, tmp_path / "out")
        )
        with pytest.raises(CheckFailedError) as caught:
            closures.of(built, environment_for("3.11", "linux"))
    assert caught.value.what.startswith("the built wheel requires Python >=3.12, and")
    assert "axletree collect" not in caught.value.hint
