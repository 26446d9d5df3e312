from pathlib import Path

import pytest
from packaging.version import Version

from axletree.resolver.locks.locked import lay_together
from axletree.resolver.locks.pylock import (
    Addresses,
    to_pylock,
)
from axletree.resolver.locks.reading import pins_in, read_lock
from axletree.resolver.locks.requirements_txt import to_requirements
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.errors import (
    InvalidLockError,
    InvalidRequirementError,
)
from tests.support.answers import make_file, make_pin, make_resolution, name

TEXT = Path("lock.txt")
PYLOCK = Path("pylock.toml")
RESOLUTION = make_resolution(
    make_pin("ray", "1.5", extras=("serve",)),
    make_pin(
        "six", "2+local.1",
        files=(
            make_file("six-2+local.1-py3-none-any.whl", "b" * 64),
            make_file("six-2+local.1.tar.gz", "c" * 64),
        ),
    ),
)  # fmt: skip


def test_what_was_written_as_requirements_is_read_back() -> None:
    text = to_requirements(lay_together([RESOLUTION]), ["axletree", "lock"])

    ray, six = read_lock(TEXT, lambda _: text)

    assert (ray.text, six.text) == ("ray[serve]==1.5", "six==2+local.1")
    assert six.hashes == {"sha256:" + "b" * 64, "sha256:" + "c" * 64}
    assert text.splitlines()[(six.origin.line or 0) - 1].startswith("six==")


def test_what_was_written_as_pylock_is_read_back() -> None:
    addresses = Addresses(folder=Path("/p"), with_index_urls=True)
    text = to_pylock(lay_together([RESOLUTION]), ["axletree", "lock"], addresses)

    ray, six = read_lock(PYLOCK, lambda _: text)

    assert (ray.text, six.text) == ("ray==1.5", "six==2+local.1")
    assert six.hashes == {"sha256:" + "b" * 64, "sha256:" + "c" * 64}
    assert text.splitlines()[six.origin.line or 0] == 'name = "six"'


def test_lines_that_pin_nothing_say_nothing() -> None:
    text = "a\nb>=1\nc==1.*\nd==1,!=2\ne===1\nf===odd-version\n"

    assert [pin.text for pin in read_lock(TEXT, lambda _: text)] == ["e==1"]


def test_the_pin_whose_marker_holds_is_the_one_that_counts() -> None:
    text = (
        "six==1 ; python_version < '3.10'\nsix==2 ; python_version >= '3.10'\nsix==3\n"
    )
    pins = read_lock(TEXT, lambda _: text)

    found = [
        pins_in(pins, environment_for(python, "linux"))[name("six")].version
        for python in ("3.9", "3.10")
    ]

    assert found == [Version("1"), Version("2")]


def test_a_broken_line_is_named() -> None:
    with pytest.raises(InvalidRequirementError) as caught:
        read_lock(TEXT, lambda _: "six==1\n<<<<<<< HEAD\n")

    assert caught.value.where == "lock.txt, line 2"


@pytest.mark.parametrize(
    "text",
    [
        "lock-version = ",
        'lock-version = "1.0"\n',
        'lock-version = "9.0"\ncreated-by = "x"\npackages = []\n',
    ],
)
def test_a_broken_pylock_is_an_error_of_its_file(text: str) -> None:
    with pytest.raises(InvalidLockError) as caught:
        read_lock(PYLOCK, lambda _: text)

    assert caught.value.where == "pylock.toml"


def test_a_pylock_of_inline_tables_has_pins_without_lines() -> None:
    text = (
        'lock-version = "1.0"\ncreated-by = "x"\npackages = [{name = "six", '
        'version = "1", wheels = [{path = "six-1-py3-none-any.whl", '
        'hashes = {sha256 = "00"}}]}]\n'
    )

    (pin,) = read_lock(PYLOCK, lambda _: text)

    assert (pin.text, pin.origin.line) == ("six==1", None)


def test_a_pin_of_an_extra_or_a_group_is_one_of_the_lock() -> None:
    sdist = '{{ path = "{0}-1.tar.gz", hashes = {{ sha256 = "aa" }} }}'
    text = (
        'lock-version = "1.0"\ncreated-by = "another"\n'
        'extras = ["doc"]\ndependency-groups = ["dev"]\n'
        '[[packages]]\nname = "docs"\nversion = "1"\n'
        "marker = \"python_version < '3.10' and 'doc' in extras\"\n"
        f"sdist = {sdist.format('docs')}\n"
        '[[packages]]\nname = "tool"\nversion = "1"\n'
        "marker = \"'dev' in dependency_groups or 'doc' in extras\"\n"
        f"sdist = {sdist.format('tool')}\n"
    )
    pins = read_lock(Path("pylock.toml"), lambda _: text)

    assert set(pins_in(pins, environment_for("3.9", "linux"))) == {"docs", "tool"}
    assert set(pins_in(pins, environment_for("3.11", "linux"))) == {"tool"}
