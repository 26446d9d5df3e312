"""What builds of all kinds share: where they work, what they may, whom they tell."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import field, replace
from pathlib import Path
from typing import Protocol

from axletree.builder.errors import BuildLimitError, InterpreterMissingError
from axletree.builder.interpreters.find import (
    Interpreter,
    ask_interpreter,
    find_interpreter,
)
from axletree.builder.reporter import BuildReporter, SilentBuildReporter
from axletree.builder.sandbox.bubblewrap import SandboxLimits
from axletree.builder.sandbox.host_limits import limits_of
from axletree.builder.sandbox.isolation import Isolation
from axletree.builder.sandbox.questions import Questions
from axletree.builder.sandbox.runner import (
    Sandbox,
    open_sandbox,
)
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.environment import Environment
from axletree.sizes import size_words
from axletree.wheelhouse.provenance.attesting import Attester, NoAttester
from axletree.wheelhouse.store.host import look_around
from axletree.wheelhouse.store.scratch import own_folder

_OWN = "own"
"""In place of a version, for the Python that runs this."""


class BuildRequirements(Protocol):
    """Resolves and fetches build requirements; the commands have it from our resolver."""

    def provide(
        self,
        requirements: Sequence[str],
        environment: Environment,
        constraints: Sequence[str] = (),
    ) -> Sequence[Path]:
        """Return wheels of the whole closure of `requirements`.

        :param constraints: versions that what is required keeps to.

        :raises AxletreeError: when there is none, or a file is missing.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """The surroundings of all builds of one run."""

    work_dir: Path
    """Logs, git mirrors and kept results; made when missing."""
    requirements: BuildRequirements
    environ: Mapping[str, str]
    """Environment variables, to look for interpreters with."""
    isolation: Isolation = "full"
    allows_file_sources: bool = False
    """Let recipes build from repositories on this machine."""
    git_http_hosts: frozenset[str] = frozenset()
    """Hosts from which recipes may fetch over plain http."""
    mirrors: Mapping[str, str] = field(default_factory=dict)
    """Start of a URL -> what to fetch instead; beside those of a recipe."""
    may_install_pythons: bool = True
    """Fetch a missing interpreter with uv."""
    limits: SandboxLimits | None = None
    """What a build may use; None: what this machine bears."""
    reporter: BuildReporter = field(default_factory=SilentBuildReporter)
    attester: Attester = field(default_factory=NoAttester)
    """Signs what is said of a build, or says why it does not."""
    hidden: tuple[Path, ...] = ()
    """Folders that no build sees behind the wall: that of the key."""
    questions: Questions = field(default_factory=Questions)
    _interpreters: dict[str, Interpreter] = field(default_factory=dict, init=False)
    """By version asked for: each was run, which takes longer than many a build."""

    def for_build(
        self, where: Path, memory_bytes: int | None = None, time_s: int | None = None
    ) -> "Workshop":
        """Give one build the memory and time that it needs.

        What a backend is asked on the way is a part of the build, and may take as long.

        :param where: the recipe that says so.
        :raises BuildLimitError: this machine, or the settings, give less memory.
        """
        limits = self.limits or limits_of(look_around())
        if memory_bytes is not None and memory_bytes > limits.memory_bytes:
            raise BuildLimitError(
                f"the recipe says that its build needs {size_words(memory_bytes)} of "
                f"memory, and builds have {size_words(limits.memory_bytes)} here",
                where=f"{where}, [build] memory",
                hint="build on a larger machine, or raise build-memory in the settings",
            )
        limits = replace(
            limits,
            memory_bytes=memory_bytes or limits.memory_bytes,
            wall_s=time_s or limits.wall_s,
            hook_wall_s=time_s or limits.wall_s,
            cpu_s=time_s or limits.cpu_s,
        )
        return replace(self, limits=limits)

    def scratch(self) -> AbstractContextManager[Path]:
        """Make a folder that is this run's own, on the disk of what is kept."""
        return own_folder(self.work_dir / "scratch")

    def sandbox(self, environment: Environment, scratch: Path) -> Sandbox:
        """Open a sandbox around the interpreter of `environment`.

        :raises InterpreterMissingError: when there is none.
        :raises IsolationUnavailableError: when the level cannot be had here.
        """
        version = environment.python_version
        interpreter = self._interpreters.get(version) or find_interpreter(
            version, self.environ, may_install=self.may_install_pythons
        )
        self._interpreters[version] = interpreter
        return self._sandbox_around(interpreter, scratch)

    def own_sandbox(self, scratch: Path) -> Sandbox:
        """Open a sandbox around the Python that runs this, for programs of ours.

        :raises InterpreterMissingError: it does not say what it is.
        :raises IsolationUnavailableError: when the level cannot be had here.
        """
        interpreter = self._interpreters.get(_OWN) or ask_interpreter(
            Path(sys.executable)
        )
        if interpreter is None:
            raise InterpreterMissingError(
                "the Python that runs this does not say what it is",
                where=sys.executable,
            )
        self._interpreters[_OWN] = interpreter
        return self._sandbox_around(interpreter, scratch)

    def _sandbox_around(self, interpreter: Interpreter, scratch: Path) -> Sandbox:
        sandbox = open_sandbox(
            self.isolation, interpreter, scratch, self.limits, self.hidden
        )
        return replace(
            sandbox,
            kept=self.work_dir / "environments",
            questions=self.questions,
            era=self.questions.era,
        )
