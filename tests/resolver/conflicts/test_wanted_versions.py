"""Ranges in people's words."""

from collections.abc import Sequence

import pytest

from axletree.resolver.conflicts.wanted_versions import wanted_versions


@pytest.mark.parametrize(
    ("texts", "allowed", "said"),
    [
        (["a==1"], ["1"], "exactly a 1"),
        (["a[x]===1"], ["1"], "exactly a 1"),
        (["a>=1"], ["2", "1"], "a 1 or newer"),
        (["a>1"], ["2"], "a newer than 1"),
        (["a<2"], ["1"], "a older than 2"),
        (["a<=2"], ["2", "1"], "a 2 or older"),
        (["a>=1.25.4,<1.27"], ["1.26"], "a 1.25.4 or newer, but older than 1.27"),
        (["a<1.27,>=1.25.4"], ["1.26"], "a 1.25.4 or newer, but older than 1.27"),
        (["a"], ["1"], "a in any version"),
        (["a<2,>=1 on Python 3.9.4"], ["1"], "a 1 or newer, but older than 2 on Python 3.9.4"),
        (["a~=1.2"], ["1.2"], "a 1.2 or newer, but older than 2"),
        (["a~=3.7.4"], ["3.7.4"], "a 3.7.4 or newer, but older than 3.8"),
        # What is cut is the release's last number; post, dev and pre parts do not count.
        (["a~=2.2.post3"], ["2.5"], "a 2.2.post3 or newer, but older than 3"),
        (["a~=1.4.5a4"], ["1.4.5"], "a 1.4.5a4 or newer, but older than 1.5"),
        (["a>=1,!=1.3,<2"], ["1"], "a 1 or newer, but older than 2, except 1.3"),
        (["a!=2,<3,!=1"], ["1"], "a older than 3, except 2 or 1"),
        (["a!=2"], ["1"], "a in any version, except 2"),
        (["a==1.*"], ["1.2"], "a 1 or newer, but older than 2"),
        (["a==1.9.*"], ["1.9"], "a 1.9 or newer, but older than 1.10"),
        # What has no short words is left as it is spelled.
        (["a~=1!2rc1"], ["1!2"], "a~=1!2rc1"),
        (["a!=1,!=2,!=3"], ["4"], "a!=1,!=2,!=3"),
        (["a!=1.*"], ["2"], "a!=1.*"),
        (["a>=1 and a<2"], ["1"], "a>=1 and a<2"),
        (["a>=1 and a<2", "a>=2"], ["2", "1"], "a from 1 to 2"),
        (["a @ https://index.invalid/a.whl"], [], "a @ https://index.invalid/a.whl"),
        # Of several, what they come to.
        (["a==2", "a==1"], ["2", "1"], "a from 1 to 2"),
        (["a>=2.10", "a>=2.9"], ["3", "2.9"], "a 2.9 or newer"),
        (["a<2.10", "a<2.9"], ["2.9.1", "1"], "a older than 2.10"),
        (["a==2 on Python 3.9.4", "a>=3 on Python 3.9.5 or newer"], ["3", "2"], "a from 2 to 3"),
        (["a>=1,<3", "a>=1,<2"], ["2", "1"], "a from 1 to 2"),
        (["a==2", "a==3"], ["2"], "exactly a 2"),
        (["a==8", "a==9"], [], "a==8 or a==9"),
        (["a==7", "a==8", "a==9"], [], "other versions of a"),
    ],
)  # fmt: skip
def test_a_range_is_said_in_words(
    texts: Sequence[str], allowed: Sequence[str], said: str
) -> None:
    assert wanted_versions("a", texts, allowed, named=True) == said


def test_the_name_need_not_be_said_again() -> None:
    assert wanted_versions("a", ["a>=1"], ["1"], named=False) == "1 or newer"
    assert wanted_versions("a", ["a==1"], ["1"], named=False) == "exactly 1"
