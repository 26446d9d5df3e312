"""The scenarios of packse that come out otherwise here, each named with its rule.

Rebuilt from what they say (astral-sh/packse at commit 561e0fe); no code of it stands here.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from axletree.resolver.model.json_types import JsonObject
from tests.support.checkout import ROOT
from tests.support.command_line import CommandLine, snapshot_file, snapshot_of

C_BEFORE_2 = [f"c 2.0.0{kind}{n}" for kind in "ab" for n in range(1, 10)]
A_AND_B = {"b 1.0.0": ["c>=1.0.0,<=3.0.0"], "c 1.0.0": []}
MANY = "transitive-prerelease-and-stable-dependency-many-versions"


def both(a_requires: str, *more: str) -> dict[str, Sequence[str]]:
    """Let a ask for something of c, of which b takes what there is."""
    return {"a 1.0.0": [a_requires], **A_AND_B, **{each: [] for each in more}}


SCENARIOS: dict[str, tuple[dict[str, Sequence[str]], list[str], str | None]] = {
    "package-only-prereleases-in-range": (
        {"a 0.1.0": [], "a 1.0.0a1": []},
        ["a>0.1.0"],
        "a 1.0.0a1",
    ),
    "transitive-package-only-prereleases-in-range": (
        {"a 0.1.0": ["b>0.1"], "b 0.1.0": [], "b 1.0.0a1": []},
        ["a"],
        "b 1.0.0a1",
    ),
    "package-prereleases-specifier-boundary": (
        {
            f"a {version}": []
            for version in ("0.1.0", "0.2.0", "0.2.0a1", "0.2.0a2", "0.2.0a3", "0.3.0")
        },
        ["a<0.2.0a2"],
        "a 0.1.0",
    ),
    "transitive-prerelease-and-stable-dependency": (
        both("c==2.0.0b1", "c 2.0.0b1"),
        ["a", "b"],
        "c 2.0.0b1",
    ),
    MANY: (both("c>=2.0.0b1", *C_BEFORE_2), ["a", "b"], "c 2.0.0b9"),
    f"{MANY}-holes": (
        both("c>1.0.0,!=2.0.0a5,!=2.0.0a6,!=2.0.0a7,!=2.0.0b1,<2.0.0b5", *C_BEFORE_2),
        ["a", "b"],
        "c 2.0.0b4",
    ),
    "transitive-yanked-and-unyanked-dependency": (
        both("c==2.0.0"),
        ["a", "b"],
        "c 2.0.0",
    ),
    "python-less-than-current": ({}, ["old==1.0.0"], None),
    "python-patch-override-no-patch": ({}, ["patched==1.0.0"], "patched 1.0.0"),
}
FILES: dict[str, list[JsonObject]] = {
    "transitive-yanked-and-unyanked-dependency": [
        {**snapshot_file("c", "2.0.0"), "yanked": ""}
    ],
    "python-less-than-current": [
        {**snapshot_file("old", "1.0.0"), "requires_python": "<=3.8"}
    ],
    "python-patch-override-no-patch": [
        {**snapshot_file("patched", "1.0.0"), "requires_python": ">=3.9.4"}
    ],
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_comes_out_otherwise_is_documented_by_name(
    axletree: CommandLine, tmp_path: Path, name: str
) -> None:
    releases, roots, expected = SCENARIOS[name]
    files = FILES.get(name, [])
    project = str(files[0]["filename"]).partition("-")[0] if files else "none"
    universe = tmp_path / "universe.json"
    universe.write_text(json.dumps(snapshot_of(releases, **{project: files})))

    words = ("--python-version=3.9", "--python-platform=linux", "--universe", universe)
    document = axletree("lock", *roots, *words, "--json").document()

    pins = document.get("pins", [])
    assert isinstance(pins, list)
    found = [f"{pin['name']} {pin['version']}" for pin in pins]
    assert (expected in found) if expected else not found
    page = (ROOT / "docs/explanation/differences.md").read_text()
    assert f"| `{name}` |" in page
