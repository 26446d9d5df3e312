"""What the last lines of a failed build's log say of why it failed.

Foreign code can print anything. So a line only ever turns the backend's no into less:
"not within the limits here", "this machine lacks something", in place of a fact about
the world. It never makes a failure of what succeeded.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NotRequired, TypedDict, cast

from axletree.late_dataclasses import dataclass

_LINE_LIMIT = 2000
"""Characters of a line that are looked at."""
_LAST_LINES = 300
"""A lack that was named before those was no reason to stop."""
_NOT_OF_THE_MACHINE = re.compile(
    "longintrepr|numpy/|pybind11/|nanobind/|mpi4py/|cpython/|internal/"
)
"""Headers that newer Pythons do without, and those of build requirements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Why a build failed, where a rule knows it."""

    rule: str
    says: str
    """A clause: `its build imports pybind11, and …`."""
    requires: tuple[str, ...] = ()
    """What a recipe would add to the build requirements."""
    advice: str = ""
    """What else helps, as a clause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """What a machine has not."""

    words: str
    """`the header mysql.h`."""
    package: str
    """Debian's package that has it; empty: not known."""


class _LackTable(TypedDict):
    says: str
    patterns: list[str]
    is_fetched: NotRequired[bool]
    """Whether a build without it tries to fetch it."""


class _CauseTable(TypedDict, total=False):
    name: str
    says: str
    patterns: list[str]
    requires: list[str]
    advice: str
    is_weak: bool


class _Tables(TypedDict):
    parts: dict[str, str]
    limits: dict[str, str]
    lack: list[_LackTable]
    cause: list[_CauseTable]
    projects: dict[str, str]
    packages: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    limit: re.Pattern[str]
    lacks: Sequence[tuple[re.Pattern[str], _LackTable]]
    causes: Sequence[tuple[re.Pattern[str], _CauseTable]]
    projects: Mapping[str, str]
    packages: Mapping[str, str]


@cache
def _rules() -> _Rules:
    """Read the rules, when the first build has failed."""
    text = (files(__package__ or "") / "log_evidence.toml").read_text("utf-8")
    # Our own file, of which a test reads every table.
    tables = cast("_Tables", tomllib.loads(text))

    def compiled(pattern: str) -> re.Pattern[str]:
        for name, part in tables["parts"].items():
            pattern = pattern.replace(f"<{name}>", part)
        return re.compile(pattern)

    return _Rules(
        limit=re.compile(
            "|".join(f"(?P<{name}>{text})" for name, text in tables["limits"].items())
        ),
        lacks=tuple(
            (compiled(pattern), lack)
            for lack in tables["lack"]
            for pattern in lack["patterns"]
        ),
        causes=tuple(
            (compiled(pattern), cause)
            for cause in tables["cause"]
            for pattern in cause["patterns"]
        ),
        projects=tables["projects"],
        packages=tables["packages"],
    )


def limit_in(lines: Sequence[str]) -> str:
    """Name the limit that a log says was met, a key of `outcomes.LIMITS`."""
    for line in _last_first(lines):
        found = _rules().limit.search(line)
        if found is not None and found.lastgroup is not None:
            return found.lastgroup
    return ""


def diagnose(lines: Sequence[str]) -> Diagnosis | Lack | None:
    """Say why a build failed: what this machine lacks, or else what is wrong.

    What stands later in the log has more to do with the end.
    """
    lack = _lack_at(lines)
    for is_weak in (False, True):
        cause = _cause_at(lines, is_weak=is_weak)
        if cause is not None and (lack is None or lack[0] > cause[0]):
            return _lack_before(lines, cause[1]) or cause[1]
        if lack is not None:
            return lack[1]
    return None


def _lack_before(lines: Sequence[str], cause: Diagnosis) -> Lack | None:
    """Return what a build wanted the network for, where it says so."""
    found = _lack_at(lines, is_fetched=True) if cause.rule == "network" else None
    return found[1] if found is not None else None


def _lack_at(
    lines: Sequence[str], *, is_fetched: bool = False
) -> tuple[int, Lack] | None:
    """Return what is lacking, and how far from the end that stands.

    :param is_fetched: only of what is fetched where it is lacking.
    """
    rules = _rules()
    for place, line in enumerate(_last_first(lines[-_LAST_LINES:])):
        for pattern, lack in rules.lacks:
            found = pattern.search(line)
            if found is None or (is_fetched and not lack.get("is_fetched")):
                continue
            name = (pattern.groups and found[1]) or "cmake"
            if not _NOT_OF_THE_MACHINE.match(name):
                words = lack["says"].format(name)
                known = name if "{}" in lack["says"] else words
                package = rules.packages.get(known, "")
                return place, Lack(words=words, package=package)
    return None


def _cause_at(lines: Sequence[str], *, is_weak: bool) -> tuple[int, Diagnosis] | None:
    rules = _rules()
    for place, line in enumerate(_last_first(lines[-_LAST_LINES:])):
        for pattern, cause in rules.causes:
            if cause.get("is_weak", False) is not is_weak:
                continue
            found = pattern.search(line)
            if found is not None:
                name = next((group for group in found.groups() if group), "")
                return place, _diagnosis(cause, name, rules.projects)
    return None


def _diagnosis(cause: _CauseTable, name: str, projects: Mapping[str, str]) -> Diagnosis:
    project = projects.get(name, name.lower().replace("_", "-"))
    requires = (
        text.replace("{project}", project) for text in cause.get("requires", ())
    )
    return Diagnosis(
        rule=cause["name"],
        says=cause["says"].replace("{}", name),
        requires=tuple(requires),
        advice=cause.get("advice", ""),
    )


_ERROR = re.compile(
    r"^(?:[\w.]{1,100}(?:Error|Exception|Failure)|SystemExit)(?:: |$)"
    r"|^(?:fatal )?(?:error|ERROR|Error)(?: in [\w.+-]{1,100} setup command)?: "
)
_ADVICE = re.compile(
    r"\b(?:deprecated|instead|unsupported|not supported|no longer|requires?|must|cannot"
    r"|could not|can't|failed|missing|not found|unable to)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(r"CalledProcessError|^SystemExit(?:: \d+)?$|^error: command ")
"""That something failed, not why."""
_NOISE = re.compile(r"^\W*$|^\s|^Traceback |^(?:note|hint|warning): |^\[end of output")
_EMPTY = re.compile(r"^\W*$|^ended with (?:exit code|signal) \d+$|^\s+[\^~]+\s*$")
_SHOWN_LINES = 15
_CHAINED = re.compile(r"^(?:During handling of|The above exception was)")


def telling_line(lines: Sequence[str]) -> str:
    """Return the line that tells most of why a backend said no; empty without any.

    That is the last error that says more than that there was one, else the first line
    of what looks like advice, else the last line.
    """
    shown = [line[:_LINE_LIMIT].rstrip() for line in lines[-_LAST_LINES:]]
    errors = [at for at, line in enumerate(shown) if _ERROR.search(line)]
    plain = [at for at in errors if not _VAGUE.search(shown[at])]
    if plain:
        return shown[_cause(shown, plain)]
    said = [line for line in shown if not _NOISE.search(line)]
    # How it ended says least, if something was said before.
    said = [line for line in said if not _EMPTY.search(line)] or said
    advice = [line for line in said if _ADVICE.search(line)]
    vague = [shown[at] for at in errors[-1:]]
    others = [line for line in said if not _ERROR.search(line)]
    return next(iter([*advice[:1], *vague, *others[-1:]]), "")


def telling_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the last lines that tell something, at most as many as are shown."""
    told = [line for line in lines if not _EMPTY.search(line)]
    return tuple(line[:_LINE_LIMIT] for line in told[-_SHOWN_LINES:])


def _cause(lines: Sequence[str], errors: Sequence[int]) -> int:
    """Go back from the last error to what is missing, if that has led to it."""
    last = errors[-1]
    for before in reversed(errors[:-1]):
        is_chained = any(map(_CHAINED.search, lines[before:last]))
        if is_chained and lines[before].startswith("ModuleNotFoundError"):
            return before
    return last


def _last_first(lines: Sequence[str]) -> Iterator[str]:
    return (line[:_LINE_LIMIT] for line in reversed(lines))
