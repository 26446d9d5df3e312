"""A lock of plain pins is read as a requirements file is, or not at all."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axletree.resolver.locks.plain_pins import plain_pins
from axletree.resolver.locks.reading import read_lock
from axletree.resolver.model.errors import InvalidRequirementError

LOCK = Path("lock.txt")
NO_PIN = "\nzzz>=0\n"
"""Makes a file be read by all that requirements files may say, and pins nothing."""
HASH = f"--hash=sha256:{'0f' * 32}"
VERSIONS = (
    *("1", "1.0", "01.0", "1!1", "1.0a1", "1.0rc2", "1.0.rc2", "1rc", "1.0.post1"),
    *("1.0.post", "1.0.dev3", "1.0b2.post3.dev4", "1.0+cu111", "1.0+", "1.0+a-b", "1.*"),
    *("1.0.post0.dev", "1.dev1.2", "post1", "1..2", "1.0c1", "1.0-1", "v1", "", "x", "1 2"),
    *("1.0+a.b", "1.0RC1", "1.0.zip", "1.0,!=2", "1.0#", "²", "1" * 120),
)  # fmt: skip
NAMES = (
    *("a", "six", "ruamel-yaml", "A", "a.b", "a_b", "a--b", "-a", "a-", "", "é", "a b"),
    *("ray[serve]", "ray[a,b-c]", "ray[]", "ray[a", "ray[a ,b]", "ray[A]", "git+x"),
)
OTHERS = (
    *("", "# six==1", "    # via app", f"    {HASH}", f"    {HASH} \\", "-r other.txt"),
    *("--pre", "six", "six>=1", "six===1", "six == 1", "six==1 ; os_name == 'nt'"),
    *("six==1 # no", "six @ file:///six", "\\", "\x0c", "\ufeff", "\u2028", "# a \\"),
    *("--hash=md5:00", f"    {HASH}0", f"{HASH[:-1]}G", f"six==1 {HASH}", "${X}==1"),
)
PINS = st.builds("{}=={}".format, st.sampled_from(NAMES), st.sampled_from(VERSIONS))


@st.composite
def locks(draw: st.DrawFn) -> str:
    lines: list[str] = []
    for _ in range(draw(st.integers(0, 5))):
        kind = draw(st.integers(0, 9))
        if kind < 6:
            pin = draw(st.sampled_from(("a==1", "b[x]==1.2.post1", "c==2+l.1")))
            lines += [f"{pin} \\", f"    {HASH}"] if draw(st.booleans()) else [pin]
        elif kind < 8:
            lines.append(draw(PINS))
        else:
            lines.append(draw(st.sampled_from(OTHERS)))
    return draw(st.sampled_from(("\n", "\r\n"))).join((*lines, ""))


@given(locks())
def test_what_is_plain_is_read_as_any_requirements_file_is(text: str) -> None:
    if plain_pins(text) is None:
        return
    assert read_lock(LOCK, lambda _: text) == read_lock(LOCK, lambda _: text + NO_PIN)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_pin_of_any_spelling_is_read_alike_or_not_here(
    name: str, version: str
) -> None:
    text = f"{name}=={version}\n"
    if plain_pins(text) is None:
        return
    assert read_lock(LOCK, lambda _: text) == read_lock(LOCK, lambda _: text + NO_PIN)


@pytest.mark.parametrize("line", OTHERS[5:])
def test_what_is_no_plain_pin_is_read_in_full(line: str) -> None:
    text = f"a==1\n{line}\n"
    if line not in {"\x0c", "\u2028", "# a \\"}:
        assert plain_pins(text) is None
    try:
        found = read_lock(LOCK, lambda _: text)
    except InvalidRequirementError:
        return
    assert found == read_lock(LOCK, lambda _: text + NO_PIN)


def test_a_lock_of_ours_is_plain() -> None:
    text = (
        "#\n# This file was made by axletree for Python 3.9 on linux\n#\n"
        f"app[all,fast]==1.0 \\\n    {HASH} \\\n    {HASH}\n    # via command line\n"
        "base==2.0.post1+cu111\n    # via\n    #   app\n    #   -r asked.in\n"
    )

    app, base = plain_pins(text) or ()

    assert (app.name, app.extras, app.version) == ("app", ["all", "fast"], "1.0")
    assert (app.line, len(app.hashes), base.line) == (4, 2, 8)
    assert (base.version, base.hashes) == ("2.0.post1+cu111", [])
