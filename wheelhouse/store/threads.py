"""Threads of ours, and what CPython 3.11 does not let two of them do at once.

Seen there: `sysconfig` gives half an answer to a thread that asks while another makes
it ask for the first time, and syntax trees of two threads are mixed up now and then
(python/cpython#106905), by which packaging reads the texts in markers.
"""

import ast
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from functools import cache
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
    parse, turn = ast.literal_eval, RLock()

    def literal_eval(node_or_string: str | ast.AST) -> object:
        with turn:
            return parse(node_or_string)

    ast.literal_eval = literal_eval
