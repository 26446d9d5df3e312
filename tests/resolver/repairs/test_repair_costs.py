"""The ranks of the kinds of repairs are in the order that is published."""

import re

from axletree.resolver.repairs import repair_costs
from tests.support.checkout import ROOT

PUBLISHED = (
    (repair_costs.RELAX_ROOT, "a looser requirement or constraint of your own"),
    (repair_costs.LATER_DATE, "a later date"),
    (repair_costs.ANOTHER_PYTHON, "another version of Python"),
    (repair_costs.COLLECT, "a file that the upstream index has"),
    (repair_costs.OVERRIDE, "a changed requirement of somebody else"),
    (repair_costs.LIFT, "lifting a ban"),
)


def test_ranks_are_in_the_published_order() -> None:
    page = (ROOT / "docs/explanation/repairs.md").read_text()
    listed = re.findall(r"^   \d\. (.*)$", page, re.MULTILINE)

    assert [rank for rank, _ in PUBLISHED] == list(range(len(listed)))
    for line, (_, what) in zip(listed, PUBLISHED, strict=True):
        assert what in line
