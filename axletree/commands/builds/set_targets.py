"""What `axletree build --set` is to build: what a requirement set has as sdists only."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.version import Version

from axletree.builder.errors import InvalidRecipeError
from axletree.builder.jobs.sdist_job import Pinned
from axletree.builder.running.targets import Target
from axletree.commands.builds.targets import How
from axletree.commands.options.question import target_environment
from axletree.config import Settings
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.file_names import below
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.collecting.built_here import built_here
from axletree.wheelhouse.model import StoredFile
from axletree.wheelhouse.sets.locks import read_back
from axletree.wheelhouse.sets.reading import KeptSet, read_set
from axletree.wheelhouse.store.scratch import own_folder


@contextmanager
def targets_of_set(
    name: str, how: How, settings: Settings, *, is_fresh: bool = False
) -> Iterator[tuple[Target, ...]]:
    """Find what the locks of a set pin that is no wheel yet, for its environments.

    :param is_fresh: take nothing that was built earlier.
    :raises NoSetError: there is none of that name.
    :raises InvalidRecipeError: it has no lock.
    """
    with (
        own_folder(settings.cache_dir / "builds" / "scratch") as folder,
        Wheelhouse.open_to_read(settings.place) as house,
    ):
        finding = _Finding(house=house, folder=folder, how=how, is_fresh=is_fresh)
        yield finding.targets(read_set(house, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    house: Wheelhouse
    folder: Path
    how: How
    is_fresh: bool

    def targets(self, kept: KeptSet) -> tuple[Target, ...]:
        """Give one target for each sdist, with all environments that need its wheel."""
        found: dict[str, Target] = {}
        for stored, environment in self._sdists(kept):
            first = found.get(stored.filename)
            if first is None:
                found[stored.filename] = self._target(stored, environment)
            elif environment not in first.environments:
                environments = (*first.environments, environment)
                found[stored.filename] = replace(first, environments=environments)
        return tuple(found.values())

    def _sdists(self, kept: KeptSet) -> Iterator[tuple[StoredFile, Environment]]:
        locks = {
            state.environment: state.lock.lock
            for state in kept.states
            if state.lock is not None and state.lock.lock is not None
        }
        if not locks:
            name = kept.version.name
            raise InvalidRecipeError(
                "the set has no lock, so that it is not known what it needs",
                where=f"the set {name}",
                hint=f"axletree set check {name} tells why",
            )
        for target in kept.version.targets:
            if target.name not in locks:
                continue
            environment = target_environment(target.python_version, target.platform)
            for pin in read_back(locks[target.name], target).pins:
                if any(file.kind == "wheel" for file in (*pin.files, pin.file)):
                    continue
                stored = self.house.find(pin.file.filename)
                is_built = built_here(self.house, pin, environment) is not None
                if stored is not None and not is_built:
                    yield stored, environment

    def _target(self, stored: StoredFile, environment: Environment) -> Target:
        path = below(self.folder, stored.filename)
        self.house.lay_out(stored, path)
        return Target(
            what=path,
            environments=(environment,),
            isolation=self.how.isolation,
            view=self.how.view,
            pinned=Pinned(
                release=(stored.project, Version(stored.version)),
                source_time=stored.upload_time or stored.entered_at,
                # What was kept may be built with what the view leaves out.
                is_fresh=self.is_fresh or bool(self.how.view),
            ),
        )
