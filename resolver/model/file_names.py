"""File names that others chose, and the one way from such a name to a path.

An index may list `../../x` as a file. A `SafeName` is one component of a path and has
the form of a wheel's or an sdist's name; it is made here and nowhere else, and only
`below` joins one to a folder (a test looks for other joins).

A page of thousands of files is read on the hot path, so a name is split by hand (a
property test holds it against `packaging.utils`), and versions and tags are parsed
late, once for each distinct spelling.
"""

import re
from pathlib import Path
from typing import Literal, NewType, TypeAlias

from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass

FileKind: TypeAlias = Literal["wheel", "sdist"]

SafeName = NewType("SafeName", str)
"""One component of a path: ASCII letters, digits and `._+!-`, no dot or dash first."""

SDIST_SUFFIXES = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.Z", ".tar")
MOST_NAME_BYTES = 255
"""What file systems allow."""
LONGEST_FOREIGN_NAME = 225
"""So that there is room for a stamp (`+axle.1`) or another tag; real ones have 190."""
MOST_TAGS = 1_000
"""Tags that one wheel's name may stand for; real ones stand for less than 100."""
_MOST_SHOWN = 100
"""Characters of a refused name that a message shows."""

_is_safe = re.compile(
    rf"[A-Za-z0-9][A-Za-z0-9._+!-]{{0,{LONGEST_FOREIGN_NAME - 1}}}"
).fullmatch
_is_safe_beside_length = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]*").fullmatch
_means_a_file = re.compile(r"\.(whl|zip|tgz|tar\b)", re.IGNORECASE).search


class UnsafeNameError(ValueError):
    """A text is not a file name of a wheel or sdist; the message says why."""


FileName: TypeAlias = tuple[SafeName, FileKind, str, str, str]
"""What a file name says: itself, kind, version, build and tag of a wheel (or empty).

As `DistributionFile` has them; no record, since making one for each file would take a
tenth of a page's time.
"""


@dataclass(frozen=True, slots=True)
class RefusedName:
    """Why a file of a page is not one of the page's project."""

    reason: str
    """One clause: `it is a file of numpy`."""


def below(folder: Path, name: SafeName) -> Path:
    """Join a file name to a folder."""
    return folder / name


def safe_name(text: str) -> SafeName:
    """Take a file name for what it is.

    :raises UnsafeNameError: it is a path, has other characters, or is too long.
    """
    if _is_safe_beside_length(text) and len(text) <= MOST_NAME_BYTES:
        return SafeName(text)
    raise UnsafeNameError(_why_unsafe(text, MOST_NAME_BYTES))


def shown_name(text: str) -> str:
    """Spell a name that was refused so that it does no harm on a terminal."""
    end = "…" if len(text) > _MOST_SHOWN else ""
    return ascii(text[:_MOST_SHOWN])[1:-1] + end


VARIANT_WHEEL = "it is a variant wheel, which is not chosen"
"""Why no wheel with a variant label is read."""
# Source: PEP 825, a label after the tags: `py3-none-any-x86_64_v3`.
_VARIANT = r"(?:\d[^-]*-)?(?:py|cp|pp)\d[^-]*-[^-]+-[^-]+-[0-9a-z._]{1,16}"


class FileNames:
    """Reads the names on one project's page."""

    def __init__(self, project: NormalizedName) -> None:
        """Take none but the files of `project`."""
        self.project = project
        # Spellings of the project that were seen: a page has one or two.
        self._own = {str(project)} if _is_safe(project) else set()
        # Few distinct ones on a page, too.
        self._ends: dict[str, tuple[str, str]] = {}
        self._versions: dict[str, str] = {}
        """Of wheels: as they stand in names, and as they are meant."""

    def read(self, text: str) -> FileName | RefusedName | None:
        """Split a file name.

        :returns: None for what is neither a wheel nor an sdist (eggs, installers,
            signatures).

        Source: binary distribution format, file name convention; PEP 625.
        """
        own, _, rest = text.partition("-")
        version, _, end = rest.partition("-")
        known, meant = self._ends.get(end), self._versions.get(version)
        name: SafeName = text  # type: ignore[assignment]  # it is, and a call takes time
        if known and meant and own in self._own and len(text) <= LONGEST_FOREIGN_NAME:
            # Each part stood in a name that is safe: a version has a hundred wheels.
            return name, "wheel", meant, known[0], known[1]
        if not _is_safe(text):
            return _refused(text)
        if not text.endswith(".whl"):
            if own in self._own and len(rest) > 7 and rest.endswith(".tar.gz"):
                # Nearly all: no need to look for another suffix or a longer name.
                return name, "sdist", rest[:-7], "", ""
            return self._sdist(name)
        if known is None or own not in self._own:
            return self._new_wheel(name, own, version, end)
        meant = self._versions[version] = version.replace("_", "-")
        return name, "wheel", meant, *known

    def _new_wheel(
        self, name: SafeName, own: str, version: str, end: str
    ) -> FileName | RefusedName:
        """Split a wheel's name whose project or end is spelled in a new way."""
        parts = end[:-4].split("-")
        build = parts.pop(0) if len(parts) == 4 else ""
        if len(parts) != 3 or (build and not build[0].isdigit()):
            if re.fullmatch(_VARIANT, end[:-4]):
                return RefusedName(VARIANT_WHEEL)
            return RefusedName("its name does not have the form of a wheel's")
        tag = "-".join(parts)
        count = count_tags(tag)
        if count > MOST_TAGS:
            return RefusedName(f"its name has {count} tags, over {MOST_TAGS}")
        if not self._is_own(own):
            return RefusedName(f"it is a file of {canonicalize_name(own)}")
        self._ends[end] = build, tag
        return name, "wheel", version.replace("_", "-"), build, tag

    def _sdist(self, name: SafeName) -> FileName | RefusedName | None:
        stem = _without_suffix(name)
        if stem is None:
            return None
        # Sdist names older than PEP 625 keep the project's dashes, so the project's
        # own length, not the last dash, says where the version begins.
        length = len(self.project)
        head, version = stem[:length], stem[length + 1 :]
        if not self._is_own(head) or stem[length : length + 1] != "-":
            version = self._after_long_name(stem)
        if not version:
            return RefusedName(f"it is not a file of {self.project}")
        return name, "sdist", version, "", ""

    def _is_own(self, head: str) -> bool:
        if canonicalize_name(head) != self.project:
            return False
        self._own.add(head)
        return True

    def _after_long_name(self, stem: str) -> str:
        """Return what follows a name with runs of separators, such as `my__project`."""
        ends = (place for place, character in enumerate(stem) if character == "-")
        names = (end for end in ends if canonicalize_name(stem[:end]) == self.project)
        return stem[next(names, len(stem)) + 1 :]


def _without_suffix(name: str) -> str | None:
    for suffix in SDIST_SUFFIXES:
        if name.endswith(suffix):
            return name[: -len(suffix)]
    return None


def _refused(text: str) -> RefusedName | None:
    if not _means_a_file(text):
        return None
    return RefusedName(_why_unsafe(text, LONGEST_FOREIGN_NAME))


def count_tags(tag: str) -> int:
    """Count what a compressed tag set stands for, without expanding it."""
    count = 1
    for part in tag.split("-"):
        count *= part.count(".") + 1
    return count


def _why_unsafe(text: str, longest: int) -> str:
    if "/" in text or "\\" in text:
        return "its name is a path"
    if len(text) > longest:
        return f"its name has {len(text)} characters, over {longest}"
    if text.startswith((".", "-")):
        return "its name begins with a dot or a dash"
    return "its name has characters that no wheel or sdist has in its"
