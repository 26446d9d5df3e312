"""Another platform: the nearest that has the wheels, and works."""

import pytest

from tests.support.repairs import has_its_repairs


@pytest.mark.parametrize(
    "name",
    [
        "a_newer_glibc_is_the_nearest_platform",
        "a_platform_is_used_that_has_the_wheels",
        "a_requirement_of_one_system_lets_others_be_tried",
    ],
)
def test_another_platform_is_told_where_it_helps(name: str) -> None:
    has_its_repairs(f"repairs/{name}")
