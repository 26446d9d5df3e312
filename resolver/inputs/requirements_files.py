"""What the user asks for: requirement strings and requirements files -> roots.

All that is wrong is gathered, and raised once with file and line: a user mends a file
in one go. Files are read through an argument, so that this stays pure.
"""

import os.path
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from packaging.utils import NormalizedName, canonicalize_name

from axletree.reading import beside
from axletree.resolver.inputs.override_files import MOST_NESTED
from axletree.resolver.inputs.pyproject import (
    GroupPart,
    ProjectPart,
    merge_lines,
    provided_extras,
    read_part,
)
from axletree.resolver.inputs.requirement_lines import (
    BrokenLine,
    Line,
    read_lines,
    redact,
)
from axletree.resolver.inputs.requirement_text import (
    BY_NAME,
    Issue,
    gather,
    parse_text,
    shorten,
    unreadable,
)
from axletree.resolver.model.distribution import STRONG_HASHES
from axletree.resolver.model.limits import FormatControl
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.requirements import (
    PythonLimit,
    RootRequirement,
)

Read: TypeAlias = Callable[[str], str]
"""Path -> text; raises OSError or ValueError as `Path.read_text` does."""


_IN_A_RECIPE = "leave it out: how a wheel is built stands in a recipe (axletree build)"
_HINTS = {
    "--require-hashes": "leave it out: the hashes that are given count, and a lock "
    "has those of all",
    "--prefer-binary": "leave it out, or use no sdists at all: --only-binary :all:",
    "--no-deps": "leave it out, or drop what is too much with --exclude",
    "--all-releases": "write --pre, which lets pre-releases of all projects in",
    "--only-final": "leave it out: pre-releases come in only for a reason",
    "--config-settings": _IN_A_RECIPE,
    "--global-option": _IN_A_RECIPE,
    "--install-option": _IN_A_RECIPE,
    "--build-option": _IN_A_RECIPE,
}
"""What to do about options that pip has, or had, in requirements files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedInput:
    """All that requirement strings and files say, in written order."""

    roots: tuple[RootRequirement, ...] = ()
    """Command line first, then files; an included file stands in its place."""
    constraints: tuple[RootRequirement, ...] = ()
    pythons: tuple[PythonLimit, ...] = ()
    """What the projects in pyproject.toml files are for."""
    index_url: str | None = None
    """The last one given. May hold credentials, as may the two fields below."""
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    """URLs, and paths relative to the file that names them, joined to its folder."""
    has_no_index: bool = False
    has_pre: bool = False
    formats: FormatControl = field(default_factory=FormatControl)
    trusted_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Constraint:
    root: RootRequirement


@dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    name: str
    value: str


_Item: TypeAlias = RootRequirement | PythonLimit | _Constraint | _Option | Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file being read, and those that led to it."""

    path: str
    is_constraint: bool
    including: tuple[str, ...] = ()


def parse_input(
    requirements: Sequence[str],
    files: Sequence[str | ProjectPart | GroupPart] = (),
    constraint_files: Sequence[str] = (),
    *,
    read: Read,
    environ: Mapping[str, str],
) -> ParsedInput:
    """Read requirement strings, then requirements files, then constraints files.

    :param files: paths of requirements files, and parts of pyproject.toml files.
    :param environ: values for `${NAME}` in files (unset names stay as written).
    :raises InvalidRequirementError: once, for all lines that cannot be used.
    """
    reader = _Reader(read=read, environ=environ)
    items: list[_Item] = [parse_text(text, Origin()) for text in requirements]
    for file in files:
        if isinstance(file, str):
            items += reader.items(_File(path=file, is_constraint=False), Origin())
        else:
            items += read_part(file, read)
    for path in constraint_files:
        items += reader.items(_File(path=path, is_constraint=True), Origin())
    issues = [item for item in items if isinstance(item, Issue)]
    issues = issues or list(_unknown_extras(files, read))
    if issues:
        raise gather(issues)
    return _collect(items)


def parse_requirement(text: str, origin: Origin | None = None) -> RootRequirement:
    """Read one requirement.

    :raises InvalidRequirementError: when it is none, or names a URL or a path.
    """
    parsed = parse_text(text, origin or Origin())
    if isinstance(parsed, Issue):
        raise gather([parsed])
    return parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    read: Read
    environ: Mapping[str, str]

    def items(self, file: _File, asked_at: Origin) -> Iterator[_Item]:
        """Yield what `file` says; an include's items stand in its place."""
        try:
            text = self.read(file.path)
        except (OSError, ValueError) as error:
            yield unreadable(file.path, error, asked_at)
            return
        for line in read_lines(text, self.environ):
            origin = Origin(file=file.path, line=line.number)
            if isinstance(line, BrokenLine):
                yield Issue(
                    what=f"{redact(line.text)!r} cannot be read: {line.reason}",
                    origin=origin,
                    hint="write one requirement or one option on a line",
                )
            elif line.requirement:
                yield _requirement(line, origin, is_constraint=file.is_constraint)
            else:
                yield from self._options(line, file, origin)

    def _options(self, line: Line, file: _File, origin: Origin) -> Iterator[_Item]:
        for name, value in line.options:
            if name in {"--requirement", "--constraint"}:
                yield from self._include(
                    file, value, origin, is_constraint=name == "--constraint"
                )
            else:
                yield _option(name, value, file, origin)

    def _include(
        self, file: _File, target: str, origin: Origin, *, is_constraint: bool
    ) -> Iterator[_Item]:
        if "://" in target:
            yield Issue(
                what=f"{redact(target)} is not read: includes are local files",
                origin=origin,
                hint="download it and include the copy",
            )
            return
        if target.endswith(".toml"):
            yield Issue(
                what=f"{target} is no requirements file, which alone can be included",
                origin=origin,
                hint=f"give it on the command line: -r {target}",
            )
            return
        path = beside(file.path, target)
        including = (*file.including, os.path.normpath(file.path))
        if len(including) > MOST_NESTED:
            yield Issue(
                what=f"more than {MOST_NESTED} files include one another",
                origin=origin,
                hint="put them into fewer files",
            )
            return
        if path in including:
            chain = " includes ".join((*including[including.index(path) :], path))
            yield Issue(
                what=f"the includes run in a circle: {chain}",
                origin=origin,
                hint="remove one of these includes",
            )
            return
        included = _File(path=path, is_constraint=is_constraint, including=including)
        yield from self.items(included, origin)


def _unknown_extras(
    files: Iterable[str | ProjectPart | GroupPart], read: Read
) -> Iterator[Issue]:
    """Say so when an extra that is asked for is in none of the files."""
    parts = [file for file in files if isinstance(file, ProjectPart)]
    asked = {canonicalize_name(extra) for part in parts for extra in part.extras}
    if asked:
        known = frozenset[NormalizedName]().union(
            *(provided_extras(p.path, read) for p in parts)
        )
        for extra in sorted(asked - known):
            yield Issue(
                what=f"there is no extra {extra!r} in {parts[0].path}",
                origin=Origin(),
                hint=f"its extras are: {', '.join(sorted(known)) or 'none'}",
            )


def _requirement(line: Line, origin: Origin, *, is_constraint: bool) -> _Item:
    hashes = tuple(value for name, value in line.options if name == "--hash")
    foreign = [name for name, _ in line.options if name != "--hash"]
    if foreign:
        usual = "give it a line of its own, or leave it out"
        return Issue(
            what=f"{shorten(foreign[0])} cannot stand behind a requirement",
            origin=origin,
            hint=_HINTS.get(foreign[0], usual),
        )
    weak = [value for value in hashes if not _is_strong(value)]
    if weak:
        return Issue(
            what=f"--hash={weak[0]} is not a hash of a known kind",
            origin=origin,
            hint="write --hash=sha256:…, with all 64 hexadecimal digits",
        )
    parsed = parse_text(line.requirement, origin, shown=line.text, hashes=hashes)
    if isinstance(parsed, Issue) or not is_constraint:
        return parsed
    if parsed.requirement.extras:
        return Issue(
            what=f"a constraint cannot have extras: {parsed.text}",
            origin=origin,
            hint=f"constrain {parsed.requirement.name} alone, and require the extra",
        )
    return _Constraint(root=parsed)


def _is_strong(value: str) -> bool:
    algorithm, _, digest = value.partition(":")
    is_hex = not digest.strip("0123456789abcdefABCDEF")
    return is_hex and STRONG_HASHES.get(algorithm) == len(digest)


def _option(name: str, value: str, file: _File, origin: Origin) -> _Option | Issue:
    match name:
        case "--index-url" | "--extra-index-url" | "--trusted-host":
            return _Option(name=name, value=value)
        case "--pre" | "--no-index" | "--no-binary" | "--only-binary":
            return _Option(name=name, value=value)
        case "--find-links":
            is_url = "://" in value or value.startswith("file:")
            return _Option(
                name=name, value=value if is_url else beside(file.path, value)
            )
        case "--editable":
            what = f"editable requirement {redact(value)}: an index has no editable"
            hint = BY_NAME
        case _:
            what = f"option {shorten(name)} is not known in a requirements file"
            hint = _HINTS.get(
                name, "leave it out: axletree has no such option in files"
            )
    return Issue(what=what, origin=origin, hint=hint)


def _collect(items: Iterable[_Item]) -> ParsedInput:
    items = tuple(items)
    options = [item for item in items if isinstance(item, _Option)]
    formats = FormatControl()
    for option in options:
        if option.name == "--no-binary":
            formats = formats.without_binary(option.value)
        elif option.name == "--only-binary":
            formats = formats.with_only_binary(option.value)
    return ParsedInput(
        roots=merge_lines(i for i in items if isinstance(i, RootRequirement)),
        constraints=tuple(i.root for i in items if isinstance(i, _Constraint)),
        pythons=tuple(item for item in items if isinstance(item, PythonLimit)),
        index_url=next(reversed(_values(options, "--index-url")), None),
        extra_index_urls=_values(options, "--extra-index-url"),
        find_links=_values(options, "--find-links"),
        has_no_index=bool(_values(options, "--no-index")),
        has_pre=bool(_values(options, "--pre")),
        formats=formats,
        trusted_hosts=_values(options, "--trusted-host"),
    )


def _values(options: Iterable[_Option], name: str) -> tuple[str, ...]:
    return tuple(option.value for option in options if option.name == name)
