"""An index some of whose sdists must be built to be read; all reading is counted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from packaging.utils import NormalizedName

from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    Page,
)
from axletree.resolver.model.file_names import safe_name
from axletree.resolver.universe.composed import FrozenUniverse
from axletree.resolver.universe.protocol import MetadataAnswer, Universe
from axletree.resolver.universe.sparing import NOT_BUILT, SparingUniverse
from axletree.resolver.universe.unbuilt import BuildAllowance
from tests.support.answers import name


@dataclass(kw_only=True)
class BuildingIndex:
    """Reads another universe as an index over the network would."""

    base: Universe
    dynamic: Collection[str] = ()
    """File names of what must be built to be read."""
    hints: Mapping[str, FileMetadata] = field(default_factory=dict)
    """File name -> what an earlier build required."""
    allowance: BuildAllowance = field(default_factory=BuildAllowance)
    is_frozen: bool = False
    pages_read: list[NormalizedName] = field(default_factory=list)
    files_read: list[str] = field(default_factory=list)
    built: list[str] = field(default_factory=list)

    def spared(self) -> SparingUniverse:
        """Return it so that it can be told to read sparingly."""
        return SparingUniverse(self, self.allowance)

    def pages(
        self, projects: Sequence[NormalizedName]
    ) -> Mapping[NormalizedName, Page | None]:
        """Count the pages."""
        self.pages_read += projects
        return self.base.pages(projects)

    def metadata(
        self, files: Sequence[DistributionFile]
    ) -> Mapping[DistributionFile, MetadataAnswer]:
        """Count the files, and build what is allowed."""
        refused = {
            file: replace(NOT_BUILT, hint=self.hints.get(file.filename))
            for file in files
            if not self._is_allowed(file)
        }
        read = [file for file in files if file not in refused]
        self.files_read += [file.filename for file in read]
        return {**(self.base.metadata(read) if read else {}), **refused}

    def _is_allowed(self, file: DistributionFile) -> bool:
        if file.filename not in self.dynamic:
            return True
        if not self.allowance.take(file, self.hints.get(file.filename)):
            return False
        self.built.append(file.filename)
        return True


def index_of(
    releases: Mapping[str, Sequence[str]],
    sdists: Sequence[str] = (),
    *,
    late: Sequence[str] = (),
) -> BuildingIndex:
    """Serve releases, `name version` -> what it requires; some must be built.

    :param late: those that were uploaded in 2023, three years after the others.
    """
    pages: dict[str, list[DistributionFile]] = {}
    metadata: dict[str, FileMetadata] = {}
    for release, lines in releases.items():
        project, version = release.split()
        is_sdist = release in sdists
        ending = ".tar.gz" if is_sdist else "-py3-none-any.whl"
        file = DistributionFile(
            project=name(project),
            filename=safe_name(f"{project}-{version}{ending}"),
            version=version,
            kind="sdist" if is_sdist else "wheel",
            tag="" if is_sdist else "py3-none-any",
            upload_time=datetime(2023 if release in late else 2020, 1, 1, tzinfo=UTC),
        )
        pages.setdefault(project, []).append(file)
        metadata[file.filename] = FileMetadata(requires_dist=tuple(lines))
    page_of = {
        name(project): Page(project=name(project), files=tuple(files))
        for project, files in pages.items()
    }
    base = FrozenUniverse(page_of=page_of, metadata_of=metadata)
    return BuildingIndex(
        base=base, dynamic=[f for f in metadata if f.endswith(".tar.gz")]
    )
