"""What is shown of long work: one line that changes, or one line now and then.

On a terminal a single line says what is being done, how much of how much, and how fast;
it goes when the work is done. Into a pipe, where it would leave hundreds, one comes every
ten seconds. Builds run foreign code: they are named in both before they begin.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from axletree.drawing import Drawing
from axletree.resolver.model.shown_text import shown
from axletree.resolver.model.spelling import counted
from axletree.sizes import size_words
from axletree.stopping import deaf_threads

if TYPE_CHECKING:
    # Every command pays for what is imported here.
    from rich.status import Status
    from rich.text import Text

    from axletree.resolver.model.distribution import DistributionFile

NOTE_STYLE = "magenta"
"""Of what is worth knowing and is no error."""
EVERY_S = 10.0
"""Between two lines into a pipe."""
_LONG_S = 5.0
"""What takes longer says how long it has taken."""
_WINDOW_S = 10.0
_SPINNER_COLUMNS = 2


class Rate:
    """How fast something grows: over the last seconds, as who waits sees it."""

    __slots__ = ("_clock", "_seen")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, float]] = deque()

    def see(self, amount: float) -> float:
        """Take how much there is by now; return what comes in a second, 0 if unknown."""
        now = self._clock()
        self._seen.append((now, amount))
        while self._seen[0][0] < now - _WINDOW_S:
            self._seen.popleft()
        then, before = self._seen[0]
        return (amount - before) / (now - then) if now - then >= 1 else 0.0


class _Downloads:
    """Files on their way."""

    def __init__(
        self, files: "Sequence[DistributionFile]", clock: Callable[[], float]
    ) -> None:
        self._missing: set[str] = {file.filename for file in files}
        self._files = len(files)
        sizes = [file.size_bytes for file in files]
        known = [size for size in sizes if size]
        self._total = sum(known) if len(known) == len(sizes) else 0
        """0: the index does not say."""
        self._arrived = 0
        self._whole_bytes = 0
        self._parts: dict[str, int] = {}
        self._rate = Rate(clock)

    def part(self, filename: str, done_bytes: int) -> str:
        """Take how much of a file is there; return the line.

        Files of a batch before may still come: they are counted no more.
        """
        if filename in self._missing:
            self._parts[filename] = done_bytes
        return self.line(filename)

    def whole(self, filename: str, size_bytes: int) -> str:
        """Take a file that is there; return the line."""
        if filename in self._missing:
            self._missing.remove(filename)
            self._parts.pop(filename, None)
            self._arrived += 1
            self._whole_bytes += size_bytes
        return self.line(filename)

    def line(self, filename: str = "") -> str:
        """Say how much has come of how much, and what comes just now."""
        done = self._whole_bytes + sum(self._parts.values())
        of = f" of {size_words(self._total)}" if self._total else ""
        rate = self._rate.see(done)
        speed = f", {size_words(rate)}/s" if rate else ""
        return (
            f"downloading: {self._arrived} of {counted(self._files, 'file')}, "
            f"{size_words(done)}{of}{speed}{f': {filename}' if filename else ''}"
        )


class Progress:
    """Draws the progress of resolving, reading, downloading and building.

    It is a resolver's, an upstream client's and a builder's reporter at once.
    """

    def __init__(
        self,
        drawing: Drawing,
        *,
        verbosity: int,
        spell: Callable[[str], str] = shown,
        every_s: float = EVERY_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Draw on `drawing`; nothing appears before the block begins.

        :param spell: makes text of others such as may be shown here.
        """
        self._drawing = drawing
        self._spell = spell
        self._verbosity = verbosity
        self._every_s = every_s
        self._clock = clock
        self._status: Status | None = None
        self._ended = threading.Event()
        self._ticker: threading.Thread | None = None
        self._text = ""
        self._began_s = 0.0
        self._downloads = _Downloads((), clock)
        self._reading: tuple[str, Rate] = ("", Rate(clock))
        self._resolving = ""
        self._trying = "trying"
        self._unverified: set[str] = set()

    def __enter__(self) -> Self:
        self._show("working")
        if self._verbosity < 0:
            return self
        if self._drawing.is_terminal:
            self._status = self._drawing.rich.status(self)
            with deaf_threads():
                self._status.start()
        else:
            self._ended.clear()
            self._ticker = threading.Thread(target=self._tick, daemon=True)
            with deaf_threads():
                self._ticker.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
        self._ended.set()
        if self._ticker is not None:
            self._ticker.join()
            self._ticker = None

    def __rich__(self) -> "Text":
        """Draw the line of now, whole on one line of the terminal."""
        from rich.text import Text  # noqa: PLC0415  late, as in `Drawing`

        line = self._one_line(self.line)
        room = max(20, self._drawing.width - _SPINNER_COLUMNS - 1)
        if len(line) > room:
            line = line[: room - 3] + "..."
        return Text(line, no_wrap=True)

    @property
    def line(self) -> str:
        """What is being done."""
        passed_s = self._clock() - self._began_s
        return f"{self._text}, {passed_s:.0f} s" if passed_s >= _LONG_S else self._text

    def _tick(self) -> None:
        while not self._ended.wait(self._every_s):
            self._drawing.line(self._one_line(self.line))

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leave the line, which a result may be written on."""
        if self._status is None:
            yield
            return
        self._status.stop()
        try:
            yield
        finally:
            with deaf_threads():
                self._status.start()

    def _one_line(self, text: str) -> str:
        """Spell what may name a file, and a file's name may hold a line break."""
        return self._spell(text.rstrip("\n").replace("\n", "\\n"))

    def _show(self, text: str) -> None:
        self._text, self._began_s = text, self._clock()

    def _note(self, text: str) -> None:
        self._show(text)
        if self._verbosity > 0:
            self._drawing.line(self._one_line(text), "dim")

    # A resolution's events.

    def reading_round(self, *, pages: int, metadata: int, projects: int) -> None:
        """Show what is about to be read."""
        self._resolving = f"resolving: {counted(projects, 'project')} decided, "
        self._note(
            f"{self._resolving}reading {counted(pages, 'page')} and {metadata} metadata"
        )

    def proving(self, what: str) -> None:
        """Show which change is being tried."""
        self._resolving = ""
        self._note(f"{self._trying} {what}")

    def repairing(self, *, found: int) -> None:
        """Say from here on that repairs are looked for, and how many are found."""
        so_far = f", {found} found" if found else ""
        self._trying = f"looking for repairs{so_far}: trying"

    # An upstream client's events.

    def reading(
        self, kind: Literal["pages", "metadata"], *, done: int, total: int
    ) -> None:
        """Show how much of a batch has arrived."""
        if done <= 1 or self._reading[0] != kind:
            self._reading = (kind, Rate(self._clock))
        rate = self._reading[1].see(done)
        speed = f", {rate:.0f}/s" if rate >= 1 else ""
        self._show(f"{self._resolving}reading {kind}: {done} of {total}{speed}")

    def bringing(self, files: "Sequence[DistributionFile]") -> None:
        """Begin to count files that are on their way."""
        self._downloads = _Downloads(files, self._clock)
        if files:
            self._show(self._downloads.line())

    def downloading(self, file: "DistributionFile", done_bytes: int) -> None:
        """Show the file that is on its way."""
        self._show(self._downloads.part(file.filename, done_bytes))

    def downloaded(self, file: "DistributionFile", path: Path) -> None:
        """Count a file that arrived."""
        self._note(self._downloads.whole(file.filename, path.stat().st_size))

    def note(self, text: str) -> None:
        """Say what is worth knowing, whether anybody looks or not."""
        if self._verbosity >= 0:
            self._drawing.line(self._spell(f"note: {text}"), NOTE_STYLE)

    def waiting(self, host: str, pause_s: float) -> None:
        """Say why nothing happens for a while."""
        self.note(f"{host} asks us to wait: going on in {pause_s:.0f} s")

    def unverified(self, host: str) -> None:
        """Say once of each host that its files cannot be trusted."""
        if host not in self._unverified:
            self._unverified.add(host)
            from axletree.wheelhouse.upstream.unverified import unverified_note  # noqa: PLC0415  late: seldom

            self.note(unverified_note(host))

    # A build's events, and those of other long work.

    def step(self, text: str) -> None:
        """Show a step."""
        self._note(text)

    def announce(self, text: str) -> None:
        """Show a step that is named in any case, before it begins."""
        self._note(text)
        if self._ticker is not None and self._verbosity == 0:
            self._drawing.line(self._one_line(text))

    def counting(self, doing: str, *, done: int, total: int, what: str) -> None:
        """Show how many of several like things are done."""
        self._note(f"{doing}: {done} of {total}: {what}")

    def log_line(self, line: str) -> None:
        """Show a line of a build's log, with -vv only."""
        if self._verbosity > 1:
            self._drawing.line(self._one_line(line), "dim")
