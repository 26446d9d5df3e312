"""Costs are compared as docs/explanation/repairs.md publishes."""

import re

from axletree.resolver.repairs import costs
from axletree.resolver.repairs.costs import cost_of, far_older, with_skipping
from tests.support.checkout import ROOT

PUBLISHED = (
    (costs.NEAR_NAME, "a near name"),
    (costs.RELAX_ROOT, "a looser requirement or constraint of your own"),
    (costs.LATER_DATE, "a later date"),
    (costs.ANOTHER_PYTHON, "another version of Python"),
    (costs.ANOTHER_PLATFORM, "another platform"),
    (costs.INDEX_STRATEGY, "index strategy"),
    (costs.COLLECT, "a file that the upstream index has"),
    (costs.OVERRIDE, "a changed requirement of somebody else"),
    (costs.SKIP_UNBUILDABLE, "an sdist that cannot be built"),
    (costs.FAR_OLDER, "far older"),
    (costs.LIFT, "lifting a restriction"),
)


def test_kinds_are_in_the_published_order() -> None:
    page = (ROOT / "docs/explanation/repairs.md").read_text()
    listed = re.findall(r"^   +\d+\. (.*)$", page, re.MULTILINE)

    assert [kind for kind, _ in PUBLISHED] == list(range(len(listed)))
    for line, (_, what) in zip(listed, PUBLISHED, strict=True):
        assert what in line


def test_the_highest_kind_counts_first_then_how_many_then_how_far() -> None:
    in_order = [
        cost_of([costs.NEAR_NAME]),
        cost_of([costs.RELAX_ROOT], 9),
        cost_of([costs.RELAX_ROOT, costs.NEAR_NAME], 1),
        cost_of([costs.RELAX_ROOT, costs.RELAX_ROOT]),
        cost_of([costs.LATER_DATE], 400),
        cost_of([costs.OVERRIDE]),
        far_older(cost_of([costs.RELAX_ROOT], 2)),
        far_older(cost_of([costs.RELAX_ROOT], 3)),
        cost_of([costs.LIFT], 1),
        cost_of([costs.LIFT, costs.LATER_DATE], 400),
        cost_of([costs.LIFT, costs.LIFT]),
    ]

    assert in_order == sorted(in_order)


def test_leaving_out_what_cannot_be_read_is_one_change_more() -> None:
    moved = cost_of([costs.RELAX_ROOT, costs.RELAX_ROOT], 7)
    skipping = costs.SKIP_UNBUILDABLE

    assert with_skipping(moved) == cost_of(
        [costs.RELAX_ROOT, costs.RELAX_ROOT, skipping], 7
    )
    assert with_skipping(cost_of([costs.LIFT], 3)) == cost_of([costs.LIFT, skipping], 3)
    assert with_skipping(far_older(moved)) == far_older(with_skipping(moved))
    assert with_skipping(moved) < with_skipping(far_older(moved))
