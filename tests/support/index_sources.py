"""An index source of plain records and small files, for tests of the server alone."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name

from axletree.server.source import ListedFile

UPLOADED = datetime(2021, 3, 4, 5, 6, 7, 890, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFile:
    """One listed file; what a test does not name is plain."""

    project: NormalizedName
    version: str
    filename: str
    sha256: str
    size_bytes: int
    requires_python: str | None = None
    upload_time: datetime | None = UPLOADED
    yanked: str | None = None
    metadata_sha256: str | None = None


def record(
    filename: str, content: bytes = b"content", metadata: bytes | None = None
) -> RecordedFile:
    """Describe a file by its name and bytes."""
    project, version, *_ = filename.removesuffix(".tar.gz").split("-")
    return RecordedFile(
        project=canonicalize_name(project),
        version=version,
        filename=filename,
        sha256=sha256(content).hexdigest(),
        size_bytes=len(content),
        metadata_sha256=None if metadata is None else sha256(metadata).hexdigest(),
    )


class FolderSource:
    """An `IndexSource` over files of one folder, published one by one."""

    def __init__(self, folder: Path) -> None:
        """Start empty, at generation 0."""
        self._folder = folder
        self._files: dict[str, RecordedFile] = {}
        self._metadata: dict[str, bytes] = {}
        self._generation = 0
        self.failure: Exception | None = None
        """Raised by the next looks at the generation, as a lost database would."""

    def publish(
        self,
        filename: str,
        content: bytes = b"content",
        metadata: bytes | None = None,
        *,
        yanked: str | None = None,
    ) -> RecordedFile:
        """Add a file; the next generation begins."""
        described = replace(record(filename, content, metadata), yanked=yanked)
        (self._folder / described.sha256).write_bytes(content)
        self._files[filename] = described
        if metadata is not None:
            self._metadata[filename] = metadata
        self._generation += 1
        return described

    def remove(self, filename: str) -> None:
        """Take a file off; the next generation begins."""
        del self._files[filename]
        self._generation += 1

    def generation(self) -> int:
        """Count the changes."""
        if self.failure is not None:
            raise self.failure
        return self._generation

    def projects(self) -> tuple[NormalizedName, ...]:
        """List them in order of appearance."""
        return tuple(dict.fromkeys(file.project for file in self._files.values()))

    def files_of(self, project: NormalizedName) -> tuple[RecordedFile, ...]:
        """List a project's files in order of appearance."""
        return tuple(file for file in self._files.values() if file.project == project)

    def find(self, filename: str) -> RecordedFile | None:
        """Look a file up."""
        return self._files.get(filename)

    def path_of(self, stored: ListedFile) -> Path:
        """Say where the bytes lie."""
        return self._folder / stored.sha256

    def metadata_of(self, stored: ListedFile) -> bytes:
        """Give the published metadata."""
        return self._metadata[stored.filename]
