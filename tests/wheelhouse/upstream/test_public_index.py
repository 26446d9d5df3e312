from pathlib import Path

from pypi_simple import PYPI_SIMPLE_ENDPOINT

from axletree.wheelhouse.upstream.public_index import public_index_url
from tests.support.upstream import make_settings

MIRROR = "https://mirror.test/simple"


def _configure(folder: Path, text: str) -> str:
    file = folder / "own.conf"
    file.write_text(text)
    return str(file)


def test_the_variable_of_pip_comes_first(tmp_path: Path) -> None:
    file = _configure(tmp_path, "[global]\nindex-url = https://other.test/\n")
    settings = make_settings(tmp_path, PIP_INDEX_URL=MIRROR, PIP_CONFIG_FILE=file)

    assert public_index_url(settings) == MIRROR


def test_the_configuration_of_pip_is_read(tmp_path: Path) -> None:
    file = _configure(tmp_path, f"[global]\nindex_url = {MIRROR}\n")

    assert public_index_url(make_settings(tmp_path, PIP_CONFIG_FILE=file)) == MIRROR


def test_the_users_own_configuration_is_read(tmp_path: Path) -> None:
    folder = tmp_path / ".config" / "pip"
    folder.mkdir(parents=True)
    (folder / "pip.conf").write_text(f"[global]\nindex-url = {MIRROR}\n")
    elsewhere = _configure(tmp_path, "[install]\nindex-url = https://other.test/\n")

    settings = make_settings(tmp_path, PIP_CONFIG_FILE=elsewhere)

    assert public_index_url(settings) == MIRROR


def test_a_damaged_configuration_is_passed_over(tmp_path: Path) -> None:
    file = _configure(tmp_path, "index-url without a section\n")
    settings = make_settings(tmp_path, PIP_CONFIG_FILE=file)

    assert public_index_url(settings).startswith("https://")


def test_the_null_device_switches_configuration_off(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, PIP_CONFIG_FILE="/dev/null")

    assert public_index_url(settings) == PYPI_SIMPLE_ENDPOINT
