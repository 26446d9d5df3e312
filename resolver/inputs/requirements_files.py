"""What the user asks for: requirement strings and requirements files -> roots.

All that is wrong is gathered, and raised once with file and line: a user mends a file
in one go. Files are read through an argument, so that this stays pure.
"""

import os.path
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import field, replace
from typing import TypeAlias

from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.reading import beside
from axletree.resolver.inputs.file_options import (
    FileOption,
    Note,
    OptionItem,
    read_behind,
    read_option,
)
from axletree.resolver.inputs.override_files import MOST_NESTED
from axletree.resolver.inputs.pyproject import (
    GroupPart,
    ProjectPart,
    merge_lines,
    parts_of,
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
    Issue,
    gather,
    parse_editable,
    parse_text,
    unreadable,
)
from axletree.resolver.model.distribution import STRONG_HASHES
from axletree.resolver.model.limits import FormatControl
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.requirements import (
    Part,
    PythonLimit,
    RootRequirement,
)
from axletree.resolver.model.spelling import MADE_BY

Read: TypeAlias = Callable[[str], str]
"""Path -> text; raises OSError or ValueError as `Path.read_text` does."""


_HEAD = 500
"""Characters of a file in which a lock of ours says so."""


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
    notes: tuple[str, ...] = ()
    """What was read and is not heeded."""
    parts: tuple[Part, ...] = ()
    """Extras and groups of the user's own project that were asked for."""
    are_groups_alone: bool = False
    """Nothing else was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Constraint:
    root: RootRequirement


_Item: TypeAlias = RootRequirement | PythonLimit | _Constraint | OptionItem


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file being read, and those that led to it."""

    path: str
    is_constraint: bool
    is_own_lock: bool = False
    """Made by us: what it pins is meant, be it with extras or not."""
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
    items: list[_Item] = [
        parse_text(text, Origin(), read=read) for text in requirements
    ]
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
    named = [part for part in files if not isinstance(part, str)]
    return replace(
        _collect(items),
        parts=tuple(dict.fromkeys(p for each in named for p in parts_of(each, read))),
        are_groups_alone=not requirements
        and all(isinstance(part, GroupPart) for part in files),
    )


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
        file = replace(file, is_own_lock=f"# {MADE_BY}" in text[:_HEAD])
        for line in read_lines(text, self.environ):
            origin = Origin(file=file.path, line=line.number)
            if isinstance(line, BrokenLine):
                yield Issue(
                    what=f"{redact(line.text)!r} cannot be read: {line.reason}",
                    origin=origin,
                    hint="write one requirement or one option on a line",
                )
            elif line.requirement:
                yield self._requirement(line, origin, file)
                yield from _behind(line, origin)
            else:
                yield from self._options(line, file, origin)

    def _requirement(self, line: Line, origin: Origin, file: _File) -> _Item:
        hashes = tuple(value for name, value in line.options if name == "--hash")
        weak = [value for value in hashes if not _is_strong(value)]
        if weak:
            return Issue(
                what=f"--hash={weak[0]} is not a hash of a known kind",
                origin=origin,
                hint="write --hash=sha256:…, with all 64 hexadecimal digits",
            )
        parsed = parse_text(
            line.requirement, origin, shown=line.text, hashes=hashes, read=self.read
        )
        return _as_asked(parsed, file)

    def _options(self, line: Line, file: _File, origin: Origin) -> Iterator[_Item]:
        for name, value in line.options:
            if name in {"--requirement", "--constraint"}:
                yield from self._include(
                    file, value, origin, is_constraint=name == "--constraint"
                )
            elif name == "--editable":
                yield _as_asked(parse_editable(value, origin, self.read), file)
            else:
                yield read_option(name, value, file.path, origin)

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
                what=f"{target} is not a requirements file, and only those can be included",
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


def _as_asked(parsed: RootRequirement | Issue, file: _File) -> _Item:
    """Make a constraint of what stands in a file of such."""
    if isinstance(parsed, Issue) or not file.is_constraint:
        return parsed
    if parsed.address is not None and not parsed.is_named:
        return Issue(
            what=f"a constraint must have a name: {parsed.text}",
            origin=parsed.origin,
            hint="write NAME @ before it",
        )
    if parsed.requirement.extras and file.is_own_lock:
        return _Constraint(root=_without_extras(parsed))
    if parsed.requirement.extras:
        return Issue(
            what=f"a constraint cannot have extras: {parsed.text}",
            origin=parsed.origin,
            hint=f"constrain {parsed.requirement.name} alone, and require the extra",
        )
    return _Constraint(root=parsed)


def _without_extras(root: RootRequirement) -> RootRequirement:
    requirement = copy(root.requirement)
    requirement.extras = set()
    address = f" @ {root.address.url}" if root.address else ""
    return replace(root, requirement=requirement, text=f"{requirement}{address}")


def _behind(line: Line, origin: Origin) -> Iterator[_Item]:
    """Yield what options behind a requirement say, but for its hashes."""
    others = ((name, value) for name, value in line.options if name != "--hash")
    for name, value in others:
        yield read_behind(name, value, origin)


def _is_strong(value: str) -> bool:
    algorithm, _, digest = value.partition(":")
    is_hex = not digest.strip("0123456789abcdefABCDEF")
    return is_hex and STRONG_HASHES.get(algorithm) == len(digest)


def _collect(items: Iterable[_Item]) -> ParsedInput:
    items = tuple(items)
    options = [item for item in items if isinstance(item, FileOption)]
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
        notes=tuple(dict.fromkeys(i.text for i in items if isinstance(i, Note))),
    )


def _values(options: Iterable[FileOption], name: str) -> tuple[str, ...]:
    return tuple(option.value for option in options if option.name == name)
