"""Where the members of an archive land, on any system that it may be unpacked on.

A path may be fine by itself and still meet another one: on Windows and macOS, where
`Demo.py` and `demo.py` are one file, and `é` is one letter however it is spelled.
"""

import posixpath
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import PurePosixPath
from typing import TypeAlias

from axletree.resolver.model.spelling import counted
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.gate import Kind

Content: TypeAlias = tuple[int, int] | None
"""Checksum and size of a file; None: not known."""

LONGEST_NAME_BYTES = 255
"""Of one part of a path; no file system of today takes more."""
LONGEST_PATH_BYTES = 4000
"""Linux takes 4,095, the folder included that all is unpacked into."""

_MOST_SHOWN = 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def shown_path(path: str) -> str:
    """Spell a foreign path so that it does no harm on a terminal."""
    shown = repr(path) if path.isprintable() else ascii(path)
    half = _MOST_SHOWN // 2
    return shown if len(shown) <= _MOST_SHOWN else f"{shown[:half]}…{shown[-half:]}"


def path_faults(path: str) -> Iterator[tuple[Kind, str]]:
    """Yield why a member must not be unpacked to its path."""
    problem = unsafe_path(path)
    if problem:
        yield Kind.UNSAFE_PATH, f"{shown_path(path)} {problem}"
    raw = path.encode("utf-8", "surrogatepass")
    if len(raw) > LONGEST_PATH_BYTES:
        text = f"{shown_path(path)} has {len(raw)} bytes, over {LONGEST_PATH_BYTES}"
        yield Kind.LONG_PATH, text
    elif any(len(part) > LONGEST_NAME_BYTES for part in raw.split(b"/")):
        text = f"{shown_path(path)} has a part of over {LONGEST_NAME_BYTES} bytes"
        yield Kind.LONG_PATH, text


def unsafe_path(name: str) -> str | None:
    """Say why an archive member's path must not be unpacked; None if it may."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return "leads out of the archive"
    if "\\" in name or "\0" in name or ":" in path.parts[0]:
        return "is not a portable path"
    if _CONTROL.search(name):
        return "has control characters"
    return None


def check_places(
    files: Mapping[str, Content], findings: Findings, *, is_case_kept: bool = False
) -> None:
    """Look for files that meet where case or spelling of letters does not count.

    :param files: path -> content.
    :param is_case_kept: it is for systems alone where both count.
    """
    places = sorted((_place(path), path) for path in files)
    keys = [place for place, _ in places]
    for place, group in groupby(places, key=lambda each: each[0]):
        paths = [path for _, path in group]
        # One place that is named in two ways ("./a", "a") is looked at by its bytes.
        landed = {posixpath.normpath(path): path for path in paths}
        if len(landed) > 1:
            _tell_clash(list(landed.values()), files, findings, is_kept=is_case_kept)
        following = bisect_left(keys, f"{place}/")
        if following < len(keys) and keys[following].startswith(f"{place}/"):
            text = (
                f"{shown_path(paths[0])} is a file, and a folder in "
                f"{shown_path(places[following][1])}"
            )
            findings.found(Kind.FILE_AND_FOLDER, text, paths[0])


def _place(path: str) -> str:
    return unicodedata.normalize("NFC", posixpath.normpath(path)).casefold()


def _tell_clash(
    paths: list[str],
    files: Mapping[str, Content],
    findings: Findings,
    *,
    is_kept: bool,
) -> None:
    contents = {files[path] for path in paths}
    is_one = len(contents) == 1 and None not in contents
    spelled = {unicodedata.normalize("NFC", path) for path in paths}
    is_case = len(spelled) > 1
    kind = Kind.CASE_CLASH if is_case else Kind.UNICODE_CLASH
    if is_kept or is_one:
        kind = Kind.HARMLESS_CLASH
    by = "case" if is_case else "the spelling of letters"
    more = len(paths) - 2
    also = f", as {counted(more, 'other')} do" if more else ""
    text = f"{shown_path(paths[0])} and {paths[1]!a} differ by {by} only{also}"
    findings.found(kind, text, paths[0])
