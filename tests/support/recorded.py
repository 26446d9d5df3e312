"""What explanations of real conflicts read of the public index, in one small file.

Each project stands there once: its files but for those of other systems and those that
came much later than the last of the conflicts that read it, with the day of their upload, and
the metadata of those that were read. Hashes and sizes play no part.
"""

import json
import lzma
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Any, ClassVar

import orjson
from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
    UnusableMetadata,
)
from axletree.resolver.model.file_names import FileNames, RefusedName
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.resolver.universe.sparing import NOT_BUILT
from tests.support.building_index import BuildingIndex
from tests.support.checkout import ROOT

RECORDED = ROOT / "tests/axletree/commands/results/recorded.json.xz"
_HOST = re.compile("git(?:hub|lab)[.]com")
"""Lines with an address are for extras that nobody asks for here."""
_ELSEWHERE = ("-win", "macosx", "musllinux", "-pp", "i686", "ppc64", "s390x", "armv7")
_ARM = "aarch64"
_LATER = timedelta(days=60)
"""How far a date is moved, for repairs that are looked at here."""
_MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)
_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]


@dataclass(slots=True, kw_only=True)
class Read:
    """What one explanation read."""

    as_of: str
    platform: str
    pages: dict[NormalizedName, Page | None] = field(default_factory=dict)
    metadata: dict[str, MetadataAnswer] = field(default_factory=dict)
    built: set[str] = field(default_factory=set)
    """Names of sdists that must be built to be read."""

    def slim(self) -> None:
        """Leave out what plays no part in this conflict."""
        for project, page in self.pages.items():
            files = () if page is None else page.files
            kept = tuple(file for file in files if _plays_a_part(file, self))
            self.pages[project] = Page(project=project, files=kept)

    def note(self, answers: Mapping[DistributionFile, MetadataAnswer]) -> None:
        """Note metadata; what was not built is not known."""
        for file, answer in answers.items():
            if answer != NOT_BUILT:
                self.metadata.setdefault(str(file.filename), answer)


def pack(recordings: Iterable[Read]) -> bytes:
    """Lay recordings together."""
    pages: dict[str, dict[str, DistributionFile]] = {}
    metadata: dict[str, MetadataAnswer] = {}
    built: set[str] = set()
    for read in recordings:
        built |= read.built
        for name, answer in read.metadata.items():
            metadata.setdefault(name, answer)
        for project, page in read.pages.items():
            listed = pages.setdefault(project, {})
            files = () if page is None else page.files
            listed.update({str(file.filename): file for file in files})
    document = {
        "built": sorted(built),
        "projects": {name: _columns(pages[name], metadata) for name in sorted(pages)},
    }
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    raw = _HOST.sub("example.org", text).encode()
    return lzma.compress(raw, format=lzma.FORMAT_XZ, filters=_FILTERS)


def _plays_a_part(file: DistributionFile, read: Read) -> bool:
    is_known = (
        file.upload_time is not None and str(file.upload_time.date()) <= read.as_of
    )
    is_elsewhere = any(part in file.filename for part in _ELSEWHERE)
    is_arm = _ARM in file.filename and _ARM not in read.platform
    return is_known and not is_elsewhere and not is_arm


def _columns(
    files: Mapping[str, DistributionFile], metadata: Mapping[str, MetadataAnswer]
) -> object:
    """Lay out a page by columns, in which like stands beside like."""
    names = list(files)
    days = [
        (file.upload_time - _MIDNIGHT).days if file.upload_time else 0
        for file in files.values()
    ]
    before = [0, *days]
    pythons = [file.requires_python for file in files.values()]
    distinct = list(dict.fromkeys(pythons))
    return {
        "files": "\n".join(names),
        "days": [day - last for day, last in zip(days, before, strict=False)],
        "pythons": [distinct.index(python) for python in pythons],
        "python": distinct,
        "yanked": {
            at: file.yanked
            for at, file in enumerate(files.values())
            if file.yanked is not None
        },
        "metadata": {
            at: _answer(metadata[name])
            for at, name in enumerate(names)
            if name in metadata
        },
    }


def _answer(answer: MetadataAnswer) -> object:
    if isinstance(answer, UnusableMetadata):
        return [answer.kind, answer.reason]
    lines = "\n".join(answer.requires_dist)
    return [
        lines,
        answer.requires_python,
        answer.unpacked_since,
        *answer.provides_extra,
    ]


@dataclass(slots=True)
class Recording:
    """An index of what was read."""

    missed: list[str] = field(default_factory=list)
    """Wheels that were not: nothing more is known than that they are there."""
    is_frozen: ClassVar[bool] = False

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Return pages; what was not read is taken as not there."""
        return {name: _page(name) for name in projects}

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Return metadata."""
        return {file: self._answer(file) for file in files}

    def _answer(self, file: DistributionFile) -> MetadataAnswer:
        answer = _metadata(file.project).get(str(file.filename))
        if answer is not None:
            return answer
        if file.kind == "sdist":
            return NOT_BUILT
        self.missed.append(str(file.filename))
        return FileMetadata()


def open_recording(recording: Recording) -> BuildingIndex:
    """Open an index that counts what is read of it."""
    return BuildingIndex(base=recording, dynamic=frozenset(_document()["built"]))


@cache
def _document() -> Mapping[str, Any]:
    document: Mapping[str, Any] = orjson.loads(lzma.decompress(RECORDED.read_bytes()))
    return document


@cache
def _page(project: NormalizedName) -> Page | None:
    columns = _document()["projects"].get(project)
    if columns is None or not columns["files"]:
        return None
    names = FileNames(project)
    listed = zip(
        columns["files"].split("\n"),
        accumulate(columns["days"]),
        columns["pythons"],
        strict=True,
    )
    return Page(
        project=project,
        files=tuple(
            replace(
                _file(project, names, filename),
                upload_time=_MIDNIGHT + timedelta(days=days),
                requires_python=columns["python"][python],
                yanked=columns["yanked"].get(str(at)),
            )
            for at, (filename, days, python) in enumerate(listed)
        ),
    )


def _file(project: NormalizedName, names: FileNames, filename: str) -> DistributionFile:
    name = names.read(filename)
    assert name is not None
    assert not isinstance(name, RefusedName)
    safe, kind, version, build, tag = name
    return DistributionFile(
        project=project,
        filename=safe,
        kind=kind,
        version=version,
        build=build,
        tag=tag,
    )


@cache
def _metadata(project: NormalizedName) -> Mapping[str, MetadataAnswer]:
    columns = _document()["projects"][project]
    names = columns["files"].split("\n")
    return {names[int(at)]: _read(said) for at, said in columns["metadata"].items()}


def _read(said: Sequence[Any]) -> MetadataAnswer:
    first, second, *others = said
    if not others:
        return UnusableMetadata(kind=first, reason=second)
    unpacked_since, *extras = others
    return FileMetadata(
        requires_dist=tuple(first.split("\n")) if first else (),
        requires_python=second,
        unpacked_since=unpacked_since,
        provides_extra=tuple(extras),
    )
