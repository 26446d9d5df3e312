"""The one root of all errors that a user can meet.

An error is plain data: what went wrong, where, and what to do. Drawing it is the
business of `axletree.cli` and `axletree.server.answers.errors`.
"""

import errno
from collections.abc import Mapping, Sequence
from typing import ClassVar

from axletree.late_dataclasses import dataclass

FAULTS_OF_THE_SYSTEM = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO),
        *(errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.ENOMEM),
        errno.EAGAIN,
    }
)
"""What a full disk, a missing right or a bounded number of processes raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command that helps, to be copied as it stands."""

    purpose: str
    """What for: `download it into the wheelhouse`."""
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A line of a file at which something is wrong."""

    file: str
    line: int | None
    what: str
    """In one sentence; an error about several lines has one for each."""


def docs_command(topic: str) -> str:
    """Name the command that shows what the documentation says of an error, or a verb."""
    return f"axletree docs {topic}"


class AxletreeError(Exception):
    """Something a user should read: never a traceback, always a next step."""

    reference: ClassVar[str] = "internal-error"
    """Kebab-case name; docs/reference/errors.md has a section of the same name."""
    exit_code: ClassVar[int] = 70
    """DESIGN.md 7: 1 answer is no, 2 usage, 3 outside, 4 integrity, 70 our bug."""

    usual_hint: ClassVar[str] = ""
    """The next step where a raise knows no better one."""

    def __init__(
        self, what: str, *, where: str = "", hint: str = "", steps: Sequence[Step] = ()
    ) -> None:
        """Keep the parts; `str()` gives the first only."""
        super().__init__(what)
        self.what = what
        self.where = where
        self.hint = hint or self.usual_hint
        self.steps = tuple(steps)
        self.missing: Mapping[str, str] = {}
        """Where it is about several files: each of them, with its reason."""
        self.spots: tuple[Spot, ...] = ()
        """Where it is about lines of files: each of them."""
