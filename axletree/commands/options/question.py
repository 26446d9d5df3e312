"""Options -> a question."""

import platform
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from axletree.commands.line.corrections import (
    did_you_mean,
    refuse_missing,
)
from axletree.commands.line.spellings import (
    platform_meant,
    platform_nearest,
    python_meant,
    python_nearest,
)
from axletree.commands.options.changes import changes_from
from axletree.commands.options.input_files import (
    InputFiles,
    parts_of,
)
from axletree.commands.options.shared import (
    InputOptions,
    TargetOptions,
)
from axletree.environ import process_environment
from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.requirements_files import (
    ParsedInput,
    parse_input,
)
from axletree.resolver.model.environment import (
    Environment,
    environment_for,
    limit_python,
)
from axletree.resolver.model.errors import (
    InvalidEnvironmentError,
    InvalidRequirementError,
)
from axletree.resolver.model.limits import FormatControl
from axletree.resolver.model.question import (
    Limits,
    Question,
    ask,
)

# A pre-release of an interpreter is taken for the release.
_READ_VERSION = (
    "import json, sys, sysconfig; print(json.dumps('%d.%d.%d' % sys.version_info[:3]"
    " + 't' * bool(sysconfig.get_config_var('Py_GIL_DISABLED'))))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Questions, and what the files they came from say besides."""

    questions: tuple[Question, ...]
    """The same for each environment, in the order asked; at least one."""
    parsed: ParsedInput

    @property
    def question(self) -> Question:
        """Return the question, for verbs that take one environment only.

        :raises click.UsageError: if there are several.
        """
        if len(self.questions) > 1:
            labels = ", ".join(each.environment.label for each in self.questions)
            message = (
                f"this takes one environment at a time, and {len(self.questions)} "
                f"were named: {labels}"
            )
            raise click.UsageError(message)
        return self.questions[0]

    def changed(self, change: Callable[[Question], Question]) -> "Asked":
        """Change each question."""
        return replace(self, questions=tuple(map(change, self.questions)))


def ask_from(inputs: InputOptions, target: TargetOptions, files: InputFiles) -> Asked:
    """Read requirements and files, and put them for the target.

    :raises InvalidRequirementError: for a line that cannot be used, or none at all.
    :raises InvalidEnvironmentError: for a Python or platform that does not exist.
    :raises UsageError: for a file that is not there, and another has almost its name.
    """
    refuse_missing((*inputs.files, *inputs.constraints))
    parsed = _parse(inputs, files)
    if not parsed.roots:
        from axletree.commands.options.mistyped import nothing_asked  # noqa: PLC0415  late

        raise nothing_asked(inputs)
    limits = limits_from(inputs, target, parsed)
    changes = changes_from(inputs, files)
    questions = tuple(
        ask(
            parsed.roots,
            limit_python(environment, parsed.pythons),
            constraints=parsed.constraints,
            limits=limits,
            changes=changes,
            prefer=inputs.prefer,
            pythons=parsed.pythons,
        )
        for environment in target_environments(target)
    )
    return Asked(questions=questions, parsed=parsed)


def _parse(inputs: InputOptions, files: InputFiles) -> ParsedInput:
    from axletree.commands.options.mistyped import (  # noqa: PLC0415  late
        refuse_version,
        with_command,
    )

    refuse_version(inputs.requirements)
    try:
        return parse_input(
            inputs.requirements,
            parts_of(inputs),
            inputs.constraints,
            read=files.text,
            environ=process_environment(),
        )
    except InvalidRequirementError as error:
        raise with_command(error, inputs, files) from error


def limits_from(
    inputs: InputOptions, target: TargetOptions, parsed: ParsedInput
) -> Limits:
    """Put the limits of options and files together; options come last."""
    formats = parsed.formats
    formats = _apply(formats, FormatControl.with_only_binary, inputs.only_binary)
    formats = _apply(formats, FormatControl.without_binary, inputs.no_binary)
    return Limits(
        exclude_newer=target.exclude_newer,
        allow_prereleases=inputs.pre or parsed.has_pre,
        formats=formats,
        skip_unbuildable=inputs.skip_unbuildable,
    )


def _apply(
    formats: FormatControl,
    option: Callable[[FormatControl, str], FormatControl],
    values: tuple[str, ...],
) -> FormatControl:
    for value in values:
        formats = option(formats, value)
    return formats


def target_environments(target: TargetOptions) -> list[Environment]:
    """Return every Python on every platform, each once."""
    return [
        target_environment(
            next(iter(each.python_versions), None),
            next(iter(each.python_platforms), None),
        )
        for each in target.apart()
    ]


def target_environment(version: str | None, platform: str | None) -> Environment:
    """Return the environment asked for, else the active one."""
    python = python_meant(version) if version else _active_python()
    system = platform_meant(platform) if platform else _this_platform()
    try:
        return environment_for(python, system)
    except InvalidEnvironmentError as error:
        if version and error.where == "--python-version":
            wrong, right = version, python_nearest(version)
        else:
            wrong, right = platform or "", platform_nearest(system)
        raise did_you_mean(error, wrong, right) from error


def _active_python() -> str:
    """Return the version of the active virtual environment's Python, else ours."""
    active = process_environment().get("VIRTUAL_ENV")
    python = Path(active or "", "bin", "python")
    if active is None or python.resolve() == Path(sys.executable).resolve():
        numbers = ".".join(map(str, sys.version_info[:3]))
        is_free_threaded = sysconfig.get_config_var("Py_GIL_DISABLED")
        return f"{numbers}{'t' if is_free_threaded else ''}"
    import json  # noqa: PLC0415  late, as the next
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
