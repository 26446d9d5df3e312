"""What another resolver says of the same question, beside our own answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from packaging.utils import NormalizedName
from packaging.version import Version

from axletree.resolver.locks.json_form import environment_to_json
from axletree.resolver.model.answers import Resolution
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.json_types import JsonObject
from axletree.resolver.model.spelling import counted

Outcome: TypeAlias = Literal["resolved", "conflict", "gave-up"]
_MOST_CHARACTERS = 300
"""pip lists all versions that there are, of some projects thousands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolVersions:
    """What gave the opinion."""

    pip_tools: str
    pip: str
    python: str
    """Of the interpreter that it ran on, with the patch release."""

    def __str__(self) -> str:
        """Render as `pip-compile 7.6.2 (pip 26.3, Python 3.9.18)`."""
        return f"pip-compile {self.pip_tools} (pip {self.pip}, Python {self.python})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What pip-compile answered."""

    outcome: Outcome
    tool: ToolVersions
    pins: Mapping[NormalizedName, Version]
    """Empty unless resolved."""
    said: tuple[str, ...] = ()
    """Its own words for a refusal, or why it gave up, line by line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinDifference:
    """A project that the two answers pin differently."""

    name: NormalizedName
    theirs: Version | None
    """None: not in their answer."""
    exact: Version | None
    """None: not in ours."""

    def __str__(self) -> str:
        """Render as `six: pip-compile 1.16.0, exact 1.15.0`."""
        theirs, exact = self.theirs or "none", self.exact or "none"
        return f"{self.name}: pip-compile {theirs}, exact {exact}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An opinion and the exact engine's answer, side by side."""

    environment: Environment
    opinion: Opinion
    exact: Resolution | None
    """None: the exact engine has proved that there is no solution."""
    objections: tuple[str, ...] = ()
    """Why the opinion's pins are no solution by our rules."""
    notes: tuple[str, ...] = ()

    @property
    def agree(self) -> bool | None:
        """Tell whether both say the same of a solution; None: the other gave up."""
        if self.opinion.outcome == "gave-up":
            return None
        return (self.opinion.outcome == "resolved") == (self.exact is not None)

    @property
    def is_solvable(self) -> bool:
        """Tell whether both have found a solution."""
        return self.exact is not None and self.opinion.outcome == "resolved"

    @property
    def differences(self) -> tuple[PinDifference, ...]:
        """List the pins that differ, by name, where both have found a solution."""
        if self.exact is None or self.opinion.outcome != "resolved":
            return ()
        theirs, ours = self.opinion.pins, {p.name: p.version for p in self.exact.pins}
        return tuple(
            PinDifference(name=name, theirs=theirs.get(name), exact=ours.get(name))
            for name in sorted(theirs.keys() | ours.keys())
            if theirs.get(name) != ours.get(name)
        )


def comparison_text(comparison: Comparison) -> str:
    """Say what both have answered, and where they differ."""
    return "".join(f"{line}\n" for line in _lines(comparison))


def comparison_to_json(comparison: Comparison) -> JsonObject:
    """Give the document `axletree.second-opinion/1`."""
    opinion = comparison.opinion
    return {
        "format": "axletree.second-opinion/1",
        "environment": environment_to_json(comparison.environment),
        "tool": {
            "name": "pip-compile",
            "pip_tools": opinion.tool.pip_tools,
            "pip": opinion.tool.pip,
            "python": opinion.tool.python,
        },
        "outcome": opinion.outcome,
        "satisfiable": comparison.exact is not None,
        "agree": comparison.agree,
        "pins": [
            {"name": name, "version": str(version)}
            for name, version in sorted(opinion.pins.items())
        ],
        "differences": [
            {
                "name": each.name,
                "pip_compile": None if each.theirs is None else str(each.theirs),
                "exact": None if each.exact is None else str(each.exact),
            }
            for each in comparison.differences
        ],
        "said": list(opinion.said),
        "objections": list(comparison.objections),
        "notes": list(comparison.notes),
    }


def _lines(comparison: Comparison) -> Iterator[str]:
    opinion = comparison.opinion
    yield f"{opinion.tool} {_finds(comparison)}"
    yield from (f"  {_shorten(line)}" for line in opinion.said)
    yield _verdict(comparison)
    yield from (f"  {each}" for each in comparison.differences)
    if comparison.objections:
        yield "By the exact engine's rules the pins of pip-compile are no solution:"
        yield from (f"  {line}" for line in comparison.objections)
    if opinion.pins:
        yield "What pip-compile pins:"
        yield from (f"  {n} {version}" for n, version in sorted(opinion.pins.items()))


def _finds(comparison: Comparison) -> str:
    label = comparison.environment.label
    match comparison.opinion.outcome:
        case "resolved":
            count = counted(len(comparison.opinion.pins), "project")
            return f"finds a solution for {label}: {count}."
        case "conflict":
            return f"finds no solution for {label}:"
        case "gave-up":
            return f"gives up for {label}:"


def _verdict(comparison: Comparison) -> str:
    exact = comparison.exact
    finds = (
        "none" if exact is None else f"one with {counted(len(exact.pins), 'project')}"
    )
    if comparison.agree is None:
        return f"So the two cannot be compared: the exact engine finds {finds}."
    if not comparison.agree:
        return f"The exact engine disagrees: it finds {finds}."
    if exact is None:
        return "The exact engine agrees: there is none."
    count = len(comparison.differences)
    if not count:
        return "The exact engine agrees, pin by pin."
    differ = "1 pin differs" if count == 1 else f"{count} pins differ"
    return f"The exact engine agrees that there is one; {differ}:"


def _shorten(line: str) -> str:
    too_long = len(line) > _MOST_CHARACTERS
    return f"{line[:_MOST_CHARACTERS]} ..." if too_long else line
