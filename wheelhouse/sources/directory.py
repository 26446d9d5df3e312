"""A folder of wheels and sdists (`--find-links DIR`) as something to resolve over."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.model.distribution import (
    DistributionFile,
    ExcludedFile,
    Page,
    UnusableMetadata,
)
from axletree.resolver.model.file_names import (
    FileName,
    FileNames,
    RefusedName,
    below,
    shown_name,
)
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.wheelhouse.archives.rules import (
    METADATA_LIMIT_BYTES,
    damage_is_a_finding,
)
from axletree.wheelhouse.catalog.universe import UNBUILT
from axletree.wheelhouse.entry.sdist import possible_projects as sdist_projects
from axletree.wheelhouse.entry.sdist import read_top_files
from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.findings import Findings
from axletree.wheelhouse.metadata.core import (
    parse_metadata,
    read_headers,
)
from axletree.wheelhouse.metadata.static import static_of
from axletree.wheelhouse.metadata.wheel_inside import (
    metadata_inside,
    unpacked_since,
)
from axletree.wheelhouse.store.files import (
    digest_of,
    translate_storage_errors,
)


class DirectoryUniverse:
    """The files that are in the folder when it is first asked.

    A folder holds few files, so all of them are hashed and their metadata read when
    their project's page is.
    """

    is_frozen = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._final: dict[str, bytes | UnusableMetadata] = {}
        """METADATA, or what of an sdist cannot be other in a wheel built from it."""
        self._unpacked_since: dict[str, str | None] = {}

    def projects(self) -> Sequence[NormalizedName]:
        """List whose files may be there; of some of them there is no page.

        :raises StorageError: the folder cannot be read.
        """
        with translate_storage_errors(self.folder):
            return sorted(self._names)

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Read every file of each project.

        :raises StorageError: the folder or a file cannot be read.
        """
        with translate_storage_errors(self.folder):
            return {name: self._page(name) for name in projects}

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Parse what came with the pages."""
        return {file: self._answer(file) for file in files}

    def _answer(self, file: DistributionFile) -> MetadataAnswer:
        final = self._final[file.filename]
        if isinstance(final, UnusableMetadata):
            return final
        answer = parse_metadata(final, file)
        since = self._unpacked_since.get(file.filename)
        if since is None or isinstance(answer, UnusableMetadata):
            return answer
        return replace(answer, unpacked_since=since)

    @cached_property
    def _names(self) -> Mapping[NormalizedName, list[str]]:
        found: dict[NormalizedName, list[str]] = {}
        for path in sorted(self.folder.iterdir()):
            for name in possible_projects(path.name):
                found.setdefault(name, []).append(path.name)
        return found

    def _page(self, project: NormalizedName) -> Page | None:
        names = FileNames(project)
        files: list[DistributionFile] = []
        excluded: list[ExcludedFile] = []
        for filename in self._names.get(project, ()):
            name = names.read(filename)
            if isinstance(name, tuple):
                file = self._file(project, name)
                files += [file] if file is not None else []
            elif isinstance(name, RefusedName) and filename.endswith(".whl"):
                # Of an sdist it is not certain whose it is.
                excluded.append(
                    ExcludedFile(name=shown_name(filename), reason=name.reason)
                )
        if not files and not excluded:
            return None
        return Page(project=project, files=tuple(files), excluded=tuple(excluded))

    def _file(self, project: NormalizedName, name: FileName) -> DistributionFile | None:
        filename, kind, version, build, tag = name
        path = below(self.folder, filename)
        text, final = read_local(path)
        self._final[filename] = final
        if kind == "wheel" and not isinstance(final, UnusableMetadata):
            self._unpacked_since[filename] = unpacked_since(path)
        headers = read_headers(text)
        said = canonicalize_name(headers.get("name", (project,))[0])
        if said != project and said in possible_projects(filename):
            return None
        return DistributionFile(
            project=project,
            filename=filename,
            kind=kind,
            version=version,
            build=build,
            tag=tag,
            url=path.absolute().as_uri(),
            hashes={"sha256": digest_of(path)},
            requires_python=headers.get("requires-python", ("",))[0] or None,
            size_bytes=path.stat().st_size,
        )


def possible_projects(filename: str) -> list[NormalizedName]:
    """List whose file it may be: old sdist names do not tell name from version."""
    if filename.endswith(".whl"):
        return [canonicalize_name(filename.partition("-")[0])]
    return list(sdist_projects(filename))


def read_local(path: Path) -> tuple[bytes, bytes | UnusableMetadata]:
    """Return what a file says of itself, and what of that is final."""
    try:
        if path.name.endswith(".whl"):
            project = canonicalize_name(path.name.partition("-")[0])
            metadata = metadata_inside(path, project, METADATA_LIMIT_BYTES)
            return metadata, metadata
        findings = Findings(filename=path.name, strictness="lenient")
        with damage_is_a_finding(findings):
            top = read_top_files(path, path.name, findings)
    except InvalidDistributionError as error:
        reason = f"its metadata cannot be read: {error.what}"
        return b"", UnusableMetadata(reason=reason)
    final = static_of(path.name, top.pkg_info, top.pyproject)
    return top.pkg_info or b"", UNBUILT if final is None else final
