"""How much an index may send us, how slowly, and what a build may use of this machine.

Frozen values, made from the settings; docs/reference/settings.md publishes them.
"""

from typing import Literal, TypeAlias, assert_never

from axletree.late_dataclasses import dataclass

BodyKind: TypeAlias = Literal["page", "metadata", "part", "file"]
"""What an answer holds; `part` is a range of a wheel, kept in memory."""
PART_BYTES = 10**6
"""Of one range; more of a wheel is asked for in several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexLimits:
    """What is taken from an index; sizes are those after decompression."""

    page_bytes: int = 64 * 10**6
    metadata_bytes: int = 8 * 10**6
    """A `.metadata` file, or METADATA inside a wheel."""
    header_bytes: int = 64 * 10**3
    """All headers of one answer together."""
    file_bytes: int = 10 * 10**9
    """On disk; a file that announces less may not be larger than it announces."""
    part_bytes: int = PART_BYTES
    """No setting: what is larger is not kept in memory, but read from a whole file."""
    redirects: int = 5
    least_bytes_per_s: int = 1000
    """An answer that has begun and comes more slowly ends; 0: it may."""
    rate_window_s: float = 60.0
    """How long it may be as slow as that."""
    wait_s: float = 90.0
    """In all, where an index asks us to wait (`Retry-After`)."""

    def of(self, kind: BodyKind) -> int:
        """Return how many bytes the body of an answer may have."""
        match kind:
            case "page":
                return self.page_bytes
            case "metadata":
                return self.metadata_bytes
            case "part":
                return self.part_bytes
            case "file":
                return self.file_bytes
            case _:
                assert_never(kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildLimits:
    """What a build may use; None: what this machine bears (`builder/sandbox/host_limits.py`)."""

    memory_bytes: int | None = None
    """Of all processes and files of one build together."""
    room_bytes: int | None = None
    """Of its files: source, environment and results."""
    processes: int | None = None
    """Threads count too."""
    wall_s: int | None = None
    question_s: int | None = None
    """Of a question to a build backend: for its requirements, or for METADATA."""
