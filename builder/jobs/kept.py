"""What is kept of an sdist that was built or asked, by its hash and the target.

An sdist never changes, and a second build with younger build requirements would only
give the same project other bytes under the same file name.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import get_args

from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.built import BuiltWheel, epoch_of, keep
from axletree.builder.provenance.materials import LockedWheel
from axletree.builder.sandbox.isolation import Isolation
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.json_types import Json
from axletree.wheelhouse.store.files import digest_of

_NEEDS = "build-requirements.txt"
_STATEMENT = "STATEMENT"
_ABOUT = "about.json"
_LEVELS: tuple[Isolation, ...] = get_args(Isolation)
_FINISHED = "-4"
"""Of how wheels are finished: what was kept of another way is not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSdist:
    """Where it is kept, and for whom."""

    folder: Path
    digest: str
    workshop: Workshop

    @property
    def metadata(self) -> Path:
        """Return the file of its METADATA."""
        return self.folder / "METADATA"

    def needs(self) -> tuple[str, ...] | None:
        """Return all build requirements, sorted; None: nobody has asked yet."""
        return _needs_in(self.folder)

    def keep_needs(self, needs: Iterable[str], scratch: Path) -> None:
        """Remember all build requirements."""
        made = scratch / _NEEDS
        made.write_text("\n".join(sorted(needs)), encoding="utf-8")
        self.folder.mkdir(parents=True, exist_ok=True)
        keep(made, self.folder)

    def wheel(self, source_time: datetime) -> BuiltWheel | None:
        """Return what was built earlier, if we would say the same of it now."""
        folder = self._of(source_time)
        for path in folder.glob("*.whl"):
            with suppress(OSError, ValueError, LookupError, TypeError, StopIteration):
                return self._read(path, source_time)
        return None

    def _read(self, path: Path, source_time: datetime) -> BuiltWheel | None:
        said = (path.parent / _STATEMENT).read_bytes()
        about: dict[str, Json] = json.loads((path.parent / _ABOUT).read_bytes())
        sha256 = digest_of(path)
        wanted = self.workshop.isolation
        attestation = self.workshop.attester.accept(said, sha256, wanted)
        locked, notes = about["built_with"], about["notes"]
        isolation = next(each for each in _LEVELS if each == about["isolation"])
        if attestation is None or not isinstance(locked, dict):
            return None
        return BuiltWheel(
            path=path,
            sha256=sha256,
            revision=f"sha256:{self.digest}",
            source_time=source_time,
            isolation=isolation,
            python_version=str(about["python"]),
            built_with=tuple(
                LockedWheel(filename=name, sha256=str(locked[name])) for name in locked
            ),
            attestation=attestation,
            log_path=Path(str(about["log"])),
            notes=tuple(map(str, notes)) if isinstance(notes, list) else (),
        )

    def keep_wheel(self, built: BuiltWheel, scratch: Path) -> BuiltWheel:
        """Move a built wheel here; the wheel itself last, which says that all is."""
        folder = self._of(built.source_time)
        folder.mkdir(parents=True, exist_ok=True)
        about = {
            "python": built.python_version,
            "built_with": {each.filename: each.sha256 for each in built.built_with},
            "notes": list(built.notes),
            "log": str(built.log_path),
            "isolation": built.isolation,
        }
        (scratch / _ABOUT).write_text(json.dumps(about), encoding="utf-8")
        (scratch / _STATEMENT).write_bytes(built.attestation.content)
        keep(scratch / _ABOUT, folder)
        keep(scratch / _STATEMENT, folder)
        return replace(built, path=keep(built.path, folder))

    def _of(self, source_time: datetime) -> Path:
        return self.folder / f"{epoch_of(source_time)}{_FINISHED}"


def kept_of(sdist: Path, environment: Environment, workshop: Workshop) -> KeptSdist:
    """Find what is kept of an sdist for a target."""
    digest = digest_of(sdist)
    folder = _folder_of(digest, environment, workshop.work_dir)
    return KeptSdist(folder=folder, digest=digest, workshop=workshop)


def kept_needs(
    sdist: Path, environment: Environment, work_dir: Path
) -> tuple[str, ...] | None:
    """Return all build requirements of an sdist; None: nobody has asked yet."""
    return _needs_in(_folder_of(digest_of(sdist), environment, work_dir))


def _needs_in(folder: Path) -> tuple[str, ...] | None:
    try:
        text = (folder / _NEEDS).read_text(encoding="utf-8")
    except OSError:
        return None
    return tuple(text.splitlines())


def _folder_of(digest: str, environment: Environment, work_dir: Path) -> Path:
    target = f"{environment.python_version}-{environment.platform}"
    return work_dir / "sdists" / digest[:2] / digest / target
