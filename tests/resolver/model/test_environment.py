import pytest
from packaging.markers import Marker, default_environment
from packaging.specifiers import SpecifierSet

from axletree.resolver.model.environment import (
    FREE_THREADED_PYTHONS,
    KNOWN_PLATFORMS,
    KNOWN_PYTHONS,
    environment_for,
    limit_python,
    platform_of,
)
from axletree.resolver.model.errors import (
    InvalidEnvironmentError,
    PythonExcludedError,
)
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.requirements import PythonLimit


@pytest.mark.parametrize("platform", KNOWN_PLATFORMS)
@pytest.mark.parametrize("python", [*KNOWN_PYTHONS, *FREE_THREADED_PYTHONS])
def test_every_known_pair_has_tags_without_doubles(python: str, platform: str) -> None:
    tags = environment_for(python, platform).tags

    assert tags[-1] == "py30-none-any"
    assert len(tags) == len(set(tags))


def test_a_minor_version_sees_its_first_patch_release_and_may_be_any() -> None:
    environment = environment_for("3.9", "linux")

    assert environment.markers["python_full_version"] == "3.9.0"
    assert environment.markers["python_version"] == "3.9"
    assert environment.micros == tuple(range(40))
    assert environment.label == "Python 3.9 on linux"


def test_a_patch_release_means_exactly_that_one() -> None:
    environment = environment_for("3.9.7", "linux")

    assert environment.markers["python_full_version"] == "3.9.7"
    assert environment.markers["implementation_version"] == "3.9.7"
    assert environment.micros == (7,)
    assert "cp39-cp39-manylinux_2_28_x86_64" in environment.tags


def test_all_marker_variables_but_extra_have_a_value() -> None:
    names = set(default_environment())

    assert set(environment_for("3.9", "linux").markers) == names


def test_python_3_10_is_newer_than_3_9_in_markers() -> None:
    markers = dict(environment_for("3.10", "linux").markers)

    assert Marker("python_version > '3.9'").evaluate(markers)
    assert markers["python_version"] in SpecifierSet(">=3.10")


@pytest.mark.parametrize(
    ("platform", "best", "worst"),
    [
        ("linux", "manylinux_2_28_x86_64", "linux_x86_64"),
        ("x86_64-unknown-linux-gnu", "manylinux_2_28_x86_64", "linux_x86_64"),
        ("x86_64-manylinux2014", "manylinux_2_17_x86_64", "linux_x86_64"),
        ("x86_64-manylinux_2_31", "manylinux_2_31_x86_64", "linux_x86_64"),
        ("aarch64-manylinux_2_17", "manylinux_2_17_aarch64", "linux_aarch64"),
        ("musllinux", "musllinux_1_2_x86_64", "linux_x86_64"),
        ("aarch64-unknown-linux-musl", "musllinux_1_2_aarch64", "linux_aarch64"),
        ("x86_64-musllinux_1_1", "musllinux_1_1_x86_64", "linux_x86_64"),
        ("macos", "macosx_13_0_arm64", "macosx_10_4_universal2"),
        ("x86_64-apple-darwin", "macosx_13_0_x86_64", "macosx_10_4_universal"),
        ("windows", "win_amd64", "win_amd64"),
        ("i686-pc-windows-msvc", "win32", "win32"),
    ],
)
def test_platform_tags_run_from_best_to_worst(
    platform: str, best: str, worst: str
) -> None:
    tags = environment_for("3.9", platform).tags
    native = [tag for tag in tags if tag.startswith("cp39-cp39-")]

    assert native[0] == f"cp39-cp39-{best}"
    assert native[-1] == f"cp39-cp39-{worst}"
    assert tags[0] == native[0]


def test_legacy_manylinux_names_stand_behind_their_glibc_version() -> None:
    tags = environment_for("3.9", "linux").tags

    newer = tags.index("cp39-cp39-manylinux_2_17_x86_64")
    assert tags[newer + 1] == "cp39-cp39-manylinux2014_x86_64"
    assert "cp39-cp39-manylinux1_x86_64" in tags
    assert (
        "cp39-cp39-manylinux1_aarch64"
        not in environment_for("3.9", "aarch64-unknown-linux-gnu").tags
    )


@pytest.mark.parametrize(
    ("python", "abi"), [("3.6", "cp36m"), ("3.7", "cp37m"), ("3.8", "cp38")]
)
def test_pymalloc_suffix_ends_with_python_3_8(python: str, abi: str) -> None:
    interpreter = abi.removesuffix("m")

    tags = environment_for(python, "windows").tags

    assert tags[0] == f"{interpreter}-{abi}-win_amd64"


@pytest.mark.parametrize(
    "python",
    [
        "",
        "3",
        "2.7",
        "3.5",
        "3.99",
        "3.9.x",
        "3.9.0rc1",
        "3.9.7.1",
        "v3.9",
        "3.09",
        "٣.٩",
    ],
)
def test_unknown_python_is_refused_with_the_known_ones(python: str) -> None:
    with pytest.raises(InvalidEnvironmentError) as caught:
        environment_for(python, "linux")

    assert caught.value.exit_code == 2
    assert "3.9" in caught.value.hint
    assert repr(python) in caught.value.what


@pytest.mark.parametrize(
    "platform",
    ["", "plan9", "x86_64", "x86_64-manylinux_3_1", "x86_64-musllinux_2_1",
     "aarch64-manylinux_2_5", "sparc-manylinux_2_17", "x86_64-manylinux_2_17 "],
)  # fmt: skip
def test_unknown_platform_is_refused_with_the_known_ones(platform: str) -> None:
    with pytest.raises(InvalidEnvironmentError) as caught:
        environment_for("3.9", platform)

    assert "x86_64-manylinux_2_17" in caught.value.hint
    assert "macos" in caught.value.hint


@pytest.mark.parametrize(
    ("tag", "own", "name"),
    [
        ("manylinux_2_34_x86_64", "linux", "x86_64-manylinux_2_34"),
        ("manylinux1_x86_64", "windows", "linux"),
        ("manylinux2014_aarch64", "linux", "aarch64-unknown-linux-gnu"),
        ("manylinux2014_aarch64", "x86_64-manylinux_2_17", "aarch64-manylinux_2_17"),
        ("linux_ppc64le", "linux", "ppc64le-manylinux_2_28"),
        ("musllinux_1_1_x86_64", "linux", "x86_64-unknown-linux-musl"),
        ("musllinux_1_1_aarch64", "x86_64-musllinux_1_1", "aarch64-musllinux_1_1"),
        ("win32", "linux", "i686-pc-windows-msvc"),
        ("win_amd64", "linux", "windows"),
        ("macosx_10_9_x86_64", "linux", "x86_64-apple-darwin"),
        ("macosx_11_0_universal2", "linux", "macos"),
        ("manylinux_2_36_loongarch64", "linux", None),
        ("manylinux_3_1_x86_64", "linux", None),
        ("solaris_2_sparc", "linux", None),
    ],
)
def test_a_wheels_platform_is_named_as_it_is_resolved_for(
    tag: str, own: str, name: str | None
) -> None:
    assert platform_of(tag, environment_for("3.9", own)) == name


@pytest.mark.parametrize(
    ("python", "taken", "refused"),
    [
        (
            "3.13t",
            ["cp313-cp313t-linux_x86_64", "cp313-none-any", "py3-none-any"],
            ["cp313-cp313-linux_x86_64", "cp313-abi3-linux_x86_64", "cp39-abi3-any"],
        ),
        ("3.13", ["cp313-cp313-linux_x86_64"], ["cp313-cp313t-linux_x86_64"]),
        # Source: PEP 803, the stable ABI of free-threaded builds.
        ("3.15t", ["cp315-abi3t-linux_x86_64"], ["cp315-abi3-linux_x86_64"]),
        (
            "3.15",
            ["cp315-abi3-linux_x86_64", "cp315-cp315-linux_x86_64"],
            ["cp315-abi3t-linux_x86_64"],
        ),
    ],
)
def test_a_free_threaded_build_takes_wheels_for_it(
    python: str, taken: list[str], refused: list[str]
) -> None:
    tags = set(environment_for(python, "linux").tags)

    assert tags.issuperset(taken)
    assert tags.isdisjoint(refused)


@pytest.mark.parametrize("python", ["3.13t", "3.13.1t"])
def test_a_free_threaded_build_has_the_markers_of_its_version(python: str) -> None:
    environment = environment_for(python, "linux")
    plain = environment_for(python.removesuffix("t"), "linux")

    assert environment.markers == plain.markers
    assert environment.micros == plain.micros
    assert environment.label == f"Python {python} on linux"
    assert (environment.version, environment.minor) == (python[:-1], "3.13")
    assert (environment.python, plain.python) == ("3.13t", "3.13")


@pytest.mark.parametrize("python", ["3.12t", "3.16t", "3.13tt", "t", "3.13 t", "3t"])
def test_no_other_python_is_free_threaded(python: str) -> None:
    with pytest.raises(InvalidEnvironmentError) as caught:
        environment_for(python, "linux")

    assert "free-threaded 3.13t, 3.14t, 3.15t" in (caught.value.hint or "")


def test_the_users_own_project_is_held_against_the_version_alone() -> None:
    limit = PythonLimit(specifier=SpecifierSet(">=3.14"), origin=Origin())

    assert limit_python(environment_for("3.14t", "linux"), [limit]).micros
    with pytest.raises(PythonExcludedError):
        limit_python(environment_for("3.13t", "linux"), [limit])


@pytest.mark.parametrize(
    ("python", "micros", "bounds", "label"),
    [
        ("3.9", (*range(40),), (), ""),
        ("3.9.7", (7,), (), ""),
        ("3.14t", (*range(2, 40),), ((">=", "3.14.2"),), "Python 3.14.2 or newer"),
        ("3.9", (*range(5),), (("<=", "3.9.4"),), "Python 3.9.0 to 3.9.4"),
        (
            "3.9",
            (4, 6, *range(8, 40)),
            ((">=", "3.9.4"), ("!=", "3.9.5"), ("!=", "3.9.7")),
            "Python 3.9.4 or newer, but not 3.9.5 and 3.9.7",
        ),
        ("3.9", (3,), ((">=", "3.9.3"), ("<=", "3.9.3")), "Python 3.9.3"),
    ],
)
def test_patch_releases_are_bounded_where_they_are_not_all(
    python: str, micros: tuple[int, ...], bounds: object, label: str
) -> None:
    environment = environment_for(python, "linux").limited_to(micros)

    assert environment.micros == micros
    assert environment.bounds == bounds
    assert environment.micros_label == label


def test_one_patch_release_that_is_left_is_what_markers_say() -> None:
    environment = environment_for("3.9", "linux").limited_to((7,))

    assert environment.markers["python_full_version"] == "3.9.7"
    assert environment.markers_at(8)["implementation_version"] == "3.9.8"
