"""Threads of ours, and what CPython 3.11 does not let two of them do at once.

Seen there: `sysconfig` gives half an answer to a thread that asks while another makes
it ask for the first time, and syntax trees of two threads are mixed up now and then
(python/cpython#106905), by which packaging reads the texts in markers
(`ast.literal_eval`, which parses) and werkzeug makes its routes.
"""

import ast
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from functools import cache, wraps
from threading import RLock

from axletree.wheelhouse.store.host import look_around


def open_pool() -> ThreadPoolExecutor:
    """Make a pool with a thread for each processor, and make the process fit for it."""
    make_fit()
    return ThreadPoolExecutor(max_workers=look_around().processors)


@cache
def make_fit() -> None:
    """Let threads run side by side; to be called before the first begins."""
    sysconfig.get_config_vars()
    if sys.version_info < (3, 12):
        _parse_one_at_a_time()


def _parse_one_at_a_time() -> None:
    parse, turn = ast.parse, RLock()

    @wraps(parse)
    def parse_in_turn(*arguments: object, **named: object) -> ast.AST:
        with turn:
            tree: ast.AST = parse(*arguments, **named)  # type: ignore[call-overload]  # as it is given on
        return tree

    ast.parse = parse_in_turn  # type: ignore[assignment]  # it is as it was, in turn
