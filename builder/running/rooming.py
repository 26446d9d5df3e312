"""How many builds this machine bears at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from axletree.builder.sandbox.bubblewrap import SandboxLimits
from axletree.wheelhouse.store.host import look_around

SLOT_MEMORY_BYTES = 2 << 30
"""What each of several builds has at least, so that few fail for want of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What all that runs at once may use together."""

    slots: int
    memory_bytes: int

    def memory_of(self, wanted: Iterable[int | None]) -> int:
        """Say what one part has: its share, or what it asks for."""
        share = self.memory_bytes // self.slots
        most = max((each or 0 for each in wanted), default=0)
        return min(max(share, most), self.memory_bytes)


def room_for(limits: SandboxLimits, targets: int, asked: int | None = None) -> Room:
    """Divide what builds have here: by processors, and by memory.

    :param targets: how many there are to build.
    :param asked: how many are to be built at once; None: as many as is sensible.
    """
    bearable = max(1, limits.memory_bytes // SLOT_MEMORY_BYTES)
    sensible = min(look_around().processors, bearable)
    slots = max(1, min(asked or sensible, targets))
    return Room(slots=slots, memory_bytes=limits.memory_bytes)
