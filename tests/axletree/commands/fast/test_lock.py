"""`lock -o FILE` over what stands there: the same bytes at once as the plain way.

`--refresh` is not understood at once, and changes no byte: with it the plain way speaks.
"""

import os
import random
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from axletree.commands.fast.answer import answer_at_once
from tests.support.at_once import LATER_NS, RECORDED, TARGET
from tests.support.command_line import CommandLine, Ran, snapshot_file, write_universe

LOCK = Path("lock.txt")
NAMES = "abcdef"
VERSIONS = ("1", "2", "2.1", "3rc1", "1.0+local", "3")


def both_ways(
    axletree: CommandLine, words: tuple[str | Path, ...], old: str | None
) -> tuple[tuple[Ran, str | None], tuple[Ran, str | None]]:
    """Run a command the plain way and as it is; return what each left behind."""
    found = []
    for more in (("--refresh",), ()):
        put_back(old)
        ran = axletree(*words, *more)
        ran = replace(ran, err=ran.err.replace(" --refresh", ""))
        found.append((ran, LOCK.read_text() if LOCK.exists() else None))
    return found[0], found[1]


def put_back(old: str | None) -> None:
    LOCK.unlink(missing_ok=True)
    if old is not None:
        LOCK.write_text(old)


def is_answered(*words: str | Path) -> bool:
    return answer_at_once(tuple(map(str, words))) == 0


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_universe(
        tmp_path / "u.json",
        {
            **{f"{name} {version}": [] for name in "bc" for version in (1, 2, 3)},
            **{f"a {version}": ["b", "c"] for version in (1, 2, 3)},
        },
    )


def test_a_recorded_lock_is_written_again_with_the_pins_that_stand_there(
    axletree: CommandLine,
) -> None:
    asked = ("lock", *TARGET, "kubeflow-fairing==1.0.2", "--universe", str(RECORDED))
    words = (*asked, "--format", "constraints", "-o", str(LOCK))
    axletree(*words)
    text = LOCK.read_text()
    older = text.replace("\nwebsocket-client==1.2.3\n", "\nwebsocket-client==1.2.1\n")

    plain, quick = both_ways(axletree, words, older)

    assert text != older
    assert quick == plain
    assert "\nwebsocket-client==1.2.1\n" in str(quick[1])
    assert "wrote " in quick[0].err
    put_back(older)
    assert is_answered(*words)


@pytest.mark.parametrize(
    "old",
    [
        None,
        "",
        "a==1\nb==2\nc==3\n",
        "a==1 \\\n    --hash=sha256:" + "a" * 64 + "\n    # via -r x\nb[x]==1.0\n",
        "b==1\nb==2\n",
        "b==9\nnone==1\nc==1+local\n",
    ],
)
@pytest.mark.parametrize(
    "more",
    [(), ("-U",), ("-P", "b"), ("-P", "B==2", "-Pc"), ("--upgrade", "-P", "c<3")],
)
def test_what_stands_there_is_kept_at_once(
    axletree: CommandLine, small: Path, old: str | None, more: tuple[str, ...]
) -> None:
    asked = ("lock", *TARGET, "a", "--universe", str(small), "-o", str(LOCK))
    words = (*asked, *more)

    plain, quick = both_ways(axletree, words, old)

    assert plain[0].code == 0
    assert quick == plain
    put_back(old)
    assert is_answered(*words)


@pytest.mark.parametrize(
    "old",
    [
        "a==1 ; python_version < '4'\n",
        "a==1 # no\n",
        "A==1\n",
        "a===1\n",
        "a==1.*\n",
        "a>=1\n",
        "-r other.txt\n",
        "# coding: latin-1\na==1\n",
        "<<<<<<< HEAD\n",
        "\ufeffa==1\n",
        "a==1 \\\n",
        "a==1 \\\n    --hash=sha256:00\n",
    ],
)
def test_what_is_not_plain_there_is_read_the_plain_way(
    axletree: CommandLine, small: Path, old: str
) -> None:
    Path("other.txt").write_text("b==1\n")
    words = ("lock", *TARGET, "a", "--universe", small, "-o", LOCK)

    plain, quick = both_ways(axletree, words, old)

    assert quick == plain
    put_back(old)
    assert answer_at_once(tuple(map(str, words))) is None


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("-o", "pylock.toml"), 2),
        (("-o", "my.toml"), 0),
        (("-o", "none/lock.txt"), 3),
        (("-o", "a b.txt"), 0),
        (("-o", "x/../lock.txt"), 0),
        (("-o", "asked.in"), 2),
        (("-o", "linked.txt"), 2),
        (("-o", "."), 2),
        (("-o", "/dev/null"), 0),
        (("-o", "-"), 0),
        (("-o", "lock.txt", "-P", "b[x]"), 0),
        (("-o", "lock.txt", "-P", "=1"), 2),
        (("-o", "lock.txt", "-P", "b==9"), 1),
        (("-o", "lock.txt", "--check"), 1),
    ],
)
def test_what_is_odd_ends_as_the_plain_way_does(
    axletree: CommandLine, small: Path, words: tuple[str, ...], code: int
) -> None:
    Path("x").mkdir()
    Path("asked.in").write_text("a\n")
    Path("linked.txt").symlink_to("asked.in")
    asked = ("lock", *TARGET, "-r", "asked.in", "--universe", str(small), *words)

    plain = axletree(*asked, "--refresh")
    ran = axletree(*asked)

    assert ran.code == plain.code == code
    assert (ran.out, ran.err) == (plain.out, plain.err.replace(" --refresh", ""))


@pytest.mark.parametrize("place", ["./lock.txt", "sub/lock.txt", "linked.txt"])
def test_a_lock_is_written_where_it_is_to_stand(
    axletree: CommandLine, small: Path, place: str
) -> None:
    Path("sub").mkdir()
    LOCK.write_text("a==1\n")
    LOCK.chmod(0o600)
    Path("linked.txt").symlink_to(LOCK)
    words = ("lock", *TARGET, "a", "--universe", small, "-o", place)
    plain = axletree(*words, "--refresh")
    expected = Path(place).read_text()
    LOCK.write_text("a==1\n")

    assert axletree(*words) == plain
    assert Path(place).read_text() == expected
    assert is_answered(*words)
    assert Path("linked.txt").is_symlink()
    assert stat.S_IMODE(LOCK.stat().st_mode) == 0o600
    assert not list(Path().rglob("*.new"))


def test_a_lock_refused_for_what_stood_there_is_answered_when_that_has_changed(
    axletree: CommandLine, tmp_path: Path
) -> None:
    yanked = {**snapshot_file("a", "1"), "yanked": "it was bad"}
    universe = write_universe(tmp_path / "y.json", {"a 2": []}, a=[yanked])
    words = ("lock", *TARGET, "a<2", "--universe", universe, "-o", LOCK)
    axletree("lock", *TARGET, "a", "--universe", universe, "-o", LOCK)
    other = ("lock", *TARGET, "a", "--universe", universe, "-o", LOCK)

    assert axletree(*words).code == 1
    assert is_answered(*other)


def test_what_is_kept_far_behind_is_kept_without_a_note(
    axletree: CommandLine, tmp_path: Path
) -> None:
    files = [snapshot_file("b", "1"), snapshot_file("b", "2")]
    files[0]["upload_time"] = "2019-01-01T12:00:00+00:00"
    universe = write_universe(tmp_path / "old.json", {"a 1": ["b"]}, b=files)
    words = ("lock", *TARGET, "a", "b", "--universe", universe, "-o", LOCK)

    plain, quick = both_ways(axletree, words, "b==1\n")

    assert quick == plain
    assert quick[0].err == f"wrote 2 pins to {LOCK}\n"
    assert "b==1 " in str(quick[1])
    put_back("b==1\n")
    assert is_answered(*words)


def drawn(rng: random.Random) -> Iterator[tuple[str, list[str]]]:
    """Yield releases with what they require."""
    for place, name in enumerate(NAMES):
        for version in rng.sample(VERSIONS, rng.randint(1, len(VERSIONS))):
            later = rng.sample(
                NAMES[place + 1 :], rng.randint(0, len(NAMES) - place - 1)
            )
            wanted = ("", ">=2", "<3", "==2", "!=3", ">=1,<2.1")
            yield f"{name} {version}", [n + rng.choice(wanted) for n in later]


@pytest.mark.parametrize("seed", range(20))
def test_both_ways_write_the_same_over_random_locks(
    axletree: CommandLine, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)  # noqa: S311  universes, no secrets
    universe = write_universe(tmp_path / "random.json", dict(drawn(rng)))
    asked = [name + rng.choice(("", ">=2", "<3")) for name in rng.sample(NAMES, 2)]
    old = "".join(
        f"{name}=={rng.choice((*VERSIONS, '7', '2.0', '1.0.0'))}\n"
        for name in rng.sample(NAMES, rng.randint(0, len(NAMES)))
    )
    upgraded = ("-P", rng.choice(NAMES))
    more: tuple[str, ...] = rng.choice(((), (), ("-U",), upgraded, ("-P", "b<3")))
    source = ("--universe", str(universe), "-o", str(LOCK))
    words = ("lock", *TARGET, *asked, *source, *more)

    plain, quick = both_ways(axletree, words, old)

    assert quick == plain


def test_a_known_relock_imports_nothing_heavy(
    axletree: CommandLine, small: Path
) -> None:
    words = ("lock", *TARGET, "a", "--universe", str(small), "-o", str(LOCK))
    LOCK.write_text("b==1\n")
    axletree(*words)
    code = (
        "import sys, time; real = time.time_ns; "
        f"time.time_ns = lambda: real() + {LATER_NS}; before = set(sys.modules); "
        f"from axletree.start import main; main({list(words)!r}); "
        "print(*(set(sys.modules) - before))"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    )

    heavy = {"click", "packaging", "rich", "dataclasses", "tempfile", "re", "pysolvers"}
    assert not heavy & set(ran.stdout.split())
    assert ran.stderr == f"wrote 3 pins to {LOCK}\n"
