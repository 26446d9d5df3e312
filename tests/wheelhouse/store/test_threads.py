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
    parse = ast.parse
    make_fit.cache_clear()
    yield
    ast.parse = parse
    make_fit.cache_clear()


@pytest.mark.usefixtures("as_at_the_start")
def test_on_python_3_11_two_threads_never_parse_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside, most = 0, 0
    both = threading.Event()

    real = ast.parse

    def parse(text: str, *arguments: object, **named: object) -> ast.AST:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        both.wait(0.05)
        inside -= 1
        tree: ast.AST = real(text, *arguments, **named)  # type: ignore[call-overload]  # as it is given on
        return tree

    monkeypatch.setattr(ast, "parse", parse)
    monkeypatch.setattr(sys, "version_info", (3, 11, 2))
    with open_pool() as pool:
        told = list(pool.map(ast.literal_eval, "1234"))
        trees = list(pool.map(ast.parse, "abcd"))

    assert told == [1, 2, 3, 4]
    assert len(trees) == 4
    assert most == 1


@pytest.mark.usefixtures("as_at_the_start")
def test_later_pythons_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ast.parse
    monkeypatch.setattr(sys, "version_info", (3, 12))
    make_fit()
    assert ast.parse is before
