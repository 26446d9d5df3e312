"""`lock` and `explain` answered at once: the same bytes, and never from a stale table.

A word that the quick way does not understand (`--refresh`) and that changes no byte of
the lock shows what the plain way says.
"""

import json
import marshal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from axletree.commands.fast import answer
from axletree.commands.fast.answer import answer_at_once
from axletree.commands.fast.outcome import Outcome
from axletree.resolver.engine.search import Search
from axletree.wheelhouse.sources.compiled_store import checksum
from tests.support.at_once import LATER_NS, RECORDED, TARGET
from tests.support.command_line import CommandLine, snapshot_file, write_universe
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel

SETS = (
    ("kubeflow-fairing==1.0.2",),
    ("kfp==1.8.10", "kfserving==0.6.1"),
    ("jupyterlab", "notebook", "pandas", "scikit-learn", "matplotlib"),
    ("boto3", "botocore", "awscli", "s3fs"),
)


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "compiled"


def is_answered(*words: str | Path) -> bool:
    return answer_at_once(tuple(map(str, words))) == 0


@pytest.mark.parametrize("asked", SETS)
def test_a_recorded_set_has_the_bytes_of_the_plain_way(
    axletree: CommandLine, asked: tuple[str, ...]
) -> None:
    source = ("--universe", str(RECORDED), "--format", "constraints")
    words = ("lock", *TARGET, *asked, *source)

    plain = axletree(*words, "--refresh").out
    cold, warm = axletree(*words).out, axletree(*words).out

    assert len(plain.splitlines()) > 30
    assert cold == warm == plain
    kept: list[object] = []
    assert answer_at_once(words, keep=kept.append) == 0
    [found] = kept
    assert isinstance(found, Outcome)
    assert isinstance(found.found_with, Search)


def test_what_cannot_be_read_is_told_by_the_plain_way(
    axletree: CommandLine, tmp_path: Path
) -> None:
    lacking = {"unusable": "this machine lacks gcc", "kind": "host"}
    files = [
        {"filename": "demo-2.tar.gz", "metadata": lacking},
        snapshot_file("demo", "1"),
    ]
    universe = tmp_path / "universe.json"
    document = {"format": "axletree.universe/1", "projects": {"demo": files}}
    universe.write_text(json.dumps(document))
    words = ("lock", "demo", "--universe", universe, *TARGET)

    ran = [axletree(*words) for _ in range(3)]

    assert "demo 2 is part of the solution, and cannot be read" in ran[0].err
    assert ran[0] == ran[1] == ran[2]
    assert not is_answered(*words)


def test_hashes_extras_and_who_asked_are_those_of_the_plain_way(
    axletree: CommandLine, tmp_path: Path
) -> None:
    wheels = tmp_path / "wheels"
    make_wheel(
        wheels,
        "app",
        "1.0",
        requires_dist=["base[fast]>=1", "more; extra == 'all'", "base; os_name=='nt'"],
        provides_extra=["all"],
    )
    make_wheel(
        wheels,
        "base",
        "2.0",
        requires_dist=["speed<2; extra == 'fast'"],
        provides_extra=["fast"],
    )
    for version in ("1.0", "1.5", "2.0"):
        make_wheel(wheels, "speed", version)
    make_wheel(wheels, "more", "1.0", requires_dist=["speed"])
    Path("asked.in").write_text("# what we need\napp[all]\n\nspeed >= 1.0\n")
    words = ("lock", *TARGET, "-r", "asked.in", "base>=1", "--find-links", wheels)

    plain = axletree(*words, "--refresh").out

    assert "speed==1.5" in plain
    assert [axletree(*words).out, axletree(*words).out] == [plain, plain]
    assert is_answered(*words)


def test_a_publish_is_seen_at_once(
    axletree: CommandLine, tmp_path: Path, compiled: Path
) -> None:
    wheels, house = tmp_path / "wheels", tmp_path / "house"
    app = make_wheel(wheels, "app", "1.0", requires_dist=["base"])
    publish_all(house, [app, make_wheel(wheels, "base", "1.0")])
    words = ("lock", *TARGET, "app")
    assert "base==1.0 " in axletree(*words).out
    [before] = compiled.iterdir()

    publish_all(house, [make_wheel(wheels, "base", "2.0")])

    assert "base==2.0 " in axletree(*words).out
    assert list(compiled.iterdir()) == [before]
    assert is_answered(*words)


def test_a_publish_of_something_else_is_looked_at_once(
    axletree: CommandLine, tmp_path: Path, compiled: Path
) -> None:
    wheels, house = tmp_path / "wheels", tmp_path / "house"
    publish_all(house, [make_wheel(wheels, "app", "1.0")])
    words = ("lock", *TARGET, "app")
    expected = axletree(*words).out
    [file] = compiled.iterdir()
    contents = [file.read_bytes()]

    publish_all(house, [make_wheel(wheels, "else", "1.0")])
    for _ in range(2):
        assert axletree(*words).out == expected
        contents.append(file.read_bytes())

    assert contents[0] != contents[1] == contents[2]


def test_a_file_put_into_a_folder_is_seen_at_once(
    axletree: CommandLine, tmp_path: Path
) -> None:
    make_wheel(tmp_path, "app", "1.0", requires_dist=["base"])
    make_wheel(tmp_path, "base", "1.0")
    words = ("lock", *TARGET, "app", "-f", tmp_path)
    assert "base==1.0 " in axletree(*words).out

    make_wheel(tmp_path, "base", "2.0")

    assert "base==2.0 " in axletree(*words).out


def test_a_changed_snapshot_is_read_anew(axletree: CommandLine, tmp_path: Path) -> None:
    path = write_universe(tmp_path / "u.json", {"app 1": ["base"], "base 1": []})
    words = ("lock", *TARGET, "app", "--universe", path)
    assert "base==1 " in axletree(*words).out

    write_universe(path, {"app 1": ["base"], "base 2": []})

    assert "base==2 " in axletree(*words).out


def test_a_snapshot_just_written_is_left_to_the_plain_way(
    axletree: CommandLine, clash: Path, monkeypatch: pytest.MonkeyPatch, compiled: Path
) -> None:
    monkeypatch.setattr(answer, "time", time)
    words = ("lock", *TARGET, "left", "--universe", clash)

    assert axletree(*words).code == 0
    assert not is_answered(*words)
    assert not compiled.exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[:0],
        lambda raw: raw[:-7],
        lambda raw: raw[:200] + bytes([raw[200] ^ 1]) + raw[201:],
        lambda raw: raw[:-1] + bytes([raw[-1] ^ 128]),
        lambda raw: raw.replace(b"universe 1", b"universe 0"),
        lambda raw: sealed(raw, b""),
        lambda raw: sealed(raw, marshal.dumps(7)),
        lambda raw: sealed(raw, marshal.dumps(("no", "such", "file"))),
    ],
    ids=[
        *("emptied", "cut", "flipped", "flipped at its end", "of another version"),
        *("of nothing", "of a number", "of something else"),
    ],
)
def test_a_damaged_table_counts_as_absent(
    axletree: CommandLine,
    clash: Path,
    compiled: Path,
    damage: Callable[[bytes], bytes],
) -> None:
    words = ("lock", *TARGET, "left", "right", "--universe", clash)
    expected = axletree(*words).out
    [file] = compiled.iterdir()
    raw = file.read_bytes()

    file.write_bytes(damage(raw))

    assert axletree(*words).out == expected
    assert file.read_bytes() == raw


def sealed(raw: bytes, body: bytes) -> bytes:
    """Put another body into a table, with the digest that belongs to it."""
    magic = raw[: raw.index(b"\n") + 1]
    return magic + checksum(body) + body


@pytest.mark.parametrize("is_emptied", [False, True])
def test_tables_of_a_database_that_is_lost_are_no_answer(
    axletree: CommandLine, tmp_path: Path, *, is_emptied: bool
) -> None:
    house = tmp_path / "house"
    publish_all(house, [make_wheel(tmp_path / "wheels", "app", "1.0")])
    words = ("lock", *TARGET, "app")
    assert axletree(*words).code == 0
    assert is_answered(*words)

    if is_emptied:
        (house / "wheelhouse.sqlite").write_bytes(b"")
    else:
        (house / "wheelhouse.sqlite").unlink()

    ran = axletree(*words)
    assert (ran.code, ran.out) == (3, "")
    assert "database" in ran.err
    assert "backup" in ran.err


def test_a_cache_that_cannot_be_written_does_no_harm(
    axletree: CommandLine, clash: Path, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("in the way")
    words = ("lock", *TARGET, "left", "--universe", clash)

    ran = axletree(*words)

    assert (ran.code, ran.err) == (0, "")
    assert "left==2 " in ran.out


def test_a_question_refused_before_is_answered_after_a_publish(
    axletree: CommandLine, tmp_path: Path
) -> None:
    wheels, house = tmp_path / "wheels", tmp_path / "house"
    app = make_wheel(wheels, "app", "1.0", requires_dist=["base>=2"])
    publish_all(house, [app, make_wheel(wheels, "base", "1.0")])
    words = ("lock", *TARGET, "app")
    assert [axletree(*words).code, axletree(*words).code] == [1, 1]

    publish_all(house, [make_wheel(wheels, "base", "2.0")])

    assert "base==2.0 " in axletree(*words).out
    assert is_answered(*words)


@pytest.mark.parametrize(
    "words",
    [
        ("left==1", "right==2"),
        ("left", "nothing"),
        ("left; os_name == 'nt'",),
        ("left", "--pre"),
        ("left", "--format", "no-such"),
        ("left", "--universe", "no-such.json"),
        ("left", "-r", "no-such.in"),
        ("left =1",),
        (),
    ],
)
def test_what_is_not_plain_is_left_to_the_plain_way(
    axletree: CommandLine, clash: Path, words: tuple[str, ...]
) -> None:
    asked = ("lock", *TARGET, "--universe", str(clash), *words)

    assert answer_at_once(asked) is None
    assert axletree(*asked).code in {0, 1, 2}


def test_settings_in_a_file_are_heeded(axletree: CommandLine, clash: Path) -> None:
    words = ("lock", *TARGET, "left", "--universe", clash)
    assert is_answered(*words)

    Path("axletree.toml").write_text("no-such = 1\n")

    assert not is_answered(*words)
    assert axletree(*words).code == 2


@pytest.mark.parametrize(
    ("asked", "solver"),
    [
        (("lock", "left"), ("pysolvers",)),
        (("explain", "--no-repairs", "left==1", "right==2"), ()),
    ],
)
def test_a_known_question_imports_neither_click_nor_packaging(
    axletree: CommandLine, clash: Path, asked: tuple[str, ...], solver: tuple[str, ...]
) -> None:
    words = (*asked, *TARGET, "--universe", str(clash))
    expected = axletree(*words).out
    code = (
        "import sys, time; real = time.time_ns; "
        f"time.time_ns = lambda: real() + {LATER_NS}; before = set(sys.modules); "
        f"from axletree.start import main; main({[str(word) for word in words]!r}); "
        "print(*(set(sys.modules) - before), file=sys.stderr)"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert ran.stdout == expected
    heavy = {"click", "packaging", "rich", "dataclasses", "sqlalchemy", "re", *solver}
    assert not heavy & set(ran.stderr.split())
