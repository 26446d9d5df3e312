"""What was compiled against numpy or torch requires the releases that it is good for."""

from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from axletree.builder.checks.abi_pins import abi_pins, abi_rules, pinned_lines
from axletree.builder.checks.inspection import check_recipe_wheel, check_sound
from axletree.builder.errors import MetadataDiffersError
from axletree.builder.recipes.recipe import load_recipe
from axletree.builder.recipes.redeclared import Redeclared
from axletree.wheelhouse.archives.rules import CHUNK_BYTES
from tests.support.wheels import make_wheel

NUMPY = canonicalize_name("numpy")
SPAN = ">=1.23,<3"


def required(project: str, version: str) -> str:
    [rule] = [rule for rule in abi_rules() if rule.project == project]
    return rule.required(Version(version))


@pytest.mark.parametrize(
    ("project", "version", "expected"),
    [
        ("torch", "2.1.0", "==2.1.*"),
        ("torch", "2.10.3+cu121", "==2.10.*"),
        ("torch", "2.6.0.dev20250101", "==2.6.*"),
        ("numpy", "1.17.3", ">=1.17,<2"),
        ("numpy", "1.24.4", ">=1.24,<2"),
        ("numpy", "1.26.4", ">=1.19,<2"),
        ("numpy", "2.0.0rc1", ">=1.19,<3"),
        ("numpy", "2.0.2", ">=1.19,<3"),
        ("numpy", "2.2.6", ">=1.21,<3"),
        ("numpy", "2.3.1", SPAN),
        ("numpy", "2.5.0", ">=1.26,<3"),
    ],
)
def test_each_release_has_the_span_of_its_abi(
    project: str, version: str, expected: str
) -> None:
    assert required(project, version) == expected


@pytest.mark.parametrize("before", [0, 1, CHUNK_BYTES - 12, CHUNK_BYTES - 3])
def test_a_mark_is_found_wherever_it_stands(tmp_path: Path, before: int) -> None:
    content = b"\x7fELF" + bytes(before) + b"numpy._ARRAY_API\0"
    wheel = make_wheel(tmp_path, "demo", "1", files={"x.so": content})
    numpy = make_wheel(tmp_path, "numpy", "2.3.1")
    assert abi_pins(wheel, ["x.so"], [numpy]) == {NUMPY: SPAN}


@pytest.mark.parametrize("content", [b"\x7fELF", b"\x7fELF numpy _ARRAY_AP"])
def test_what_only_had_it_at_hand_requires_nothing(
    tmp_path: Path, content: bytes
) -> None:
    wheel = make_wheel(tmp_path, "demo", "1", files={"x.so": content})
    numpy = make_wheel(tmp_path, "numpy", "2.3.1")
    assert abi_pins(wheel, ["x.so"], [numpy]) == {}


def test_what_was_not_there_when_it_was_built_is_not_looked_for(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path, "demo", "1", files={"x.so": b"\x7fELF_ARRAY_API"})
    assert abi_pins(wheel, ["x.so"], [make_wheel(tmp_path, "other", "1")]) == {}


@pytest.mark.parametrize(
    ("there", "redeclared", "expected"),
    [
        ((), Redeclared(), ("numpy>=1.23,<3",)),
        (("numpy",), Redeclared(), ("numpy>=1.23,<3",)),
        (("NumPy >=1.20",), Redeclared(), ("numpy>=1.23,<3",)),
        (("numpy (>=5.1.*)",), Redeclared(), ("numpy>=1.23,<3",)),
        (("numpy<3,>=1.23",), Redeclared(), ()),
        (("other", "not a line!"), Redeclared(), ("numpy>=1.23,<3",)),
        (
            ('numpy; extra == "fast"', 'numpy>=2; python_version > "3.11"'),
            Redeclared(),
            (
                'numpy>=1.23,<3; extra == "fast"',
                'numpy>=1.23,<3; python_version > "3.11"',
            ),
        ),
        (('numpy; extra == "fast"', "numpy"), Redeclared(), ("numpy>=1.23,<3",)),
        (("numpy>=2",), Redeclared(added=("numpy<2.4",)), ()),
        (("numpy>=2",), Redeclared(exchanged={"numpy": "numpy>=2"}), ()),
        ((), Redeclared(exchanged={"NumPy>=1": ""}), ()),
    ],
)
def test_it_is_required_where_the_source_requires_it_unless_the_recipe_says_otherwise(
    there: tuple[str, ...], redeclared: Redeclared, expected: tuple[str, ...]
) -> None:
    assert tuple(pinned_lines(there, {NUMPY: SPAN}, redeclared)) == expected


def test_a_recipe_need_not_expect_what_is_pinned(tmp_path: Path) -> None:
    text = """
[project]
name = "demo"
version = "1.0"
local = "axle.1"
[source]
git = "https://git.example.org/demo"
commit = "0123456789012345678901234567890123456789"
committed = 2022-01-15T10:20:30Z
[expect]
requires-dist = [{expected}]
"""
    wheel = make_wheel(
        tmp_path, "demo", "1.0+axle.1", requires_dist=["numpy>=1.20", f"numpy{SPAN}"]
    )
    said = check_sound(wheel)
    path = tmp_path / "recipe.toml"
    for expected in ('"numpy>=1.20"', f'"numpy>=1.20", "numpy{SPAN}"'):
        path.write_text(text.format(expected=expected))
        check_recipe_wheel(wheel, said, load_recipe(path), [f"numpy{SPAN}"])
    path.write_text(text.format(expected='"numpy>=1.20"'))
    with pytest.raises(MetadataDiffersError):
        check_recipe_wheel(wheel, said, load_recipe(path))
