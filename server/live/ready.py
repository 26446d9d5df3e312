"""Answers that are ready to send, by path: within a stated number of bytes."""

import threading
from collections.abc import Callable, Collection
from dataclasses import replace

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.server.answers.negotiation import Form
from axletree.server.answers.variants import RenderedPage, Variant

MOST_BYTES = 48 * 1024**2
"""Of all that a worker keeps ready."""
BESIDES_BYTES = 1_900
"""That one form of an answer takes besides its body: headers, and what holds them. Seen:
10,900 for a page, which has six; of an empty page that is four times its bodies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """An answer, and whose it is."""

    answer: RenderedPage | Variant
    project: NormalizedName | None
    """Whose files it tells of; None: of all."""
    is_by_root: bool = False
    """Whether the address stands in it by which the index is reached."""

    def has(self, form: Form | None) -> bool:
        """Tell whether a form of it is there; None: whether all are."""
        return not isinstance(self.answer, RenderedPage) or self.answer.has(form)

    def variant(self, form: Form) -> Variant:
        """Give a form of it that is there."""
        answer = self.answer
        return answer.variant(form) if isinstance(answer, RenderedPage) else answer

    def beside(self, other: "Ready | None") -> "Ready":
        """Add the forms that were made earlier."""
        if other is None:
            return self
        mine, others = self.answer, other.answer
        if not (isinstance(mine, RenderedPage) and isinstance(others, RenderedPage)):
            return self
        return replace(self, answer=mine.beside(others))

    @property
    def kept_bytes(self) -> int:
        """Count what keeping it takes."""
        answer = self.answer
        forms = 1
        if isinstance(answer, RenderedPage):
            forms = max(1, len(answer.plain) + len(answer.compressed))
        return answer.size_bytes + forms * BESIDES_BYTES


class ReadyAnswers:
    """What was rendered; the longest unused goes when there is too much.

    Safe to use from threads. Looking one up takes no lock: use is noted in a set, and
    who was used is spared once when room is made (the second chance of a clock).
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Start empty."""
        self._most_bytes = most_bytes
        self._answers: dict[str, Ready] = {}
        """Oldest first."""
        self._used: set[str] = set()
        self._bytes = 0
        self._writing = threading.Lock()

    def get(self, path: str) -> Ready | None:
        """Look up what is served under a path."""
        ready = self._answers.get(path)
        if ready is not None:
            self._used.add(path)
        return ready

    def put(self, path: str, ready: Ready) -> None:
        """Keep an answer; one that is larger than the whole room is not kept."""
        size = ready.kept_bytes
        with self._writing:
            self._drop(path)
            if size > self._most_bytes:
                return
            while self._bytes + size > self._most_bytes:
                self._make_room()
            self._answers[path] = ready
            self._bytes += size

    def without(
        self,
        gone: Collection[NormalizedName | None],
        apart: tuple[str, ...],
        is_kept: Callable[[str], bool],
    ) -> "ReadyAnswers":
        """Copy all but those of some projects, the oldest first as before.

        :param gone: projects; None: whatever is nobody's.
        :param apart: how paths begin that are asked for each, whether they are kept.
        """
        copied = ReadyAnswers(self._most_bytes)
        with self._writing:
            # All stand still meanwhile: nothing is called, or counted, for each.
            lost = {
                path
                for path, each in self._answers.items()
                if each.project in gone
                or (path.startswith(apart) and not is_kept(path))
            }
            kept = dict(self._answers)
            left = self._bytes
            for path in lost:
                left -= kept.pop(path).kept_bytes
            copied._used = self._used - lost
        copied._answers = kept
        copied._bytes = left
        return copied

    def _make_room(self) -> None:
        path, ready = next(iter(self._answers.items()))
        self._drop(path)
        if path in self._used:
            self._used.discard(path)
            self._answers[path] = ready
            self._bytes += ready.kept_bytes

    def _drop(self, path: str) -> None:
        ready = self._answers.pop(path, None)
        if ready is not None:
            self._bytes -= ready.kept_bytes

    @property
    def size_bytes(self) -> int:
        """Count the bytes of all."""
        return self._bytes
