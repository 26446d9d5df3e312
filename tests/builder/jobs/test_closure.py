from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from axletree.builder.jobs.closure import stored_wheels
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.universe import as_distribution
from axletree.wheelhouse.errors import CorruptStoredFileError
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
