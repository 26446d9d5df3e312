"""Which project is meant by a name that is none."""

from datetime import UTC, datetime

import pytest
from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.inputs.known_names import (
    IMPORTED_AS,
    MOST_ASKED,
)
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.question import Limits
from axletree.resolver.universe.knowledge import Knowledge
from axletree.resolver.universe.near_names import near_names, nearest
from axletree.resolver.universe.protocol import Universe
from axletree.resolver.universe.snapshot import universe_from_json
from tests.support.universes import LazyUniverse

KNOWN = list(map(NormalizedName, ["numpy", "numba", "scikit-learn", "torch", "a", "b"]))


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("nmupy", ["numpy"]),
        ("numpyy", ["numpy"]),
        ("nunpy", ["numpy"]),
        ("sklearn", ["scikit-learn"]),
        ("scikitlearn", ["scikit-learn"]),
        ("scikit-laern", ["scikit-learn"]),
        ("pytorch", ["torch"]),
        ("pandas", []),
        # Short names are all near each other.
        ("c", []),
    ],
)
def test_it_is_imported_so_or_spelled_so_but_for_a_slip(
    name: str, meant: list[str]
) -> None:
    assert nearest(name, KNOWN)[:1] == meant


def test_what_is_known_is_spelled_as_indexes_do() -> None:
    names = [*IMPORTED_AS, *IMPORTED_AS.values(), *MOST_ASKED]

    assert [canonicalize_name(name) for name in names] == names


def universe(**days: int) -> Universe:
    """Make a project of one release, uploaded on a day of January 2024."""
    projects: dict[str, list[JsonObject]] = {
        name: [
            {
                "filename": f"{name}-1-py3-none-any.whl",
                "upload_time": f"2024-01-{day:02}T00:00:00Z",
                "metadata": {},
            }
        ]
        for name, day in days.items()
    }
    return universe_from_json({"format": "axletree.universe/1", "projects": projects})


def knowledge(of: Universe) -> Knowledge:
    limits = Limits(exclude_newer=datetime(2024, 1, 10, tzinfo=UTC))
    return Knowledge(of, environment_for("3.11", "linux"), limits)


def test_what_a_date_hides_is_not_meant() -> None:
    assert near_names(knowledge(universe(numpy=1, nunpy=20)), "nmupy") == ["numpy"]


def test_an_index_is_asked_for_little_and_only_for_what_is_near() -> None:
    index = LazyUniverse(base=universe(numpy=1, pandas=1))

    assert near_names(knowledge(index), "nmupy") == ["numpy"]
    assert index.pages_read == ["numpy"]
