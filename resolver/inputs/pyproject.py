"""What a pyproject.toml requires: dependencies, extras and dependency groups.

Sources: the pyproject.toml specification, `[project]`; PEP 735, dependency groups. A
requirement of the project on itself stands for what its extras require, since the
project is what the file describes and no index needs to have it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier
from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.file_options import Note
from axletree.resolver.inputs.foreign_toml import (
    ForeignTomlError,
    parse_toml,
)
from axletree.resolver.inputs.override_files import MOST_NESTED
from axletree.resolver.inputs.requirement_text import (
    Issue,
    parse_text,
    shorten,
    unreadable,
)
from axletree.resolver.inputs.toml_positions import TomlLines
from axletree.resolver.model.foreign_text import read_specifiers
from axletree.resolver.model.origins import Origin
from axletree.resolver.model.requirements import (
    Part,
    PythonLimit,
    RootRequirement,
    joined_parts,
)

Read: TypeAlias = Callable[[str], str]
_Table: TypeAlias = Mapping[str, object]
_Item: TypeAlias = RootRequirement | PythonLimit | Note | Issue

_PROJECT = ("project",)
_EXTRAS = ("project", "optional-dependencies")
_GROUPS = ("dependency-groups",)
_DYNAMIC_HINT = (
    "write them under [project], or in a requirements file and name that with -r"
)
_POETRY_HINT = (
    "[tool.poetry] alone is not read: write the dependencies under [project], which "
    "poetry 2 reads too, or name the requirements file that poetry export writes"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPart:
    """The dependencies of the project in a file, with those of some extras."""

    path: str
    extras: tuple[str, ...] = ()
    """Those it does not have are left to other files, and to who asks."""
    has_all_extras: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPart:
    """One dependency group in a file."""

    path: str
    group: str


def read_part(part: ProjectPart | GroupPart, read: Read) -> Iterator[_Item]:
    """Yield what a part of a file requires, or what is wrong with it."""
    file = load_project(part.path, read)
    if isinstance(file, Issue):
        yield file
        return
    if isinstance(part, GroupPart):
        own = Part(kind="group", name=canonicalize_name(part.group))
        yield from (_of(own, item) for item in file.group(part.group))
    else:
        yield from file.project(part.extras, has_all_extras=part.has_all_extras)
    yield from file.notes()


def parts_of(part: ProjectPart | GroupPart, read: Read) -> tuple[Part, ...]:
    """List the extras and groups that are asked for, those that are there."""
    if isinstance(part, GroupPart):
        return (Part(kind="group", name=canonicalize_name(part.group)),)
    file = load_project(part.path, read)
    if isinstance(file, Issue):
        return ()
    wanted = file.wanted_extras(part.extras, has_all_extras=part.has_all_extras)
    return tuple(Part(kind="extra", name=extra) for extra in wanted)


def provided_extras(path: str, read: Read) -> frozenset[NormalizedName]:
    """Return the extras that a file declares; none of one that cannot be read."""
    file = load_project(path, read)
    return frozenset() if isinstance(file, Issue) else frozenset(file.extras)


def load_project(path: str, read: Read) -> "ProjectFile | Issue":
    """Read a pyproject.toml."""
    try:
        text = read(path)
        return ProjectFile(path=path, table=parse_toml(text), lines=TomlLines.of(text))
    except ForeignTomlError as error:
        return Issue(what=str(error), origin=Origin(file=path), hint="fix it")
    except (OSError, ValueError) as error:
        return unreadable(path, error, Origin())


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFile:
    """One pyproject.toml, parsed."""

    path: str
    table: _Table
    lines: TomlLines

    # The project.

    def project(
        self, extras: Iterable[str], *, has_all_extras: bool
    ) -> Iterator[_Item]:
        """Yield the Python that the project requires, then its dependencies."""
        if not isinstance(self.table.get("project"), Mapping):
            is_poetry = "poetry" in _table(self.table.get("tool"))
            hint = "name a requirements file, or a group with --group"
            yield self._issue(
                "it has no [project] table",
                hint=_POETRY_HINT if is_poetry else hint,
            )
            return
        yield from self._python()
        yield from self._with_extras(())
        for extra in self.wanted_extras(extras, has_all_extras=has_all_extras):
            own = Part(kind="extra", name=extra)
            yield from (_of(own, item) for item in self._with_extras([extra], ("",)))

    def wanted_extras(
        self, extras: Iterable[str], *, has_all_extras: bool
    ) -> tuple[NormalizedName, ...]:
        """Pick its own among the extras that are asked for."""
        asked = dict.fromkeys(map(canonicalize_name, extras))
        return tuple(self.extras if has_all_extras else filter(self.extras.get, asked))

    def notes(self) -> Iterator[Note]:
        """Say what other tools would heed here."""
        sources = _table(
            _table(_table(self.table.get("tool")).get("uv")).get("sources")
        )
        if sources:
            names = shorten(", ".join(map(str, sources)))
            yield Note(
                text=f"[tool.uv.sources] ({self.path}) is ignored: {names} must be "
                "on the index, or be required by NAME @ URL"
            )

    def _python(self) -> Iterator[_Item]:
        text = self._project.get("requires-python")
        if text is None:
            return
        origin = self._origin(self.lines.of_key(_PROJECT, "requires-python"))
        try:
            specifier = read_specifiers(text if isinstance(text, str) else "?")
        except InvalidSpecifier:
            what = f"requires-python = {shorten(repr(text))} names no versions"
            hint = 'write a version range, such as ">=3.9"'
            yield Issue(what=what, origin=origin, hint=hint)
        else:
            yield PythonLimit(specifier=specifier, origin=origin)

    @property
    def _project(self) -> _Table:
        return _table(self.table.get("project"))

    @property
    def extras(self) -> dict[NormalizedName, str]:
        """Map each extra to its spelling in the file."""
        return {
            canonicalize_name(extra): extra
            for extra in _table(self._project.get("optional-dependencies"))
        }

    def _with_extras(
        self, extras: Iterable[NormalizedName], path: tuple[str, ...] = ()
    ) -> Iterator[_Item]:
        """Yield the dependencies, then those of extras.

        :param path: what is being resolved already, so that a circle ends.
        """
        if "" not in path:
            path = (*path, "")
            yield from self._array(_PROJECT, "dependencies", path)
        for extra in extras:
            if extra in path:
                continue
            spelled = self.extras.get(extra)
            if spelled is None and "optional-dependencies" not in self._dynamic:
                yield self._issue(
                    f"the project requires itself with {extra!r}, an extra that it "
                    "does not have",
                    hint=f"its extras are: {', '.join(self.extras) or 'none'}",
                )
            yield from self._array(_EXTRAS, spelled or extra, (*path, extra))

    @property
    def _dynamic(self) -> tuple[object, ...]:
        listed = self._project.get("dynamic")
        return tuple(listed) if isinstance(listed, list) else ()

    def _array(
        self, table: tuple[str, ...], key: str, path: tuple[str, ...]
    ) -> Iterator[_Item]:
        field = "dependencies" if table == _PROJECT else table[-1]
        if field in self._dynamic:
            yield self._issue(
                f"its {field} are dynamic: only a build of the project tells them",
                hint=_DYNAMIC_HINT,
            )
            return
        found: object = self.table
        for name in (*table, key):
            found = _table(found).get(name)
        lines = self.lines.of_array(table, key)
        yield from self._strings(found, f"{'.'.join(table)}.{key}", lines, path)

    def _strings(
        self,
        listed: object,
        name: str,
        lines: Callable[[str], int | None],
        path: tuple[str, ...],
    ) -> Iterator[_Item]:
        if not isinstance(listed, list | None):
            yield self._issue(f"{name} is not an array", hint="write [ … ] of strings")
            return
        for text in listed or ():
            if isinstance(text, str):
                yield from self._line(text, self._origin(lines(text)), path)
            else:
                yield self._issue(
                    f"{name} holds {text!r}, which is not a string",
                    hint="write requirements in quotes",
                )

    def _line(
        self, text: str, origin: Origin, path: tuple[str, ...]
    ) -> Iterator[_Item]:
        found = parse_text(text, origin)
        if not isinstance(found, RootRequirement) or not self._is_itself(found):
            yield found
            return
        extras = sorted(map(canonicalize_name, found.requirement.extras))
        marker = found.requirement.marker
        for item in self._with_extras(extras, path):
            yield _under(marker, item) if isinstance(item, RootRequirement) else item

    def _is_itself(self, root: RootRequirement) -> bool:
        name = self._project.get("name")
        own = canonicalize_name(name) if isinstance(name, str) else None
        return canonicalize_name(root.requirement.name) == own

    # Groups.

    def group(self, name: str, including: tuple[str, ...] = ()) -> Iterator[_Item]:
        """Yield what a group requires, with the groups it includes in their place."""
        groups = _table(self.table.get("dependency-groups"))
        spelled = [g for g in groups if canonicalize_name(g) == canonicalize_name(name)]
        if len(spelled) != 1:
            what = f"it has no dependency group {name!r}"
            hint = f"its groups are: {', '.join(groups) or 'none'}"
            if spelled:
                what = f"its groups {', '.join(spelled)} have the same name"
                hint = "capitals and -, _ and . make no difference: rename one"
            yield self._issue(what, hint=hint)
            return
        [key] = spelled
        if len(including) > MOST_NESTED:
            what = f"more than {MOST_NESTED} dependency groups include one another"
            yield self._issue(what, hint="put them into fewer groups")
            return
        if key in including:
            chain = " includes ".join((*including[including.index(key) :], key))
            what = f"its dependency groups run in a circle: {chain}"
            yield self._issue(what, hint="remove one of these include-group")
            return
        yield from self._members(key, groups[key], (*including, key))

    def _members(
        self, key: str, members: object, including: tuple[str, ...]
    ) -> Iterator[_Item]:
        lines = self.lines.of_array(_GROUPS, key)
        for member in members if isinstance(members, list) else [members]:
            match member:
                case str() if isinstance(members, list):
                    yield from self._line(member, self._origin(lines(member)), ())
                case {"include-group": str(other), **rest} if not rest:
                    yield from self.group(other, including)
                case _:
                    yield self._issue(
                        f"the dependency group {key} holds {member!r}, which "
                        "PEP 735 does not allow",
                        hint='write requirements and {include-group = "NAME"}',
                    )

    def _origin(self, line: int | None) -> Origin:
        return Origin(file=self.path, line=line)

    def _issue(self, what: str, *, hint: str) -> Issue:
        return Issue(what=what, origin=self._origin(None), hint=hint)


def _table(value: object) -> _Table:
    return value if isinstance(value, Mapping) else {}


def _under(marker: Marker | None, root: RootRequirement) -> RootRequirement:
    """Let a requirement hold where a marker is true as well."""
    if marker is None:
        return root
    own = root.requirement.marker
    both = marker if own is None else Marker(f"({marker}) and ({own})")
    requirement = Requirement(str(root.requirement))
    requirement.marker = both
    return replace(root, requirement=requirement)


def _of(part: Part, item: _Item) -> _Item:
    """Let a requirement hold where a part of the project is wanted."""
    if isinstance(item, RootRequirement):
        return replace(item, parts=frozenset({part}))
    return item


def merge_lines(roots: Iterable[RootRequirement]) -> tuple[RootRequirement, ...]:
    """Let each line of a pyproject.toml count once, however many extras lead to it.

    It holds where one of the ways to it does; lines of other files stay as they are.
    """
    found: dict[object, RootRequirement] = {}
    for root in roots:
        is_project = root.origin.file.endswith(".toml")
        key = (root.text, root.origin) if is_project else id(root)
        found[key] = _either(found[key], root) if key in found else root
    return tuple(found.values())


def _ways(root: RootRequirement) -> tuple[tuple[frozenset[Part], Marker | None], ...]:
    return root.ways or ((root.parts, root.requirement.marker),)


def _either(first: RootRequirement, second: RootRequirement) -> RootRequirement:
    ways = (*_ways(first), *_ways(second))
    is_one = len({str(marker) for _, marker in ways}) == 1
    parts = joined_parts(of for of, _ in ways)
    first = replace(first, parts=parts, ways=() if is_one else ways)
    second = replace(second, parts=parts, ways=first.ways)
    markers = (first.requirement.marker, second.requirement.marker)
    if None in markers or markers[0] == markers[1]:
        return second if second.requirement.marker is None else first
    requirement = Requirement(str(first.requirement))
    requirement.marker = Marker(f"({markers[0]}) or ({markers[1]})")
    return replace(first, requirement=requirement)
