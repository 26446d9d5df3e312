"""What compiled files require of the projects that they were built against.

A backend declares what a source says, which is true before it is compiled: that it needs
numpy. What was compiled is good for some releases only, and says so here, by the rules of
`abi_pins.toml` (PEP 808 has the same in mind for backends).
"""

import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from axletree.builder.recipes.redeclared import Redeclared
from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.old_requirements import read_old
from axletree.resolver.model.foreign_text import read_requirement
from axletree.wheelhouse.archives.rules import CHUNK_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class AbiRule:
    """How one project's ABI is used, and for how long it stays."""

    project: NormalizedName
    marks: tuple[bytes, ...]
    built_with: tuple[tuple[SpecifierSet, str], ...]

    def required(self, built_with: Version) -> str:
        """Return the versions that a file needs that was built with one; or nothing."""
        for versions, requires in self.built_with:
            # A pre-release has the ABI of its release.
            if versions.contains(built_with.base_version):
                return requires.format(major=built_with.major, minor=built_with.minor)
        return ""


@cache
def abi_rules() -> tuple[AbiRule, ...]:
    """Read the rules."""
    text = (files("axletree.builder.checks") / "abi_pins.toml").read_text("utf-8")
    return tuple(
        AbiRule(
            project=canonicalize_name(name),
            marks=tuple(mark.encode() for mark in table["marks"]),
            built_with=tuple(
                (SpecifierSet(each["versions"]), each["requires"])
                for each in table["built-with"]
            ),
        )
        for name, table in tomllib.loads(text).items()
    )


def abi_pins(
    wheel: Path, compiled: Sequence[str], environment: Sequence[Path]
) -> Mapping[NormalizedName, str]:
    """Map projects to the versions of them that a wheel's compiled files need.

    :param compiled: the names of these.
    :param environment: the wheels that it was built with.
    """
    found = {}
    versions = dict(parse_wheel_filename(each.name)[:2] for each in environment)
    for rule in abi_rules():
        version = versions.get(rule.project)
        if version is not None and _is_marked(wheel, compiled, rule.marks):
            found[rule.project] = rule.required(version)
    return {project: versions for project, versions in found.items() if versions}


def _is_marked(wheel: Path, compiled: Sequence[str], marks: Sequence[bytes]) -> bool:
    longest = max(map(len, marks))
    with zipfile.ZipFile(wheel) as archive:
        for name in compiled:
            end = b""
            with archive.open(name) as member:
                while part := member.read(CHUNK_BYTES):
                    # A mark may begin in one part and end in the next.
                    read = end + part
                    if any(mark in read for mark in marks):
                        return True
                    end = read[-longest:]
    return False


def pinned_lines(
    required: Sequence[str], pins: Mapping[NormalizedName, str], redeclared: Redeclared
) -> Iterator[str]:
    """Yield the requirements that METADATA is to have besides, for what was compiled.

    Where the source requires a project for some environments or extras only, so do they;
    where it does not at all, always. What the recipe says of a project is left as it is.

    :param required: its Requires-Dist, as spelled.
    """
    said = {*redeclared.exchanged, *redeclared.exchanged.values(), *redeclared.added}
    by_recipe = {each.name for each in _read(said)}
    there = _read(required)
    for project, versions in pins.items():
        if project in by_recipe:
            continue
        own = [each for each in there if each.name == project]
        markers = dict.fromkeys(str(each.marker or "") for each in own) or [""]
        if any(not each.marker for each in own):
            markers = [""]
        known = {(str(each.marker or ""), each.specifier) for each in own}
        for marker in markers:
            if (marker, SpecifierSet(versions)) not in known:
                yield f"{project}{versions}" + (f"; {marker}" if marker else "")


def _read(lines: Sequence[str] | set[str]) -> list[Requirement]:
    found = []
    for line in lines:
        try:
            requirement = read_requirement(line)
        except InvalidRequirement:
            mended = read_old(line)
            if mended is None:
                continue
            requirement = mended.requirement
        requirement.name = canonicalize_name(requirement.name)
        found.append(requirement)
    return found
