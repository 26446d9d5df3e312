"""The smoke set, on an interpreter of its own: `python -m tests.clients.smoke`.

Locks, collects with an sdist, builds from a repository, serves, and installs with pip,
all as a user does and against an index on loopback. `make smoke` runs it with the oldest
interpreter that is supported; what is tried here was seen to fail on one alone.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from axletree.builder.sandbox.isolation import detect_isolation
from tests.support.clients import client_environment
from tests.support.index_server import serving
from tests.support.repositories import make_repository
from tests.support.sources import (
    PROJECTS,
    build_requirements,
    publish_on,
    runtime_requirements,
    sdist_of,
)

RECIPE = """
[project]
name = "small-thing"
version = "1.0"
local = "axle.1"

[source]
git = "./repository"
ref = "patched"
commit = "{commit}"
committed = 2022-01-15T10:20:30Z

[build]
pythons = ["{python}"]

[check]
imports = ["small_thing"]
"""
READ_VERSION = "import sys; print('.'.join(map(str, sys.version_info[:3])))"
TIMEOUT_S = 60


class StepFailedError(Exception):
    """A step ended otherwise than it should."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoke:
    """What one run goes through."""

    python: Path
    """The interpreter that runs axletree, builds, and installs."""
    axletree: Path
    folder: Path

    def run(self) -> None:
        """Take all steps.

        :raises StepFailedError: at the first that fails.
        """
        version = self._said(self.python, "-c", READ_VERSION).strip()
        say(f"Python {version} ({self.python})")
        minor = version.rpartition(".")[0]
        target = ("--python-version", minor, "--python-platform", "linux")
        isolation = _isolation()
        files = self.folder / "files"
        with serving() as index:
            publish_on(
                index,
                sdist_of(files, "good", "asked-thing"),
                *build_requirements(files),
                *runtime_requirements(files),
            )
            source = (*target, "-i", index.url, "--isolation", isolation)
            step("lock, an sdist asked for its metadata")
            locked = self._axletree("lock", "asked-thing", *source)
            expect("wanted==2.5" in locked, locked)
            step("collect, an sdist built")
            self._axletree("collect", "asked-thing", *source)
            recipe = self._recipe(minor)
            self._axletree("collect", "wanted", "other", *source, "--recipes", recipe)
        step("lock over the wheelhouse")
        locked = self._axletree("lock", "asked-thing", *target)
        expect("other==1" in locked, locked)
        step("build, from a repository")
        built = self._axletree(
            "build", recipe / "small-thing.toml", "--allow-file-sources",
            "--isolation", isolation,
        )  # fmt: skip
        expect("small_thing-1.0+axle.1-py3-none-any.whl is published" in built, built)
        step("serve, and pip install from it")
        with self._served() as url:
            self._install(url)

    def _recipe(self, minor: str) -> Path:
        folder = self.folder / "recipes"
        commit = make_repository(folder / "repository", PROJECTS / "good")
        text = RECIPE.format(commit=commit, python=minor)
        (folder / "small-thing.toml").write_text(text)
        return folder

    def _install(self, url: str) -> None:
        client = self.folder / "client"
        self._said(self.python, "-m", "venv", client)
        python = client / "bin" / "python"
        asked = ("small-thing==1.0+axle.1", "asked-thing")
        self._said(python, "-m", "pip", "install", "-q", "--index-url", url, *asked)
        imported = "import small_thing, asked_thing; print(small_thing.ANSWER)"
        answer = self._said(python, "-c", imported)
        expect(answer == "42\n", answer)

    @contextmanager
    def _served(self) -> Iterator[str]:
        command = [str(self.axletree), "serve", "--port", "0", "--workers", "1"]
        with subprocess.Popen(
            command, env=self._environ(), stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                line = process.stdout.readline() if process.stdout else ""
                expect(line.startswith("serving "), line)
                yield line.split()[1]
            finally:
                process.terminate()
                process.wait(TIMEOUT_S)

    def _axletree(self, *words: str | Path) -> str:
        return self._said(self.axletree, *words)

    def _said(self, *command: str | Path) -> str:
        done = subprocess.run(
            command,
            env=self._environ(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
        shown = " ".join(map(str, command))
        expect(done.returncode == 0, f"$ {shown}\n{done.stdout}{done.stderr}")
        return done.stdout

    def _environ(self) -> dict[str, str]:
        # Whatever looks for this Python finds the very one that is tried.
        path = os.pathsep.join((str(self.axletree.parent), os.environ["PATH"]))
        return {
            **client_environment(self.folder),
            "PATH": path,
            "AXLETREE_HOME": str(self.folder / "house"),
            "AXLETREE_CACHE_DIR": str(self.folder / "cache"),
            "PIP_NO_COMPILE": "1",
        }


def _isolation() -> str:
    probe = detect_isolation()
    if probe.is_full_available:
        return "full"
    expect(os.environ.get("CI") != "true", f"no isolation in CI: {probe.reason}")
    say(f"left out: the sandbox ({probe.reason})")
    return "none"


def expect(is_so: bool, said: str) -> None:  # noqa: FBT001  reads as a sentence
    """Stop unless something is so.

    :raises StepFailedError: with what was said instead.
    """
    if not is_so:
        raise StepFailedError(said)


def step(text: str) -> None:
    """Name what is tried."""
    say(f"  {text}")


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201  the program's output


def main() -> int:
    """Run as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("axletree", type=Path, help="the program, installed there")
    parser.add_argument("python", type=Path, help="the interpreter it is installed in")
    given = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="axletree-smoke-") as folder:
        smoke = Smoke(python=given.python, axletree=given.axletree, folder=Path(folder))
        try:
            smoke.run()
        except (StepFailedError, subprocess.SubprocessError) as error:
            print(f"smoke: failed: {error}", file=sys.stderr)  # noqa: T201  as above
            return 1
    say(f"smoke: passed after {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
