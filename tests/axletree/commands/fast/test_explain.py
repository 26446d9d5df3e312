"""`explain` answered at once: the words of the plain way, for what was asked before."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from axletree.commands.fast.answer import answer_at_once
from axletree.resolver.model.json_types import Json, JsonObject
from tests.support.at_once import LATER_NS, RECORDED, TARGET
from tests.support.command_line import CommandLine, snapshot_file, write_universe


def is_explained(*words: str | Path) -> bool:
    return answer_at_once(tuple(map(str, words))) == 1


def test_a_range_that_nothing_there_meets_is_told_without_packaging(
    axletree: CommandLine, tmp_path: Path
) -> None:
    releases = {"app 2": ["base>=3,<4"], "app 1": ["base>4,<4"], "base 1": []}
    path = write_universe(tmp_path / "ranges.json", releases)
    words = ("explain", "--no-repairs", *TARGET, "app", "--universe", str(path))
    expected = axletree(*words).out
    code = (
        "import sys, time; real = time.time_ns; "
        f"time.time_ns = lambda: real() + {LATER_NS}; "
        f"from axletree.start import main; main({list(words)!r}); "
        "print(*sys.modules, file=sys.stderr)"
    )

    def told() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )

    # The first one keeps what it asks packaging.
    first, ran = told(), told()

    assert first.stdout == ran.stdout == expected
    assert "packaging" not in ran.stderr.split()


CONFLICTS = (
    ("kubeflow-fairing==1.0.2", "kfserving==0.6.1"),
    ("kubeflow-fairing>=1.0", "awscli>=1.20.2"),
    ("kubeflow-fairing==7",),
)


@pytest.mark.parametrize("asked", CONFLICTS)
def test_a_recorded_conflict_is_told_as_the_plain_way_tells_it(
    axletree: CommandLine, asked: tuple[str, ...]
) -> None:
    words = ("explain", "--no-repairs", *TARGET, *asked, "--universe", str(RECORDED))

    plain = axletree(*words, "--refresh").out
    cold, warm = axletree(*words).out, axletree(*words).out

    assert "No solution" in plain
    assert cold == warm == plain
    assert is_explained(*words)


def test_what_a_name_may_mean_is_told_the_plain_way(axletree: CommandLine) -> None:
    asked = ("kubeflow-fairing==7", "kfservign")
    words = ("explain", "--no-repairs", *TARGET, *asked, "--universe", str(RECORDED))

    told = axletree(*words).out

    assert "did you mean kfserving?" in " ".join(told.split())
    assert told == axletree(*words, "--refresh").out
    assert not is_explained(*words)


def test_a_conflict_names_the_lines_of_files(
    axletree: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = Path("asked.in")
    asked.write_text("# those\nkubeflow-fairing==1.0.2\n\nkfserving==0.6.1\n")
    source = ("--universe", str(RECORDED), "-r", str(asked))
    words = ("explain", "--no-repairs", *TARGET, *source)

    told = axletree(*words).out

    assert f"({asked}, line 4)" in told
    assert told == axletree(*words, "--refresh").out
    assert is_explained(*words)


def test_what_has_an_answer_is_left_to_the_command_also_the_next_time(
    axletree: CommandLine,
) -> None:
    words = ("explain", "--no-repairs", *TARGET, "six", "--universe", str(RECORDED))

    first, second = axletree(*words).out, axletree(*words).out

    assert "There is a solution" in first
    assert second == first
    assert answer_at_once(words) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FORCE_COLOR", "60"),
        *(("COLUMNS", value) for value in ("60", "", "0", "²", "-1", "9" * 5000)),
        ("LINES", "²"),
    ],
)
def test_an_explanation_heeds_what_the_terminal_is(
    axletree: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    clash: Path,
    name: str,
    value: str,
) -> None:
    monkeypatch.setenv(name, value)
    asked = ("left==1", "right==2")
    words = ("explain", "--no-repairs", *TARGET, *asked, "--universe", str(clash))

    plain = axletree(*words, "--refresh").out

    assert "No solution" in plain
    assert axletree(*words).out == plain


def test_what_was_recorded_of_an_index_is_left_to_the_plain_way(
    axletree: CommandLine, tmp_path: Path
) -> None:
    recording = {
        "format": "axletree.universe/1",
        "reading": "lazy",
        "projects": {"app": []},
    }
    snapshot = tmp_path / "recorded.json"
    snapshot.write_text(json.dumps(recording))
    words = ("explain", "--no-repairs", *TARGET, "app", "--universe", str(snapshot))

    assert "app has no distribution files" in axletree(*words).out
    assert answer_at_once(words) is None


def odd(filename: str, **more: Json) -> JsonObject:
    form = snapshot_file("c", "1")
    return {**form, "filename": filename, **more}


@pytest.mark.parametrize(
    "asked",
    [("c==1",), ("c==2",), ("c==4",), ("c==9",), ("d", "a==1"), ("d", "e")],
)
def test_whatever_is_to_be_told_of_files_is_told_at_once(
    axletree: CommandLine, tmp_path: Path, asked: tuple[str, ...]
) -> None:
    files = [
        odd("c-1-cp38-cp38-win_amd64.whl"),
        odd("c-2-py3-none-any.whl", requires_python=">=3.11"),
        odd("c-4-py3-none-any.whl", metadata={"unusable": "it is broken"}),
        odd("c-not.a.version-py3-none-any.whl"),
        odd("c-5-py3-none-any.whl", yanked="it was bad"),
    ]
    releases = {
        "d 1": ["a @ https://h.invalid/a-2.whl", "a<1"],
        "a 1": [],
        "e 1": ["c"],
    }
    universe = write_universe(tmp_path / "odd.json", releases, c=files)
    words = ("explain", "--no-repairs", *TARGET, *asked, "--universe", str(universe))

    plain = axletree(*words, "--refresh")
    cold, warm = axletree(*words), axletree(*words)

    assert "No solution" in plain.out
    assert cold == warm == plain
    assert answer_at_once(words) == plain.code
