"""How the tests run: a light profile of the property tests by default, a deep one in CI.

`make quick` asks for a third of the light one.

No deadline in either: a slow machine is no defect of the code. CI tries the same
examples each time, so that the same commit always gets the same answer; chance finds
new ones on developers' machines.
"""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.servers import Servers

if TYPE_CHECKING:
    from werkzeug.routing import Rule

settings.register_profile("quick", deadline=None, max_examples=15)
settings.register_profile("light", deadline=None, max_examples=50)
settings.register_profile("deep", deadline=None, max_examples=100, derandomize=True)
_usual = "deep" if os.environ.get("CI") == "true" else "light"
settings.load_profile(os.environ.get("PROPERTY_PROFILE", _usual))

# A shell lets what it runs in the background ignore Ctrl-C, and that is inherited: the
# tests that press it would wait for what never comes.
signal.signal(signal.SIGINT, signal.default_int_handler)

LONGEST = (
    "test_page_commands.py",
    "test_remedies.py",
    "test_released_wheel.py",
    "test_differential.py",
)
"""Files with a test that takes a minute or more."""


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a wrong `-k` or `-m` here: workers of xdist end in an INTERNALERROR of it.

    Many tests are called by ids of several words, which `-k` takes only with `and`.
    """
    marks = config.pluginmanager.get_plugin("mark")
    assert marks is not None
    marks.pytest_collection_modifyitems(items=[], config=config)


# What is collected stays: to look through it for garbage finds none.
gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look for garbage from now on, but not among twelve thousand tests each time."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let long tests begin first, so that no worker waits for another's at the end.

    The tests of a file stay together, for what they share.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path.name not in LONGEST, item.path not in slow))


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """Start no server before one is asked for."""
    with ExitStack() as stack:
        yield Servers(stack)


@pytest.fixture(scope="session", autouse=True)
def _one_founding() -> Iterator[None]:
    """Migrate the database of one new wheelhouse, and copy it for the others.

    Where it cannot be copied it is made as ever, and fails as ever.
    """
    loaded = sys.modules.get("axletree.wheelhouse.sql.database")
    if loaded is None:
        yield
        return
    database = loaded.SqliteDatabase
    make, made = database.make, list[bytes]()

    def copy(path: Path) -> None:
        if not made:
            make(path)
            made.append(path.read_bytes())
            return
        new = path.with_name(f"{path.name}.new")
        try:
            new.write_bytes(made[0])
        except OSError:
            make(path)
        else:
            new.rename(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "make", copy)
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_compilation() -> Iterator[None]:
    """Compile how URLs are built once for each rule, not for each application.

    Tests make eight hundred applications of the same rules, and build no URL.
    """
    loaded = sys.modules.get("werkzeug.routing.rules")
    if loaded is None:
        yield
        return
    compile_builder = loaded.Rule._compile_builder  # noqa: SLF001  most of what a rule costs
    compiled: dict[object, object] = {}

    def once(rule: "Rule", *arguments: bool) -> object:
        key = (str(rule), str(rule.defaults), arguments)
        if key not in compiled:
            compiled[key] = compile_builder(rule, *arguments)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loaded.Rule, "_compile_builder", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_wait_for_disks() -> Iterator[None]:
    """Let the disk take its time: only a power cut would show what it has not yet.

    Tests kill processes, whose writes the system keeps. PostgreSQL runs so, too.
    """
    loaded = sys.modules.get("axletree.wheelhouse.sql.database")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        if loaded is not None:
            lines = (line.replace("FULL", "OFF") for line in loaded._WRITER)  # noqa: SLF001  as above
            patch.setattr(loaded, "_WRITER", tuple(lines))
        yield
