"""The sets of requirements in a file, each of which is installed by itself.

A requirements file is one. A pyproject.toml has one of the project, one with each extra,
and one of each dependency group: that is how pip and uv install them.

Sources: the pyproject.toml specification, `[project]`; PEP 735, dependency groups.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath

from axletree.commands.options.input_files import InputFiles
from axletree.commands.options.shared import InputOptions
from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.foreign_toml import parse_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementSet:
    """One of the sets that a file has."""

    file: str
    extra: str = ""
    """The project with this extra."""
    group: str = ""
    """A dependency group, without the project."""

    @property
    def part(self) -> str:
        """Name what it is of the file: `[docs]`, `:dev`, or nothing for all of it."""
        if self.group:
            return f":{self.group}"
        return f"[{self.extra}]" if self.extra else ""

    @property
    def name(self) -> str:
        """Name it as a cell of a check is named."""
        return f"{self.file}{self.part}"

    @property
    def words(self) -> tuple[str, ...]:
        """Spell the options that name it."""
        if self.group:
            return "--group", f"{self.file}:{self.group}"
        return "-r", self.file, *(("--extra", self.extra) if self.extra else ())

    def asked(self, inputs: InputOptions) -> InputOptions:
        """Ask for it alone, within the limits of other options."""
        return replace(
            inputs,
            requirements=(),
            files=() if self.group else (self.file,),
            extras=(self.extra,) if self.extra else (),
            groups=(f"{self.file}:{self.group}",) if self.group else (),
        )


def sets_in(path: str, files: InputFiles) -> tuple[RequirementSet, ...]:
    """List the sets of a file; one that cannot be read is one, for which that is told."""
    whole = (RequirementSet(file=path),)
    if PurePath(path).suffix != ".toml":
        return whole
    try:
        document = parse_toml(files.text(path))
    except (OSError, ValueError):
        return whole
    return tuple(_in_project(path, document)) or whole


def lack_of_sets(text: str) -> str:
    """Say why a pyproject.toml has no set; empty: it has one."""
    document = parse_toml(text)
    if any(_in_project("", document)):
        return ""
    project = document.get("project")
    if not isinstance(project, Mapping):
        return "it has no [project] table and no dependency groups"
    is_dynamic = "dependencies" in _listed(project.get("dynamic"))
    return "its dependencies are dynamic" if is_dynamic else "it requires nothing"


def _in_project(path: str, document: Mapping[str, object]) -> Iterator[RequirementSet]:
    project = _table(document.get("project"))
    dynamic = _listed(project.get("dynamic"))
    is_known = "dependencies" not in dynamic
    if is_known and project.get("dependencies"):
        yield RequirementSet(file=path)
    extras = _table(project.get("optional-dependencies")) if is_known else {}
    for extra, wanted in extras.items():
        if wanted:
            yield RequirementSet(file=path, extra=extra)
    for group, wanted in _table(document.get("dependency-groups")).items():
        if wanted:
            yield RequirementSet(file=path, group=group)


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
