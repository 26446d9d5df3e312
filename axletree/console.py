"""The terminal: what is said, where, and in which colour.

Results go to stdout and nothing else does; words on the way go to stderr. Only this
module, `axletree.drawing` and `axletree.progress` know rich, widths and whether anybody
looks.
"""

import logging
import shlex
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from axletree.drawing import Drawing
from axletree.environ import process_environment, reads_commands
from axletree.errors import AxletreeError, Step, docs_command
from axletree.progress import NOTE_STYLE, Progress
from axletree.resolver.model.shown_text import disarmed, shown
from axletree.streams import results_arrive
from axletree.terminal import MOST_COLUMNS, current_words

if TYPE_CHECKING:
    from axletree.resolver.model.json_types import Json
    from axletree.resolver.reports.lines import ReportLine

# Red and magenta alone are read on black and on white: the green, yellow and cyan of
# terminals are not, on white (contrast below 2.3 in the usual palettes).
_STYLES: dict[str, str] = {
    "claim": "bold red",
    "fact": "",
    "place": "dim",
    "picture": "",
    "heading": "bold",
    "repair": "",
    "detail": "dim",
    "command": "bold",
    "note": NOTE_STYLE,
    "blank": "",
}

_HINT_OF_BUG = (
    "this is a bug in axletree, not your mistake: please report it with the lines "
    "above and what you ran (-v shows where it happened)"
)


class UsageError(AxletreeError):
    """A command line that cannot be understood."""

    reference = "usage"
    exit_code = 2


INTERRUPTED = 130


class InterruptionError(AxletreeError):
    """The user stopped the run."""

    reference = "interrupted"
    exit_code = INTERRUPTED


class SystemFaultError(AxletreeError):
    """The system refused something: no space, no right, too many open files."""

    reference = "system-fault"
    exit_code = 3


class BugError(AxletreeError):
    """Something that should never happen, told as an error like any other."""

    reference = "internal-error"
    exit_code = 70


class Console:
    """Says things to one person at one terminal, or to a pipe."""

    def __init__(
        self, *, is_json: bool = False, verbosity: int = 0, typed: Sequence[str] = ()
    ) -> None:
        """Look at the two streams once.

        :param typed: the command line; none: the one that click is running.
        """
        self.is_json = is_json
        self._typed = typed
        self.verbosity = verbosity
        self._out = Drawing()
        self._err = Drawing(stderr=True)
        self._progress: Progress | None = None
        # Whoever names a file must not give commands to the host that runs us.
        self._is_heard = reads_commands(process_environment())
        logging.basicConfig(stream=sys.stderr, format="%(name)s: %(message)s")
        levels = (logging.WARNING, logging.INFO, logging.DEBUG)
        logging.getLogger("axletree").setLevel(levels[max(0, min(verbosity, 2))])

    @property
    def is_quiet(self) -> bool:
        """Tell whether results and errors are all that is said."""
        return self.verbosity < 0

    @property
    def width(self) -> int:
        """Columns to fill at most."""
        return min(self._out.width, MOST_COLUMNS)

    @property
    def is_ascii(self) -> bool:
        """Tell whether the output cannot show more than ASCII."""
        return self._out.is_ascii

    @property
    def is_terminal(self) -> bool:
        """Tell whether somebody reads the results on a screen."""
        return self._out.is_terminal

    # Results.

    def result(self, text: str) -> None:
        """Write a result, with nothing in it that steers a terminal.

        :raises OutputError: the disk that it goes to is full, or the like.
        """
        self._write(shown(text))

    def whole(self, text: str) -> None:
        """Write a result that others read by its own rules, as it stands."""
        self._write(text)

    def _shown(self, text: str) -> str:
        return disarmed(shown(text)) if self._is_heard else shown(text)

    def _write(self, text: str) -> None:
        encoding = self._out.encoding
        with results_arrive(), self._without_progress():
            sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
            sys.stdout.flush()

    def document(self, document: "Json") -> None:
        """Write a result as one JSON document."""
        if self.is_ascii:
            import json  # noqa: PLC0415  late: few outputs are so confined

            self._write(json.dumps(_as_texts(document), indent=2) + "\n")
            return
        self._write(document_text(document))

    def report(self, lines: "Iterable[ReportLine]") -> None:
        """Write a report, with colour where somebody looks."""
        with results_arrive(), self._without_progress():
            for line in lines:
                self._out.line(self._shown(line.text), _STYLES[line.role])
            sys.stdout.flush()

    # Words on the way.

    def say(self, text: str, *, style: str = "") -> None:
        """Tell something that is no result."""
        if self.is_quiet:
            return
        self._err.line(self._shown(text), style)

    def notes(self, notes: Iterable[str]) -> None:
        """Tell what is worth knowing of an answer."""
        for note in notes:
            self.say(f"note: {note}", style=NOTE_STYLE)

    def steps(
        self, steps: Iterable[Step], *, heading: str | None = None, indent: str = "    "
    ) -> None:
        """Tell the commands that help, each on a line of its own: people copy it.

        :param heading: told before them, if there are any.
        """
        others = self._others(steps)
        if others and heading is not None:
            self.say(heading)
        for step in others:
            self.say(f"{indent}{step.purpose}:")
            self.say(f"{indent}  {step.command}", style="bold")

    def _others(self, steps: Iterable[Step]) -> tuple[Step, ...]:
        """Leave out what was typed just now: it has not helped."""
        typed = _told_apart(self._typed or current_words())
        return tuple(s for s in steps if _told_apart(shlex.split(s.command)) != typed)

    def detail(self, text: str) -> None:
        """Tell something only with -v."""
        if self.verbosity > 0:
            self.say(text, style="dim")

    def progress(self) -> Progress:
        """Make a reporter that draws on stderr, and makes way for results."""
        self._progress = Progress(
            self._err, verbosity=self.verbosity, spell=self._shown
        )
        return self._progress

    @contextmanager
    def _without_progress(self) -> Iterator[None]:
        if self._progress is None:
            yield
            return
        with self._progress.aside():
            yield

    # Errors.

    def show_error(self, error: AxletreeError) -> None:
        """Say what went wrong, where, and what to do."""
        error.steps = self._others(error.steps)
        if not error.steps and error.hint.endswith(":"):
            error.hint = error.usual_hint
        if self.is_json:
            from axletree.resolver.reports.conflict_json import error_to_json  # noqa: PLC0415  late

            self.document(error_to_json(error))
        self._say_error(error)

    def _say_error(self, error: AxletreeError) -> None:
        self._say_part("error: ", "bold red", error.what)
        if error.where:
            self._say_part("  where: ", "dim", error.where)
        if error.hint:
            self._say_part("  hint: ", "bold", error.hint)
        for step in error.steps:
            self._err.line(f"    {self._shown(step.purpose)}:")
            self._err.line(f"      {self._shown(step.command)}", "bold")
        self._err.line(f"  docs: {docs_command(error.reference)}", "dim")

    def _say_part(self, head: str, style: str, text: str) -> None:
        """Say a part of an error, at a terminal in lines that end between words."""
        text = self._shown(text)
        if self._err.is_terminal:
            indent = " " * (len(head) - len(head.lstrip()) + 2)
            text = "\n".join(_lines(f"{head}{text}", indent, self._err.width))
            # A word that is too long for the first line begins the next.
            text = text.removeprefix(head.rstrip()).removeprefix(" ")
            head = f"{head.rstrip()} " if not text.startswith("\n") else head.rstrip()
        self._err.line(text, head=(head, style))

    def show_usage(self, what: str, hint: str) -> None:
        """Say that a command was used wrongly."""
        hint = " ".join(hint.split())
        self.show_error(UsageError(what, where="command line", hint=hint))

    def show_interruption(self) -> None:
        """Say that the user stopped the run."""
        self.show_error(
            InterruptionError(
                "interrupted; nothing was left half done",
                where="command line",
                hint="the same command goes on where it was",
            )
        )

    def show_cut_off(self) -> None:
        """Say that the user stopped the search for repairs; a result has been shown."""
        self._say_error(
            InterruptionError(
                "interrupted: the search for repairs was cut off",
                where="command line",
                hint="what was found until then stands; --no-repairs stops at the cause",
            )
        )

    def show_fault(self, error: OSError) -> None:
        """Say what the system refused."""
        hint = "look at free space, rights and limits, then run the same command again"
        where = str(error.filename or "")
        what = f"the system refuses: {error.strerror or error}"
        self.show_error(SystemFaultError(what, where=where, hint=hint))

    def show_bug(self, error: Exception) -> None:
        """Say that we are to blame; the traceback only with -v."""
        import traceback  # noqa: PLC0415  late: there should be no bug

        where = traceback.extract_tb(error.__traceback__)
        file = where[-1].filename.rpartition("/")[2] if where else ""
        place = f"{file}:{where[-1].lineno}" if where else ""
        if self.verbosity > 0:
            trace = shown("".join(traceback.format_exception(error)))
            self._err.line(trace, "dim")
        what = f"{type(error).__name__}: {error}"
        self.show_error(BugError(what, where=place, hint=_HINT_OF_BUG))


def _told_apart(words: Sequence[str]) -> list[str]:
    """Give what two command lines share that ask for the same, in whatever order."""
    first, *rest = [*(words[1:] if words[:1] == ["axletree"] else words), ""]
    # A verb of two words is one word of those that were typed.
    verb, *rest = [*(first.split() or [first]), *rest]
    parts = (w.split("=", 1) if w.startswith("--") else (w,) for w in rest if w)
    return [verb, *sorted(part for each in parts for part in each)]


def document_text(document: "Json") -> str:
    """Spell a JSON document, with a line break at its end."""
    import orjson  # noqa: PLC0415  late: most results are for people

    try:
        raw = orjson.dumps(document, option=orjson.OPT_INDENT_2)
    except orjson.JSONEncodeError:
        raw = orjson.dumps(_as_texts(document), option=orjson.OPT_INDENT_2)
    return raw.decode() + "\n"


def _lines(text: str, indent: str, width: int) -> Iterator[str]:
    for line in text.splitlines():
        if len(line) <= width:
            yield line
            continue
        yield from textwrap.wrap(
            line,
            width,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
        )


def _as_texts(value: "Json") -> "Json":
    """Escape what is no text: a file's name, or a word of a command line, may be none."""
    match value:
        case str():
            return _as_text(value)
        case Mapping():
            return {_as_text(key): _as_texts(each) for key, each in value.items()}
        case Sequence():
            return [_as_texts(each) for each in value]
        case _:
            return value


def _as_text(value: str) -> str:
    return value.encode(errors="backslashreplace").decode()
