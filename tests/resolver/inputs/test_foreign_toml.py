import json
import tomllib
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axletree.resolver.inputs.foreign_toml import (
    MAX_DEPTH,
    ForeignTomlError,
    parse_toml,
    read_toml,
)

DEEP = 20_000


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * DEEP,
        "a = " + "[" * DEEP + "]" * DEEP,
        "a = " + "{a=" * DEEP,
        "a = " + "[{a.a=" * (MAX_DEPTH // 3 + 1),
        "a = [\n" + "[#]\n" * DEEP,
        "a = '''['''\nb = " + "[" * DEEP,
        'a = "\\"["\nb = ' + "[" * DEEP,
        "a" + ".a" * DEEP + " = 1",
        "a" + " . 'a'" * DEEP + " = 1",
        "[a" + ".a" * DEEP + "]",
        "[[a" + ".a" * DEEP + "]]",
        "{" * DEEP,
    ],
)
def test_what_is_nested_too_deep_is_refused_before_it_is_parsed(text: str) -> None:
    with pytest.raises(ForeignTomlError, match="nested more than 64 deep"):
        read_toml(text.encode())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"#" * ((2 << 20) + 1), "larger than"),
        (b'a = "\xe9"', "not UTF-8"),
        (b"a = ", "not valid TOML"),
        (b"a = " + b"1" * 5000, "not valid TOML"),
        (b"a = 0x" + b"f" * 5000, "a thousand digits"),
        (b"a = 9999-99-99", "not valid TOML"),
        (b'a = "\\ud800"', "not valid TOML"),
        (b"a = 1\na = 2", "not valid TOML"),
    ],
)
def test_what_cannot_be_read_has_a_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(ForeignTomlError, match=reason):
        read_toml(raw)


@pytest.mark.parametrize(
    "text",
    [
        "a = '[[[['\nb = '''\n[[''[[''''\nc = \"\"\"\\\"\"[\"\"\"\"\n# " + "[" * 99,
        "a = [" + "1.5, " * 1000 + "]",
        "a = [\n" + "  [1, 2], # [[\n" * 1000 + "]",
        "[a.b]\n" * 1 + "".join(f"k{i}.v = 1.5\n" for i in range(1000)),
        "".join(f"[[a]]\nb = {{c = [{i}]}}\n" for i in range(1000)),
        "a = " + "[" * MAX_DEPTH + "]" * MAX_DEPTH,
    ],
)
def test_what_is_not_deep_is_read_as_tomllib_does(text: str) -> None:
    assert read_toml(text.encode()) == tomllib.loads(text)


@given(st.text(alphabet="a.=[]{}\"'\\\n#, 1", max_size=60))
def test_any_text_is_read_as_tomllib_does_or_refused(text: str) -> None:
    try:
        expected = tomllib.loads(text)
    except ValueError:
        with pytest.raises(ForeignTomlError):
            parse_toml(text)
    else:
        assert parse_toml(text) == expected


@pytest.mark.slow
@given(
    st.recursive(
        st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=200,
    )
)
def test_nothing_that_is_read_is_deeper_than_it_may_be(value: object) -> None:
    text = f"a = {json.dumps(value).replace(':', ' =')}"
    try:
        read = parse_toml(text)
    except ForeignTomlError:
        return
    assert _depth(read) <= 2 * MAX_DEPTH


def _depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


@pytest.mark.parametrize(
    "unit", ['a="\\"', "'''\n''", '"""x""\\', "a='", "[a.b.c]\n", '"a" . ', "a=[1,#\n"]
)
def test_work_doubles_with_the_text(unit: str) -> None:
    ratios = []
    for _ in range(3):
        once, twice = (_work(unit * (20_000 * times)) for times in (1, 2))
        ratios.append(twice / once)
    assert min(ratios) < 3.5


def _work(text: str) -> float:
    start = process_time()
    with pytest.raises(ForeignTomlError):
        parse_toml("a = '" + "'\n" + text + "[" * DEEP)
    return process_time() - start
