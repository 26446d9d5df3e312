"""What an entry check finds: defects, and flaws that are harmless in old files."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from packaging.metadata import Metadata
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from axletree.resolver.distribution import FileKind
from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.model import Strictness
from axletree.wheelhouse.threads import make_fit

_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """A valid distribution file, as far as its entry check has read it."""

    project: NormalizedName
    version: str
    """As spelled in the file name."""
    kind: FileKind
    tag: str = ""
    build: str = ""
    identity: str
    """Normalised name, version, build tag and tag set; equal for equal files."""
    metadata: bytes | None
    """METADATA, or a PKG-INFO of which the requirements are final."""
    requires_python: str | None
    notes: tuple[str, ...]
    """Harmless flaws, only after a lenient check."""


@dataclass(slots=True)
class Findings:
    """All that is wrong with one file, raised at once."""

    filename: str
    strictness: Strictness
    _defects: list[str] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)

    def defect(self, text: str) -> None:
        """Note something that keeps the file out."""
        self._defects.append(text)

    def flaw(self, text: str) -> None:
        """Note something that keeps the file out of a strict check only."""
        (self._defects if self.strictness == "strict" else self._notes).append(text)

    def stop(self, text: str) -> InvalidDistributionError:
        """Make the error for a defect after which nothing else can be read."""
        self.defect(text)
        return self._error()

    def settle(self) -> tuple[str, ...]:
        """Return the notes.

        :raises InvalidDistributionError: there are defects; it names them all.
        """
        if self._defects:
            raise self._error()
        return tuple(self._notes)

    def _error(self) -> InvalidDistributionError:
        kind = "wheel" if self.filename.endswith(".whl") else "sdist"
        shown = self._defects[:_SHOWN]
        if len(self._defects) > _SHOWN:
            shown.append(f"and {len(self._defects) - _SHOWN} more")
        return InvalidDistributionError(
            f"not a valid {kind}: {'; '.join(shown)}", where=self.filename
        )


def check_name_and_version(
    headers: Mapping[str, tuple[str, ...]],
    project: NormalizedName,
    version: Version,
    findings: Findings,
) -> None:
    """Compare the headers of METADATA with what the file name says."""
    name = headers.get("name", ("",))[0]
    if canonicalize_name(name) != project:
        findings.defect(f"its metadata says Name: {name or '(none)'}, not {project}")
    said = headers.get("version", ("",))[0]
    if parse_version(said) != version:
        findings.defect(f"its metadata says Version: {said or '(none)'}, not {version}")


def parse_version(text: str) -> Version | None:
    """Parse a version; None for what PEP 440 does not know."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def check_metadata(raw: bytes, findings: Findings) -> None:
    """Hold METADATA against the core metadata specification."""
    make_fit()  # The server checks files in threads that are not ours.
    try:
        Metadata.from_email(raw, validate=True)
    except ExceptionGroup as group:
        for error in group.exceptions:
            findings.flaw(f"its metadata is not valid: {error}")
