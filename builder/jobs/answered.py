"""Whether wheels that were built for an answer fit together with the rest of it.

What they require is known: it was resolved. Each is tried with just that.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import InvalidRequirement
from packaging.utils import NormalizedName, canonicalize_name

from axletree.builder.checks.trying import Closure, Tried, try_closure
from axletree.builder.errors import CheckFailedError
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.jobs.built import BuiltWheel
from axletree.builder.jobs.closure import described_wheel
from axletree.resolver.engine.checked_files import (
    requirements_in_force,
    unmet_requirements,
)
from axletree.resolver.model.answers import Pin, Resolution
from axletree.resolver.model.distribution import FileMetadata
from axletree.resolver.model.file_names import below, safe_name
from axletree.resolver.model.foreign_text import read_requirement
from axletree.resolver.model.origins import Requirer
from axletree.resolver.model.overrides import Changes
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.collecting.built_here import built_here


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What sdists are built for."""

    resolution: Resolution
    changes: Changes
    """By the user's word; what they change may stay unmet."""
    is_closure: bool
    """The resolution has all that its releases require."""

    @property
    def excused(self) -> frozenset[NormalizedName]:
        """Return the projects of which another version may be there than required."""
        overridden = (override.target for override in self.changes.overrides)
        return self.changes.excluded.union(overridden)


class LackingError(Exception):
    """Files of a closure that are not there yet."""

    def __init__(self, lacking: Mapping[NormalizedName, str]) -> None:
        """Name them, by project."""
        super().__init__()
        self.lacking = lacking


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Wheels that were built at once, for an answer."""

    answer: Answer
    made: Mapping[NormalizedName, BuiltWheel]
    """They are not yet let in."""
    house: Wheelhouse
    workshop: Workshop
    folder: Path
    """Takes files of the wheelhouse."""
    _tried: dict[frozenset[NormalizedName], Tried] = field(default_factory=dict)
    _read: dict[NormalizedName, FileMetadata] = field(default_factory=dict)

    def check(self, project: NormalizedName) -> tuple[Tried, int]:
        """Install a built wheel with all that it requires; returns with how many.

        :raises LackingError: not all of it is there.
        :raises CheckFailedError: it requires what was not resolved, or does not fit.
        """
        filename = self.made[project].filename
        if not self.answer.is_closure:
            why = "what it requires was not asked for"
            note = f"{filename}: not installed to be checked, since {why}"
            return Tried(notes=(note,), is_installed=False), 0
        pins = {pin.name: pin for pin in self.answer.resolution.pins}
        self._require_resolved(pins[project])
        members = self._closure_of(pins, pins[project])
        lacking = {
            name: file
            for name, file in members.items()
            if name not in self.made and not self._is_there(file)
        }
        if lacking:
            raise LackingError(lacking)
        return self._tried_with(members), len(members) - 1

    def _is_there(self, filename: str) -> bool:
        """Tell whether a wheel is there; an sdist was not built, or not yet."""
        return filename.endswith(".whl") and self.house.find(filename) is not None

    def _tried_with(self, members: Mapping[NormalizedName, str]) -> Tried:
        """Install a closure; the same one is installed once."""
        names = frozenset(members)
        if names not in self._tried:
            closure = Closure(
                wheels=[self._path_of(name, file) for name, file in members.items()],
                built=names & self.made.keys(),
                excused=self.answer.excused,
            )
            environment = self.answer.resolution.environment
            self._tried[names] = try_closure(closure, environment, self.workshop)
        return self._tried[names]

    def _closure_of(
        self, pins: Mapping[NormalizedName, Pin], pin: Pin
    ) -> Mapping[NormalizedName, str]:
        """Map each project that a pin needs, itself included, to its file's name."""
        needed_by: dict[NormalizedName, list[Pin]] = {}
        for each in pins.values():
            for requirer in each.requested_by:
                if isinstance(requirer, Requirer):
                    name = canonicalize_name(requirer.name)
                    needed_by.setdefault(name, []).append(each)
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
        metadata, resolution = self._metadata_of(pin.name), self.answer.resolution
        for _, requirement in requirements_in_force(metadata, pin.extras, resolution):
            if requirement is not None:
                yield canonicalize_name(requirement.name)

    def _require_resolved(self, pin: Pin) -> None:
        """Compare what a built wheel requires with what was resolved.

        An sdist's own metadata may promise other requirements than its build writes.
        """
        metadata, excused = self._metadata_of(pin.name), self.answer.excused
        unmet = [
            text
            for text in unmet_requirements(metadata, pin.extras, self.answer.resolution)
            if _project_of(text) not in excused
        ]
        if unmet:
            raise CheckFailedError(
                f"{self.made[pin.name].filename}, built from it, requires "
                f"{', '.join(unmet)}, which the sdist's metadata leaves out and nothing "
                "else provides",
                where=pin.file.filename,
            )

    def _metadata_of(self, project: NormalizedName) -> FileMetadata:
        if project not in self._read:
            self._read[project] = described_wheel(self.made[project])[1]
        return self._read[project]

    def _file_of(self, pin: Pin) -> str:
        """Name the wheel that stands for a pin; an sdist that has none, itself."""
        if pin.name in self.made:
            return self.made[pin.name].filename
        if pin.file.kind == "wheel":
            return pin.file.filename
        environment = self.answer.resolution.environment
        built = built_here(self.house, pin, environment)
        return built.filename if built is not None else pin.file.filename

    def _path_of(self, project: NormalizedName, filename: str) -> Path:
        if project in self.made:
            return self.made[project].path
        path = below(self.folder, safe_name(filename))
        stored = self.house.find(filename)
        if stored is not None and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.house.lay_out(stored, path)
        return path


def _project_of(text: str) -> NormalizedName | None:
    try:
        return canonicalize_name(read_requirement(text).name)
    except InvalidRequirement:
        return None


def lacking_words(filename: str, lacking: Sequence[str]) -> str:
    """Say that a built wheel cannot be checked yet."""
    return (
        f"{filename} was built, and waits for {', '.join(lacking)}, without which it "
        "cannot be checked"
    )
