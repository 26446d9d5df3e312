"""What an entry check gathers of one file, and what comes of it in the end."""

from collections.abc import Iterator, Sequence
from dataclasses import field

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.inputs.variants_names import is_variants_name
from axletree.resolver.model.file_names import FileKind
from axletree.wheelhouse.errors import InvalidDistributionError
from axletree.wheelhouse.gate import UNTRUE, Finding, Kind
from axletree.wheelhouse.model import Strictness

_SHOWN = 8
_KEPT = 100
"""Of errors and of notes; a hostile file has a flaw in every line of megabytes."""
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
    notes: tuple[Finding, ...]
    """What was found and keeps it out of nowhere."""

    @property
    def untrue(self) -> tuple[str, ...]:
        """Return what the file says of itself and is not so."""
        return tuple(note.text for note in self.notes if note.kind in UNTRUE)


@dataclass(slots=True)
class Findings:
    """All that is wrong with one file, raised at once."""

    filename: str
    strictness: Strictness
    _errors: list[Finding] = field(default_factory=list)
    _notes: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> Sequence[Finding]:
        """Return what keeps the file out so far."""
        return self._errors

    def found(self, kind: Kind, text: str, where: str = "") -> None:
        """Keep what was found.

        :param where: in the file; empty: the file itself.
        """
        is_error = kind.grade == "error"
        is_strict = kind.grade == "flaw" and self.strictness == "strict"
        kept = self._errors if is_error or is_strict else self._notes
        if len(kept) < _KEPT or kind in UNTRUE:
            kept.append(Finding(kind=kind, text=_short(text), where=_short(where)))

    def stop(self, kind: Kind, text: str, where: str = "") -> InvalidDistributionError:
        """Make the error for what lets nothing else be read."""
        self._errors.append(Finding(kind=kind, text=_short(text), where=_short(where)))
        return self._error()

    def settle(self) -> tuple[Finding, ...]:
        """Return the notes.

        :raises InvalidDistributionError: something keeps the file out; it has it all.
        """
        if self._errors:
            raise self._error()
        return tuple(self._notes)

    def _error(self) -> InvalidDistributionError:
        kind = "wheel" if self.filename.endswith(".whl") else "sdist"
        kind = "listing of variants" if is_variants_name(self.filename) else kind
        shown = [finding.text for finding in self._errors[:_SHOWN]]
        if len(self._errors) > _SHOWN:
            shown.append(f"and {len(self._errors) - _SHOWN} more")
        error = InvalidDistributionError(
            f"not a valid {kind}: {'; '.join(shown)}", where=self.filename
        )
        error.findings = tuple(self._errors)
        return error


def lines_of(findings: Sequence[Finding]) -> Iterator[str]:
    """Spell findings for people, each in a line; what helps stands at its first."""
    told: set[Kind] = set()
    for finding in findings[:_SHOWN]:
        helps = "" if finding.kind in told else f"; {finding.kind.helps}"
        told.add(finding.kind)
        yield f"{finding}{helps}"
    if len(findings) > _SHOWN:
        yield f"and {len(findings) - _SHOWN} more"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
