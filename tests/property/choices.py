"""Choices of brute force, as the independent checker takes them."""

from collections.abc import Iterator

from packaging.utils import NormalizedName

from axletree.resolver.engine.checker import ChosenFile
from axletree.resolver.model.distribution import FileMetadata
from tests.property.brute_force import Candidate, Choice, World


def exchanges(world: World, choice: Choice) -> Iterator[Choice]:
    """Exchange, leave out or add one release."""
    for name in world.candidates:
        yield {other: choice[other] for other in choice if other != name}
        for candidate in world.candidates[name]:
            yield {**choice, name: candidate}


def chosen_files(world: World, choice: Choice) -> dict[NormalizedName, ChosenFile]:
    """Put a choice as the checker takes it."""
    return {name: _chosen_file(world, found) for name, found in choice.items()}


def _chosen_file(world: World, candidate: Candidate) -> ChosenFile:
    metadata = world.universe.metadata_of[candidate.file.filename]
    assert isinstance(metadata, FileMetadata)
    others = world.candidates[candidate.project]
    return ChosenFile(
        version=candidate.version,
        file=candidate.file,
        metadata=metadata,
        finals=tuple(c.file.version for c in others if c.is_final),
        unyanked=tuple(c.file.version for c in others if not c.is_yanked),
    )
