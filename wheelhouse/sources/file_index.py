"""An index that lies on this machine: `--index-url file:///srv/mirror`, as in pip.

Its pages are files (`NAME/index.html`, or index.json of the JSON form), read by the same
parser as those of a server; their links lead to files beside them. A link that leads to
a server is not followed: who names a folder means what is in it.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, unquote, urlsplit

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.reading import read_bytes
from axletree.resolver.inputs.addresses import path_of
from axletree.resolver.model.distribution import (
    DistributionFile,
    ExcludedFile,
    ListedVariants,
    Page,
    UnusableMetadata,
)
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.wheelhouse.metadata.core import parse_metadata
from axletree.wheelhouse.pages.page import (
    JSON_TYPE,
    parse_page,
)
from axletree.wheelhouse.pages.size import check_files
from axletree.wheelhouse.sources.directory import read_local
from axletree.wheelhouse.store.files import (
    digest_of,
    translate_storage_errors,
)
from axletree.wheelhouse.transport.credentials import Credentials
from axletree.wheelhouse.transport.errors import InvalidIndexUrlError

_HERE = "http://here.invalid"
"""Stands for this machine while a page is parsed, which takes links of servers only."""
_PAGES = (("index.html", "text/html"), ("index.json", JSON_TYPE))


@dataclass(frozen=True, slots=True)
class FileIndex:
    """The pages and files of an index in a folder."""

    folder: Path
    most_page_bytes: int
    is_frozen: ClassVar[bool] = True

    @classmethod
    def at(cls, url: str, most_page_bytes: int) -> "FileIndex":
        """Open the index that a `file:` URL names.

        :raises InvalidIndexUrlError: there is no folder.
        """
        folder = path_of(url)
        if not folder.is_dir():
            raise InvalidIndexUrlError(
                f"there is no folder {folder} to be an index",
                where="index URL",
                hint="name the folder that holds one folder for each project",
            )
        return cls(folder, most_page_bytes)

    @property
    def url(self) -> str:
        """The index's address."""
        return self.folder.absolute().as_uri() + "/"

    def projects(self) -> Sequence[NormalizedName]:
        """List the projects that have a page."""
        with translate_storage_errors(self.folder):
            folders = (entry for entry in os.scandir(self.folder) if entry.is_dir())
            return sorted(NormalizedName(entry.name) for entry in folders)

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Read the pages.

        :raises NotAnIndexError: for a page that is none.
        """
        return {name: self._page(name) for name in projects}

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Read what files say of themselves."""
        return {file: self._metadata(file) for file in files}

    def _page(self, project: NormalizedName) -> Page | None:
        folder = self.folder / project
        for name, content_type in _PAGES:
            path = folder / name
            if path.is_file():
                with translate_storage_errors(path):
                    body = read_bytes(path, self.most_page_bytes)
                return self._parse(project, body, content_type)
        return None

    def _parse(self, project: NormalizedName, body: bytes, content_type: str) -> Page:
        base = f"{_HERE}{quote(os.fspath((self.folder / project).absolute()))}/"
        page = parse_page(
            project,
            body.replace(b'"file:///', f'"{_HERE}/'.encode()),
            content_type=content_type,
            url=base,
            credentials=Credentials(),
        )
        check_files(page.files, f"{project} in {self.folder}")
        files, excluded = [], list(page.excluded)
        for file in page.files:
            found = self._located(file)
            if isinstance(found, ExcludedFile):
                excluded.append(found)
            else:
                files.append(found)
        return Page(
            project=project,
            files=tuple(files),
            excluded=tuple(excluded),
            variants=tuple(filter(None, map(_located_variants, page.variants))),
        )

    def _located(self, file: DistributionFile) -> DistributionFile | ExcludedFile:
        """Find a file of a page on this machine; hash it where the page does not."""
        path = _path_here(file.url)
        if path is None:
            reason = "its link leads to a server, and the index is a folder"
            return ExcludedFile(name=file.filename, reason=reason)
        if not path.is_file():
            reason = "the index lists it, but does not have it"
            return ExcludedFile(name=file.filename, reason=reason)
        hashes = file.hashes
        if "sha256" not in hashes:
            with translate_storage_errors(path):
                hashes = {**hashes, "sha256": digest_of(path)}
        size = path.stat().st_size
        return replace(file, url=path.as_uri(), hashes=hashes, size_bytes=size)

    def _metadata(self, file: DistributionFile) -> MetadataAnswer:
        with translate_storage_errors(self.folder):
            _, final = read_local(path_of(file.url))
        if isinstance(final, UnusableMetadata):
            return final
        return parse_metadata(final, file)


def _path_here(url: str) -> Path | None:
    """Tell where a link of a page leads on this machine; None: elsewhere."""
    parts = urlsplit(url)
    is_here = f"{parts.scheme}://{parts.netloc}" == _HERE
    return Path(unquote(parts.path)) if is_here else None


def _located_variants(listed: ListedVariants) -> ListedVariants | None:
    """Find a listing of variants on this machine."""
    path = _path_here(listed.url)
    if path is None or not path.is_file():
        return None
    return replace(listed, url=path.as_uri())
