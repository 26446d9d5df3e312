"""Tables kept on disk, for the verbs that answer over a wheelhouse.

The same files as for quick answers (`axletree.commands.fast.answer`), and under the same
rules: of one generation and one environment, without limits.
"""

import time
from collections.abc import Callable
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.environment import Environment, environment_for
from axletree.resolver.universe.tables import Tables
from axletree.wheelhouse.sources.compiled_store import (
    Place,
    Stored,
    load,
    policy_in,
    save,
)

if TYPE_CHECKING:
    from axletree.resolver.universe.table_types import TableReader


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelhouseTables:
    """The tables of one generation of a wheelhouse."""

    cache_dir: Path
    home: Path
    generation: int
    _opened: list[tuple[Place, Stored, Tables]] = field(default_factory=list)

    def tables(
        self, environment: Environment, make_reader: "Callable[[], TableReader]"
    ) -> Tables | None:
        """Return what is kept for an environment; None: that cannot be known.

        What it lacks is read by the reader.
        """
        version, platform = environment.python_version, environment.platform
        # This machine's own may be another than the one that its name describes.
        if environment != environment_for(version, platform):
            return None
        place = Place("wheelhouse", str(self.home), f"{version} {platform}")
        stored = load(self._folder, place, time.time_ns())
        if stored is None or not self._is_of_generation(stored):
            return None
        tables = Tables(
            stored.packed, stored.roots, stored.micros, make_reader, knows_files=True
        )
        self._opened.append((place, stored, tables))
        return tables

    def save(self) -> None:
        """Keep what was read besides for the next time."""
        for place, stored, tables in self._opened:
            if tables.is_changed or stored.is_moved:
                stored.packed, stored.roots = tables.pack(), tables.roots
                stored.micros = tables.known_micros
                save(self._folder, place, stored)

    def _is_of_generation(self, stored: Stored) -> bool:
        state = stored.state
        if not isinstance(state, tuple):
            return False
        return state[0] == self.generation and policy_in(state) is None

    @property
    def _folder(self) -> str:
        return str(self.cache_dir / "compiled")
