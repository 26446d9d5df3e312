"""Break one line of each module in turn: the test file of its name must fail.

`make mutants`, or `python -m tests.mutants [--lines N] [ROOM/MODULE ...]`. Which lines
is decided by their text, so that a run is told again; only lines that the module's own
tests run are broken, and the sources are not touched: the broken module is made in the
process that tests it.
"""

import argparse
import ast
import hashlib
import importlib.machinery
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, ModuleType

import pytest

from tests.support.checkout import ROOT
from tests.support.mutations import RAN, Mutation, broken, mutations, recorded

ROOMS = ("engine", "conflicts", "pinning", "repairs")
"""Of the resolver: the rooms of which each module has a test file of its name."""
FAILED = 1
LONGEST_S = 600
PATIENCE = 10
"""A module that was broken may run for ever; that is noticed after so many times what
its tests take, and half a minute."""

SPARED = {
    "self._read_holders(name, project, criterion)": "else the gates read it, later",
}
"""Lines without which every answer is the same: they save work."""


def modules() -> list[str]:
    """Name the modules that must each have a test file: `room/module`."""
    return [
        f"{room}/{path.stem}"
        for room in ROOMS
        for path in sorted((ROOT / "resolver" / room).glob("*.py"))
        if path.stem != "__init__"
    ]


def file_of_tests(module: str) -> Path:
    """Return where the tests of a module are to be."""
    room, _, stem = module.partition("/")
    return ROOT / "tests" / "resolver" / room / f"test_{stem}.py"


def source_of(module: str) -> Path:
    """Return the file of a module."""
    return ROOT / "resolver" / f"{module}.py"


# Tests in a process of their own.


class OtherLoader(importlib.machinery.SourceFileLoader):
    """Makes a module from another tree than its source."""

    def __init__(
        self, name: str, path: str, tree: ast.Module, ran: Callable[[int], object]
    ) -> None:
        super().__init__(name, path)
        self.tree = tree
        self.ran = ran

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.tree, self.get_filename(fullname), "exec")

    def exec_module(self, module: ModuleType) -> None:
        setattr(module, RAN, self.ran)
        super().exec_module(module)


class OtherFinder:
    """Finds one module alone."""

    def __init__(
        self, module: str, tree: ast.Module, ran: Callable[[int], object] = abs
    ) -> None:
        self.name = f"axletree.resolver.{module.replace('/', '.')}"
        self.path = source_of(module)
        self.tree = tree
        self.ran = ran

    def find_spec(
        self, name: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if name != self.name:
            return None
        loader = OtherLoader(name, str(self.path), self.tree, self.ran)
        return importlib.util.spec_from_file_location(name, self.path, loader=loader)


def in_child(run: Callable[[], int], output: Path, timeout_s: int = LONGEST_S) -> int:
    """Run in a child of this process; return its exit code, what it says in a file."""
    child = os.fork()
    if child == 0:
        signal.alarm(timeout_s)
        file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, 1)
        os.dup2(file, 2)
        code = FAILED
        try:
            code = run()
        finally:
            sys.stdout.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run_tests(module: str) -> int:
    quiet = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist")
    return int(pytest.main([*quiet, str(file_of_tests(module))]))


def while_recording(module: str, result: Path) -> int:
    """Run a module's tests, and write down which of its lines ran."""
    lines: set[int] = set()
    tree = recorded(source_of(module).read_text())
    sys.meta_path.insert(0, OtherFinder(module, tree, lines.add))
    code = run_tests(module)
    result.write_text(" ".join(map(str, sorted(lines))))
    return code


def with_broken(module: str, tree: ast.Module) -> int:
    sys.meta_path.insert(0, OtherFinder(module, tree))
    return run_tests(module)


def lines_run(module: str, folder: Path) -> set[int]:
    """Return the lines that a module's own tests run.

    :raises SystemExit: they fail as it is.
    """
    result = folder / "lines"
    if in_child(partial(while_recording, module, result), folder / "output"):
        sys.exit(
            f"{(folder / 'output').read_text()}\n{module}: its tests fail unbroken"
        )
    return set(map(int, result.read_text().split()))


def chosen(module: str, ran: set[int], count: int) -> list[Mutation]:
    """Choose places by the text of their lines, one for each line."""
    source = source_of(module).read_text()
    texts = source.splitlines()
    known = mutations(source)
    if known and known[0].kind == "number changed":
        ran = {mutation.statement for mutation in known}  # Outside of any function.
    found = {
        m.line: m
        for m in reversed(known)
        if m.statement in ran and texts[m.line - 1].strip() not in SPARED
    }

    def order(mutation: Mutation) -> str:
        text = f"{module} {texts[mutation.line - 1].strip()}"
        return hashlib.sha256(text.encode()).hexdigest()

    return sorted(found.values(), key=order)[: count or None]


def unnoticed(module: str, count: int, folder: Path) -> tuple[int, list[str]]:
    """Break places of a module; return how many, and which its tests do not notice."""
    source = source_of(module).read_text()
    started = time.monotonic()
    places = chosen(module, lines_run(module, folder), count)
    timeout_s = 30 + int(PATIENCE * (time.monotonic() - started))
    missed = []
    for place in places:
        breaking = partial(with_broken, module, broken(source, place))
        if in_child(breaking, folder / "output", timeout_s) == 0:
            text = source.splitlines()[place.line - 1].strip()
            missed.append(f"  line {place.line}, {place.kind}: {text}")
    return len(places), missed


def main(words: Sequence[str] | None = None) -> int:
    """Return 1 if a module was broken and its tests did not notice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="ROOM/MODULE", default=modules())
    parser.add_argument(
        "--lines", type=int, default=1, help="to break in each; 0: all (1)"
    )
    asked = parser.parse_args(words)
    is_well = True
    with TemporaryDirectory() as folder:
        for module in asked.modules:
            tried, missed = unnoticed(module, asked.lines, Path(folder))
            is_well = is_well and tried > 0 and not missed
            print(  # noqa: T201  what a script is for
                f"{module}: {tried - len(missed)} of {tried} noticed",
                *missed,
                sep="\n",
                flush=True,
            )
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
