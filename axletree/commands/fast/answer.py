"""Verbs over a local universe, answered before anything else is imported.

Start-up is most of what an answer costs. So a plain command line is understood by
hand, the compiled universe is read from the cache, and the lock or the conflict is
written, in the time that importing click alone would take. Whatever is not plain, and
whatever fails, is left to the command itself: the outcome is then None.

Imports stay within what the interpreter has loaded anyway; the rest is late.
"""

from __future__ import annotations

import sys
import time

from axletree.commands.fast.arguments import (
    NotPlainError,
    cache_dir_of,
    may_have_settings_file,
    place_of,
    understand,
)
from axletree.commands.fast.outcome import Outcome, put
from axletree.environ import foreign_variables, process_environment, reads_commands
from axletree.terminal import swallowed_by_shell

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Protocol, TypeAlias, TypeVar

    from axletree.commands.fast.arguments import PlainWords
    from axletree.commands.fast.explain import Explained
    from axletree.commands.fast.standing import Standing
    from axletree.resolver.universe.table_types import TableReader
    from axletree.resolver.universe.tables import Tables
    from axletree.wheelhouse.sources.compiled_store import (
        Place,
        Stored,
    )

    Value = TypeVar("Value")

    class Remedies(Protocol):
        """Finds what helps."""

        def reader(self) -> TableReader:
            """Give who reads what the tables lack."""
            ...

        def told(self, found: Explained, tables: Tables) -> Iterable[str]:
            """Tell each repair as it comes."""
            ...

        def close(self) -> None:
            """Close what was opened."""
            ...

    Helping: TypeAlias = Callable[[PlainWords, Sequence[str], "QuickPlace"], Remedies]


class QuickPlace:
    """A wheelhouse, and where its tables are kept."""

    __slots__ = ("cache_dir", "generation", "home")

    def __init__(self, home: str, generation: int, cache_dir: str) -> None:
        self.home = home
        self.generation = generation
        self.cache_dir = cache_dir


def answer_at_once(
    words: Sequence[str],
    helping: Helping | None = None,
    keep: Callable[[object], None] | None = None,
) -> int | None:
    """Answer a plain command line; return its exit code. None: the command must.

    :param helping: gives who finds what helps against a conflict.
    :param keep: is given what an answer was found with, by a process that ends with it.
    """
    plain = understand(words)
    if plain is None:
        return None
    environ = process_environment()
    place = place_of(plain, environ)
    cache_dir = cache_dir_of(plain, environ)
    may_be_mistyped = foreign_variables(environ) or swallowed_by_shell()
    # The console takes out of names what would be a command to who runs us.
    is_disarmed = plain.verb == "explain" and reads_commands(environ)
    if place is None or may_be_mistyped or is_disarmed or may_have_settings_file():
        return None
    asking = _Asking(plain, words, environ)
    if plain.verb == "explain" and "no_repairs" not in plain.values:
        if helping is None:
            return None
        return _explain_whole(asking, place, cache_dir, helping)
    found = _answer(asking, place, cache_dir)
    if found is None:
        return None
    if keep is not None:
        keep(found)
    found.tell(plain.output_file)
    return found.exit_code


class _Asking:
    """A command line with what it runs in."""

    __slots__ = ("environ", "plain", "standing", "words")

    def __init__(
        self, plain: PlainWords, words: Sequence[str], environ: Mapping[str, str]
    ) -> None:
        self.plain = plain
        self.words = words
        self.environ = environ
        self.standing: Standing | None = None
        """What stands already where a lock is to be written; None: it goes elsewhere."""

    def question(self) -> str | None:
        """Name what is asked; None: it cannot be read, or be written quickly."""
        if self.plain.verb == "explain":
            from axletree.commands.fast.explain import is_plain_output  # noqa: PLC0415  late

            if not is_plain_output(self.environ):
                return None
        try:
            asked = [line.text for line in self.plain.lines()]
            if self.plain.starts_from_lock:
                from axletree.commands.fast.standing import what_stands  # noqa: PLC0415  late: few locks are written so

                self.standing = what_stands(self.plain)
        except (NotPlainError, OSError, ValueError):
            return None
        if not asked:
            return None
        begun = "" if self.standing is None else self.standing.name
        return "\n".join((f"{self.plain.verb}{begun}", *asked))

    def run(self, universe: Tables) -> Outcome | None:
        """Return what to tell; None: it is beyond tables."""
        if self.plain.verb == "lock":
            from axletree.commands.fast.lock import lock  # noqa: PLC0415  late

            return lock(self.plain, universe, self.words, self.standing)
        from axletree.commands.fast.explain import cause_text  # noqa: PLC0415  late

        found = self.explain(universe)
        if found is None:
            return None
        text = cause_text(self.plain, found)
        return Outcome(text, found_with=found, exit_code=found.exit_code)

    def explain(self, universe: Tables) -> Explained | None:
        """Find the conflict; None: there is none."""
        from axletree.commands.fast.explain import explain  # noqa: PLC0415  late

        return explain(self.plain, universe, self.environ)


def _explain_whole(
    asking: _Asking, place: Place, cache_dir: str, helping: Helping
) -> int | None:
    """Tell the cause at once, then what helps; return the exit code.

    Once something is told, nothing is left to the command any more.
    """
    if place.kind != "wheelhouse" or sys.stderr.isatty():
        return None  # Progress is drawn there.
    opened = _open(asking, place, cache_dir)
    state = None if opened is None else opened.stored.state
    if opened is None or not isinstance(state, tuple):
        return None
    quick = QuickPlace(place.path, state[0], cache_dir)
    made: list[Remedies] = []

    def remedies() -> Remedies:
        if not made:
            made.append(helping(asking.plain, asking.words, quick))
        return made[0]

    universe = opened.tables(lambda: remedies().reader(), knows_files=True)
    try:
        found = _unless_expected(lambda: asking.explain(universe))
        if found is None or found.is_for_command:
            code = None
        else:
            from axletree.commands.fast.explain import cause_text  # noqa: PLC0415  late

            put(cause_text(asking.plain, found))
            code = _put_all(lambda: remedies().told(found, universe))
            code = found.exit_code if code is None else code
    finally:
        for each in made:
            each.close()
    opened.save(universe, is_answered=code is not None)
    return code


def _put_all(tell: Callable[[], Iterable[str]]) -> int | None:
    """Tell each as it comes; return the exit code if the user stops that."""
    try:
        for text in tell():
            put(text)
    except KeyboardInterrupt:
        from axletree.console import INTERRUPTED, Console  # noqa: PLC0415  late

        Console().show_cut_off()
        return INTERRUPTED
    return None


class _Opened:
    """Tables that are kept, for one question."""

    __slots__ = ("_cache_dir", "_place", "_question", "stored")

    def __init__(
        self, question: str, place: Place, cache_dir: str, stored: Stored
    ) -> None:
        self._question = question
        self._place = place
        self._cache_dir = cache_dir
        self.stored = stored

    def tables(
        self, make_reader: Callable[[], TableReader], *, knows_files: bool = False
    ) -> Tables:
        """Unpack nothing yet."""
        from axletree.resolver.universe.tables import Tables  # noqa: PLC0415  late

        stored = self.stored
        kept = stored.packed, stored.roots, stored.micros
        return Tables(*kept, make_reader, knows_files=knows_files)

    def save(self, universe: Tables, *, is_answered: bool) -> None:
        """Keep for the next time what was read, and that there was no answer."""
        from axletree.wheelhouse.sources.compiled_store import save  # noqa: PLC0415  late

        stored = self.stored
        if not is_answered:
            stored.refused[self._question] = None
        if universe.is_changed or stored.is_moved or not is_answered:
            stored.packed, stored.roots = universe.pack(), universe.roots
            stored.micros = universe.known_micros
            save(self._cache_dir, self._place, stored)


def _open(asking: _Asking, place: Place, cache_dir: str) -> _Opened | None:
    """Open what is kept; None: the question is left to the command."""
    from axletree.wheelhouse.sources.compiled_store import (  # noqa: PLC0415  late
        load,
        policy_in,
    )

    question = asking.question()
    stored = None if question is None else load(cache_dir, place, time.time_ns())
    if stored is None or question is None or question in stored.refused:
        return None
    # What a policy refuses is explained, and mended, by the command.
    if asking.plain.verb != "lock" and policy_in(stored.state) is not None:
        return None
    return _Opened(question, place, cache_dir, stored)


def _answer(asking: _Asking, place: Place, cache_dir: str) -> Outcome | None:
    """Return what to tell, from tables that are kept for the next time."""
    from axletree.wheelhouse.sources.compiled_store import is_still  # noqa: PLC0415  late

    opened = _open(asking, place, cache_dir)
    if opened is None:
        return None
    stored = opened.stored
    universe = opened.tables(lambda: _compiler(asking.plain, place, stored))
    try:
        found = _unless_expected(lambda: asking.run(universe))
    finally:
        universe.close()
    if universe.is_changed and not is_still(place, stored):
        return None
    opened.save(universe, is_answered=found is not None)
    return found


def _unless_expected(answer: Callable[[], Value | None]) -> Value | None:
    """Answer; None where the command meets the same failure, and says it."""
    try:
        return answer()
    except Exception as error:
        if _is_expected(error):
            return None
        raise


def _is_expected(error: Exception) -> bool:
    from axletree.errors import AxletreeError  # noqa: PLC0415  late
    from axletree.resolver.universe.tables import BeyondTablesError  # noqa: PLC0415  late

    kinds = (AxletreeError, BeyondTablesError, OSError)
    return isinstance(error, (*kinds, UnicodeDecodeError))


def _compiler(plain: PlainWords, place: Place, stored: Stored) -> TableReader:
    from axletree.commands.fast.compiling import compiler_for  # noqa: PLC0415  late

    return compiler_for(
        place, stored.state, plain.python_version, plain.python_platform
    )
