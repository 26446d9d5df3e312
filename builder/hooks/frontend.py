"""Call a source's build backend (PEP 517) behind the wall of a sandbox.

pyproject_hooks knows the hooks and their fallbacks; it is given a runner that carries
each call into a sandbox and its answer out. Each run unpacks the source anew, inside, and
a hook that is called beside another one has a copy, and a home: what one hook did to the
tree is not there for the other one. What a hook returns was made by foreign code: it is
checked, and paths in it are never followed.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path

from pyproject_hooks import BackendUnavailable, BuildBackendHookCaller, HookMissing

from axletree.builder.archives.source_archive import SourceArchive
from axletree.builder.errors import BuildFailedError
from axletree.builder.hooks.answer import (
    LIMIT_BYTES,
    HookAnswerError,
    read_answer,
)
from axletree.builder.hooks.build_system import (
    BuildSystem,
    BuildSystemError,
    checked_requirements,
    read_build_system,
)
from axletree.builder.hooks.driver import ASKING_FAILED
from axletree.builder.sandbox.kept_environments import kept_environment
from axletree.builder.sandbox.outcomes import refusal
from axletree.builder.sandbox.runner import Sandbox
from axletree.builder.sandbox.sandbox_job import SandboxJob
from axletree.builder.sandbox.transfer import BuildLog
from axletree.late_dataclasses import dataclass
from axletree.sizes import size_words

_DRIVER = Path(__file__).with_name("driver.py")
_ASKING_HOOK = "get_requires_for_build_wheel"
_COPIED_BYTES = 32 << 20
"""Of a source's archive that is small enough to be asked in a copy."""
_METADATA_HOOK = "prepare_metadata_for_build_wheel"
_QUESTIONS = ("get_requires_for_", "prepare_metadata_for_")
"""How hooks begin that only ask, and have less time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """The build backend of one source."""

    source: SourceArchive
    sandbox: Sandbox
    log: BuildLog
    scratch: Path
    """A private folder for what goes in and comes out."""
    epoch: int
    """SOURCE_DATE_EPOCH, in seconds."""
    told: Mapping[str, str] = field(default_factory=dict)
    """Variables for the hooks."""

    @property
    def folder(self) -> str:
        """Return where the project is, in the room."""
        return "/".join(filter(None, ("src", self.source.folder)))

    def static_requires(self) -> frozenset[str]:
        """Return the build requirements that the source names, or the defaults.

        :raises BuildFailedError: when it is no project, or names them wrongly.
        """
        return self._build_system().requires

    def dynamic_requires(self, wheels: Sequence[Path]) -> frozenset[str]:
        """Ask the backend for the build requirements that only it knows."""
        with self._hooks(wheels) as (hooks, _):
            return self._checked(hooks.get_requires_for_build_wheel())

    def ask(self, wheels: Sequence[Path]) -> "Declared":
        """Ask for the dynamic requirements, and for METADATA in the same breath.

        Nearly always the first answer is nothing new, and then the second one is
        what a run of its own would give, at half the price.
        """
        with self._hooks(wheels, asks_metadata=True) as (hooks, out):
            requires = self._checked(hooks.get_requires_for_build_wheel())
            try:
                metadata = self._read_metadata(out)
            except BuildFailedError:
                metadata = None
        return Declared(requires=requires, metadata=metadata)

    def build_wheel(self, wheels: Sequence[Path], folder: Path) -> Path:
        """Build the wheel in an environment of just `wheels`; put it into `folder`.

        :raises BuildFailedError: with the last lines of the log as its hint.
        """
        with self._hooks(wheels) as (hooks, out):
            hooks.build_wheel(str(self.sandbox.room / "out"))
            return self._built(out, folder)

    def _built(self, out: Path, folder: Path) -> Path:
        built = sorted(path for path in out.glob("*.whl") if path.is_file())
        if len(built) != 1:
            raise BuildFailedError(
                f"the build backend left {len(built)} wheels, not one",
                where=str(self.log.path),
            )
        folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.move(built[0], folder / built[0].name))

    def try_to_build(
        self, wheels: Sequence[Path], named: frozenset[str], folder: Path
    ) -> Path | None:
        """Build the wheel in the breath in which its backend is asked what that takes.

        Nearly always it takes nothing new: then it has cost one start of everything.

        :param named: what `wheels` were provided for.
        :return: None: ask and build apart, which also tells best what fails.
        :raises BuilderError: the build failed.
        """
        system = self._build_system()
        is_small = self.source.path.stat().st_size <= _COPIED_BYTES
        if system.backend_path or self.source.git != "none" or not is_small:
            return None
        try:
            with self._hooks(wheels, known=named) as (hooks, out):
                hooks.build_wheel(str(self.sandbox.room / "out"))
                return self._built(out, folder)
        except _NotBuiltError:
            return None
        except BuildFailedError:
            if self.log.recent[-1:] == (f"ended with exit code {ASKING_FAILED}",):
                return None
            raise

    def metadata(self, wheels: Sequence[Path]) -> bytes:
        """Return the METADATA that the wheel would have; build it only if needed."""
        with self._hooks(wheels) as (hooks, out):
            # Where the backend has no such hook, the wheel is built and read inside.
            hooks.prepare_metadata_for_build_wheel(str(self.sandbox.room / "out"))
            return self._read_metadata(out)

    def _read_metadata(self, out: Path) -> bytes:
        found = [path for path in out.glob("*.dist-info/METADATA") if path.is_file()]
        if len(found) != 1 or found[0].stat().st_size > LIMIT_BYTES:
            raise BuildFailedError(
                f"the build backend left {len(found)} METADATA files, not one of at "
                f"most {size_words(LIMIT_BYTES)}",
                where=str(self.log.path),
            )
        return found[0].read_bytes()

    def _build_system(self) -> BuildSystem:
        if self.source.pyproject is None and not self.source.has_setup:
            raise self._no_project()
        try:
            return read_build_system(self.source.pyproject)
        except BuildSystemError as error:
            raise BuildFailedError(
                f"the source cannot be built: {error}",
                where=self.source.name,
                hint=_PATCHED.format("its pyproject.toml"),
            ) from error

    def _checked(self, requires: object) -> frozenset[str]:
        try:
            return checked_requirements(requires)
        except BuildSystemError as error:
            raise self._failed(f"the backend's answer is not used: {error}") from error

    @contextmanager
    def _hooks(
        self,
        wheels: Sequence[Path],
        *,
        asks_metadata: bool = False,
        known: frozenset[str] | None = None,
    ) -> Iterator[tuple[BuildBackendHookCaller, Path]]:
        """Give the hooks, and the folder into which they put what they leave."""
        system = self._build_system()
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
            runner = _HookRunner(
                backend=self,
                system=system,
                wheels=tuple(wheels),
                results=Path(folder, "results"),
                asks_metadata=asks_metadata,
                known=known,
            )
            hooks = BuildBackendHookCaller(
                str(self.sandbox.room / self.folder),
                system.backend,
                system.backend_path or None,
                runner,
                str(self.sandbox.python),
            )
            try:
                yield hooks, runner.results / "out"
            except BackendUnavailable as error:
                lines = (error.traceback or str(error)).strip().splitlines()
                said = f"the build backend {system.backend} cannot be imported: "
                raise refusal(said + "".join(lines[-1:]), lines, self.log) from error
            except HookMissing as error:
                raise self._failed(f"the build backend has no {error}") from error

    def _no_project(self) -> BuildFailedError:
        folder = self.source.folder or "the source"
        others = self.source.projects
        return BuildFailedError(
            f"{folder} has neither pyproject.toml nor setup.py",
            where=self.source.name,
            hint="a project is in a folder of it; add to [source] of the recipe: "
            + " or ".join(f'subdirectory = "{name}"' for name in others)
            if others
            else _PATCHED.format("what is missing"),
        )

    def _failed(self, what: str) -> BuildFailedError:
        return BuildFailedError(what, where=self.source.name, hint=self.log.tail)


_PATCHED = (
    "no build was begun; another version may do, or a recipe whose [[patch]] mends {}"
)


class _NotBuiltError(Exception):
    """A build asks for more than is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a backend says when it is asked once."""

    requires: frozenset[str]
    """Build requirements that only the backend knows."""
    metadata: bytes | None
    """METADATA as of the environment it was asked in; None if it gave none there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _HookRunner:
    """Carry one hook call of pyproject_hooks into the sandbox and back."""

    backend: Backend
    system: BuildSystem
    wheels: tuple[Path, ...]
    results: Path
    """Where the folders that come out are put."""
    asks_metadata: bool
    """Call the metadata hook after the one asked for."""
    known: frozenset[str] | None = None
    """Ask before what it takes, and go on only if that is all among these."""

    def __call__(
        self,
        cmd: Sequence[str],
        cwd: str | None = None,  # noqa: ARG002 - always the tree
        extra_environ: Mapping[str, str] | None = None,
    ) -> None:
        _, script, hook, control = cmd
        backend = self.backend
        with tempfile.TemporaryDirectory(dir=backend.scratch) as folder:
            second = Path(folder)
            (second / "input.json").write_text(self._other_input, encoding="utf-8")
            (second / "known.json").write_text(
                json.dumps(sorted(self.known or ())), encoding="utf-8"
            )
            job = SandboxJob(
                name=f"{hook} of {backend.source.name}",
                argv=self._calls(hook),
                source=backend.source,
                wheels=self.wheels,
                environment_from=kept_environment(backend.sandbox, self.wheels),
                inputs={
                    "hook.py": Path(script),
                    "hook_driver.py": _DRIVER,
                    "control": Path(control),
                    "second": second,
                },
                environment={**backend.told, **(extra_environ or {}), **self._idle},
                cwd=backend.folder,
                collect=("control", "out"),
                epoch=backend.epoch,
                is_question=hook.startswith(_QUESTIONS),
            )
            backend.sandbox.run(job, self.results, backend.log)
        answered = self.results / "control" / "output.json"
        if self.known is not None and not answered.exists():
            raise _NotBuiltError
        try:
            answer = read_answer(self.results / "control" / "output.json", hook)
        except HookAnswerError as error:
            raise BuildFailedError(
                f"the answer of {job.name} is not used: {error}",
                where=str(backend.log.path),
                hint=backend.log.tail,
            ) from error
        Path(control, "output.json").write_bytes(answer)

    def _calls(self, hook: str) -> tuple[str, ...]:
        room, python = self.backend.sandbox.room, str(self.backend.sandbox.python)
        script, second = str(room / "hook.py"), str(room / "second")
        call = (hook, str(room / "control"))
        module = self.system.backend.partition(":")[0]
        imported = "" if self.system.backend_path else module
        driver = str(room / "hook_driver.py")
        if self.known is not None:
            places = (f"{second}/known.json", str(room / "src"), str(room / "asked"))
            asking = (_ASKING_HOOK, second)
            return (
                python,
                driver,
                "--build",
                *places,
                imported,
                script,
                *asking,
                *call,
            )
        if not self.asks_metadata:
            return (python, script, *call)
        return (python, driver, imported, script, *call, _METADATA_HOOK, second)

    @property
    def _other_input(self) -> str:
        # As pyproject_hooks writes it for the other of two hooks.
        if self.known is not None:
            return json.dumps({"kwargs": {"config_settings": None}})
        arguments = {
            "metadata_directory": str(self.backend.sandbox.room / "out"),
            "config_settings": None,
            "_allow_fallback": False,
        }
        return json.dumps({"kwargs": arguments})

    @property
    def _idle(self) -> Mapping[str, str]:
        # One process imports the backend; writing bytecode for a next one is in vain.
        return {"PYTHONDONTWRITEBYTECODE": "1"} if self.asks_metadata else {}
