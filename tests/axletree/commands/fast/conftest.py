"""When questions that are answered at once are put."""

import time
from types import SimpleNamespace

import pytest

from axletree.commands.fast import answer
from tests.support.at_once import LATER_NS


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the files of a test an hour later: then they are no longer fresh."""
    clock = SimpleNamespace(time_ns=lambda: time.time_ns() + LATER_NS)
    monkeypatch.setattr(answer, "time", clock)
