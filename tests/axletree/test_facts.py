"""Real images and real conflicts, over the public index (tests/facts)."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.checkout import ROOT
from tests.support.command_line import CommandLine

pytestmark = [
    pytest.mark.public_index,
    pytest.mark.slow,
    # Build backends warn, and pyproject_hooks repeats it in whichever process asked.
    pytest.mark.filterwarnings("ignore"),
]

IMAGES = tomllib.loads((ROOT / "tests/facts/jupyter-images.toml").read_text())
CONFLICTS = tomllib.loads((ROOT / "tests/facts/conflicts.toml").read_text())["conflict"]
DATES = ("2021-10-31", "2022-03-01")
"""In the order of the counts that an image states."""
ORIGINAL = dict(os.environ)
RESOLVES = {("kfserving-ray-python", "3.8"), ("kfserving-ray-python", "3.9")}
"""What the notes of the conflicts say resolves on other Pythons."""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep what was read: all of them ask for much the same."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def public(
    axletree: CommandLine, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    """Give the command line this machine's own index."""
    monkeypatch.setenv("AXLETREE_CACHE_DIR", str(cache))
    monkeypatch.delenv("PIP_CONFIG_FILE")
    monkeypatch.delenv("PIP_INDEX_URL")
    foreign = (n for n in ORIGINAL if n.startswith("PIP_") or _is_proxy(n))
    for name in ("HOME", *foreign):
        monkeypatch.setenv(name, ORIGINAL[name])
    return axletree


def _is_proxy(name: str) -> bool:
    return name.lower().endswith("_proxy")


def cells(
    axletree: CommandLine, sets: Mapping[str, Sequence[str]], *words: str
) -> list[dict[str, Any]]:
    """Check sets of requirements; each cell's file without its suffix."""
    for name, lines in sets.items():
        Path(f"{name}.txt").write_text("\n".join(lines) + "\n")
    ran = axletree(
        "check", *(f"{name}.txt" for name in sets), *words, "--json",
        "--index-url", "public", "--python-platform", "linux",
    )  # fmt: skip
    document: dict[str, Any] = ran.document("check")
    found: list[dict[str, Any]] = document["cells"]
    assert not any(cell["error"] for cell in found), found
    return [{**cell, "file": cell["file"].removesuffix(".txt")} for cell in found]


@pytest.mark.parametrize("date", DATES)
def test_every_image_resolves_to_as_many_packages_as_stated(
    public: CommandLine, date: str
) -> None:
    sets = {
        name: list(
            dict.fromkeys(r for la in image["layers"] for r in IMAGES["layer"][la])
        )
        for name, image in IMAGES["image"].items()
    }
    words = ("--python-version", IMAGES["python"], "--exclude-newer", date)
    found = {c["file"]: len(c["pins"] or ()) for c in cells(public, sets, *words)}
    at = DATES.index(date)
    assert found == {n: image["packages"][at] for n, image in IMAGES["image"].items()}


@pytest.mark.parametrize("facts", CONFLICTS, ids=lambda facts: facts["name"])
def test_a_real_conflict_is_explained_by_the_contended_project(
    public: CommandLine, facts: dict[str, Any]
) -> None:
    date = ("--exclude-newer", facts["as-of"]) if "as-of" in facts else ()
    others = [python for name, python in RESOLVES if name == facts["name"]]
    pythons = [w for p in (facts["python"], *others) for w in ("--python-version", p)]
    sets = {facts["name"]: facts["requirements"]}
    refused, *fine = cells(public, sets, *pythons, *date)

    first = refused["conflict"]["conflicts"][0]
    assert first["picture"]["project"] == facts["contended"]
    told = {fact["text"] for fact in first["core"]}
    assert set(facts.get("core", ())) <= told
    assert {c["outcome"] for c in fine} <= {"ok"}
