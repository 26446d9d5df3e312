"""Markers, for one patch release of Python after the other."""

import pytest
from packaging.markers import Marker

from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.markers import MarkerEvaluator

ANY = environment_for("3.9", "linux")
EVERYTHING = (1 << len(ANY.micros)) - 1
BELOW_4 = (1 << 4) - 1


@pytest.mark.parametrize(
    ("text", "extra", "micros"),
    [
        ("python_version >= '3.9'", "", EVERYTHING),
        ("python_version >= '3.10'", "", 0),
        ("python_full_version < '3.9.4'", "", BELOW_4),
        ("'3.9.4' > python_full_version", "", BELOW_4),
        ("implementation_version < '3.9.4'", "", BELOW_4),
        ("python_full_version == '3.9.*'", "", EVERYTHING),
        ("python_full_version == '3.9'", "", 1),
        ("python_full_version != '3.9.4'", "", EVERYTHING ^ 1 << 4),
        ("python_full_version >= '3.9.0rc1'", "", EVERYTHING),
        ("extra == 'x' and python_full_version < '3.9.4'", "", 0),
        ("extra == 'x' and python_full_version < '3.9.4'", "x", BELOW_4),
        ("extra == 'x' or python_full_version < '3.9.4'", "x", EVERYTHING),
        ("python_full_version === '3.9.4'", "", 1 << 4),
        ("python_full_version ~= 'x'", "", 0),
    ],
)
def test_a_marker_is_true_for_some_patch_releases(
    text: str, extra: str, micros: int
) -> None:
    evaluator = MarkerEvaluator(ANY)

    assert evaluator.micros(Marker(text), text, extra) == micros
    assert evaluator.is_true(Marker(text), text, extra) is (micros != 0)


def test_one_patch_release_is_a_mask_of_one() -> None:
    evaluator = MarkerEvaluator(environment_for("3.9.7", "linux"))

    for text, is_true in (
        ("python_full_version < '3.9.4'", False),
        ("python_full_version >= '3.9.4'", True),
    ):
        assert evaluator.micros(Marker(text), text) == is_true


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("python_full_version < '3.9.4'", BELOW_4),
        ("python_full_version >= '3.9.0'", 0),
        ("sys_platform == 'linux'", 0),
    ],
)
def test_a_root_is_limited_by_what_tells_patch_releases_apart(
    text: str, micros: int
) -> None:
    assert MarkerEvaluator(ANY).limit(Marker(text)) == micros


def test_a_root_without_a_marker_is_not_limited() -> None:
    assert MarkerEvaluator(ANY).limit(None) == 0
