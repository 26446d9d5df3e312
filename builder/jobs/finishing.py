"""From what a backend left to a finished wheel: judged, truly tagged, stamped, normalised.

The order is fixed: what is hashed and checked is what is published.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from axletree.builder.checks.abi_pins import abi_pins
from axletree.builder.checks.inspection import (
    added_pins,
    check_raw_wheel,
    check_sound,
)
from axletree.builder.checks.platform_needs import (
    PlatformNeeds,
    compiled_members,
    read_platform_needs,
)
from axletree.builder.checks.platform_tag import (
    check_compiled,
    check_fit,
    is_for_linux,
    true_platforms,
)
from axletree.builder.checks.wheel_archive import rewrite_wheel
from axletree.builder.hooks.workshop import Workshop
from axletree.builder.recipes.stamp import Stamp
from axletree.builder.sandbox.transfer import BuildLog
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.environment import Environment
from axletree.wheelhouse.findings import Inspected


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A wheel that is what it says."""

    path: Path
    inspected: Inspected
    """What it says of itself."""
    notes: tuple[str, ...]
    pinned: tuple[str, ...] = ()
    """Requirements that it has for what it was compiled against."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finishing:
    """Where wheels are finished, and for whom."""

    workshop: Workshop
    environment: Environment
    scratch: Path
    log: BuildLog

    def finish(
        self,
        raw: Path,
        *,
        source_time: datetime,
        stamp: Stamp | None = None,
        built_with: Sequence[Path] = (),
    ) -> Finished:
        """Make a finished wheel of a raw one.

        :param stamp: None: its version and requirements stay.
        :param built_with: the wheels of its build environment.
        :raises CheckFailedError: it is not sound, not what it says, or of no use to
            the target.
        """
        flaws = check_raw_wheel(raw)
        compiled = compiled_members(raw)
        notes = list(check_compiled(raw, compiled))
        needs = self._needs_of(raw) if compiled and is_for_linux(raw) else None
        platforms = true_platforms(raw, needs) if needs is not None else {}
        if stamp is not None and compiled:
            stamp = replace(stamp, pins=abi_pins(raw, compiled, built_with))
        made = rewrite_wheel(
            raw,
            self.scratch,
            stamp=stamp,
            platforms=platforms,
            source_time=source_time,
        )
        inspected = check_sound(made)
        left = {note.text for note in inspected.notes}
        pinned = added_pins(inspected, stamp) if stamp is not None else ()
        if pinned:
            notes.append(
                f"{made.name} requires {', '.join(pinned)}, of what it was compiled "
                "against; [requires-dist] of the recipe can say otherwise"
            )
        check_fit(made, needs, self.environment)
        if needs is not None and needs.platform.startswith("linux_"):
            notes.append(
                f"{made.name} runs on no manylinux, but on machines that have what it "
                f"needs: it {needs.reasons}"
            )
        notes += [f"{raw.name}: {flaw}; mended" for flaw in flaws if flaw not in left]
        return Finished(
            path=made, inspected=inspected, notes=tuple(notes), pinned=pinned
        )

    def _needs_of(self, raw: Path) -> PlatformNeeds:
        self.workshop.reporter.step(f"asking auditwheel about {raw.name}")
        sandbox = self.workshop.own_sandbox(self.scratch / "auditwheel")
        return read_platform_needs(raw, sandbox, self.log)
