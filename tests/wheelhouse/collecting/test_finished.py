"""What makes a collect another one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from axletree.resolver.inputs.requirement_text import parse_requirement
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.question import Limits, Question, ask
from axletree.wheelhouse.collecting.finished import collection_key

LIMITS = Limits(exclude_newer=datetime(2024, 1, 1, tzinfo=UTC))
ASKED = ask((parse_requirement("app"),), environment_for("3.9", "linux"), limits=LIMITS)


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, prefer="balanced"),
        replace(ASKED, environment=environment_for("3.10", "linux")),
        replace(ASKED, limits=replace(LIMITS, allow_prereleases=True)),
        replace(ASKED, limits=replace(LIMITS, skip_unbuildable=True)),
        replace(ASKED, roots=(parse_requirement("app>1"),)),
        replace(ASKED, constraints=(parse_requirement("app>1"),)),
    ],
)
def test_whatever_decides_what_comes_is_in_the_key(other: Question) -> None:
    assert collection_key(other, (), "first-index") != collection_key(
        ASKED, (), "first-index"
    )
