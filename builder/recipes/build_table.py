"""The `[build]` table of a recipe: what a build is given."""

import re
from collections.abc import Mapping
from dataclasses import field

from axletree.builder.recipes.tables import Table
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.environment import environment_for
from axletree.resolver.model.errors import InvalidEnvironmentError
from axletree.sizes import parse_size

_PYTHON = re.compile(r"3\.[0-9]{1,2}t?")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}", re.ASCII)
_OURS = re.compile(
    r"(?:PATH|HOME|TMPDIR|SOURCE_DATE_EPOCH|PEP517_\w*|_PYPROJECT_HOOKS_\w*"
    r"|(?:LD|PYTHON|PIP|UV|GIT)_\w*|PYTHON\w*)",
    re.IGNORECASE,
)
"""What keeps a build apart, reproducible, and from the network is no recipe's to say."""
_TIME = re.compile(r"(\d{1,6})\s*(s|m|min|h)?", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, None: 1}
_LONGEST_S = 7 * 24 * 3600
_MOST_VARIABLES, _LONGEST_VALUE = 100, 4096
_LEAST_MEMORY_BYTES = 64 * 10**6


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildTable:
    """How a build is done."""

    pythons: tuple[str, ...] = ()
    """Minor versions that need a wheel; one that fits several is built with the first."""
    requires: tuple[str, ...] = ()
    """Build requirements beside those that the source names."""
    constraints: tuple[str, ...] = ()
    """What the build requirements must keep to, if they are required at all."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables that the build sees."""
    memory_bytes: int | None = None
    """What it needs; None: what builds are given."""
    time_s: int | None = None
    """As `memory_bytes`."""


def read_build(table: Table) -> BuildTable:
    """Read the table."""
    found = BuildTable(
        pythons=_once(
            table, table.texts("pythons", _PYTHON, "must be such as `3.9` or `3.14t`")
        ),
        requires=tuple(map(str, table.requirements("requires"))),
        constraints=_constraints(table),
        environment=_environment(table.table("environment", is_required=False)),
        memory_bytes=_memory(table),
        time_s=_time(table),
    )
    table.refuse_unread()
    return found


def _once(table: Table, pythons: tuple[str, ...]) -> tuple[str, ...]:
    for python in sorted({each for each in pythons if pythons.count(each) > 1}):
        table.problem("pythons", f"names {python} twice")
    for python in pythons:
        try:
            environment_for(python, "linux")
        except InvalidEnvironmentError as error:
            table.problem("pythons", f"names {python}: {error.what}; {error.hint}")
    return pythons


def _constraints(table: Table) -> tuple[str, ...]:
    found = table.requirements("constraints")
    for requirement in found:
        if requirement.extras or requirement.url:
            table.problem(
                "constraints",
                f"must say versions only, not {requirement}",
            )
    return tuple(map(str, found))


def _environment(table: Table) -> Mapping[str, str]:
    found: dict[str, str] = {}
    if len(table.values) > _MOST_VARIABLES:
        table.problem("", f"has more than {_MOST_VARIABLES} variables")
    for name in table.values:
        if _OURS.fullmatch(name):
            table.problem(name, "is set by the sandbox, not by a recipe")
        elif not _VARIABLE.fullmatch(name):
            table.problem(name, "is not the name of a variable")
        value = table.optional_text(name, re.compile(r".*", re.DOTALL))
        if value is not None and len(value) > _LONGEST_VALUE:
            table.problem(name, f"is longer than {_LONGEST_VALUE} characters")
        found[name] = value or ""
    return found


def _memory(table: Table) -> int | None:
    text = table.optional_text("memory")
    if not text:
        return None
    try:
        size = parse_size(text)
    except ValueError:
        size = 0
    if size < _LEAST_MEMORY_BYTES:
        table.problem("memory", "must be a size of 64 MB or more, such as `8 GB`")
    return size


def _time(table: Table) -> int | None:
    text = table.optional_text("time")
    if not text:
        return None
    match = _TIME.fullmatch(text.strip())
    seconds = int(match[1]) * _SECONDS[match[2]] if match is not None else 0
    if not 0 < seconds <= _LONGEST_S:
        table.problem(
            "time", "must be a time of at most 7 days, such as `90 min`, `2 h`"
        )
    return seconds
