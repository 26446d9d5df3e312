"""How the soak chooses what it builds, and what it says of it; the builds are its own."""

import json

from benchmarks.closures import End, read_groups, row_of, why_not
from benchmarks.sdist_only import Pinned, closures, next_ones, without_wheel


def pinned(pin: str, *filenames: str, requirers: str = "") -> Pinned:
    name, _, version = pin.partition("==")
    return Pinned(
        name=name,
        version=version,
        filenames=filenames,
        requirers=frozenset(requirers.split()),
    )


PURE = pinned("pure==1", "pure-1-py3-none-any.whl", "pure-1.tar.gz")
OLD = pinned("old==1", "old-1-cp38-cp38-manylinux1_x86_64.whl", "old-1.tar.gz")
OLDER = pinned("old==0", "old-0-cp38-cp38-manylinux1_x86_64.whl", "old-0.tar.gz")
STABLE = pinned("st==1", "st-1-cp36-abi3-manylinux2014_x86_64.whl", "st-1.tar.gz")
CLOSED = pinned("closed==1", "closed-1-cp38-cp38-manylinux1_x86_64.whl")
SDIST = pinned("sdist==1", "sdist-1.tar.gz", requirers="a b")


def test_what_only_an_sdist_gives_is_found() -> None:
    assert without_wheel([PURE, OLD, SDIST]) == {"sdist==1"}


def test_next_come_what_a_new_python_has_no_wheel_of_the_most_pinned_first() -> None:
    locks = [[PURE, OLD, SDIST], [STABLE, CLOSED, OLD], [OLDER]]
    assert next_ones(locks, set()) == ("old==1", "sdist==1")
    assert next_ones(locks, {"sdist==1"}) == ("old==1",)


def test_the_lists_are_of_the_closures_of_the_fairing_branch_and_six_images() -> None:
    assert len(closures()) == 7
    sizes = {group.name: len(group.releases) for group in read_groups()}
    assert sizes == {"fairing": 9, "images": 10, "new": 5, "next": 40}


def test_a_row_says_whether_all_builds_have_the_same_bytes() -> None:
    one, other = End(wheel="a-1.whl", sha256="1"), End(wheel="a-1.whl", sha256="2")
    row, is_same = row_of("a==1", "3.8", [one, one, one])
    assert (row, is_same) == ("| a==1 | 3.8 | `a-1.whl` | yes, 3 times |  |", True)
    row, is_same = row_of("a==1", "3.8", [one, other])
    assert "**no**" in row
    assert not is_same


def test_a_row_says_why_there_is_no_wheel() -> None:
    row, is_same = row_of("a==1", "3.8", [End(why="a | b")])
    assert row == "| a==1 | 3.8 | no |  | a \\| b |"
    assert is_same
    assert not row_of("a==1", "3.8", [End(wheel="a", sha256="1"), End(why="no")])[1]


def test_the_reason_is_what_a_command_said_without_what_it_is_about() -> None:
    what = "a 1 cannot be read: its metadata could not be built: it is old"
    assert why_not(json.dumps({"what": what})) == "it is old"
    missing = [{"reason": "build_wheel of a failed: it is old (see /tmp/a.log)"}]
    assert why_not(json.dumps({"what": "1 file", "missing": missing})) == "it is old"
    core = [{"text": "a 1 requires Python <3.10"}]
    assert why_not(json.dumps({"core": core})) == "a 1 requires Python <3.10"
