"""Modules of this package are found at once, and are what Python would have found."""

import importlib.util
import inspect
import os
import py_compile
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from axletree.own_modules import OwnModules

_TAG = str(sys.implementation.cache_tag)
_TEXT = "def answer():\n    return 1\n"


def _made(source: Path, text: str = _TEXT) -> Path:
    source.parent.mkdir(exist_ok=True)
    source.write_text(text)
    py_compile.compile(str(source), doraise=True)
    return source


@pytest.mark.parametrize("place", ["thing.py", "thing/__init__.py"])
def test_a_module_is_what_python_would_have_found(tmp_path: Path, place: str) -> None:
    source = _made(tmp_path / place)
    spec = OwnModules(_TAG).find_spec("axletree.thing", [str(tmp_path)])
    known = importlib.util.spec_from_file_location("axletree.thing", source)
    assert spec is not None and known is not None  # noqa: PT018  for mypy
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert module.answer() == 1
    assert inspect.getsource(module) == _TEXT
    assert (module.__file__, spec.cached) == (known.origin, known.cached)
    assert spec.submodule_search_locations == known.submodule_search_locations
    assert (spec.parent, spec.has_location) == (known.parent, known.has_location)


def _moved_on(source: Path) -> None:
    os.utime(source, (1, 1))


def _longer(source: Path) -> None:
    before = source.stat()
    source.write_text(f"{_TEXT}\n")
    os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))


def _by_hash(source: Path) -> None:
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    py_compile.compile(str(source), doraise=True, invalidation_mode=mode)


def _cut(source: Path) -> None:
    cached = Path(importlib.util.cache_from_source(str(source)))
    cached.write_bytes(cached.read_bytes()[:12])


def _huge(source: Path) -> None:
    _made(source, f"text = {'long' * 20_000!r}")


@pytest.mark.parametrize("change", [_moved_on, _longer, _by_hash, _cut, _huge])
def test_what_is_not_as_it_was_compiled_is_left_to_python(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    finder, source = OwnModules(_TAG), _made(tmp_path / "thing.py")
    assert finder.find_spec("axletree.thing", [str(tmp_path)]) is not None

    change(source)

    assert finder.find_spec("axletree.thing", [str(tmp_path)]) is None


def test_modules_of_others_are_left_to_python(tmp_path: Path) -> None:
    _made(tmp_path / "thing.py")

    assert OwnModules(_TAG).find_spec("axletrees.thing", [str(tmp_path)]) is None
    assert OwnModules(_TAG).find_spec("axletree.thing", None) is None


def test_what_was_compiled_elsewhere_names_the_file_where_it_is(tmp_path: Path) -> None:
    _made(tmp_path / "thing.py")
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    spec = OwnModules(_TAG).find_spec("axletree.thing", [str(moved)])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert module.answer.__code__.co_filename == str(moved / "thing.py")


_BEGUN = """
import atexit, sys
from axletree.start import main

def tell():
    names = [type(each).__name__ for each in sys.meta_path]
    print(names.count("OwnModules"), sys.modules["axletree.cli"].__file__)

atexit.register(tell)  # the process ends with its answer
sys.argv[1:] = ["--version"]
main()
"""


@pytest.mark.parametrize(("options", "count"), [([], "1"), (["-O"], "0")])
def test_a_process_finds_its_own_modules_so(options: list[str], count: str) -> None:
    done = subprocess.run(
        [sys.executable, *options, "-c", _BEGUN],
        capture_output=True,
        text=True,
        check=True,
    )
    found, file = done.stdout.splitlines()[-1].split()
    assert (found, Path(file).name) == (count, "cli.py")
