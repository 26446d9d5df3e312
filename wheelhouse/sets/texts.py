"""Requirements files, taken in as text that includes no other file.

Lines stay as they were written, comments too. What a file includes stands in its place;
what it says of indexes is left out: a set takes all from the wheelhouse.
"""

from collections.abc import Iterator, Sequence
from dataclasses import field

from axletree.late_dataclasses import dataclass
from axletree.reading import beside
from axletree.resolver.inputs.pyproject import GroupPart, ProjectPart
from axletree.resolver.inputs.requirement_lines import BrokenLine, Line, read_lines
from axletree.resolver.inputs.requirements_files import (
    ParsedInput,
    Read,
    parse_input,
)
from axletree.resolver.model.requirements import PythonLimit, RootRequirement
from axletree.wheelhouse.errors import InvalidSetError
from axletree.wheelhouse.sets.records import SetText

MOST_CHARACTERS = 1_000_000
_INCLUDES = frozenset({"--requirement", "--constraint"})
_OF_INDEXES = frozenset(
    {"--index-url", "--extra-index-url", "--find-links", "--trusted-host", "--no-index"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """A text, and what is to be said of how it came to be."""

    text: SetText
    notes: tuple[str, ...]
    pythons: tuple[PythonLimit, ...] = ()
    """What the projects in pyproject.toml files are for."""


def take_in(
    requirements: Sequence[str],
    files: Sequence[str | ProjectPart | GroupPart],
    constraints: Sequence[str],
    read: Read,
) -> TakenIn:
    """Make one text of requirements, files, parts of projects, and all they include.

    :raises InvalidRequirementError: for lines that cannot be used.
    :raises InvalidSetError: it asks for nothing, or for what no wheelhouse has.
    """
    parsed = parse_input(requirements, files, constraints, read=read, environ={})
    _check(parsed, files)
    inlined = _Inlined(read=read)
    inlined.requirements.extend(requirements)
    for file in files:
        if isinstance(file, str):
            inlined.take(file, is_constraint=False)
        else:
            own = parse_input((), [file], read=read, environ={})
            inlined.requirements.extend(map(_spelled, own.roots))
    for path in constraints:
        inlined.take(path, is_constraint=True)
    text = SetText(
        requirements=_joined(inlined.requirements),
        constraints=_joined(inlined.constraints),
    )
    if len(text.requirements) + len(text.constraints) > MOST_CHARACTERS:
        raise InvalidSetError(
            f"the requirements have more than {MOST_CHARACTERS:,} characters",
            hint="leave out of the set what nobody installs",
        )
    # What is kept must say by itself what the files said.
    parse_set(text, "set")
    return TakenIn(
        text=text, notes=(*parsed.notes, *inlined.notes()), pythons=parsed.pythons
    )


def parse_set(text: SetText, name: str) -> ParsedInput:
    """Read the text of a set.

    :param name: of the set, which its lines are told to be of.
    :raises InvalidRequirementError: for lines that cannot be used.
    """
    own, limits = f"{name}.txt", f"{name}-constraints.txt"
    texts = {own: text.requirements, limits: text.constraints}

    def read(path: str) -> str:
        if path not in texts:
            raise FileNotFoundError(path)
        return texts[path]

    also = [limits] if text.constraints else []
    return parse_input((), [own], also, read=read, environ={})


def _check(parsed: ParsedInput, files: Sequence[str | ProjectPart | GroupPart]) -> None:
    if not parsed.roots:
        raise _asks_for_nothing(list(map(_named, files)))
    for root in (*parsed.roots, *parsed.constraints):
        if root.address is not None:
            raise InvalidSetError(
                f"{root.text} is named by its address, and a set takes all from the "
                "wheelhouse",
                where=str(root.origin),
                hint="add the file to the wheelhouse (axletree add), and require it by "
                "name and version",
            )


def _asks_for_nothing(names: Sequence[str]) -> InvalidSetError:
    if not names:
        return InvalidSetError(
            "the set asks for nothing",
            hint="name a file with requirements: -r requirements.txt",
        )
    return InvalidSetError(
        f"the set asks for nothing: no requirement is in {' or '.join(names)}",
        hint="write what it needs into the file, a requirement on each line",
    )


def _named(part: str | ProjectPart | GroupPart) -> str:
    return part if isinstance(part, str) else part.path


def _spelled(root: RootRequirement) -> str:
    return str(root.requirement)


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inlined:
    """Lines that were taken in, of files that can be read: they were before."""

    read: Read
    requirements: list[str] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    _left_out: dict[str, None] = field(default_factory=dict)

    def take(self, path: str, *, is_constraint: bool) -> None:
        """Take a file in, and what it includes where it does."""
        target = self.constraints if is_constraint else self.requirements
        physical = self.read(path).removeprefix("\ufeff").splitlines()
        said = {line.number: line for line in read_lines("\n".join(physical), {})}
        at = 0
        while at < len(physical):
            end = _end_of_line(physical, at)
            line = said.get(at + 1)
            own = [each.rstrip("\r") for each in physical[at:end]]
            if line is None or isinstance(line, BrokenLine) or not _is_ours(line):
                target += own
            else:
                for each in self._apart(line, path):
                    target.append(each)
            at = end

    def _apart(self, line: Line, path: str) -> Iterator[str]:
        """Take the files in that a line includes, and yield what else it says."""
        for name, value in line.options:
            if name in _INCLUDES:
                self.take(beside(path, value), is_constraint=name == "--constraint")
            elif name in _OF_INDEXES:
                self._left_out[name] = None
            else:
                yield f"{name} {value}".strip()

    def notes(self) -> Iterator[str]:
        """Say what was left out."""
        if self._left_out:
            names = ", ".join(self._left_out)
            yield f"{names} of the files is left out: a set takes all from the wheelhouse"


def _is_ours(line: Line) -> bool:
    """Tell whether a line is more than what may stay as it is."""
    ours = _INCLUDES | _OF_INDEXES
    return not line.requirement and any(name in ours for name, _ in line.options)


def _end_of_line(physical: Sequence[str], start: int) -> int:
    """Find where a line with its continuations ends, as `read_lines` does."""
    at = start
    while at < len(physical):
        text = physical[at]
        at += 1
        if not text.endswith("\\") or text.lstrip().startswith("#"):
            break
    return at
