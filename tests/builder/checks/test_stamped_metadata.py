from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from axletree.builder.checks.stamped_metadata import stamped_metadata
from axletree.builder.errors import MetadataDiffersError
from axletree.builder.recipes.redeclared import Redeclared
from axletree.builder.recipes.stamp import Stamp
from axletree.wheelhouse.metadata.core import read_headers

WHEEL = Path("thing-1.0-py3-none-any.whl")
HEAD = (
    "Metadata-Version: 2.1",
    "Name: thing",
    "Version: 1.0",
    "Requires-Python: >=3.6,",
    "  <3.10",
    "Provides-Extra: fast",
    "Requires-Dist: lib==1.0",
    "Requires-Dist: odd",
)
BODY = ("", "Requires-Dist: of the text", "")


def edited(redeclared: Redeclared, end: str = "\n") -> list[str]:
    stamp = Stamp(local="axle.1", recipe=Path("recipe.toml"), redeclared=redeclared)
    content = end.join((*HEAD, *BODY)).encode()
    written = stamped_metadata(WHEEL, content, Version("1.0"), stamp).decode()
    lines = written.split(end)
    assert lines[-3:] == list(BODY)
    assert lines[:3] == [*HEAD[:2], "Version: 1.0+axle.1"]
    return lines[3:-3]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("redeclared", "left"),
    [
        (Redeclared(), HEAD[3:]),
        (Redeclared(exchanged={"lib==1.0": ""}), (*HEAD[3:6], HEAD[7])),
        (
            Redeclared(added=("more>=2", 'most; extra == "fast"')),
            (
                *HEAD[3:],
                "Requires-Dist: more>=2",
                'Requires-Dist: most; extra == "fast"',
            ),
        ),
        (Redeclared(requires_python=">=3.6"), ("Requires-Python: >=3.6", *HEAD[5:])),
        (Redeclared(requires_python=""), HEAD[5:]),
        (
            Redeclared(exchanged={"lib == 1.0": "lib>=1"}, added=("more",)),
            (*HEAD[3:6], "Requires-Dist: lib>=1", HEAD[7], "Requires-Dist: more"),
        ),
    ],
)
def test_what_a_recipe_edits_changes_and_all_else_stays(
    redeclared: Redeclared, left: tuple[str, ...], end: str
) -> None:
    assert edited(redeclared, end) == list(left)


@pytest.mark.parametrize(
    ("redeclared", "said"),
    [
        (Redeclared(exchanged={"gone": ""}), "does not require gone"),
        (Redeclared(added=("Odd",)), "requires Odd already"),
        (Redeclared(added=('more; extra == "slow"',)), "has no extra slow"),
        (Redeclared(exchanged={"odd": "odd; extra == 'slow'"}), "has no extra slow"),
    ],
)
def test_an_edit_that_does_nothing_or_means_nothing_is_refused(
    redeclared: Redeclared, said: str
) -> None:
    with pytest.raises(MetadataDiffersError) as caught:
        edited(redeclared)
    assert said in caught.value.what
    assert caught.value.where == "recipe.toml, [requires-dist]"


def test_a_requirement_that_is_dropped_may_be_added_otherwise() -> None:
    redeclared = Redeclared(exchanged={"odd": ""}, added=("odd",))
    assert edited(redeclared)[-1] == "Requires-Dist: odd"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "tail", [[], [""], ["", ""], ["", "a body"], ["no header, and so a body", ""]]
)
def test_what_is_added_is_read_whether_or_not_there_is_a_body(
    end: str, tail: list[str]
) -> None:
    content = end.join((*HEAD, *tail)).encode()
    stamp = Stamp(
        local="axle.1",
        recipe=Path("recipe.toml"),
        redeclared=Redeclared(added=("more>=2",)),
        pins={canonicalize_name("numpy"): ">=1.23,<3"},
    )
    written = stamped_metadata(WHEEL, content, Version("1.0"), stamp)
    headers = read_headers(written)
    assert headers["requires-dist"] == ("lib==1.0", "odd", "more>=2", "numpy>=1.23,<3")
    assert headers["version"] == ("1.0+axle.1",)
    if tail:
        assert written.endswith(end.join(["", *tail]).encode())
