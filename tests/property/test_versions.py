"""Our quick ways with names, versions and markers, against packaging's own."""

from hypothesis import given, reject
from hypothesis import strategies as st
from packaging.markers import Marker, UndefinedComparison
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from axletree.resolver.model.distribution import expand_tag
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.file_names import FileNames
from axletree.resolver.model.markers import MarkerEvaluator
from axletree.resolver.universe.release_sets import SpecifierMasks

SPELLINGS = st.from_regex(
    r"(1!)?[0-3](\.[0-2]){0,2}([-_.]?(a|b|rc|alpha|c)[-_.]?[0-2]?)?"
    r"(-[0-2]|[-_.]?(post|rev)[0-2]?)?([-_.]?dev[0-2]?)?(\+(axle|cu)[.-]?[0-2])?",
    fullmatch=True,
)
OPERATORS = st.sampled_from(("==", "!=", "<", "<=", ">", ">=", "~=", "==="))


@st.composite
def specifier_sets(draw: st.DrawFn) -> str:
    """Draw one or two specifiers that packaging accepts."""
    parts = []
    for _ in range(draw(st.integers(1, 2))):
        star = draw(st.sampled_from(("", "", ".*")))
        parts.append(f"{draw(OPERATORS)}{draw(SPELLINGS)}{star}")
    text = ",".join(parts)
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        reject()
    return text


@given(
    spellings=st.lists(SPELLINGS, max_size=8, unique_by=Version), text=specifier_sets()
)
def test_masks_hold_what_packaging_says(spellings: list[str], text: str) -> None:
    newest_first = sorted(spellings, key=Version, reverse=True)
    masks = SpecifierMasks([Version(s) for s in newest_first], newest_first)
    specifiers = SpecifierSet(text)

    found = masks.of(specifiers)

    assert [bool(found >> place & 1) for place in range(len(newest_first))] == [
        specifiers.contains(spelling, prereleases=True) for spelling in newest_first
    ]


NAMES = st.from_regex(
    r"[A-Za-z]([A-Za-z0-9]|[-_.]{1,2}[A-Za-z0-9]){0,5}", fullmatch=True
)
TAGS = st.sampled_from(
    ("py3-none-any", "py2.py3-none-any", "cp39-abi3-manylinux_2_17_x86_64.linux_x86_64")
)


@given(
    name=NAMES, version=SPELLINGS, build=st.sampled_from(("", "-1", "-2a")), tag=TAGS
)
def test_wheel_names_are_split_as_packaging_does(
    name: str, version: str, build: str, tag: str
) -> None:
    filename = f"{name.replace('-', '_')}-{version.replace('-', '_')}{build}-{tag}.whl"
    try:
        project, parsed, number, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename:
        reject()

    read = FileNames(project).read(filename)

    assert isinstance(read, tuple)
    safe, kind, spelled, own_build, own_tag = read
    assert (safe, kind) == (filename, "wheel")
    assert Version(spelled) == parsed
    assert own_build == "".join(map(str, number))
    assert set(expand_tag(own_tag)) == set(map(str, tags))


@given(name=NAMES, version=SPELLINGS, suffix=st.sampled_from((".tar.gz", ".zip")))
def test_sdist_names_are_split_as_packaging_does(
    name: str, version: str, suffix: str
) -> None:
    filename = f"{name}-{version}{suffix}"
    try:
        project, parsed = parse_sdist_filename(filename)
    except InvalidSdistFilename:
        # packaging takes the last dash, which may stand within the version.
        project, parsed = canonicalize_name(name), Version(version)
    if project != canonicalize_name(name):
        project, parsed = canonicalize_name(name), Version(version)

    read = FileNames(project).read(filename)

    assert isinstance(read, tuple)
    assert read[:2] == (filename, "sdist")
    assert Version(read[2]) == parsed


COMPARISONS = st.sampled_from(
    (
        *('python_version < "3.8"', 'python_version >= "3.8"', 'os_name == "nt"'),
        *('"linux" in sys_platform', 'sys_platform == "linux"', 'extra == "a"'),
        *('extra == "B-c"', "platform_machine != 'arm64'", '"3.9" == python_version'),
        *('python_full_version ~= "3.9.0"', 'python_version in "3.8 3.9"'),
        *('platform_release >= "20"', 'platform_version == ""'),
        *('python_full_version < "3.9.4"', 'python_full_version != "3.9.17"'),
        *(
            'implementation_version in "3.9.12 3.9.3"',
            '"3.9.08" <= python_full_version',
        ),
        *('python_full_version == "3.9.1.*"', 'python_full_version > "3.9.2rc1"'),
        *('"2" in implementation_version', 'python_full_version >= "3.9.100"'),
    )
)
MARKERS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"{pair[0]} and {pair[1]}"),
        st.tuples(inner, inner).map(lambda pair: f"{pair[0]} or {pair[1]}"),
        inner.map("({})".format),
    ),
    max_leaves=5,
)
UNDEFINED = (
    ('implementation_name === "cpython"', True),
    ("implementation_name === 'pypy'", False),
    ('"cpython" === implementation_name', True),
    ('platform_machine ~= "x86_64"', False),
)


@given(text=MARKERS, extra=st.sampled_from(("", "a", "b-c")))
def test_markers_are_evaluated_as_packaging_does(text: str, extra: str) -> None:
    environment = environment_for("3.9", "linux")
    every = MarkerEvaluator(environment).micros(Marker(text), text, extra)
    for place, micro in enumerate(environment.micros):
        markers = {**environment.markers_at(micro), "extra": extra}
        assert bool(every >> place & 1) is Marker(text).evaluate(markers)
    environment = environment_for("3.9.0", "linux")
    evaluator = MarkerEvaluator(environment)
    expected = Marker(text).evaluate({**environment.markers, "extra": extra})

    assert evaluator.is_true(Marker(text), text, extra) is expected

    for undefined, is_true in UNDEFINED:
        for joined, outcome in (
            (f"({text}) and {undefined}", expected and is_true),
            (f"{undefined} or ({text})", expected or is_true),
        ):
            assert evaluator.is_true(Marker(joined), joined, extra) is outcome


def test_packaging_still_refuses_what_we_evaluate() -> None:
    for undefined, _ in UNDEFINED:
        try:
            Marker(undefined).evaluate()
        except UndefinedComparison:
            continue
        message = f"{undefined} is defined now"
        raise AssertionError(message)
