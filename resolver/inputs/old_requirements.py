"""Requirement lines of old metadata, which today's specification has no word for.

Until version 22 `packaging` read `>=5.1.*` and `>dev` as versions of a kind of their own,
and so did pip before 24.1. Newer ones refuse the whole file.
"""

import re
from copy import copy

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.foreign_text import read_requirement

LAST_PIP = "pip before 24.1 takes it, newer ones do not"

_NAME = re.compile(r"\s*[A-Za-z0-9][\w.-]*\s*(?:\[[^\[\]]*\])?")
_PART = re.compile(r"(===|==|!=|<=|>=|~=|<|>)\s*([^\s;()]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class OldRequirement:
    """What can be read of such a line."""

    requirement: Requirement
    """Without versions."""
    likely: SpecifierSet
    """What its author will have meant, as uv reads it; parts without a sense dropped."""

    @property
    def mended(self) -> str:
        """Spell it so that everybody reads what its author will have meant."""
        whole = copy(self.requirement)
        whole.specifier = self.likely
        return str(whole)


def read_old(text: str) -> OldRequirement | None:
    """Read a line of old metadata; None: it was never a requirement."""
    head, semicolon, marker = text.partition(";")
    name = _NAME.match(head)
    if name is None:
        return None
    versions = head[name.end() :].strip()
    if versions.startswith("(") and versions.endswith(")"):
        versions = versions[1:-1]
    parts = [part.strip() for part in versions.split(",") if part.strip()]
    found = [_PART.fullmatch(part) for part in parts]
    if not found:
        return None
    likely: list[str] = []
    for part in found:
        if part is None:
            return None
        likely += _mended(part[1], part[2])
    try:
        requirement = read_requirement(f"{name[0]}{semicolon}{marker}")
    except InvalidRequirement:
        return None
    return OldRequirement(
        requirement=requirement, likely=SpecifierSet(",".join(likely))
    )


def _mended(operator: str, version: str) -> list[str]:
    for spelled in (version, version.removesuffix(".*")):
        try:
            SpecifierSet(f"{operator}{spelled}")
        except InvalidSpecifier:
            continue
        return [f"{operator}{spelled}"]
    return []
