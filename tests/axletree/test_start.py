"""A process begins with what a quick answer needs, and with no more than that."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest

import axletree
from axletree import start


@pytest.mark.parametrize("words", [("--version",), ("lock", "--nonsense")])
def test_garbage_is_looked_for_as_ever_once_no_quick_answer_is_there(
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    usual, meanwhile = gc.get_threshold(), []

    def answer(_: object, keep: object) -> None:
        assert keep is None, "it goes on: what an answer was found with may go"
        meanwhile.append(gc.get_threshold()[0])

    monkeypatch.setattr(start, "answer_at_once", answer)

    start.main(words)

    assert gc.get_threshold() == usual
    assert meanwhile[0] > usual[0]
    assert "".join(capsys.readouterr())


_A_THREAD = """
import threading
is_over = threading.Event()
def wait():
    is_over.wait()
    print("done")
threading.Thread(target=wait).start()
threading._register_atexit(is_over.set)
"""


@pytest.mark.parametrize(
    ("before", "printed"),
    [
        ("", "answered"),
        ("import atexit; atexit.register(print, 'bye')", "answeredbye\n"),
        ("import threading", "answered"),
        (_A_THREAD, "answered\nlater\ndone\n"),
        ("sys.setprofile(lambda *_: None)", "answered\nlater\n"),
    ],
)
def test_a_process_ends_with_its_quick_answer_once_nothing_is_left_to_do(
    before: str, printed: str
) -> None:
    code = f"""
import sys
from axletree import start
def answer(_, keep):
    keep("what it was found with")
    sys.stdout.write("answered")
    return 7
start.answer_at_once = answer
{before}
code = start.main()
print()
print("later")
sys.exit(code)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (7, printed, "")


_COMMAND = """
import sys
from axletree import cli, start
def answer(*_, **__):
    sys.stdout.write("answered")
    return 7
start.answer_at_once = lambda *_: None
cli.main = answer
start.main()
print("later")
"""


def test_a_process_ends_with_its_command_likewise() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _COMMAND], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (7, "answered", "")


def test_what_a_process_begins_with_imports_next_to_nothing() -> None:
    # Without `site`: an editable install has imported much before us.
    checkout = str(Path(axletree.__file__).parents[1])
    code = """
import sys
sys.path.insert(0, sys.argv[1])
import axletree.start
import axletree.commands.fast.answer
print(*({"re", "typing", "enum", "collections"} & sys.modules.keys()))
"""

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, checkout],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("\n", "")


_STOPPED = """
import sys
from axletree.start import main
class Once:
    def find_spec(self, name, *_):
        if name == "axletree.console":
            sys.meta_path.remove(self)
            raise KeyboardInterrupt
sys.meta_path.insert(0, Once())
sys.exit(main(["init"]))
"""


def test_ctrl_c_while_commands_load_ends_as_ctrl_c_ever_does() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _STOPPED], capture_output=True, text=True, check=False
    )
    assert done.returncode == 130
    assert done.stderr.startswith("error: interrupted; nothing was left half done")


_ASKED = """
import os, sys
from axletree import start
from axletree.wheelhouse.transport.connections import Connections
late = {"rich", "zipfile", "obstore", "tomllib", "configparser", "email.utils", "difflib"}
def perform(*_):
    print("asked", *(late & sys.modules.keys()), flush=True)
    os._exit(0)
Connections.perform = perform
start.main()
"""


@pytest.mark.parametrize("verb", [("lock",), ("explain", "--no-repairs")])
def test_an_index_is_asked_before_all_is_imported_that_may_follow(
    verb: tuple[str, ...], tmp_path: Path
) -> None:
    index = (
        "--index-url",
        "http://index.invalid/simple/",
        "--cache-dir",
        str(tmp_path),
    )
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            _ASKED,
            *verb,
            "one",
            *index,
            "--python-version",
            "3.11",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("asked\n", "")
