"""Requires-Dist lines of a finished wheel: one like another, and one in place of another.

Index, sdist and wheel spell one requirement in different ways (`lib (>=1)`, `lib>=1`),
and old ones in ways that no specification has a word for; a recipe names a line as
whoever wrote it has read it.
"""

from collections.abc import Mapping, Sequence

from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name

from axletree.resolver.inputs.old_requirements import read_old
from axletree.resolver.model.foreign_text import read_requirement

_HEADER = b"requires-dist:"
_PARENTHESES = str.maketrans("", "", "() \t")


def normalised(line: str) -> str:
    """Spell a requirement so that equal ones are equal texts."""
    try:
        requirement = read_requirement(line)
    except InvalidRequirement:
        return _squeezed(line)
    requirement.name = canonicalize_name(requirement.name)
    requirement.extras = {canonicalize_name(extra) for extra in requirement.extras}
    return str(requirement)


def exchanged(
    head: Sequence[bytes], exchanged: Mapping[str, str]
) -> tuple[list[bytes], list[str]]:
    """Exchange lines of METADATA's head for others.

    :param head: its lines; one that begins with a space goes on the one before.
    :param exchanged: requirement as it is -> as it is to be; empty: not at all.
    :returns: the new lines, and the requirements that were not there.
    """
    wanted = {normalised(old): new for old, new in exchanged.items()}
    missing = {normalised(old): old for old in exchanged}
    found: list[bytes] = []
    for header in headers_of(head):
        line = _requirement(header)
        new = None if line is None else wanted.get(normalised(line))
        if line is None or new is None:
            found += header
            continue
        missing.pop(normalised(line), None)
        if not new:
            continue
        end = b"\r" if header[-1].endswith(b"\r") else b""
        found.append(b"Requires-Dist: " + new.encode() + end)
    return found, list(missing.values())


def _squeezed(line: str) -> str:
    old = read_old(line)
    head, _, _ = line.partition(";")
    if old is None:
        return line
    name, versions = old.requirement.name, head.strip()[len(old.requirement.name) :]
    marker = f"; {old.requirement.marker}" if old.requirement.marker else ""
    return f"{canonicalize_name(name)}{versions.translate(_PARENTHESES)}{marker}"


def headers_of(head: Sequence[bytes]) -> list[list[bytes]]:
    """Put lines together that are one header."""
    found: list[list[bytes]] = []
    for line in head:
        if found and line.startswith((b" ", b"\t")):
            found[-1].append(line)
        else:
            found.append([line])
    return found


def _requirement(header: Sequence[bytes]) -> str | None:
    """Return the requirement that a header states; None: it is another header."""
    text = b"".join(line.rstrip(b"\r") for line in header)
    if not text.lower().startswith(_HEADER):
        return None
    return text[len(_HEADER) :].decode(errors="replace").strip()
