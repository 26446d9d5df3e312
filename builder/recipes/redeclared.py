"""The `[requires-dist]` table of a recipe: what a finished wheel declares otherwise."""

import re
from collections.abc import Mapping
from dataclasses import field

from packaging.utils import canonicalize_name

from axletree.builder.recipes.tables import Table
from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.old_requirements import read_old

_SPECIFIER = re.compile(r"(?:\s*(?:~=|===?|!=|<=?|>=?)\s*[\w.*+!-]+\s*,?)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeclared:
    """What METADATA of the finished wheel says instead of what the source says."""

    exchanged: Mapping[str, str] = field(default_factory=dict)
    """Requires-Dist, as spelled there -> what to declare instead; empty: nothing."""
    added: tuple[str, ...] = ()
    """Requires-Dist beside those."""
    requires_python: str | None = None
    """None: as the source says; empty: none."""


def read_redeclared(table: Table) -> Redeclared:
    """Read the table; `add` and `requires-python` are keys of their own."""
    added: tuple[str, ...] = ()
    if isinstance(table.values.get("add"), list):
        added = tuple(map(str, table.requirements("add")))
    requires_python = None
    if "requires-python" in table.values:
        requires_python = table.optional_text(
            "requires-python",
            re.compile(rf"|{_SPECIFIER.pattern}"),
            "must be such as `>=3.8`, or empty for none",
        )
    exchanged: dict[str, str] = {}
    for old in table.values:
        if old == "requires-python" or (old == "add" and added):
            continue
        new = _exchanged(table, old)
        if new is not None:
            exchanged[old] = new
    return Redeclared(exchanged=exchanged, added=added, requires_python=requires_python)


def _exchanged(table: Table, old: str) -> str | None:
    """Return what stands in place of a requirement; None: that is wrong."""
    mended = read_old(old)
    # What stands in old metadata may be no requirement by today's rules.
    before = mended.requirement if mended else table.as_requirement(old, old)
    text = table.optional_text(old, re.compile(r".*", re.DOTALL))
    if text is None or before is None:
        return None
    if not text.strip():
        return ""
    after = table.as_requirement(old, text)
    if after is None:
        return None
    if canonicalize_name(before.name) != canonicalize_name(after.name):
        table.problem(old, f"requires another project then: {after.name}")
    return str(after)
