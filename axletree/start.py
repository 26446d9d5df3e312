"""Where a process begins: a quick answer where there is one, else the click group.

Click, rich and the verbs are imported late: they take longer than a quick answer.
"""

from __future__ import annotations

import gc
import os
import sys

from axletree.own_modules import find_own_modules

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from axletree.commands.fast.answer import QuickPlace
    from axletree.commands.fast.arguments import PlainWords
    from axletree.commands.results.quick_remedies import QuickRemedies


_SELDOM = 400_000
"""Objects made before garbage is looked for: more than most quick answers make, those
included that find repairs. To look through so many takes longer than an answer."""
_RARELY = 150_000
"""Likewise, for a command: it has imported 60,000 before it asks an index for anything.
To look for garbage among them as often as Python does took 3 % of that time."""


_LEFT: list[object] = []
"""What a quick answer was found with: a process that ends need not take it apart."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code (docs/reference/exit-codes.md).

    :param arguments: None: those of this process, which ends with the command.
    """
    if arguments is not None:
        return _run(tuple(arguments), is_process=False)
    find_own_modules()
    code = _run(tuple(sys.argv[1:]), is_process=True)
    _leave_at_once(code)
    return code


def _run(words: Sequence[str], *, is_process: bool) -> int:
    usual = gc.get_threshold()
    gc.set_threshold(_SELDOM, *usual[1:])
    try:
        code = answer_at_once(words, _LEFT.append if is_process else None)
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001  told by the last handler
        return _by_click(words, error, is_process=is_process)
    finally:
        if not is_process:  # Which ends: to look once more would be in vain.
            gc.set_threshold(*usual)
    return _by_click(words, None, is_process=is_process) if code is None else code


def answer_at_once(
    words: Sequence[str], keep: Callable[[object], None] | None = None
) -> int | None:
    """Answer what can be answered quickly; None: the command must.

    :param keep: is given what an answer was found with, which then stays as it is.
    """
    from axletree.commands.fast import answer  # noqa: PLC0415  late: found as all our modules

    return answer.answer_at_once(words, _quick_remedies, keep)


def _by_click(
    words: Sequence[str],
    failure: KeyboardInterrupt | Exception | None,
    *,
    is_process: bool,
) -> int:
    if is_process:
        gc.set_threshold(_RARELY, *gc.get_threshold()[1:])
    try:
        from axletree import cli  # noqa: PLC0415  late
    except KeyboardInterrupt as stop:
        # Stopped while it loads, it loads anew, to say so as ever.
        from axletree import cli  # noqa: PLC0415  late

        failure = failure or stop
    return cli.main(words, failure=failure, is_process=is_process)


def _leave_at_once(code: int) -> None:
    """End the process as it stands, once what was left to the end is done.

    Else the interpreter takes its memory apart first, object by object: of a command over
    an index a tenth of what it did up to its first request. The system takes it back
    anyway, and what has to be closed was closed where it was opened.
    """
    is_watched = sys.getprofile() or sys.gettrace() or sys.flags.inspect
    if is_watched or _has_threads():
        return
    if (atexit := sys.modules.get("atexit")) is not None:
        atexit._run_exitfuncs()  # noqa: SLF001  as `multiprocessing` ends its processes
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except (AttributeError, OSError, ValueError):
        return  # The interpreter meets the same, and says it.
    os._exit(code)


def _has_threads() -> bool:
    """Tell whether there are threads that the interpreter would wait for, or stop."""
    threading = sys.modules.get("threading")
    return threading is not None and threading.active_count() > 1


def _quick_remedies(
    plain: PlainWords, words: Sequence[str], place: QuickPlace
) -> QuickRemedies:
    from axletree.commands.results.quick_remedies import QuickRemedies  # noqa: PLC0415  late

    return QuickRemedies(plain, words, place)
