"""The tools that are measured, each given the closed world as suits it best.

uv and nab read our own index once, and then run offline from their warm caches. pip
has no cache of metadata: it gets the folder of wheels, which is faster for it than an
index. Axletree reads a snapshot, the folder or a wheelhouse in place, as installed
from its wheel: an editable install would cost every run a slow start.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import tomli_w

from axletree.builder.interpreters.find import find_interpreter
from benchmarks.closed_world import ALL_SETS, WITHOUT_ANSWER, World
from benchmarks.measuring import (
    BIN,
    PLATFORM,
    PYTHON_VERSION,
    ROOT,
    BenchmarkError,
    Measured,
    clean_environment,
    measure,
)

TARGET = ("--python-version", PYTHON_VERSION, "--python-platform", PLATFORM)
RELOCK = "relock"
WARM_UP_TIMEOUT_S = 300
Source: TypeAlias = Literal["snapshot", "folder", "wheelhouse"]


class Peer(Protocol):
    """A tool that is ready to be asked for one set after the other."""

    @property
    def name(self) -> str:
        """Name it in the table."""
        ...

    def run(self, set_name: str, *, timeout_s: float) -> Measured:
        """Resolve a set in a process of its own."""
        ...


def expected_codes(set_name: str, refusal: int = 1) -> frozenset[int]:
    """Give the exit codes that mean an answer: yes, or no for a set without one."""
    return frozenset({refusal if set_name in WITHOUT_ANSWER else 0})


@dataclass(frozen=True, slots=True, kw_only=True)
class Axletree:
    """This project; `explain` where there is no answer, else `lock`."""

    program: Path
    world: World
    source: Source
    with_repairs: bool = False
    relocks: bool = False
    """Write into a file, and keep the pins that stand there."""
    cache: Path

    @property
    def name(self) -> str:
        """Name it by what it reads, or does besides."""
        if self.relocks:
            return f"axletree {RELOCK}"
        return f"axletree {'repairs' if self.with_repairs else self.source}"

    def run(self, set_name: str, *, timeout_s: float) -> Measured:
        """Lock, or explain up to the core (or with repairs)."""
        if set_name in WITHOUT_ANSWER:
            verb = ["explain"] if self.with_repairs else ["explain", "--no-repairs"]
        else:
            verb = ["lock"]
        command = [str(self.program), *verb, *self._where(), *TARGET]
        if self.relocks:
            command += ["-o", str(self.world.folder / f"{set_name}.lock.txt")]
        home = str(self.world.home) if self.source == "wheelhouse" else "none"
        environment = clean_environment(
            AXLETREE_HOME=home, AXLETREE_CACHE_DIR=str(self.cache)
        )
        return measure(
            [*command, *ALL_SETS[set_name]],
            environment,
            expected_codes(set_name),
            timeout_s=timeout_s,
        )

    def _where(self) -> Sequence[str]:
        match self.source:
            case "snapshot":
                return ("--universe", str(self.world.snapshot))
            case "folder":
                return ("--find-links", str(self.world.wheels))
            case "wheelhouse":
                return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Uv:
    """`uv pip compile --offline`, its cache warmed by one run of each set."""

    folder: Path
    index_url: str
    interpreter: Path
    relocks: bool = False
    """Likewise."""

    @property
    def name(self) -> str:
        """Name it."""
        return f"uv {RELOCK}" if self.relocks else "uv"

    def run(self, set_name: str, *, timeout_s: float, offline: bool = True) -> Measured:
        """Compile the set."""
        requirements = self.folder / f"{set_name}.in"
        requirements.write_text("\n".join(ALL_SETS[set_name]) + "\n")
        command = [
            *(str(BIN / "uv"), "pip", "compile", str(requirements), "--no-config"),
            *(["--offline"] if offline else []),
            *("--python", str(self.interpreter), "--default-index", self.index_url),
            *TARGET,
            *("--quiet", "--no-header", "--no-annotate"),
        ]
        if self.relocks:
            command += ["--output-file", str(self.folder / f"{set_name}.txt")]
        environment = clean_environment(UV_CACHE_DIR=str(self.folder / "cache"))
        codes = expected_codes(set_name)
        return measure(command, environment, codes, timeout_s=timeout_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nab:
    """`nab lock --offline`, likewise warmed."""

    folder: Path
    program: Path
    index_url: str
    name: str = "nab"

    def run(self, set_name: str, *, timeout_s: float, offline: bool = True) -> Measured:
        """Lock a project that requires the set."""
        project = self.folder / set_name / "pyproject.toml"
        project.parent.mkdir(exist_ok=True)
        index = {"name": "local", "url": self.index_url}
        table = {
            "project": {
                "name": "asked",
                "version": "1",
                "requires-python": f">={PYTHON_VERSION}",
                "dependencies": list(ALL_SETS[set_name]),
            },
            "tool": {"nab": {"build-policy": "never", "indexes": [index]}},
        }
        project.write_text(tomli_w.dumps(table))
        command = [
            *(str(self.program), "lock", "--cache-dir", str(self.folder / "cache")),
            *(["--offline"] if offline else []),
            *("--python", PYTHON_VERSION, "--output", "-", "-q"),
            *("--format", "requirements-without-hashes", str(project)),
        ]
        codes = expected_codes(set_name)
        return measure(command, clean_environment(), codes, timeout_s=timeout_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pip:
    """`pip install --dry-run --report`, in an environment of the target's Python."""

    folder: Path
    wheels: Path
    name: str = "pip"

    def run(self, set_name: str, *, timeout_s: float) -> Measured:
        """Resolve as pip would install."""
        command = [
            *(str(self.folder / "bin" / "python"), "-m", "pip"),
            *("--isolated", "--disable-pip-version-check", "install", "--quiet"),
            *("--dry-run", "--ignore-installed", "--no-cache-dir"),
            *("--report", str(self.folder / "report.json")),
            *("--no-index", "--find-links", str(self.wheels)),
            *ALL_SETS[set_name],
        ]
        environment = clean_environment(PIP_CONFIG_FILE=os.devnull)
        codes = expected_codes(set_name)
        return measure(command, environment, codes, timeout_s=timeout_s)


@dataclass(frozen=True, kw_only=True)
class Making:
    """What the tools are installed by, once for all worlds."""

    folder: Path
    interpreter: Path = field(
        default_factory=lambda: find_interpreter(PYTHON_VERSION, os.environ).executable
    )

    @cached_property
    def axletree(self) -> Path:
        """Install this checkout from its wheel; its dependencies are the checkout's."""
        place = self.folder / "installed"
        uv = str(BIN / "uv")
        _quietly([uv, "venv", "--no-config", "--python", sys.executable, str(place)])
        wheels = self.folder / "built"
        pip = [sys.executable, "-m", "pip", "wheel", "--no-build-isolation"]
        # A copy, since a build leaves folders behind.
        source = self.folder / "source"
        shutil.copytree(ROOT, source, symlinks=True, ignore=_unneeded)
        _quietly([*pip, "--no-deps", "--wheel-dir", str(wheels), str(source)])
        python = place / "bin" / "python"
        install = [uv, "pip", "install", "--no-config", "--offline", "--no-deps"]
        wheel = next(wheels.iterdir())
        _quietly([*install, "--compile-bytecode", "--python", str(python), str(wheel)])
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        site = place / "lib" / version / "site-packages"
        (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
        return place / "bin" / "axletree"

    @cached_property
    def nab(self) -> Path:
        """Install nab from the index that pip is configured with.

        :raises BenchmarkError: it cannot be had.
        """
        place = self.folder / "nab"
        _quietly([sys.executable, "-m", "venv", str(place)])
        _quietly([str(place / "bin" / "pip"), "install", "--quiet", "nab"])
        return place / "bin" / "nab"

    @cached_property
    def pip(self) -> Path:
        """Make an environment with the newest pip that runs on the target's Python.

        :raises BenchmarkError: it cannot be had.
        """
        place = self.folder / "pip"
        _quietly([str(self.interpreter), "-m", "venv", str(place)])
        pip = [str(place / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        _quietly([*pip, "--upgrade", "pip"])
        return place


def warm_up(
    uv: Uv | None, nab: Nab | None, set_names: Sequence[str]
) -> Mapping[str, str]:
    """Let both read the index once; return which sets failed, as `peer set`: why."""
    failed: dict[str, str] = {}
    peers: list[Uv | Nab] = [peer for peer in (uv, nab) if peer is not None]
    for peer in peers:
        for set_name in set_names:
            try:
                peer.run(set_name, timeout_s=WARM_UP_TIMEOUT_S, offline=False)
            except BenchmarkError as error:
                failed[f"{peer.name} {set_name}"] = str(error)
    return failed


def _unneeded(folder: str, names: list[str]) -> set[str]:
    del folder
    return {name for name in names if name.startswith(".") or name == "tests"}


def _quietly(command: Sequence[str]) -> None:
    done = subprocess.run(
        command, env=clean_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        message = f"{' '.join(command)} failed\n{done.stderr[-2000:]}"
        raise BenchmarkError(message)
