"""What a user names by its address, as a file of a project: wheels, archives, folders.

All of it lies on this machine before it is looked at, and is looked at by the same
readers as what an index gives: names split by the specifications, archives bounded,
code run by the builder alone.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.inputs.addresses import ARCHIVES, path_of
from axletree.resolver.inputs.foreign_toml import ForeignTomlError, read_toml
from axletree.resolver.model.distribution import (
    STRONG_HASHES,
    DistributionFile,
    UnusableMetadata,
)
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.errors import InvalidRequirementError
from axletree.resolver.model.file_names import (
    SDIST_SUFFIXES,
    FileNames,
    SafeName,
    UnsafeNameError,
    safe_name,
    shown_name,
)
from axletree.resolver.model.foreign_text import parse_version
from axletree.resolver.model.requirements import Address, RootRequirement
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.wheelhouse.archives.rules import (
    METADATA_LIMIT_BYTES,
    damage_is_a_finding,
)
from axletree.wheelhouse.entry.sdist import (
    TopFiles,
    read_top_files,
)
from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.metadata.core import (
    parse_metadata,
    read_headers,
)
from axletree.wheelhouse.metadata.static import static_of
from axletree.wheelhouse.metadata.wheel_inside import metadata_inside
from axletree.wheelhouse.sdist_builder import SdistFindingError
from axletree.wheelhouse.sources.folder_archive import archive_folder
from axletree.wheelhouse.store.files import translate_storage_errors
from axletree.wheelhouse.upstream.options import SdistReading

_VERSION = re.compile(r"v?\d+(?:\.\d+)*")
_CONDA = re.compile(
    r"conda|feedstock_root|/croot/|/croots/|^/tmp/build/|/perseverance-"
)
"""Folders in which conda builds; `pip freeze` names them in its environments."""


@dataclass(slots=True, kw_only=True)
class AddressedFilesHere:
    """Implements `axletree.resolver.universe.addressed.AddressedFiles`."""

    scratch: Path
    """This run's own; for the archives of folders."""
    fetch: Callable[[DistributionFile, str], Path]
    """Bring a file by its URL, which may have a login; returns where it lies."""
    sdists: SdistReading
    paths: dict[DistributionFile, Path] = field(default_factory=dict)
    """Where each lies, a folder as an archive."""
    _said: dict[DistributionFile, MetadataAnswer] = field(default_factory=dict)
    """What no code had to be run for."""

    def turn_to(self, environment: Environment) -> None:
        """Ask backends for another environment."""
        self.sdists = replace(self.sdists, environment=environment)

    def file(self, root: RootRequirement) -> DistributionFile:
        """Bring what a root or constraint names, and say what it is.

        :raises InvalidRequirementError: it is not there, or no file of its project.
        :raises SdistFindingError: only a build tells its version, and that failed.
        """
        address = root.address
        if address is None:
            message = f"{root.text} has no address"
            raise TypeError(message)
        project = canonicalize_name(root.requirement.name)
        if address.is_local:
            _must_exist(path_of(address.url), root)
        if address.problem:
            raise _refused(root, address.problem, address.hint)
        path = self._path(address, root, project)
        if path.is_dir():
            return self._folder(path, address, root, project)
        if path.suffix == ".whl":
            return self._wheel(path, address, root, project)
        return self._archive(path, address, root, project)

    def metadata(self, file: DistributionFile) -> MetadataAnswer:
        """Read the metadata of what was brought."""
        if file in self._said:
            return self._said[file]
        try:
            raw = self.sdists.builder.metadata(
                self.paths[file], self.sdists.environment
            )
        except SdistFindingError as error:
            reason = f"its metadata could not be built: {error}"
            found = UnusableMetadata(reason=str(error), kind=error.kind)
            return found if found.observed else replace(found, reason=reason)
        return parse_metadata(raw, file)

    # Where it is.

    def _path(
        self, address: Address, root: RootRequirement, project: NormalizedName
    ) -> Path:
        if not address.is_local:
            return self._fetched(address, root, project)
        path = path_of(address.url)
        if address.subdirectory and not path.is_dir():
            raise _refused(root, "only a folder has a subdirectory here", "unpack it")
        return path / address.subdirectory

    def _fetched(
        self, address: Address, root: RootRequirement, project: NormalizedName
    ) -> Path:
        last = unquote(urlsplit(address.url).path.rpartition("/")[2])
        if not last.lower().endswith(ARCHIVES):
            what = (
                f"{shown_name(last) or 'it'} is not the name of a wheel or an archive"
            )
            raise _refused(root, what, "name the file itself")
        if address.subdirectory:
            what = "only a folder has a subdirectory here"
            raise _refused(root, what, "download it, and name the folder in it")
        promised = [h for h in root.hashes if h.startswith("sha256:")]
        file = DistributionFile(
            project=project,
            filename=_safe(last, project),
            kind="wheel" if last.endswith(".whl") else "sdist",
            version="0",
            url=address.url,
            # With one hash it is known without asking whether it is here already.
            hashes={"sha256": promised[0][7:]} if len(promised) == 1 else {},
        )
        return self.fetch(file, address.source)

    # What it is.

    def _wheel(
        self,
        path: Path,
        address: Address,
        root: RootRequirement,
        project: NormalizedName,
    ) -> DistributionFile:
        name = FileNames(project).read(path.name)
        if not isinstance(name, tuple):
            why = "it is not the name of a wheel" if name is None else name.reason
            raise _refused(root, f"{shown_name(path.name)}: {why}", "name another file")
        filename, kind, version, build, tag = name
        raw: bytes | UnusableMetadata
        try:
            raw = metadata_inside(path, project, METADATA_LIMIT_BYTES)
        except InvalidDistributionError as error:
            raw = UnusableMetadata(reason=f"its metadata cannot be read: {error.what}")
        headers = read_headers(raw) if isinstance(raw, bytes) else {}
        file = DistributionFile(
            project=project,
            filename=filename,
            kind=kind,
            version=version,
            build=build,
            tag=tag,
            url=address.url,
            hashes=_hashes(path),
            requires_python=headers.get("requires-python", ("",))[0] or None,
            size_bytes=path.stat().st_size,
            address=address,
        )
        self.paths[file] = path
        self._said[file] = parse_metadata(raw, file) if isinstance(raw, bytes) else raw
        return file

    def _folder(
        self,
        path: Path,
        address: Address,
        root: RootRequirement,
        project: NormalizedName,
    ) -> DistributionFile:
        top = TopFiles(pkg_info=None, pyproject=_content(path / "pyproject.toml"))
        if top.pyproject is None and not (path / "setup.py").is_file():
            what = f"{path} holds no project: no pyproject.toml, no setup.py"
            raise _refused(root, what, "name the folder that holds one of them")
        number = len(self.paths)
        archive = self.scratch / f"folder-{number}.tar.gz"
        archive_folder(path, archive)
        return self._source(archive, "", top, (root, address, project), is_folder=True)

    def _archive(
        self,
        path: Path,
        address: Address,
        root: RootRequirement,
        project: NormalizedName,
    ) -> DistributionFile:
        if not path.name.lower().endswith(SDIST_SUFFIXES):
            what = f"{shown_name(path.name)} is not the name of a wheel or an archive"
            raise _refused(root, what, "name the file itself")
        findings = Findings(filename=path.name, strictness="lenient")
        with damage_is_a_finding(findings):
            top = read_top_files(path, path.name, findings)
        name = FileNames(project).read(path.name)
        version = name[2] if isinstance(name, tuple) else ""
        version = version if parse_version(version) is not None else ""
        return self._source(
            path, version, top, (root, address, project), is_folder=False
        )

    def _source(
        self,
        path: Path,
        version: str,
        top: TopFiles,
        whose: tuple[RootRequirement, Address, NormalizedName],
        *,
        is_folder: bool,
    ) -> DistributionFile:
        """Say what a source tree is; built for if only a build knows its version."""
        root, address, project = whose
        raw = None
        name = _said(top, "name")
        if name and canonicalize_name(name) != project:
            raise _refused(root, f"its name is {name}", f"write {name} @ before it")
        version = version or _said(top, "version")
        if parse_version(version) is None:
            raw = self.sdists.builder.metadata(path, self.sdists.environment)
            version = read_headers(raw).get("version", ("",))[0]
        ending = next((s for s in SDIST_SUFFIXES if path.name.endswith(s)), ".tar.gz")
        filename = _safe(f"{project.replace('-', '_')}-{version}{ending}", project)
        raw = raw or static_of(filename, top.pkg_info, top.pyproject)
        headers = read_headers(raw or top.pkg_info or b"")
        file = DistributionFile(
            project=project,
            filename=filename,
            kind="sdist",
            version=version,
            url=address.url,
            hashes={} if is_folder else _hashes(path),
            requires_python=headers.get("requires-python", ("",))[0] or None,
            size_bytes=None if is_folder else path.stat().st_size,
            address=address,
        )
        self.paths[file] = path
        if raw is not None:
            self._said[file] = parse_metadata(raw, file)
        return file


def _must_exist(path: Path, root: RootRequirement) -> None:
    if path.exists():
        return
    hint = "check the path: one that is not absolute begins at the current folder"
    if _CONDA.search(str(path)):
        hint = (
            "write its version: conda named the folder of its own build, and "
            "pip list --format=freeze names versions"
        )
    if _VERSION.fullmatch(path.name):
        hint = f"write {root.requirement.name}=={path.name}: @ stands before an address"
    raise _refused(root, f"there is no {path} on this machine", hint)


def _said(top: TopFiles, field: str) -> str:
    """Return the name or version that files of a source tree say, if they do."""
    headers = read_headers(top.pkg_info or b"")
    said = headers.get(field, ("",))[0]
    if said or top.pyproject is None:
        return said
    try:
        project = read_toml(top.pyproject).get("project")
    except ForeignTomlError:
        return ""
    value = project.get(field) if isinstance(project, dict) else None
    return value if isinstance(value, str) else ""


def _safe(text: str, project: NormalizedName) -> SafeName:
    """Take a file name that is one; else one that is made up."""
    try:
        return safe_name(text)
    except UnsafeNameError:
        ending = next((s for s in (".whl", *SDIST_SUFFIXES) if text.endswith(s)), "")
        return safe_name(f"{project}-0{ending}")


def _hashes(path: Path) -> dict[str, str]:
    with translate_storage_errors(path), path.open("rb") as stream:
        kinds = {kind: hashlib.new(kind) for kind in STRONG_HASHES}
        while chunk := stream.read(1 << 20):
            for digest in kinds.values():
                digest.update(chunk)
    return {kind: digest.hexdigest() for kind, digest in kinds.items()}


def _content(path: Path) -> bytes | None:
    try:
        with path.open("rb") as stream:
            return stream.read(METADATA_LIMIT_BYTES)
    except OSError:
        return None


def _refused(root: RootRequirement, what: str, hint: str) -> InvalidRequirementError:
    return InvalidRequirementError(
        f"{root.text} cannot be required: {what}", where=str(root.origin), hint=hint
    )
