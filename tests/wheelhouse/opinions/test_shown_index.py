import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

from packaging.specifiers import SpecifierSet

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
    UnusableMetadata,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.question import (
    Limits,
    Question,
    ask,
)
from axletree.resolver.model.requirements import (
    Exclusion,
    Override,
)
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.wheelhouse.opinions.shown_index import ShownIndex
from tests.support.answers import make_file, make_root, name

ONE = name("one")
PURE = "one-1-py3-none-any.whl"
SDIST = "one-1.tar.gz"
NATIVE = "one-1-cp39-cp39-manylinux_2_17_x86_64.whl"
FOREIGN = "one-1-cp39-cp39-win_amd64.whl"


def shown(
    *files: DistributionFile,
    answer: MetadataAnswer | None = None,
    limits: Limits | None = None,
    changes: Changes | None = None,
) -> ShownIndex:
    answer = answer or FileMetadata(requires_dist=("two>=1; extra == 'x'",))
    universe = FrozenUniverse(
        page_of={ONE: Page(project=ONE, files=files)},
        metadata_of={file.filename: answer for file in files},
    )
    question: Question = ask(
        [make_root("one")],
        environment_for("3.9", "linux"),
        limits=limits,
        changes=changes,
    )
    return ShownIndex(universe, question)


def listed(index: ShownIndex) -> list[str]:
    page = index.page(ONE)
    assert page is not None
    return re.findall(r">([^<]+)</a>", page)


def required(index: ShownIndex, filename: str = PURE) -> tuple[str, ...]:
    index.page(ONE)
    wheel = index.wheel(filename)
    assert wheel is not None
    return wheel.requires_dist


def test_files_that_the_target_can_use_are_listed() -> None:
    assert listed(shown(make_file(FOREIGN), make_file(NATIVE))) == [NATIVE]


def test_what_a_limit_hides_is_not_listed() -> None:
    old = replace(make_file(PURE), upload_time=datetime(2022, 1, 1, tzinfo=UTC))
    new = replace(make_file(NATIVE), upload_time=datetime(2023, 1, 1, tzinfo=UTC))
    limits = Limits(exclude_newer=datetime(2022, 2, 1, tzinfo=UTC))

    assert listed(shown(old, new, limits=limits)) == [PURE]


def test_requires_python_and_yanks_are_pip_s_to_judge() -> None:
    other = replace(make_file(PURE), requires_python="<3.8", yanked='a "bad" one')

    page = shown(other).page(ONE)

    assert page is not None
    assert 'data-requires-python="&lt;3.8"' in page
    assert 'data-yanked="a "bad" one"' in unescape(page)


def test_an_sdist_is_shown_as_a_wheel_where_it_would_be_used() -> None:
    assert listed(shown(make_file(SDIST), make_file(FOREIGN))) == [PURE]
    assert listed(shown(make_file(SDIST), make_file(NATIVE))) == [NATIVE]


def test_a_local_version_has_a_link_that_can_be_asked_for() -> None:
    page = shown(make_file("one-1+axle.1-py3-none-any.whl")).page(ONE)

    assert page is not None
    assert 'href="../../files/one-1%2Baxle.1-py3-none-any.whl"' in page


def test_a_project_that_is_not_there_has_no_page() -> None:
    index = shown()

    assert index.page(name("two")) is None
    assert index.wheel("two-1-py3-none-any.whl") is None


def test_a_wheel_requires_what_the_file_does() -> None:
    assert required(shown(make_file(PURE))) == ("two>=1; extra == 'x'",)


def test_metadata_that_is_none_names_another_version() -> None:
    for answer in (
        UnusableMetadata(reason="its METADATA is not text"),
        FileMetadata(requires_dist=("two ?",)),
    ):
        index = shown(make_file(PURE), answer=answer)
        index.page(ONE)
        wheel = index.wheel(PURE)
        assert wheel is not None
        assert wheel.version != "1"


def test_an_address_is_never_followed() -> None:
    lines = ("two[x] @ https://h.invalid/two.whl ; python_version >= '3'",)

    found = required(shown(make_file(PURE), answer=FileMetadata(requires_dist=lines)))

    assert found == ('two[x]<0; python_version >= "3"',)


def test_overrides_and_exclusions_are_in_the_metadata() -> None:
    override = Override(
        target=name("two"),
        specifier=SpecifierSet(">=3"),
        text="two>=3",
        origin=Origin(),
    )
    changes = Changes(
        overrides=(override,),
        exclusions=(Exclusion(project=name("three"), origin=Origin()),),
    )
    answer = FileMetadata(requires_dist=("two==1", "three", "four~=4.0"))

    index = shown(make_file(PURE), answer=answer, changes=changes)

    assert required(index) == ("two>=3", "four~=4.0")
