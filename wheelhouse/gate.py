"""The one list of what can be wrong with a file, at a door and where one is chosen.

A file enters by `add`, `collect` or `build`, and is chosen by a resolution. What each
of them finds stands here with its grade, so that nothing is refused at one door and let
in at another. Pip and uv are the measure: what they install is no error, however odd it
looks, unless it would do harm.

docs/reference/entry-check.md has a section for each (a test holds it against this).
"""

from enum import Enum
from typing import Literal, Self, TypeAlias

from axletree.late_dataclasses import dataclass

Grade: TypeAlias = Literal["error", "flaw", "note"]
"""Refused at every door; noted, and refused with `--strict`; noted in any case."""

_AGAIN = "get the file again; if it stays so, take another version"
_PACK = "pack it again without that"
_BUILD = "build it again with a build tool of today"
_NAMED = "give it the name that its build tool wrote"
_RECORD = "have its RECORD written anew, as axletree build does"
_LOOK = "look at what it does before you install it"


class Kind(Enum):
    """A finding, with what becomes of a file that has it."""

    grade: Grade
    helps: str
    """A clause for people: `get the file again`."""
    is_chosen: bool
    """A resolution may choose the file all the same: it does not look, or may not."""

    def __new__(  # noqa: D102  a member is its name, and what comes of it
        cls,
        title: str,
        grade: Grade,
        helps: str,
        is_chosen: bool = True,  # noqa: FBT001, FBT002  members are written as tuples
    ) -> Self:
        made = object.__new__(cls)
        made._value_ = title
        made.grade, made.helps, made.is_chosen = grade, helps, is_chosen
        return made

    # File name.
    FILE_NAME = "file-name", "error", _NAMED, False
    OLD_FILE_NAME = "old-file-name", "flaw", _BUILD
    UNUSUAL_SUFFIX = "unusual-suffix", "flaw", "pack it as .tar.gz"

    VARIANT_WHEEL = (
        "variant-wheel",
        "error",
        "take a wheel without a variant label: only those are chosen",
        False,
    )
    INVALID_VARIANTS = (
        "invalid-variants",
        "error",
        "take the file as its index gives it",
        False,
    )

    # Archive.
    UNSOUND_ARCHIVE = "unsound-archive", "error", _AGAIN, False
    AMBIGUOUS_ARCHIVE = (
        "ambiguous-archive",
        "error",
        "pack it again with one tool: bytes were added to it, or taken away",
        False,
    )
    BOMB = "bomb", "error", _AGAIN, False
    TOO_MANY_MEMBERS = "too-many-members", "error", _PACK, False
    OVERSIZED_FILE = "oversized-file", "error", _AGAIN, False
    ENCRYPTED = "encrypted", "error", "pack it again without a password"
    UNUSUAL_PACKING = "unusual-packing", "flaw", "pack it again as deflated"
    UNKNOWN_PACKING = "unknown-packing", "error", "pack it again as deflated", False
    ZSTD = "zstd", "error", "pack it again as deflated"
    REPEATED_PATH = "repeated-path", "flaw", _PACK
    TWO_CONTENTS = "two-contents", "error", _PACK, False
    UNSAFE_PATH = "unsafe-path", "error", _PACK
    LONG_PATH = "long-path", "error", "shorten it"
    LINK = "link", "error", "put the file itself there"
    FILE_AND_FOLDER = "file-and-folder", "error", "rename one of them"
    CASE_CLASH = "case-clash", "error", "rename one of them"
    HARMLESS_CLASH = "harmless-clash", "flaw", "rename one of them"
    UNICODE_CLASH = "unicode-clash", "error", "rename one of them"

    # Inside of a wheel.
    NO_DIST_INFO = "no-dist-info", "error", _BUILD, False
    WRONG_DIST_INFO = "wrong-dist-info", "error", _NAMED, False
    DIST_INFO_VERSION = "dist-info-version", "flaw", _BUILD
    FOREIGN_DIST_INFO = "foreign-dist-info", "error", _PACK
    MISSING_FILE = "missing-file", "error", _BUILD, False
    WHEEL_VERSION = "wheel-version", "error", _BUILD, False
    NEWER_WHEEL_VERSION = (
        "newer-wheel-version",
        "note",
        "installers warn of it and go on",
    )
    ROOT_IS_PURELIB = "root-is-purelib", "flaw", _BUILD
    WHEEL_TAGS = "wheel-tags", "flaw", _BUILD
    WHEEL_BUILD = "wheel-build", "flaw", _BUILD
    UNKNOWN_SCHEME = (
        "unknown-scheme",
        "error",
        "put it under purelib, platlib, headers, scripts or data",
    )
    FOREIGN_DATA = "foreign-data", "flaw", _BUILD
    DATA_IN_PACKAGES = "data-in-packages", "flaw", "put it into the wheel itself"
    REPLACES_PYTHON = "replaces-python", "error", "give the script another name"
    BAD_ENTRY_POINT = "bad-entry-point", "error", "write it as name = module:function"
    STARTUP_MODULE = (
        "startup-module",
        "error",
        "start it by an import, or by a .pth file, which is noted",
    )
    PTH_FILE = "pth-file", "note", _LOOK
    START_FILE = "start-file", "note", _LOOK

    TEXT_ENCODING = (
        "text-encoding",
        "error",
        "write it as UTF-8 without a byte order mark, as build tools of today do",
    )

    # METADATA and PKG-INFO.
    WRONG_NAME = "wrong-name", "error", _NAMED, False
    WRONG_VERSION = "wrong-version", "error", _NAMED, False
    SAID_TWICE = "said-twice", "error", _BUILD, False
    TOO_MUCH_METADATA = "too-much-metadata", "error", _AGAIN, False
    METADATA_VERSION = "metadata-version", "error", _BUILD
    INVALID_METADATA = "invalid-metadata", "flaw", _BUILD

    # RECORD.
    RECORD_UNREADABLE = "record-unreadable", "error", _RECORD
    RECORD_OUTSIDE = "record-outside", "error", _RECORD
    RECORD_ABSENT = "record-absent", "flaw", _RECORD
    RECORD_UNLISTED = "record-unlisted", "flaw", _RECORD
    RECORD_DIFFERS = "record-differs", "flaw", _RECORD
    RECORD_ROW = "record-row", "flaw", _RECORD

    # Sdists.
    NO_PKG_INFO = "no-pkg-info", "flaw", _BUILD
    TWO_PKG_INFO = "two-pkg-info", "flaw", _BUILD
    PKG_INFO_DIFFERS = (
        "pkg-info-differs",
        "flaw",
        "its build decides: look at the wheel that comes of it",
    )
    SEVERAL_TOPS = "several-tops", "flaw", _BUILD
    TOP_NAME = "top-name", "flaw", _BUILD

    @property
    def title(self) -> str:
        """Return its name for people: `unsafe-path`."""
        return str(self.value)

    @property
    def doors(self) -> str:
        """Say what becomes of the file, as the documentation does."""
        enters = {
            "error": "Refused at every door",
            "flaw": "A note at every door; refused with `--strict`",
            "note": "A note at every door, with `--strict` too",
        }[self.grade]
        return f"{enters}{'' if self.is_chosen else '; never chosen'}."


UNTRUE = frozenset({Kind.RECORD_ABSENT, Kind.RECORD_DIFFERS})
"""What no wheel of our own making says of itself: harmless where installers do not look,
and a build that does so has something to hide. Each is found once at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was found in one file."""

    kind: Kind
    text: str
    """What, in a clause: `'../evil.py' leads out of the archive`."""
    where: str = ""
    """In the file: the path of a member, `RECORD`, `METADATA`; empty: the file itself."""

    def __str__(self) -> str:
        return f"{self.kind.title}: {self.text}"
