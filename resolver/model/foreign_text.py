"""Requirements and specifiers that others wrote, parsed within bounds.

`packaging` calls itself for each parenthesis of a marker, and Python refuses numbers
of thousands of digits with an error that is none of packaging's. What is beyond the
bounds of `axletree.resolver.model.bounds` is invalid like anything else that does not parse.
"""

import re
from functools import cache

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from axletree.resolver.model.bounds import (
    DEEPEST_MARKER,
    LONGEST_REQUIREMENT,
    LONGEST_REQUIRES_PYTHON,
    LONGEST_VERSION,
)

_BEYOND = f"{{{LONGEST_VERSION + 1}}}"
_LONG_QUOTED = re.compile(f"\"[^\"]{_BEYOND}|'[^']{_BEYOND}")
_NAMES_PRERELEASE = re.compile(
    r"(?<![!<])(?:===?|~=|>=?)\s*v?[0-9][0-9.!]*[-_.]?(?:a|b|c|rc|pre|dev)",
    re.IGNORECASE,
)


def read_requirement(text: str) -> Requirement:
    """Parse one requirement.

    :raises InvalidRequirement: it is none, or beyond the bounds.
    """
    if len(text) > LONGEST_REQUIREMENT:
        raise InvalidRequirement(f"It has over {LONGEST_REQUIREMENT} characters")
    if _depth(text) > DEEPEST_MARKER:
        raise InvalidRequirement(f"It has over {DEEPEST_MARKER} parentheses open")
    try:
        requirement = Requirement(text)
    except RecursionError as error:
        raise InvalidRequirement("It is beyond all measure") from error
    if _LONG_QUOTED.search(text):
        # It may be compared as a version.
        raise InvalidRequirement(
            f"It has a marker value of over {LONGEST_VERSION} characters"
        )
    if any(len(each.version) > LONGEST_VERSION for each in requirement.specifier):
        raise InvalidRequirement(
            f"It has a version of over {LONGEST_VERSION} characters"
        )
    return requirement


@cache
def parsed_requirement(text: str) -> Requirement:
    """Parse a line of metadata, once: most stand in many releases.

    :raises InvalidRequirement: it is none, or beyond the bounds.
    """
    return read_requirement(text)


@cache
def parsed_specifiers(text: str) -> SpecifierSet:
    """Parse what is known to be a specifier, once: the same limits many releases."""
    return SpecifierSet(text)


def read_specifiers(text: str) -> SpecifierSet:
    """Parse a Requires-Python.

    :raises InvalidSpecifier: it is none, or beyond the bounds.
    """
    if len(text) > LONGEST_REQUIRES_PYTHON:
        raise InvalidSpecifier(f"It has over {LONGEST_REQUIRES_PYTHON} characters")
    return SpecifierSet(text)


@cache
def parse_version(spelling: str) -> Version | None:
    """Parse by PEP 440; None for a legacy version, and for one beyond the bounds."""
    if len(spelling) > LONGEST_VERSION:
        return None
    try:
        return Version(spelling)
    except ValueError:
        return None


def _depth(text: str) -> int:
    """Return how many parentheses are open at once, at most."""
    if text.count("(") <= DEEPEST_MARKER:
        return 0
    depth = deepest = 0
    for character in text:
        if character == "(":
            depth += 1
            deepest = max(deepest, depth)
        elif character == ")":
            depth -= 1
    return deepest


def may_name_prerelease(text: str) -> bool:
    """Tell whether a requirement may open a pre-release's gate; True too often."""
    return _NAMES_PRERELEASE.search(text) is not None
