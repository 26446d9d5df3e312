import ast
import sys
import threading
from collections.abc import Iterator

import pytest

from axletree.wheelhouse.store.threads import (
    make_fit,
    open_pool,
)


@pytest.fixture
def as_at_the_start() -> Iterator[None]:
    """Let a process be made fit anew, whatever ran in it before."""
    parse = ast.literal_eval
    make_fit.cache_clear()
    yield
    ast.literal_eval = parse
    make_fit.cache_clear()


@pytest.mark.usefixtures("as_at_the_start")
def test_on_python_3_11_two_threads_never_parse_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside, most = 0, 0
    both = threading.Event()

    def parse(text: str) -> object:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        both.wait(0.05)
        inside -= 1
        return text

    monkeypatch.setattr(ast, "literal_eval", parse)
    monkeypatch.setattr(sys, "version_info", (3, 11, 2))
    with open_pool() as pool:
        told = list(pool.map(ast.literal_eval, "abcd"))

    assert told == list("abcd")
    assert most == 1


@pytest.mark.usefixtures("as_at_the_start")
def test_later_pythons_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ast.literal_eval
    monkeypatch.setattr(sys, "version_info", (3, 12))
    make_fit()
    assert ast.literal_eval is before
