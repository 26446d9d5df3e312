"""Each kind of ban: lifted widely to see, and narrowly to tell."""

from dataclasses import replace

import pytest

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.distribution import FileMetadata, Page
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.fact_keys import FallenKey
from axletree.resolver.model.question import ask
from axletree.resolver.repairs.bans import MOST_YANKED, lift_of
from axletree.resolver.repairs.proving import Prover
from axletree.resolver.resolve import Refusal, Resolver
from axletree.resolver.universe.composed import FrozenUniverse, MemoUniverse
from tests.support.answers import make_file, name
from tests.support.repairs import has_its_repairs


@pytest.mark.parametrize(
    "name",
    [
        "conflicts/a_line_that_is_relaxed_takes_its_hashes_along",
        "gates/a_superfluous_release_opens_no_gate",
        "gates/no_release_opens_its_own_gate",
        "repairs/a_policy_gives_way_for_one_release",
        "repairs/the_kind_of_files_is_allowed_again",
        "repairs/other_hashes_are_taken_beside_those_given",
        "repairs/a_yanked_final_release_goes_before_a_yanked_prerelease",
        "repairs/two_bans_are_lifted_together",
    ],
)
def test_a_ban_is_lifted_as_narrowly_as_it_may_be(name: str) -> None:
    assert any(repair.kind == "lift" for repair in has_its_repairs(name))


@pytest.mark.parametrize(("more", "is_complete"), [(0, True), (1, False)])
def test_it_is_known_whether_every_yanked_release_was_pinned(
    more: int,
    is_complete: bool,  # noqa: FBT001  a parameter
) -> None:
    files = tuple(
        replace(make_file(f"app-{version}-py3-none-any.whl"), yanked="")
        for version in range(MOST_YANKED + more)
    )
    memo = MemoUniverse(
        FrozenUniverse(
            page_of={name("app"): Page(project=name("app"), files=files)},
            metadata_of={file.filename: FileMetadata() for file in files},
        )
    )
    question = ask([parse_requirement("app")], environment_for("3.9", "linux"))
    refusal = Resolver(memo).resolve(question)
    assert isinstance(refusal, Refusal)

    lift = lift_of(FallenKey(name("app"), "yanked"), Prover(memo, question, refusal))

    assert lift is not None
    assert lift.is_complete is is_complete
