"""What an answer says beside its pins."""

from dataclasses import replace

from packaging.utils import NormalizedName

from axletree.resolver.inputs.override_files import parse_overrides
from axletree.resolver.inputs.requirements_files import parse_requirement
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.distribution import ExcludedFile
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.overrides import Changes
from axletree.resolver.model.question import ask
from axletree.resolver.resolve import Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.snapshot import universe_from_json
from tests.support.command_line import snapshot_of

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
        "odd; left out of its page: lib-3.zip (it is a file of lib)",
    )
