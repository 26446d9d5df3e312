"""Processes run and measured: wall time, CPU time and peak memory of each alone."""

import importlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

RUN_TIMEOUT_S = 600
PACKAGES = ("axletree", "axletree.resolver", "axletree.wheelhouse", "axletree.builder")
BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[1]
LAUNCHER = Path(__file__).with_name("launcher.py")

SETS: Mapping[str, tuple[str, ...]] = {
    "a": ("kubeflow-fairing==1.0.2",),
    "b": ("kubeflow-fairing==1.0.2", "kfserving==0.6.1"),
    "d": ("kfp==1.8.10", "kfserving==0.6.1"),
    "e": ("jupyterlab", "notebook", "pandas", "scikit-learn", "matplotlib"),
    "g": ("boto3", "botocore", "awscli", "s3fs"),
}
"""The requirement sets of the project's anchors."""
PYTHON_VERSION = "3.9"
PLATFORM = "linux"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One process that ran to its end."""

    seconds: float
    """Wall time."""
    cpu_seconds: float
    """User and system time, of what it started and waited for too."""
    peak_bytes: int
    """Resident memory at its largest."""
    code: int
    out: str
    err: str


class BenchmarkError(Exception):
    """A tool failed in a way that makes its time meaningless."""


class TooSlowError(BenchmarkError):
    """A tool was stopped at its time limit."""


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """Give an empty folder, gone afterwards: the cold cache."""
    path = Path(tempfile.mkdtemp(prefix="axletree-benchmark-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def clean_environment(**extra: str) -> dict[str, str]:
    """Keep proxies and certificates, drop the settings of the tools."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("UV_", "AXLETREE_", "PYTHON", "NAB_"))
    }
    return kept | {"UV_PYTHON_DOWNLOADS": "never", **extra}


def compile_as_installed() -> None:
    """Compile all of our environment, as `pip install` does and `make install` not."""
    modules = map(importlib.import_module, PACKAGES)
    folders = [sysconfig.get_path("purelib"), *(m.__path__[0] for m in modules)]
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", "-q", "-j", "0", *folders],
        env=clean_environment(),
        check=False,  # A test file of some package is meant not to compile.
    )


def measure(
    command: Sequence[str],
    environment: Mapping[str, str],
    exit_codes: Collection[int] = frozenset({0}),
    *,
    timeout_s: float = RUN_TIMEOUT_S,
) -> Measured:
    """Run to the end.

    :raises TooSlowError: if it was stopped after `timeout_s`.
    :raises BenchmarkError: if the exit code is none of `exit_codes`.
    """
    with fresh_folder() as folder:
        record, out, err = (folder / name for name in ("record", "out", "err"))
        # Files, no pipes: reading a pipe would make this process compete for the core.
        subprocess.run(
            [
                *(sys.executable, "-I", "-S", str(LAUNCHER), str(record)),
                *(str(timeout_s), str(out), str(err), *command),
            ],
            env=dict(environment),
            check=True,
        )
        seconds, cpu_seconds, peak, code, stopped = record.read_text().split()
        printed = [path.read_text(errors="replace") for path in (out, err)]
    if int(stopped):
        raise TooSlowError(f"stopped after {timeout_s:.0f} s: {' '.join(command)}")
    if int(code) not in exit_codes:
        raise BenchmarkError(
            f"exit code {code} of {' '.join(command)}\n"
            f"{printed[0][-1000:]}\n{printed[1][-2000:]}"
        )
    return Measured(
        seconds=float(seconds),
        cpu_seconds=float(cpu_seconds),
        peak_bytes=int(peak) * (1 if sys.platform == "darwin" else 1024),
        code=int(code),
        out=printed[0],
        err=printed[1],
    )


def read_pins(text: str) -> dict[str, str]:
    """Read `name==version` lines; markers and comments are passed over."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    requirements = [Requirement(line) for line in lines if line]
    return {
        canonicalize_name(requirement.name): str(requirement.specifier).lstrip("=")
        for requirement in requirements
    }
