"""What an answer says beside its pins."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from packaging.utils import NormalizedName

from axletree.resolver.inputs.override_files import parse_overrides
from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.distribution import ExcludedFile
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.question import ask
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.snapshot import universe_from_json
from tests.support.command_line import snapshot_file, snapshot_of

RELEASES = {
    "app 1": ["lib<2", "odd; platform_machine ~= 'x86_64'"],
    "lib 2": [],
    "lib 1": [],
    "odd 1": [],
}


def universe() -> Universe:
    """Give one in which a file on the page of odd is none of it."""
    found = universe_from_json(snapshot_of(RELEASES))
    assert isinstance(found, FrozenUniverse)
    odd = NormalizedName("odd")
    stray = ExcludedFile(name="lib-3.zip", reason="it is a file of lib")
    page = replace(found.page_of[odd], excluded=(stray,))
    return replace(found, page_of={**found.page_of, odd: page})


def notes(*roots: str, override: str | None = None) -> tuple[str, ...]:
    written = [] if override is None else [override]
    overrides = parse_overrides(written, read=lambda _: "", environ={})
    question = ask(
        map(parse_requirement, roots),
        environment_for("3.9", "linux"),
        changes=Changes(overrides=overrides),
    )
    answer = Resolver(MemoUniverse(universe())).resolve(question)
    assert isinstance(answer, Resolution)
    return tuple(answer.notes)


def test_an_extra_that_adds_nothing_is_named() -> None:
    found = notes("lib[fast]")

    assert found == ("lib 2 has no extra 'fast'; it was asked for and adds nothing",)


def test_a_marker_without_an_order_is_named() -> None:
    [found] = notes("app")

    assert found.startswith("app 1 requires odd")
    assert "its marker compares what has no defined order" in found


def test_what_pip_would_refuse_of_an_override_is_named() -> None:
    found = notes("app", override="lib>=2")[-1]

    assert "app 1 requires lib<2" in found
    assert "install with --no-deps" in found


def test_an_answer_as_metadata_has_it_needs_no_note() -> None:
    assert notes("lib") == ()


def test_what_was_left_out_of_a_page_is_named() -> None:
    assert notes("odd") == (
        "odd: left out of its page: lib-3.zip (it is a file of lib)",
    )


def noted(
    releases: Mapping[str, Sequence[str]],
    *roots: str,
    **files: Sequence[JsonObject],
) -> tuple[str, ...]:
    found = universe_from_json(snapshot_of(releases, **files))
    question = ask(map(parse_requirement, roots), environment_for("3.9", "linux"))
    answer = Resolver(MemoUniverse(found)).resolve(question)
    assert isinstance(answer, Resolution)
    return tuple(answer.notes)


def broken(version: str) -> JsonObject:
    unusable: JsonObject = {"unusable": "its METADATA is not text"}
    return {**snapshot_file("lib", version), "metadata": unusable}


def test_a_yanked_release_that_is_taken_is_named_with_its_reason() -> None:
    yanked: JsonObject = {**snapshot_file("lib", "2"), "yanked": "it breaks apps"}
    bare: JsonObject = {**snapshot_file("lib", "3"), "yanked": ""}

    assert noted({}, "lib==2", lib=[yanked, bare]) == (
        "lib 2 is yanked (it breaks apps); it was taken because a pin asks for it",
    )
    assert noted({}, "lib==3", lib=[yanked, bare]) == (
        "lib 3 is yanked; it was taken because a pin asks for it",
    )


def test_a_newer_release_that_fell_by_its_metadata_is_named() -> None:
    files = [snapshot_file("lib", "1"), broken("2")]

    assert noted({}, "lib", lib=files) == (
        "lib 2 cannot be used (its METADATA is not text), so lib 1 was taken",
    )


def test_nothing_is_said_of_what_would_not_have_been_taken_anyway() -> None:
    files = [broken("0.5"), snapshot_file("lib", "1"), broken("2"), broken("3rc1")]

    assert noted({"app 1": ["lib<2"]}, "app", "lib", lib=files) == ()
    assert noted({}, "lib", "lib!=2", lib=files) == ()


def test_at_most_five_are_named() -> None:
    files = [broken(str(version)) for version in range(2, 10)]

    found = noted({}, "lib", lib=[*files, snapshot_file("lib", "1")])

    assert len(found) == 6
    assert found[-1] == "and 3 more could not be used, or read here"
