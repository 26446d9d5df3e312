import tomllib
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, cast

import pytest
from packaging.pylock import Pylock
from packaging.specifiers import SpecifierSet
from packaging.tags import parse_tag
from packaging.utils import NormalizedName

from axletree.resolver.locks.locked import lay_together
from axletree.resolver.locks.pylock import (
    Addresses,
    to_pylock,
)
from axletree.resolver.model.answers import (
    Pin,
    Resolution,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.errors import (
    MissingHashError,
    NoFileAddressError,
)
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.model.requirements import Part
from tests.support.answers import make_file, make_pin, make_resolution

if TYPE_CHECKING:
    from packaging.markers import Environment

COMMAND = ["axletree", "lock", "-r", "reqs.in", "-i", "https://me:secret@h.invalid/"]
URLS = Addresses(folder=PurePath("/project"), with_index_urls=True)


def read(*resolutions: Resolution, addresses: Addresses = URLS) -> Pylock:
    """Write and read back, as an installer does."""
    text = to_pylock(lay_together(resolutions), COMMAND, addresses)
    return Pylock.from_dict(tomllib.loads(text))


def resolve_for(python: str, *pins: Pin) -> Resolution:
    environment = environment_for(python, "linux")
    return replace(make_resolution(*pins), environment=environment)


def test_a_package_has_its_files_with_size_time_and_hash() -> None:
    wheel = make_file("six-1.16.0-py2.py3-none-any.whl", "b" * 64, size_bytes=7)
    wheel = replace(wheel, upload_time=datetime(2021, 5, 5, tzinfo=UTC))
    sdist = make_file("six-1.16.0.tar.gz")

    pylock = read(make_resolution(make_pin("six", "1.16.0", files=(wheel, sdist))))

    (package,) = pylock.packages
    assert (package.name, str(package.version)) == ("six", "1.16.0")
    assert package.marker is None
    assert package.sdist is not None
    assert package.sdist.filename == "six-1.16.0.tar.gz"
    (found,) = package.wheels or ()
    assert found.hashes == {"sha256": "b" * 64}
    assert (found.size, found.upload_time) == (7, wheel.upload_time)
    assert found.url == ("https://index.invalid/files/six-1.16.0-py2.py3-none-any.whl")


def test_no_login_is_written() -> None:
    resolution = make_resolution(make_pin("six", "1.16.0"))

    assert "secret" not in to_pylock(lay_together([resolution]), COMMAND, URLS)


def test_environments_and_pythons_are_those_asked_for() -> None:
    pylock = read(
        resolve_for("3.10", make_pin("six", "1")),
        resolve_for("3.9.7", make_pin("six", "1")),
    )

    assert [str(marker) for marker in pylock.environments or ()] == [
        (
            'implementation_name == "cpython" and python_version == "3.10" and '
            'sys_platform == "linux" and platform_machine == "x86_64"'
        ),
        (
            'implementation_name == "cpython" and python_full_version == "3.9.7" and '
            'sys_platform == "linux" and platform_machine == "x86_64"'
        ),
    ]
    assert str(pylock.requires_python) == ">=3.9.7"


def test_versions_of_different_environments_have_markers() -> None:
    pylock = read(
        resolve_for("3.9", make_pin("six", "1"), make_pin("one", "1")),
        resolve_for("3.10", make_pin("six", "2"), make_pin("one", "1")),
    )

    assert [(each.name, str(each.version), str(each.marker)) for each in pylock.packages] == [
        ("one", "1", "None"),
        ("six", "1", 'python_version == "3.9"'),
        ("six", "2", 'python_version == "3.10"'),
    ]  # fmt: skip


def test_extras_make_no_second_package() -> None:
    pylock = read(
        resolve_for("3.9", make_pin("ray", "1", extras=("serve",))),
        resolve_for("3.10", make_pin("ray", "1")),
    )

    assert [str(each.marker) for each in pylock.packages] == ["None"]


def test_files_of_a_folder_have_a_path_relative_to_the_lock(tmp_path: Path) -> None:
    url = (tmp_path / "my wheels" / "a-1-py3-none-any.whl").as_uri()
    pin = make_pin(
        "a", "1", files=(replace(make_file("a-1-py3-none-any.whl"), url=url),)
    )
    addresses = Addresses(folder=tmp_path / "project")

    pylock = read(make_resolution(pin), addresses=addresses)

    (wheel,) = pylock.packages[0].wheels or ()
    assert (wheel.path, wheel.url) == ("../my wheels/a-1-py3-none-any.whl", None)


@pytest.mark.parametrize(
    ("url", "with_index_urls"),
    [
        ("https://index.invalid/a-1-py3-none-any.whl", False),
        ("https://index.invalid/a-1-py3-none-any.whl?signature=x", True),
        ("", True),
    ],
)
def test_without_an_address_the_lock_is_refused(
    url: str,
    with_index_urls: bool,  # noqa: FBT001  a column of the table
) -> None:
    file = replace(make_file("a-1-py3-none-any.whl"), url=url)
    addresses = Addresses(folder=PurePath("/p"), with_index_urls=with_index_urls)

    with pytest.raises(NoFileAddressError, match=r"a-1-py3-none-any\.whl") as caught:
        read(make_resolution(make_pin("a", "1", files=(file,))), addresses=addresses)

    assert "--emit-index-url" in caught.value.hint


def test_a_file_to_install_needs_a_hash() -> None:
    bare = make_pin("a", "1", files=(make_file("a-1-py3-none-any.whl", None),))

    with pytest.raises(MissingHashError):
        read(make_resolution(bare))


def test_files_that_the_standard_cannot_name_are_left_out() -> None:
    odd = replace(make_file("a-1.tar.gz"), filename=safe_name("a-1.tar.bz2"))
    wheel = make_file("a-1-py3-none-any.whl")

    pylock = read(make_resolution(make_pin("a", "1", files=(wheel, odd))))
    assert pylock.packages[0].sdist is None

    with pytest.raises(NoFileAddressError, match="a 1"):
        read(make_resolution(make_pin("a", "1", files=(odd,))))


def test_a_broken_requires_python_is_left_out() -> None:
    file = replace(make_file("a-1-py3-none-any.whl"), requires_python=">=3.x")

    pylock = read(make_resolution(make_pin("a", "1", files=(file,))))

    assert pylock.packages[0].requires_python is None


# Extras and dependency groups of the user's own project.

DOC = Part(kind="extra", name=NormalizedName("doc"))
DEV = Part(kind="group", name=NormalizedName("dev"))


def wanted_for(name: str, *parts: Part) -> Pin:
    return replace(make_pin(name, "1"), parts=frozenset(parts))


def chosen(
    pylock: Pylock,
    python: str = "3.9",
    *,
    extras: Collection[str] = (),
    dependency_groups: Collection[str] | None = None,
) -> set[str]:
    """Choose as an installer does."""
    environment = environment_for(python, "linux")
    found = pylock.select(
        environment=cast("Environment", {**environment.markers}),
        tags=[tag for each in environment.tags for tag in parse_tag(each)],
        extras=extras,
        dependency_groups=dependency_groups,
    )
    return {package.name for package, _ in found}


def of_project(*resolutions: Resolution, are_groups_alone: bool = False) -> Pylock:
    locked = replace(
        lay_together(resolutions),
        parts=(DEV, DOC, Part(kind="extra", name=NormalizedName("empty"))),
        are_groups_alone=are_groups_alone,
    )
    return Pylock.from_dict(tomllib.loads(to_pylock(locked, COMMAND, URLS)))


def test_an_installer_chooses_extras_and_groups() -> None:
    pylock = of_project(
        make_resolution(
            wanted_for("base"),
            wanted_for("docs", DOC),
            wanted_for("tool", DEV),
            wanted_for("both", DOC, DEV),
        )
    )

    assert pylock.extras == ["doc", "empty"]
    assert pylock.dependency_groups == ["dev"]
    assert pylock.default_groups == []
    assert chosen(pylock) == {"base"}
    assert chosen(pylock, extras=["empty"]) == {"base"}
    assert chosen(pylock, extras=["doc"]) == {"base", "docs", "both"}
    assert chosen(pylock, dependency_groups=["dev"]) == {"base", "tool", "both"}


def test_groups_alone_are_what_is_installed_unless_told_otherwise() -> None:
    pylock = of_project(make_resolution(wanted_for("tool", DEV)), are_groups_alone=True)

    assert pylock.default_groups == ["dev"]
    assert chosen(pylock) == {"tool"}


def test_a_part_may_need_more_in_one_environment_than_in_another() -> None:
    pylock = of_project(
        resolve_for("3.8", wanted_for("base"), wanted_for("odd", DOC)),
        resolve_for("3.9", wanted_for("base"), wanted_for("odd", DOC, DEV)),
        resolve_for("3.10", wanted_for("base"), wanted_for("odd")),
    )

    assert [chosen(pylock, each) for each in ("3.8", "3.9", "3.10")] == [
        {"base"},
        {"base"},
        {"base", "odd"},
    ]
    dev = [chosen(pylock, p, dependency_groups=["dev"]) for p in ("3.8", "3.9")]
    assert dev == [{"base"}, {"base", "odd"}]


def test_a_lock_without_parts_names_none() -> None:
    pylock = read(make_resolution(make_pin("six", "1.16.0")))

    assert (pylock.extras, pylock.dependency_groups) == (None, None)
    assert pylock.default_groups is None


def test_nothing_to_install_is_an_empty_list() -> None:
    text = to_pylock(lay_together([make_resolution()]), COMMAND, URLS)

    assert tomllib.loads(text)["packages"] == []


def test_the_patch_releases_of_python_that_it_is_for_are_named() -> None:
    answer = make_resolution(make_pin("app", "1"))
    limited = answer.environment.limited_to((4, 5, *range(7, 40)))
    other = replace(answer, environment=environment_for("3.10", "linux"))

    alone = read(replace(answer, environment=limited))
    beside = read(replace(answer, environment=limited), other)

    assert str(alone.requires_python) == str(SpecifierSet(">=3.9.4,!=3.9.6"))
    assert str(beside.requires_python) == ">=3.9.4"
    assert alone.environments is not None
    for micro, is_fit in ((3, False), (4, True), (6, False), (39, True)):
        markers = answer.environment.markers_at(micro)
        assert alone.environments[0].evaluate({**markers}) is is_fit


def test_one_patch_release_that_is_left_is_named_by_its_number() -> None:
    answer = make_resolution(make_pin("app", "1"))

    lock = read(replace(answer, environment=answer.environment.limited_to((0,))))

    assert str(lock.requires_python) == str(SpecifierSet(">=3.9,<=3.9.0"))
    assert lock.environments is not None
    assert 'python_full_version == "3.9.0"' in str(lock.environments[0])
