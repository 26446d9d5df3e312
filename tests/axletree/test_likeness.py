"""Which name a mistyped one may mean, for settings, options and all else."""

import pytest

from axletree.likeness import MOST_CHARACTERS, count_slips, meant

NAMES = ("home", "cache-dir", "index-url", "index-strategy", "retries")


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("hoem", ["home"]),
        ("hme", ["home"]),
        ("index-ulr", ["index-url"]),
        ("chache-dri", ["cache-dir"]),
        ("index", ["index-url", "index-strategy"]),
        ("Retries", ["retries"]),
        ("--home", ["home"]),
        ("colour", []),
        ("h", []),
        ("x" * (MOST_CHARACTERS + 1), []),
    ],
)
def test_what_is_a_slip_or_a_beginning_is_meant(word: str, names: list[str]) -> None:
    assert meant(word, NAMES) == names


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        *(("pandas", "pandas", 0), ("padnas", "pandas", 1), ("panda", "pandas", 1)),
        *(("pandaas", "pandas", 1), ("pandus", "pandas", 1), ("", "abc", 3)),
        *(("abcd", "badc", 2), ("kfp", "tfx", 2)),
    ],
)
def test_a_swap_of_neighbours_is_one_slip(one: str, other: str, slips: int) -> None:
    assert count_slips(one, other) == count_slips(other, one) == slips
