"""Whether wheels that a collect built fit together with all that they require.

What they require is known: it was resolved. Each is tried with just that.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from packaging.requirements import InvalidRequirement
from packaging.utils import NormalizedName, canonicalize_name

from axletree.late_dataclasses import dataclass
from axletree.resolver.engine.checked_files import (
    requirements_in_force,
    unmet_requirements,
)
from axletree.resolver.model.answers import Pin, Resolution
from axletree.resolver.model.distribution import FileMetadata, UnusableMetadata
from axletree.resolver.model.foreign_text import read_requirement
from axletree.resolver.model.origins import Requirer
from axletree.resolver.model.overrides import Changes
from axletree.wheelhouse.entry.wheel import inspect_wheel
from axletree.wheelhouse.errors import IncompleteCollectionError
from axletree.wheelhouse.metadata.core import parse_metadata
from axletree.wheelhouse.sdist_builder import Closure, SdistBuilder


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One answer, with the wheels that were built for it."""

    resolution: Resolution
    changes: Changes
    """By the user's word; what they change may stay unmet."""
    wheel_of: Mapping[NormalizedName, str]
    """Project -> the wheel that stands for its sdist."""
    made: Mapping[NormalizedName, Path]
    """Those of them that are not yet let in."""
    _tried: dict[frozenset[NormalizedName], Sequence[str]] = field(default_factory=dict)

    _read: dict[NormalizedName, FileMetadata] = field(default_factory=dict)

    @property
    def excused(self) -> frozenset[NormalizedName]:
        """Return the projects of which another version may be there than required."""
        overridden = (override.target for override in self.changes.overrides)
        return self.changes.excluded.union(overridden)

    def closure_of(self, pin: Pin) -> Mapping[NormalizedName, str]:
        """Map each project that a pin needs, itself included, to its file's name."""
        needed_by: dict[NormalizedName, list[Pin]] = {}
        for each in self.resolution.pins:
            for requirer in each.requested_by:
                if isinstance(requirer, Requirer):
                    needed_by.setdefault(canonicalize_name(requirer.name), []).append(
                        each
                    )
        pins = {each.name: each for each in self.resolution.pins}
        found = {pin.name: self._file_of(pin)}
        waiting = [pin]
        while waiting:
            each = waiting.pop()
            # An sdist's metadata may promise less than its build writes.
            own = map(pins.get, self._required_by(each))
            for needed in (*needed_by.get(each.name, ()), *own):
                if needed is not None and needed.name not in found:
                    found[needed.name] = self._file_of(needed)
                    waiting.append(needed)
        return found

    def _required_by(self, pin: Pin) -> Iterator[NormalizedName]:
        if pin.name not in self.made:
            return
        metadata = self._metadata_of(pin)
        for _, requirement in requirements_in_force(
            metadata, pin.extras, self.resolution
        ):
            if requirement is not None:
                yield canonicalize_name(requirement.name)

    def check_requirements(self, pin: Pin) -> None:
        """Compare what a built wheel requires with what was resolved.

        An sdist's own metadata may promise other requirements than its build writes.

        :raises IncompleteCollectionError: it requires what was not.
        """
        wheel, metadata = self.made[pin.name], self._metadata_of(pin)
        excused = self.excused
        unmet = [
            text
            for text in unmet_requirements(metadata, pin.extras, self.resolution)
            if _project_of(text) not in excused
        ]
        if unmet:
            raise IncompleteCollectionError(
                f"{wheel.name}, built from it, requires {', '.join(unmet)}, which "
                "the sdist's metadata leaves out and nothing else provides"
            )

    def check(
        self,
        members: Mapping[NormalizedName, str],
        lay_out: Callable[[str], Path],
        builder: SdistBuilder,
    ) -> Sequence[str]:
        """Install a closure; return notes. The same one is installed once.

        :param lay_out: gives a stored file under its name.
        :raises SdistFindingError: what was built does not fit.
        """
        names = frozenset(members)
        if names not in self._tried:
            wheels = [
                self.made[name] if name in self.made else lay_out(file)
                for name, file in members.items()
            ]
            closure = Closure(
                wheels=wheels,
                built=names & self.made.keys(),
                excused=self.excused,
            )
            self._tried[names] = builder.check(closure, self.resolution.environment)
        return self._tried[names]

    def _metadata_of(self, pin: Pin) -> FileMetadata:
        if pin.name not in self._read:
            wheel = self.made[pin.name]
            inspected = inspect_wheel(wheel, wheel.name, "lenient")
            metadata = parse_metadata(inspected.metadata or b"", pin.file)
            if isinstance(metadata, UnusableMetadata):
                raise IncompleteCollectionError(f"{wheel.name}: {metadata.reason}")
            self._read[pin.name] = metadata
        return self._read[pin.name]

    def _file_of(self, pin: Pin) -> str:
        return self.wheel_of.get(pin.name, pin.file.filename)


def _project_of(text: str) -> NormalizedName | None:
    try:
        return canonicalize_name(read_requirement(text).name)
    except InvalidRequirement:
        return None
