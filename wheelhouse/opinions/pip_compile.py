"""The second opinion: pip-tools itself on the same question, as a subprocess.

pip-compile resolves for the interpreter that it runs on, so that one is handed in; it
is shown the candidates by a `ShownIndex` and knows of no other index.
"""

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import platform_tags
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from axletree.resolver.model.environment import Environment
from axletree.resolver.model.question import Question
from axletree.resolver.model.requirements import RootRequirement
from axletree.resolver.queries.comparison import (
    Opinion,
    ToolVersions,
)
from axletree.resolver.queries.reproducer_slice import bare_root
from axletree.wheelhouse.errors import WheelhouseError
from axletree.wheelhouse.opinions.loopback import LoopbackServer
from axletree.wheelhouse.opinions.shown_index import ShownIndex

TIME_LIMIT_S = 600.0
"""pip may search for hours; who has that time asks pip-compile without us."""
_ANSWER_TIMEOUT_S = 300
"""How long pip waits for one answer of the index, behind which there may be another."""

_REFUSALS = (
    *("ResolutionImpossible", "No matching distribution found"),
    "UnsupportedPythonVersion",
)
_TOO_DEEP = "ResolutionTooDeep"
_CAUSES = re.compile(r"^ *The conflict is caused by:\n(?: *\S.*\n)+", re.MULTILINE)
_FROM = re.compile(r" \(from -[rc] \S+ \(line \d+\)\)")
_LINE = re.compile(r"-r requirements\.in \(line (\d+)\)")
_FLAGS = (
    *("--verbose", "--resolver=backtracking", "--allow-unsafe"),
    *("--strip-extras", "--no-annotate", "--no-header", "--no-emit-index-url"),
    *("--no-emit-options", "--no-emit-trusted-host"),
)


class ForeignPlatformError(WheelhouseError):
    """pip-compile was asked about a platform that is not this machine's."""

    reference = "foreign-platform"
    exit_code = 2


class PipCompileFailedError(WheelhouseError):
    """pip-compile ended without an answer."""

    reference = "pip-compile-failed"
    exit_code = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PipTools:
    """An interpreter with pip-tools."""

    executable: Path
    versions: ToolVersions


@dataclass(frozen=True, slots=True, kw_only=True)
class PipCompile:
    """How pip-compile is run."""

    tools: PipTools
    environ: Mapping[str, str]
    """Environment variables; those of pip, Python and proxies are not passed on."""
    time_limit_s: float = TIME_LIMIT_S
    clock: Callable[[], float] = time.monotonic

    def ask(self, question: Question, index: ShownIndex) -> Opinion:
        """Let pip-compile answer the question over the index.

        :raises PipCompileFailedError: it ends with neither pins nor a refusal.
        :raises AxletreeError: whatever the universe behind the index raises.
        """
        with (
            tempfile.TemporaryDirectory(prefix="axletree-") as name,
            LoopbackServer(index) as server,
        ):
            folder = Path(name).resolve()
            _write(folder / "constraints.txt", question.constraints)
            # By a line: the last pip-compile for Python 3.7 has no such option.
            _write(folder / "requirements.in", question.roots, "-c constraints.txt\n")
            with self._running(self._words(question, server.url), folder) as process:
                code = self._serve(server, process)
            return self._read(folder, code, question)

    def _words(self, question: Question, index_url: str) -> list[str | Path]:
        # Isolated: no variables, no site-packages of the user, not this folder.
        piptools = (self.tools.executable, "-I", "-m", "piptools", "compile")
        pre = ("--pre",) if question.limits.allow_prereleases else ()
        places = ("--index-url", index_url, "--cache-dir", "cache")
        files = ("--output-file", "out.txt", "requirements.in")
        return [*piptools, *_FLAGS, *pre, *places, *files]

    @contextmanager
    def _running(
        self, words: list[str | Path], folder: Path
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Start a process group; none of it outlives the block."""
        with (
            (folder / "stdout").open("wb") as out,
            (folder / "stderr").open("wb") as err,
        ):
            process = subprocess.Popen(  # noqa: S603  the Python that was found for it
                words,
                cwd=folder,
                env=_environment(self.environ, folder),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                process_group=0,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _serve(
        self, server: LoopbackServer, process: subprocess.Popen[bytes]
    ) -> int | None:
        """Answer until the process ends; None: its time is over."""
        end = self.clock() + self.time_limit_s
        while (code := process.poll()) is None:
            if self.clock() >= end:
                return None
            server.handle_request()
            if server.failure is not None:
                raise server.failure
        return code

    def _read(self, folder: Path, code: int | None, question: Question) -> Opinion:
        tool = self.tools.versions
        if code is None:
            minutes = self.time_limit_s / 60
            why = f"it was still searching after {minutes:g} minutes, and was stopped"
            return Opinion(outcome="gave-up", tool=tool, pins={}, said=(why,))
        if code == 0:
            pins = _pins((folder / "out.txt").read_text(encoding="utf-8"))
            return Opinion(outcome="resolved", tool=tool, pins=pins)
        out, err = (
            (folder / name).read_text(encoding="utf-8", errors="replace")
            for name in ("stdout", "stderr")
        )
        if _TOO_DEEP in err:
            why = "the search is too deep for pip"
            return Opinion(outcome="gave-up", tool=tool, pins={}, said=(why,))
        if any(sign in err for sign in _REFUSALS):
            said = tuple(_named(line, question) for line in _refusal(out, err))
            return Opinion(outcome="conflict", tool=tool, pins={}, said=said)
        last = next((line for line in reversed(err.splitlines()) if line.strip()), "")
        raise PipCompileFailedError(
            f"pip-compile ended with exit code {code}: {last.strip() or 'no word'}",
            where=f"{tool}, {self.tools.executable}",
            hint="see whether that pip-tools works with that pip, and upgrade the two",
        )


def check_platform(environment: Environment, here: Iterable[str] | None = None) -> None:
    """Refuse a target whose platform is not this machine's.

    :param here: platform tags of this machine; None: as packaging finds them.
    :raises ForeignPlatformError: pip would judge by other tags and markers.
    """
    platforms = {tag.rpartition("-")[2] for tag in environment.tags} - {"any"}
    known = set(platform_tags() if here is None else here)
    if platforms <= known:
        return
    raise ForeignPlatformError(
        "pip-compile resolves for the machine that it runs on, and "
        f"{environment.platform} is another platform",
        where=environment.label,
        hint="leave out --python-platform, or ask on such a machine; --engine "
        "resolvelib follows pip's algorithm for any platform",
    )


def _write(file: Path, requirements: Iterable[RootRequirement], more: str = "") -> None:
    lines = (f"{bare_root(each)}\n" for each in requirements)
    file.write_text("".join((*lines, more)), encoding="utf-8")


def _environment(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith(("PIP_", "PYTHON")) and "proxy" not in name.lower()
    }
    return kept | {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_CACHE_DIR": str(folder / "cache"),
        "PIP_DEFAULT_TIMEOUT": str(_ANSWER_TIMEOUT_S),
        # Where we are gone there is nothing to wait for.
        "PIP_RETRIES": "0",
        "NO_PROXY": "*",
        # What a killed pip leaves behind goes with the folder.
        "TMPDIR": str(folder),
    }


def _pins(lock: str) -> dict[NormalizedName, Version]:
    lines = (line.strip() for line in lock.splitlines())
    pins = (Requirement(line) for line in lines if line and not line.startswith("#"))
    return {
        canonicalize_name(pin.name): Version(next(iter(pin.specifier)).version)
        for pin in pins
    }


def _refusal(out: str, err: str) -> Iterator[str]:
    """Yield pip's own words for the conflict."""
    for line in err.splitlines():
        if line.lstrip().startswith("ERROR: "):
            yield line.strip().removeprefix("ERROR: ")
    found = _CAUSES.search(out)
    if found is not None:
        heading, *causes = found[0].splitlines()
        yield heading.strip()
        yield from (f"  {cause.strip()}" for cause in causes)


def _named(line: str, question: Question) -> str:
    """Name requirements themselves where pip names lines of our temporary file."""

    def root(match: re.Match[str]) -> str:
        return bare_root(question.roots[int(match[1]) - 1])

    return _LINE.sub(root, _FROM.sub("", line))
