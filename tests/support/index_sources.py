"""An index source of plain records and small files, for tests of the server alone."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name

from axletree.resolver.inputs.variants_names import read_variants_name
from axletree.resolver.model.file_names import safe_name
from axletree.wheelhouse.model import (
    ACTIVE,
    ProjectStatus,
    Sha256,
    StoredFile,
    VariantsFile,
)
from axletree.wheelhouse.store.files import FileBlob

UPLOADED = datetime(2021, 3, 4, 5, 6, 7, 890, tzinfo=UTC)


def record(
    filename: str, content: bytes = b"content", metadata: bytes | None = None
) -> StoredFile:
    """Describe a file by its name and bytes; what no test varies is plain."""
    project, version, *_ = filename.removesuffix(".tar.gz").split("-")
    return StoredFile(
        project=canonicalize_name(project),
        version=version,
        filename=safe_name(filename),
        kind="wheel" if filename.endswith(".whl") else "sdist",
        sha256=_digest(content),
        size_bytes=len(content),
        upload_time=UPLOADED,
        entered_at=UPLOADED,
        origin="test",
        metadata_sha256=None if metadata is None else _digest(metadata),
        generation=1,
    )


def _digest(content: bytes) -> Sha256:
    return Sha256(sha256(content).hexdigest())


class ListedVariants:
    """The listings of variants of a `FolderSource`; what was before is remembered."""

    def __init__(self) -> None:
        """Start with none."""
        self._listed: dict[str, VariantsFile] = {}
        self._kept: dict[tuple[str, str], tuple[VariantsFile, bytes]] = {}

    def put(self, filename: str, content: bytes, generation: int) -> VariantsFile:
        """List other bytes by a name."""
        name = read_variants_name(filename)
        made = VariantsFile(
            project=name.project,
            version=name.version,
            filename=name.filename,
            since=generation,
            sha256=_digest(content),
            size_bytes=len(content),
            entered_at=UPLOADED,
            origin="test",
        )
        self._listed[filename] = made
        self._kept[filename, made.sha256] = made, content
        return made

    def withdraw(self, filename: str, reason: str) -> None:
        """Give it out no more."""
        gone = replace(self._listed.pop(filename), withdrawn=reason, withdrawn_since=1)
        self._kept[filename, gone.sha256] = gone, b""

    def of(
        self, project: NormalizedName, generation: int | None = None
    ) -> tuple[VariantsFile, ...]:
        """List a project's."""
        del generation
        return tuple(v for v in self._listed.values() if v.project == project)

    def find(self, filename: str, sha256: str) -> VariantsFile | None:
        """Look one up."""
        return self._kept.get((filename, sha256), (None, b""))[0]

    def content(self, file: VariantsFile) -> bytes:
        """Give its bytes."""
        return self._kept[file.filename, file.sha256][1]


class FolderSource:
    """An `IndexSource` over files of one folder, published one by one."""

    def __init__(self, folder: Path) -> None:
        """Start empty, at generation 0."""
        self._folder = folder
        self._files: dict[str, StoredFile] = {}
        self._metadata: dict[str, bytes] = {}
        self._provenance: dict[str, bytes] = {}
        self.variants = ListedVariants()
        self._generation = 0
        self._changed: dict[NormalizedName, int] = {}
        self.statuses: dict[NormalizedName, ProjectStatus] = {}
        self.failure: Exception | None = None
        """Raised by the next looks at the generation, as a lost database would."""

    def publish(
        self,
        filename: str,
        content: bytes = b"content",
        metadata: bytes | None = None,
        *,
        yanked: str | None = None,
        provenance: bytes | None = None,
    ) -> StoredFile:
        """Add a file; the next generation begins."""
        described = replace(
            record(filename, content, metadata),
            yanked=yanked,
            provenance_sha256=None if provenance is None else _digest(provenance),
        )
        if provenance is not None:
            self._provenance[filename] = provenance
        (self._folder / described.sha256).write_bytes(content)
        self._files[filename] = described
        if metadata is not None:
            self._metadata[filename] = metadata
        self._begin(described.project)
        return described

    def put_variants(self, filename: str, content: bytes) -> VariantsFile:
        """List the variants of a release; the next generation begins."""
        made = self.variants.put(filename, content, self._generation + 1)
        self._begin(made.project)
        return made

    def withdraw_variants(self, filename: str, reason: str) -> None:
        """Give a listing out no more; the next generation begins."""
        self._begin(read_variants_name(filename).project)
        self.variants.withdraw(filename, reason)

    def _begin(self, project: NormalizedName) -> None:
        self._generation += 1
        self._changed[project] = self._generation

    def remove(self, filename: str) -> None:
        """Take a file off; the next generation begins."""
        self._begin(self._files.pop(filename).project)

    def generation(self) -> int:
        """Count the changes."""
        if self.failure is not None:
            raise self.failure
        return self._generation

    def state(self) -> tuple[int, int]:
        """Give the generation, and as many entries."""
        return self.generation(), self._generation

    def changed_since(self, generation: int) -> frozenset[NormalizedName]:
        """Name the projects that were changed after a generation."""
        return frozenset(
            project for project, since in self._changed.items() if since > generation
        )

    # What was before is not remembered: every generation is as it is now.

    def projects(self, generation: int | None = None) -> tuple[NormalizedName, ...]:
        """List them in order of appearance."""
        del generation
        return tuple(dict.fromkeys(file.project for file in self._files.values()))

    def files_of(
        self, project: NormalizedName, generation: int | None = None
    ) -> tuple[StoredFile, ...]:
        """List a project's files in order of appearance."""
        del generation
        return tuple(file for file in self._files.values() if file.project == project)

    def knows(self, project: NormalizedName) -> bool:
        """Tell whether it has files, or a status."""
        return project in self.statuses or bool(self.files_of(project))

    def status_of(
        self, project: NormalizedName, generation: int | None = None
    ) -> ProjectStatus:
        """Say how a project is."""
        del generation
        return self.statuses.get(project, ACTIVE)

    def find_kept(self, filename: str) -> StoredFile | None:
        """Look a file up."""
        return self._files.get(filename)

    def set_status(self, project: NormalizedName, status: ProjectStatus) -> None:
        """Say how a project is; the next generation begins."""
        self.statuses[project] = status
        self._begin(project)

    def withdraw(self, filename: str, reason: str) -> None:
        """Give a file out no more; the next generation begins."""
        self._begin(self._files[filename].project)
        self._files[filename] = replace(
            self._files[filename], withdrawn=reason, withdrawn_since=self._generation
        )

    def path_of(self, stored: StoredFile) -> Path:
        """Say where the bytes lie."""
        return self._folder / stored.sha256

    def provenance_of(self, stored: StoredFile) -> bytes:
        """Give the attestations that a file was published with."""
        return self._provenance[stored.filename]

    def place_of(self, stored: StoredFile) -> str:
        """Name it."""
        return str(self.path_of(stored))

    def open_bytes(
        self, stored: StoredFile, start: int = 0, stop: int | None = None
    ) -> FileBlob:
        """Read the bytes."""
        return FileBlob(self.path_of(stored), start, stop)

    def metadata_of(self, stored: StoredFile) -> bytes:
        """Give the published metadata."""
        return self._metadata[stored.filename]
