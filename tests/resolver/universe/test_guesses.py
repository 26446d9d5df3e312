"""Which file of a page is likely to be asked for next."""

from dataclasses import replace

import pytest
from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.resolver.model.distribution import FileMetadata, Page
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import Limits, ask
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.guesses import Guesses
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.snapshot import universe_from_json
from tests.property.case import root
from tests.support.command_line import snapshot_of

RELEASES: dict[str, list[str]] = {
    "lib 3rc1": [],
    "lib 3": [],
    "lib 2": [],
    "lib 1": [],
}
LIB = NormalizedName("lib")


def know() -> tuple[Knowledge, Page]:
    universe = universe_from_json(snapshot_of(RELEASES))
    assert isinstance(universe, FrozenUniverse)
    environment = environment_for("3.9", "linux")
    return Knowledge(universe, environment, Limits()), universe.page_of[LIB]


def guessed(guesses: Guesses, page: Page) -> str | None:
    file = guesses.likely(page)
    return None if file is None else file.version


@pytest.mark.parametrize(
    ("asked", "constraint", "line", "version"),
    [
        ("other", None, "lib", "3"),
        ("other", None, "lib<3", "2"),
        ("lib<3", None, "lib", "2"),
        ("other", "lib<2", "lib", "1"),
        ("other", None, "lib>3", None),
        ("other", None, "lib<2; python_version<'3'", "3"),
    ],
)
def test_it_is_the_newest_final_release_that_lines_admit(
    asked: str, constraint: str | None, line: str, version: str | None
) -> None:
    knowledge, page = know()
    constraints = [root(constraint)] if constraint else []
    question = ask([root(asked)], knowledge.environment, constraints=constraints)
    knowledge.guesses.hear(question)

    named = knowledge.guesses(FileMetadata(requires_dist=(line,)))

    assert list(named) == ([] if "python" in line else [LIB])
    assert guessed(knowledge.guesses, page) == version


def test_each_line_that_is_heard_may_make_another_release_likely() -> None:
    knowledge, page = know()
    guesses = knowledge.guesses
    guesses(FileMetadata(requires_dist=("lib",)))
    assert guessed(guesses, page) == "3"
    assert guessed(guesses, page) is None

    guesses(FileMetadata(requires_dist=("lib<3",)))
    assert guessed(guesses, page) == "2"


def test_of_a_clash_the_release_that_its_last_line_admits_is_likely_once() -> None:
    knowledge, page = know()
    guesses = knowledge.guesses
    guesses(FileMetadata(requires_dist=("lib==3",)))
    guesses.likely(page)

    guesses(FileMetadata(requires_dist=("lib==2",)))
    assert guessed(guesses, page) == "2"

    guesses(FileMetadata(requires_dist=("lib==1",)))
    assert guessed(guesses, page) is None


def test_what_is_to_be_kept_is_likelier() -> None:
    knowledge, page = know()
    question = ask([root("other")], knowledge.environment)
    knowledge.guesses.hear(replace(question, preferences={LIB: Version("1")}))

    assert guessed(knowledge.guesses, page) == "1"


def test_an_sdist_is_not_guessed() -> None:
    knowledge, page = know()
    sdists = tuple(replace(file, kind="sdist", tag="") for file in page.files)

    assert guessed(knowledge.guesses, replace(page, files=sdists)) is None


def test_the_releases_of_a_guess_are_good_if_the_page_is_the_same() -> None:
    knowledge, page = know()
    guesses = knowledge.guesses
    guesses.likely(page)

    told = replace(page, unasked=("other",))
    releases = guesses.compile(told)

    assert releases.page == told
    assert guesses.compile(told) is not releases
    guesses.likely(page)
    fewer = replace(page, files=page.files[:1])
    assert [str(r.version) for r in guesses.compile(fewer).all] == ["3rc1"]
