"""Build requirements that somebody else brings: who builds has no index."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from packaging.utils import NormalizedName, parse_wheel_filename

from axletree.builder.errors import CheckFailedError
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.file_names import SafeName, below
from axletree.wheelhouse.catalog.house import Wheelhouse


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a build asks for."""

    requirements: tuple[str, ...]
    constraints: tuple[str, ...]
    environment: Environment

    @property
    def key(self) -> "Key":
        """Tell whether it is the same as another."""
        return self.requirements, self.constraints, self.environment.whole_label


Key: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], str]
Brought: TypeAlias = Mapping[Key, tuple[SafeName, ...]]
"""What was asked for -> the files of the wheelhouse that it came to."""


class Bring(Protocol):
    """Brings what builds ask for into the wheelhouse."""

    def __call__(
        self, asked: Asked, built: AbstractSet[NormalizedName], /
    ) -> tuple[SafeName, ...]:
        """Resolve, download and publish it; name the files.

        :param built: projects of which this run has let wheels in by now.
        :raises AxletreeError: it cannot be had.
        """
        ...


class LacksError(Exception):
    """A build asks for what nobody has brought yet; no end of it."""

    def __init__(self, asked: Asked) -> None:
        """Say what."""
        super().__init__()
        self.asked = asked


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtRequirements:
    """Provides what was brought."""

    house: Wheelhouse
    brought: Brought
    folder: Path
    seen: set[NormalizedName] = field(default_factory=set)
    """The projects that were provided."""

    def provide(
        self,
        requirements: Sequence[str],
        environment: Environment,
        constraints: Sequence[str] = (),
    ) -> Sequence[Path]:
        """Return the files, laid out.

        :raises LacksError: they are to be brought first.
        """
        asked = Asked(
            requirements=tuple(requirements),
            constraints=tuple(constraints),
            environment=environment,
        )
        if asked.key not in self.brought:
            raise LacksError(asked)
        self.folder.mkdir(parents=True, exist_ok=True)
        return [self._lay_out(name) for name in self.brought[asked.key]]

    def _lay_out(self, filename: SafeName) -> Path:
        stored = self.house.find(filename)
        if stored is None:
            raise CheckFailedError(
                f"{filename} is not in the wheelhouse", where=filename
            )
        self.seen.add(parse_wheel_filename(filename)[0])
        path = below(self.folder, filename)
        if not path.exists():
            self.house.lay_out(stored, path)
        return path


MOST_ASKED = 8
"""How often one build asks; one whose answer is another each time never ends."""


@dataclass(slots=True, kw_only=True)
class Supplies:
    """All that was brought for the builds of one run."""

    bring: Bring
    brought: dict[Key, tuple[SafeName, ...]] = field(default_factory=dict)

    def get(
        self, asked: Asked, built: AbstractSet[NormalizedName] = frozenset()
    ) -> None:
        """Bring what is asked for, once.

        :raises AxletreeError: it cannot be had.
        """
        if asked.key not in self.brought:
            self.brought[asked.key] = self.bring(asked, built)
