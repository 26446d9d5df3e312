"""pip's own scenarios of its resolver, asked of `axletree lock`, in this process."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from axletree.resolver.model.json_types import JsonObject
from tests.support.checkout import ROOT
from tests.support.command_line import CommandLine, Ran
from tests.support.pip_new_resolver import Folders, Scenario, Step, load

SCENARIOS = load()
TARGET = {"--python-version": "3.11", "--python-platform": "linux"}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_what_pip_installs_is_locked(
    axletree: CommandLine, tmp_path: Path, scenario: Scenario
) -> None:
    folders = Folders(tmp_path / "files")
    folders.write(scenario.files)
    for step in scenario.steps:
        ran = axletree(*words_of(step, folders, tmp_path), "--json")
        lock = tmp_path / "pylock.toml"
        said = ran.out + ran.err + (lock.read_text() if lock.exists() else "")

        assert locked(ran) == step.pins, ran.out + ran.err
        assert [t for t in step.has if folders.filled(t) not in said] == []
        assert [t for t in step.lacks if folders.filled(t) in said] == []


def locked(ran: Ran) -> tuple[str, ...] | None:
    """List what is pinned; None: it is refused, and nothing is our fault."""
    document: JsonObject = json.loads(ran.out)
    pins = document.get("pins")
    if ran.code or not isinstance(pins, list):
        assert ran.code in {1, 2, 3}
        return None
    return tuple(sorted(f"{pin['name']} {pin['version']}" for pin in pins))


def words_of(step: Step, folders: Folders, own: Path) -> Sequence[str | Path]:
    words: list[str | Path] = ["lock", *map(folders.filled, step.ask)]
    for option, lines in (("-r", step.requirements), ("-c", step.constraints)):
        if lines:
            path = own / f"{option[1]}.txt"
            path.write_text("".join(f"{folders.filled(line)}\n" for line in lines))
            words += [option, path]
    words += ["-f", folders.searched, *step.options]
    for option, value in TARGET.items():
        if not any(own.startswith(option) for own in step.options):
            words.append(f"{option}={value}")
    lock = own / "pylock.toml"
    if not step.keeps_lock:
        lock.unlink(missing_ok=True)
    return [*words, "-o", lock]


def test_where_we_differ_is_documented_by_name() -> None:
    page = (ROOT / "docs/explanation/differences.md").read_text()
    named = {each.differs: each.name for each in SCENARIOS if each.differs}

    assert [name for name in named if f"**{name}**" not in page] == []
    assert len(SCENARIOS) - sum(bool(each.differs) for each in SCENARIOS) >= 118
