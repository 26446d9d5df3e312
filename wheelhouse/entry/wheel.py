"""The entry check of a wheel: its name, its inside and its RECORD must agree.

Source: binary distribution format (PEP 427 and its successors).
"""

from codecs import BOM_UTF8
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from packaging.tags import Tag
from packaging.utils import (
    InvalidWheelFilename,
    NormalizedName,
    canonicalize_name,
    parse_wheel_filename,
)
from packaging.version import Version

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.file_names import (
    VARIANT_WHEEL,
    FileNames,
    RefusedName,
)
from axletree.resolver.model.foreign_text import parse_version
from axletree.sizes import size_words
from axletree.wheelhouse.archives.bounded_zip import opened_zip
from axletree.wheelhouse.archives.rules import (
    METADATA_LIMIT_BYTES,
    check_zip_members,
    damage_is_a_finding,
)
from axletree.wheelhouse.entry.core_metadata import check_metadata
from axletree.wheelhouse.entry.entry_points import check_entry_points
from axletree.wheelhouse.entry.landing import check_landing
from axletree.wheelhouse.entry.record import check_record
from axletree.wheelhouse.entry.wheel_file import check_wheel_file
from axletree.wheelhouse.findings import Findings, Inspected
from axletree.wheelhouse.gate import Kind
from axletree.wheelhouse.metadata.core import faults_of, read_headers
from axletree.wheelhouse.model import Strictness

RECORD_LIMIT_BYTES = 16 << 20
"""Ten times that of the largest real wheel; its rows take some times that in memory."""

_ENTRY_POINTS = "entry_points.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelName:
    """What the file name of a wheel says."""

    project: NormalizedName
    version: Version
    spelled: str
    """The version, as in the file name."""
    build: str
    tag: str
    """Compressed, as in the file name."""
    tags: frozenset[Tag]


def inspect_wheel(path: Path, filename: str, strictness: Strictness) -> Inspected:
    """Check a wheel whole; reads and hashes every byte.

    :param filename: the name under which it is to be published.
    :raises InvalidDistributionError: it is no valid wheel; the error has all findings.
    """
    findings = Findings(filename=filename, strictness=strictness)
    name = _parse_name(filename, findings)
    with damage_is_a_finding(findings), opened_zip(path) as archive:
        members = check_zip_members(
            archive, findings, is_case_kept=_is_for_linux_only(name.tags)
        )
        folder = _dist_info(members, name, findings)
        inside = _Inside(
            archive=archive, members=members, folder=folder, findings=findings
        )
        metadata = inside.read_text("METADATA")
        wheel_file = inside.read_text("WHEEL")
        check_wheel_file(wheel_file, f"{folder}/WHEEL", name.tags, name.build, findings)
        check_landing(members, folder, name.project, findings)
        if f"{folder}/{_ENTRY_POINTS}" in members:
            raw = inside.read(_ENTRY_POINTS)
            where = f"{folder}/{_ENTRY_POINTS}"
            check_entry_points(raw, where, name.project, findings)
        record = inside.read("RECORD")
        check_record(archive, members, record, folder, findings)
    headers = read_headers(metadata)
    place = f"{folder}/METADATA"
    for kind, text in faults_of(headers, name.project, str(name.version)):
        findings.found(kind, text, place)
    check_metadata(metadata, findings, place)
    return Inspected(
        project=name.project,
        version=name.spelled,
        kind="wheel",
        tag=name.tag,
        build=name.build,
        identity=_identity(name),
        metadata=metadata,
        requires_python=headers.get("requires-python", ("",))[0] or None,
        notes=findings.settle(),
    )


def _parse_name(filename: str, findings: Findings) -> WheelName:
    """Read the name as a resolution does, then as strictly as the specification."""
    project = canonicalize_name(filename.partition("-")[0])
    read = FileNames(project).read(filename)
    if isinstance(read, RefusedName):
        if read.reason == VARIANT_WHEEL:
            raise findings.stop(Kind.VARIANT_WHEEL, read.reason)
        text = f"its file name is not valid: {read.reason}"
        raise findings.stop(Kind.FILE_NAME, text)
    if read is None:
        raise findings.stop(Kind.FILE_NAME, "its file name is not a wheel's")
    try:
        project, version, build, tags = parse_wheel_filename(filename)
    except InvalidWheelFilename as error:
        text = f"its file name is not valid: {error}"
        raise findings.stop(Kind.FILE_NAME, text) from error
    _, _, spelled, _, tag = read
    return WheelName(
        project=project,
        version=version,
        spelled=spelled,
        build="".join(map(str, build)),
        tag=tag,
        tags=tags,
    )


def _is_for_linux_only(tags: frozenset[Tag]) -> bool:
    """Tell whether it is for systems alone where case counts in file names."""
    return all(
        tag.platform.startswith(("linux", "manylinux", "musllinux")) for tag in tags
    )


def _identity(name: WheelName) -> str:
    tags = ".".join(sorted(map(str, name.tags)))
    return f"{name.project} {name.version} {name.build} {tags}"


def _dist_info(
    members: Mapping[str, ZipInfo], name: WheelName, findings: Findings
) -> str:
    tops = {member.split("/")[0] for member in members if "/" in member}
    folders = sorted(top for top in tops if top.endswith(".dist-info"))
    if len(folders) != 1:
        text = f"it has {len(folders)} .dist-info folders, not one"
        raise findings.stop(Kind.NO_DIST_INFO, text)
    folder = folders[0]
    project, _, version = folder.removesuffix(".dist-info").rpartition("-")
    if canonicalize_name(project) != name.project:
        text = f"{folder} is another project's"
        findings.found(Kind.WRONG_DIST_INFO, text, folder)
    elif parse_version(version.replace("_", "-")) != name.version:
        text = f"{folder} is another version's"
        findings.found(Kind.DIST_INFO_VERSION, text, folder)
    return folder


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inside:
    """Reads what stands in a wheel's `.dist-info`."""

    archive: ZipFile
    members: Mapping[str, ZipInfo]
    folder: str
    findings: Findings

    def read(self, name: str) -> bytes:
        """Return the content of a file.

        :raises InvalidDistributionError: it is not there, or too large.
        """
        path = f"{self.folder}/{name}"
        member = self.members.get(path)
        if member is None:
            raise self.findings.stop(Kind.MISSING_FILE, f"it has no {path}", path)
        limit = RECORD_LIMIT_BYTES if name == "RECORD" else METADATA_LIMIT_BYTES
        if member.file_size > limit:
            text = f"its {path} has {size_words(member.file_size)}, over {size_words(limit)}"
            raise self.findings.stop(Kind.OVERSIZED_FILE, text, path)
        return self.archive.read(member)

    def read_text(self, name: str) -> bytes:
        """Return a file of headers, without a byte order mark.

        pip ends at what is not UTF-8, and no installer reads headers behind the mark.
        """
        path, content = f"{self.folder}/{name}", self.read(name)
        if content.startswith(BOM_UTF8):
            text = f"its {name} begins with a byte order mark"
            self.findings.found(Kind.TEXT_ENCODING, text, path)
            content = content.removeprefix(BOM_UTF8)
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            number = content.count(b"\n", 0, error.start) + 1
            text = f"its {name} is not UTF-8"
            self.findings.found(Kind.TEXT_ENCODING, text, f"{path}, line {number}")
        return content
