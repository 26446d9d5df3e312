"""The versions of a project in one text: a line for each, the newest first.

Imports no tables: a migration reads and writes it as well.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from packaging.version import InvalidVersion, Version


def versions_text(files: Iterable[tuple[str, bool]]) -> str:
    """Write the versions of some files.

    :param files: of each the version, and whether it is yanked.
    :returns: lines of 1 or 0, whether all files of a version are yanked, and the version.
    """
    found: dict[str, bool] = {}
    for version, is_yanked in files:
        found[version] = is_yanked and found.get(version, True)
    ordered = sorted(found, key=version_order, reverse=True)
    return "\n".join(f"{int(found[version])}{version}" for version in ordered)


def checked_versions(value: object) -> str:
    """Take such a text.

    :raises ValueError: it is none.
    """
    if not isinstance(value, str) or not _is_text(value):
        raise ValueError(value)
    return value


_is_text = re.compile(r"[01][^\n]+(?:\n[01][^\n]+)*").fullmatch


def read_versions(text: str) -> Mapping[str, bool]:
    """Read such a text: each version, and whether it is yanked."""
    return {line[1:]: line[0] == "1" for line in _lines(text)}


def newest_in(text: str) -> str:
    """Give the newest version that is not yanked, else the newest."""
    first, *others = _lines(text)
    if first[0] == "1":
        first = next((line for line in others if line[0] == "0"), first)
    return first[1:]


def count_in(text: str) -> tuple[int, int]:
    """Count the versions, and those of them that are yanked."""
    return text.count("\n") + 1, f"\n{text}".count("\n1")


def _lines(text: str) -> list[str]:
    return text.split("\n")


@lru_cache(maxsize=100_000)
def version_order(version: str) -> tuple[bool, Version, str]:
    """Sort versions, what is none of PEP 440 before all others."""
    try:
        return True, Version(version), version
    except InvalidVersion:
        return False, Version("0"), version
