"""Options -> a question."""

import json
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from axletree.commands.options import InputOptions, TargetOptions
from axletree.environ import process_environment
from axletree.resolver.environment import environment_for
from axletree.resolver.errors import InvalidEnvironmentError, InvalidRequirementError
from axletree.resolver.file_formats import FormatControl
from axletree.resolver.model import Environment, RootRequirement
from axletree.resolver.question import Limits, Question, ask
from axletree.resolver.requirements import ParsedInput, parse_input

_READ_VERSION = "import json, platform; print(json.dumps(platform.python_version()))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, and what the files it came from say besides."""

    question: Question
    parsed: ParsedInput


def ask_from(inputs: InputOptions, target: TargetOptions) -> Asked:
    """Read requirements and files, and put them for the target.

    :raises InvalidRequirementError: for a line that cannot be used, or none at all.
    :raises InvalidEnvironmentError: for a Python or platform that does not exist.
    """
    parsed = parse_input(
        inputs.requirements,
        inputs.files,
        inputs.constraints,
        read=lambda path: Path(path).read_text(encoding="utf-8"),
        environ=process_environment(),
    )
    if not parsed.roots:
        raise InvalidRequirementError(
            "there is nothing to resolve: no requirement was given",
            where="command line",
            hint="name requirements, or a file of them with -r",
        )
    _refuse_hashes((*parsed.roots, *parsed.constraints))
    formats = parsed.formats
    formats = _apply(formats, FormatControl.with_only_binary, inputs.only_binary)
    formats = _apply(formats, FormatControl.without_binary, inputs.no_binary)
    limits = Limits(
        exclude_newer=target.exclude_newer,
        allow_prereleases=inputs.pre or parsed.has_pre,
        formats=formats,
    )
    question = ask(
        parsed.roots,
        target_environment(target),
        constraints=parsed.constraints,
        limits=limits,
    )
    return Asked(question=question, parsed=parsed)


def _refuse_hashes(roots: tuple[RootRequirement, ...]) -> None:
    hashed = [root for root in roots if root.hashes]
    if hashed:
        raise InvalidRequirementError(
            f"{hashed[0].text} has --hash (in all, {len(hashed)} lines have): "
            "hash-checking input is not supported yet",
            where=str(hashed[0].origin),
            hint="take the hashes out; axletree lock writes those of its answer",
        )


def _apply(
    formats: FormatControl,
    option: Callable[[FormatControl, str], FormatControl],
    values: tuple[str, ...],
) -> FormatControl:
    for value in values:
        formats = option(formats, value)
    return formats


def target_environment(target: TargetOptions) -> Environment:
    """Return the environment asked for, else the active one."""
    return environment_for(
        target.python_version or _active_python(),
        target.python_platform or _this_platform(),
    )


def _active_python() -> str:
    """Return the version of the active virtual environment's Python, else ours."""
    active = process_environment().get("VIRTUAL_ENV")
    python = Path(active or "", "bin", "python")
    if active is None or python.resolve() == Path(sys.executable).resolve():
        return platform.python_version()
    import subprocess  # noqa: PLC0415  late, for most runs have no use for it

    try:
        done = subprocess.run(  # noqa: S603  the user's own environment
            [python, "-c", _READ_VERSION],
            capture_output=True,
            check=True,
            timeout=30,
            text=True,
        )
        return str(json.loads(done.stdout))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise InvalidEnvironmentError(
            "the active virtual environment's Python does not run",
            where=str(python),
            hint="name the target with --python-version",
        ) from error


def _this_platform() -> str:
    machine = platform.machine().lower()
    match sys.platform:
        case "darwin":
            return "macos" if machine == "arm64" else "x86_64-apple-darwin"
        case "win32":
            return "windows"
        case _:
            kind, version = platform.libc_ver()
            if kind != "glibc" or not version:
                return f"{machine}-unknown-linux-musl"
            major, minor = version.split(".")[:2]
            return f"{machine}-manylinux_{major}_{minor}"
