"""What an entry check finds: defects, and flaws that are harmless in old files."""

from collections.abc import Sequence
from dataclasses import field

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.file_names import FileKind
from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.model import Strictness
from axletree.wheelhouse.store.threads import make_fit

_SHOWN = 8
_KEPT = 100
"""Of each kind; a hostile file has a flaw in every line of megabytes."""
_LONGEST = 1000


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
    untrue: tuple[str, ...] = ()
    """Those of them in which the file says of itself what is not so."""


@dataclass(slots=True)
class Findings:
    """All that is wrong with one file, raised at once."""

    filename: str
    strictness: Strictness
    _defects: list[str] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)
    _untrue: list[str] = field(default_factory=list)

    @property
    def untrue(self) -> tuple[str, ...]:
        """Return the flaws so far by which the file says what is not so."""
        return tuple(self._untrue)

    @property
    def defects(self) -> Sequence[str]:
        """Return what keeps the file out so far."""
        return self._defects

    def defect(self, text: str) -> None:
        """Note something that keeps the file out."""
        self._keep(self._defects, text)

    def flaw(self, text: str) -> None:
        """Note something that keeps the file out of a strict check only."""
        self._keep(self._defects if self.strictness == "strict" else self._notes, text)

    def lie(self, text: str) -> None:
        """Note a flaw by which the file says of itself what is not so."""
        self.flaw(text)
        self._keep(self._untrue, text)

    def _keep(self, texts: list[str], text: str) -> None:
        if len(texts) < _KEPT:
            texts.append(_short(text))

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


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def check_metadata(raw: bytes, findings: Findings) -> None:
    """Hold METADATA against the core metadata specification."""
    # Late: it takes as long as all else here, and only an entry check needs it.
    from packaging.metadata import Metadata  # noqa: PLC0415  as said above

    make_fit()  # The server checks files in threads that are not ours.
    try:
        Metadata.from_email(raw, validate=True)
    except ExceptionGroup as group:
        for error in group.exceptions:
            findings.flaw(f"its metadata is not valid: {error}")
    except (ValueError, RecursionError):
        # What packaging does not expect: numbers of 5,000 digits, deep markers.
        findings.flaw("its metadata is not valid: it holds what is beyond all measure")
