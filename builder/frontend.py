"""Call a source tree's build backend (PEP 517) behind the wall of a sandbox.

pypa/build reads `pyproject.toml`, knows the defaults, the hooks and their fallbacks;
it is given a runner that carries each hook call into a sandbox and its answer out.
What a hook returns was made by foreign code: paths in it are never followed.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from build import BuildBackendException, BuildException, ProjectBuilder
from packaging.requirements import InvalidRequirement, Requirement

from axletree.builder.errors import BuilderError, BuildFailedError
from axletree.builder.outcomes import refusal
from axletree.builder.sandbox import Sandbox, SandboxJob
from axletree.builder.transfer import BuildLog

_DRIVER = Path(__file__).with_name("hook_driver.py")
_METADATA_HOOK = "prepare_metadata_for_build_wheel"
_QUESTIONS = ("get_requires_for_", "prepare_metadata_for_")
"""How hooks begin that only ask, and have less time."""

_Json: TypeAlias = "str | int | float | bool | list[_Json] | dict[str, _Json] | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """The build backend of one source tree."""

    tree: Path
    sandbox: Sandbox
    log: BuildLog
    scratch: Path
    """A private folder for what goes in and comes out."""
    epoch: int
    """SOURCE_DATE_EPOCH, in seconds."""

    def static_requires(self) -> frozenset[str]:
        """Return the build requirements that the tree names, or the defaults.

        :raises BuildFailedError: when it is no project, or names them wrongly.
        """
        with self._translated():
            builder = ProjectBuilder(self.tree)
        requires = builder.build_system_requires
        if not (self.tree / "pyproject.toml").exists():
            # Any setuptools older than 70.1 asks for it in the hook: known already,
            # it saves one resolution.
            requires.add("wheel")
        return _checked(requires, self.log)

    def dynamic_requires(self, wheels: Sequence[Path]) -> frozenset[str]:
        """Ask the backend for the build requirements that only it knows."""
        with self._opened(wheels) as (builder, _):
            return _checked(builder.get_requires_for_build("wheel"), self.log)

    def ask(self, wheels: Sequence[Path]) -> "Declared":
        """Ask for the dynamic requirements, and for METADATA in the same breath.

        Nearly always the first answer is nothing new, and then the second one is
        what a run of its own would give, at half the price.
        """
        with (
            tempfile.TemporaryDirectory(dir=self.scratch) as folder,
            self._translated(),
        ):
            out = Path(folder).resolve() / "out"
            runner = _HookRunner(
                backend=self, wheels=tuple(wheels), out=out, asks_metadata=True
            )
            builder = ProjectBuilder(self.tree, str(self.sandbox.python), runner)
            requires = _checked(builder.get_requires_for_build("wheel"), self.log)
            found = sorted(out.glob("*.dist-info/METADATA"))
            metadata = found[0].read_bytes() if len(found) == 1 else None
        return Declared(requires=requires, metadata=metadata)

    def build_wheel(self, wheels: Sequence[Path], folder: Path) -> Path:
        """Build the wheel in an environment of just `wheels`; put it into `folder`.

        :raises BuildFailedError: with the last lines of the log as its hint.
        """
        with self._opened(wheels) as (builder, out):
            builder.build("wheel", out)
            built = sorted(out.glob("*.whl"))
            if len(built) != 1:
                raise BuildFailedError(
                    f"the build backend left {len(built)} wheels, not one",
                    where=str(self.log.path),
                )
            folder.mkdir(parents=True, exist_ok=True)
            return Path(shutil.move(built[0], folder / built[0].name))

    def metadata(self, wheels: Sequence[Path]) -> bytes:
        """Return the METADATA that the wheel would have; build it only if needed."""
        with self._opened(wheels) as (builder, out):
            builder.metadata_path(out)
            found = sorted(out.glob("*.dist-info/METADATA"))
            if len(found) != 1:
                raise BuildFailedError(
                    f"the build backend left {len(found)} METADATA files, not one",
                    where=str(self.log.path),
                )
            return found[0].read_bytes()

    @contextmanager
    def _opened(self, wheels: Sequence[Path]) -> Iterator[tuple[ProjectBuilder, Path]]:
        with (
            tempfile.TemporaryDirectory(dir=self.scratch) as folder,
            self._translated(),
        ):
            out = Path(folder).resolve() / "out"
            runner = _HookRunner(backend=self, wheels=tuple(wheels), out=out)
            python = str(self.sandbox.python)
            yield ProjectBuilder(self.tree, python, runner), out

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn what pypa/build raises into ours, at this one point.

        It wraps whatever happens while a hook is called. Only what the backend did is
        its no: our own failures leave as they came.
        """
        try:
            yield
        except BuildBackendException as error:
            cause = error.exception
            if isinstance(cause, _RunnerFailedError):
                raise cause.cause from error
            # Files of ours that pyproject_hooks writes and reads.
            if isinstance(cause, BuilderError | OSError):
                raise cause from error
            raise self._refusal(cause) from error
        except BuildException as error:
            raise BuildFailedError(str(error), where=str(self.tree)) from error

    def _refusal(self, cause: Exception) -> BuilderError:
        # The traceback of a backend that cannot be imported is nowhere else.
        said = str(cause).strip().splitlines() or [type(cause).__name__]
        what = " … ".join(dict.fromkeys((said[0], said[-1])))
        lines = (*self.log.recent, *said)
        return refusal(f"the build backend failed: {what}", lines, self.log)


class _RunnerFailedError(Exception):
    """Our side of a hook call failed; the backend has no part in it."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


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
    wheels: tuple[Path, ...]
    out: Path
    """Where the hook's results belong, on this side."""
    asks_metadata: bool = False
    """Call the metadata hook after the one asked for, and bring home what it left."""

    def __call__(
        self,
        cmd: Sequence[str],
        cwd: str | None = None,  # noqa: ARG002 - always the tree
        extra_environ: Mapping[str, str] | None = None,
    ) -> None:
        try:
            self._run(cmd, extra_environ or {})
        except BuilderError:
            raise
        except Exception as error:
            raise _RunnerFailedError(error) from error

    def _run(self, cmd: Sequence[str], environ: Mapping[str, str]) -> None:
        _, script, hook, control = cmd
        sandbox = self.backend.sandbox
        with tempfile.TemporaryDirectory(dir=self.backend.scratch) as folder:
            crossing, results = Path(folder, "control"), Path(folder, "results")
            crossing.mkdir()
            asked = Path(control, "input.json").read_text(encoding="utf-8")
            (crossing / "input.json").write_text(self._inside(asked), encoding="utf-8")
            second = Path(folder, "second")
            second.mkdir()
            (second / "input.json").write_text(self._metadata_input, encoding="utf-8")
            job = SandboxJob(
                name=f"{hook} of {self.backend.tree.name}",
                argv=self._calls(hook, environ),
                wheels=self.wheels,
                inputs={
                    "src": self.backend.tree,
                    "hook.py": Path(script),
                    "hook_driver.py": _DRIVER,
                    "control": crossing,
                    "second": second,
                },
                environment=self._environment(environ),
                cwd="src",
                collect=("control", "out"),
                epoch=self.backend.epoch,
                is_question=hook.startswith(_QUESTIONS),
            )
            sandbox.run(job, results, self.backend.log)
            self._bring_home(results, Path(control))

    def _bring_home(self, results: Path, control: Path) -> None:
        answer = results / "control" / "output.json"
        if not answer.is_file():
            log = self.backend.log
            raise BuildFailedError(
                "the build backend ended without an answer",
                where=str(log.path),
                hint=log.tail,
            )
        shutil.copyfile(answer, control / "output.json")
        self.out.mkdir(parents=True, exist_ok=True)
        for entry in os.scandir(results / "out"):
            shutil.move(entry.path, self.out / entry.name)

    def _calls(self, hook: str, hooked: Mapping[str, str]) -> tuple[str, ...]:
        room, python = self.backend.sandbox.room, str(self.backend.sandbox.python)
        call = (str(room / "hook.py"), hook, str(room / "control"))
        if not self.asks_metadata:
            return (python, *call)
        is_in_tree = bool(hooked.get("_PYPROJECT_HOOKS_BACKEND_PATH"))
        backend = hooked.get("_PYPROJECT_HOOKS_BUILD_BACKEND", "").partition(":")[0]
        driver = (str(room / "hook_driver.py"), "" if is_in_tree else backend)
        return (python, *driver, *call, _METADATA_HOOK, str(room / "second"))

    @property
    def _metadata_input(self) -> str:
        # As pyproject_hooks writes it for this hook.
        arguments = {
            "metadata_directory": str(self.backend.sandbox.room / "out"),
            "config_settings": None,
            "_allow_fallback": False,
        }
        return json.dumps({"kwargs": arguments})

    def _environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        crossed = {
            name: self._inside(value) if name.endswith("_JSON") else value
            for name, value in extra.items()
        }
        # One process imports the backend; writing bytecode for a next one is in vain.
        idle = {"PYTHONDONTWRITEBYTECODE": "1"} if self.asks_metadata else {}
        return crossed | idle

    def _inside(self, text: str) -> str:
        """Translate the paths in a JSON text to those seen inside."""
        return json.dumps(self._translate(json.loads(text)))

    def _translate(self, value: _Json) -> _Json:
        if isinstance(value, dict):
            return {key: self._translate(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._translate(item) for item in value]
        if isinstance(value, str):
            room = self.backend.sandbox.room
            for here, inside in ((self.out, "out"), (self.backend.tree, "src")):
                if Path(value).is_relative_to(here):
                    return str(room / inside / Path(value).relative_to(here))
        return value


def _checked(requires: set[str], log: BuildLog) -> frozenset[str]:
    """Let only requirements through, spelled in one way."""
    try:
        return frozenset(str(Requirement(text)) for text in requires)
    except (InvalidRequirement, TypeError) as error:
        raise BuildFailedError(
            f"a build requirement is not valid: {error}", where=str(log.path)
        ) from error
