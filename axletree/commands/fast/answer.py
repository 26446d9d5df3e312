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
from axletree.environ import process_environment

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from axletree.commands.fast.arguments import PlainWords
    from axletree.resolver.universe.tables import (
        TableReader,
        Tables,
    )
    from axletree.wheelhouse.compiled_store import Place, Stored


def answer_at_once(words: Sequence[str]) -> int | None:
    """Answer a plain command line; return its exit code. None: the command must."""
    plain = understand(words)
    if plain is None:
        return None
    environ = process_environment()
    place = place_of(plain, environ)
    cache_dir = cache_dir_of(plain, environ)
    if place is None or may_have_settings_file():
        return None
    text = _answer(_Asking(plain, words, environ), place, cache_dir)
    if text is None:
        return None
    _put(text)
    return 0 if plain.verb == "lock" else 1


class _Asking:
    """A command line with what it runs in."""

    __slots__ = ("environ", "plain", "words")

    def __init__(
        self, plain: PlainWords, words: Sequence[str], environ: Mapping[str, str]
    ) -> None:
        self.plain = plain
        self.words = words
        self.environ = environ

    def question(self) -> str | None:
        """Name what is asked; None: it cannot be read, or be written quickly."""
        if self.plain.verb == "explain":
            from axletree.commands.fast.explain import is_plain_output  # noqa: PLC0415  late

            if not is_plain_output(self.environ):
                return None
        try:
            asked = [line.text for line in self.plain.lines()]
        except (NotPlainError, OSError, ValueError):
            return None
        return "\n".join((self.plain.verb, *asked)) if asked else None

    def run(self, universe: Tables) -> str | None:
        """Return what to print; None: it is beyond tables."""
        try:
            if self.plain.verb == "lock":
                from axletree.commands.fast.lock import lock  # noqa: PLC0415  late

                return lock(self.plain, universe, self.words)
            from axletree.commands.fast.explain import explain  # noqa: PLC0415  late

            return explain(self.plain, universe, self.environ)
        except Exception as error:
            # The command meets the same, and says it.
            if _is_expected(error):
                return None
            raise
        finally:
            universe.close()


def _answer(asking: _Asking, place: Place, cache_dir: str) -> str | None:
    """Return what to print, from tables that are kept for the next time."""
    from axletree.resolver.universe.tables import Tables  # noqa: PLC0415  late
    from axletree.wheelhouse.compiled_store import (  # noqa: PLC0415  late
        is_still,
        load,
        save,
    )

    question = asking.question()
    stored = None if question is None else load(cache_dir, place, time.time_ns())
    if stored is None or question is None or question in stored.refused:
        return None
    universe = Tables(
        stored.packed,
        stored.roots,
        stored.micros,
        lambda: _compiler(asking.plain, place, stored),
    )
    text = asking.run(universe)
    if universe.is_changed and not is_still(place, stored):
        return None
    if text is None:
        stored.refused[question] = None
    if universe.is_changed or stored.is_moved or text is None:
        stored.packed, stored.roots = universe.pack(), universe.roots
        stored.micros = universe.known_micros
        save(cache_dir, place, stored)
    return text


def _is_expected(error: Exception) -> bool:
    from axletree.errors import AxletreeError  # noqa: PLC0415  late
    from axletree.resolver.universe.tables import BeyondTablesError  # noqa: PLC0415  late

    kinds = (AxletreeError, BeyondTablesError, OSError)
    return isinstance(error, (*kinds, UnicodeDecodeError))


def _compiler(plain: PlainWords, place: Place, stored: Stored) -> TableReader:
    from axletree.commands.fast.compiling import compiler_for  # noqa: PLC0415  late

    target = plain.python_version, plain.python_platform
    # What is published meanwhile is not mixed into tables of the generation before.
    generation = stored.state[0] if isinstance(stored.state, tuple) else None
    return compiler_for(place, generation, *target)


def _put(text: str) -> None:
    try:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError:
        from axletree.console import results_arrive  # noqa: PLC0415  late

        with results_arrive():
            raise
