"""Running `axletree`: inside this process, or as a process of its own."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from axletree.commands.line.words import joined
from axletree.resolver.model.json_types import (
    Json,
    JsonObject,
)
from axletree.start import main
from tests.support.schemas import validate

UPLOADED = "2022-01-01T12:00:00+00:00"
TIMEOUT_S = 60
_STEP = re.compile(r"^ +((?:AXLETREE_HOME=\S+ )?axletree .+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def document(self, schema: str | None = None) -> JsonObject:
        """Read stdout, which holds one JSON document and nothing else."""
        document: JsonObject = json.loads(self.out)
        return document if schema is None else validate(document, schema)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """Runs commands in this process, as the console script does."""

    capsys: pytest.CaptureFixture[str]

    def __call__(self, *words: str | Path) -> Ran:
        """Run one command."""
        self.capsys.readouterr()
        code = main([str(word) for word in words])
        printed = self.capsys.readouterr()
        said = f"{printed.out}\n{printed.err}"
        # What was typed has not helped; saying it again would not, either.
        assert not is_suggested([str(word) for word in words], said), said
        return Ran(code=code, out=printed.out, err=printed.err)


def commands_in(text: str) -> list[str]:
    """List the commands that a message gives to copy, in its order."""
    return _STEP.findall(text)


def is_suggested(words: Sequence[str], said: str) -> bool:
    """Tell whether a message gives the very command to copy that it answers."""
    return any(
        _alike(shlex.split(step)[1:]) == _alike(words)
        for step in commands_in(said)
        if step.startswith("axletree")
    )


def _alike(words: Sequence[str]) -> list[str]:
    verb, *rest = [*joined(words), ""]
    parts = (w.split("=", 1) if w.startswith("--") else [w] for w in rest if w)
    return [verb, *sorted(part for each in parts for part in each)]


def command(*words: str | Path) -> list[str]:
    """Spell a command for a process of its own."""
    return [sys.executable, "-m", "axletree", *map(str, words)]


def run_process(
    *words: str | Path,
    launcher: Sequence[str] = (),
    stdout: Path | None = None,
    **environ: str,
) -> Ran:
    """Run a command as a process of its own.

    :param launcher: a command that starts it.
    :param stdout: where its output goes instead.
    """
    with (stdout or Path(os.devnull)).open("w") as elsewhere:
        done = subprocess.run(
            [*launcher, *command(*words)],
            env={**os.environ, **environ},
            stdout=subprocess.PIPE if stdout is None else elsewhere,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
    return Ran(code=done.returncode, out=done.stdout or "", err=done.stderr)


def write_universe(
    path: Path, releases: Mapping[str, Sequence[str]], **more: Sequence[JsonObject]
) -> Path:
    """Write a snapshot of pure wheels; see `snapshot_of`."""
    path.write_bytes(orjson.dumps(snapshot_of(releases, **more)))
    return path


def snapshot_of(
    releases: Mapping[str, Sequence[str]], **more: Sequence[JsonObject]
) -> JsonObject:
    """Make a snapshot of pure wheels.

    :param releases: `name version` -> what it requires.
    :param more: project -> files in the snapshot's own form, put before the others.
    """
    projects: dict[str, list[Json]] = {
        name: list(files) for name, files in more.items()
    }
    for release, requires_dist in releases.items():
        name, version = release.split()
        projects.setdefault(name, []).append(
            snapshot_file(name, version, requires_dist)
        )
    return {"format": "axletree.universe/1", "projects": projects}


def snapshot_file(
    name: str,
    version: str,
    requires_dist: Sequence[str] = (),
    *,
    tag: str = "py3-none-any",
    digest: str = "a" * 64,
) -> JsonObject:
    """Make one file of a snapshot: a wheel."""
    return {
        "filename": f"{name.replace('-', '_')}-{version}-{tag}.whl",
        "hashes": {"sha256": digest},
        "upload_time": UPLOADED,
        "metadata": {
            "requires_dist": list(requires_dist),
            "requires_python": None,
            "provides_extra": [],
        },
    }
