"""Hashes of kinds that an index does not give: the bytes are held against them."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine
from tests.support.index_server import Index, serving
from tests.support.wheels import make_wheel

TARGET = ("--python-version", "3.9", "--python-platform", "linux")


@pytest.fixture
def index() -> Iterator[Index]:
    with serving() as served:
        yield served


def digest(file: Path, kind: str) -> str:
    return f"--hash={kind}:{hashlib.new(kind, file.read_bytes()).hexdigest()}"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "in.txt"
    path.write_text("\n".join(lines))
    return path


@pytest.mark.parametrize("given", [("sha256",), ("md5",), ()])
def test_the_bytes_are_fetched_once_and_held_against_them(
    axletree: CommandLine, index: Index, tmp_path: Path, given: tuple[str, ...]
) -> None:
    wheel = make_wheel(tmp_path, "demo", "1")
    index.publish("demo", wheel).hash_kinds = given
    asked = written(tmp_path, f"demo {digest(wheel, 'sha512')}")

    ran = axletree("lock", "-r", asked, "-i", index.url, *TARGET)

    assert ran.code == 0, ran.err
    assert digest(wheel, "sha256") in ran.out
    assert "sha512" not in ran.out
    assert "not held" not in ran.err
    whole = [
        asked
        for asked in index.asked
        if asked.path == f"/files/{wheel.name}" and "Range" not in asked.headers
    ]
    assert len(whole) == 1


def test_a_mismatch_is_a_fact_and_the_next_is_taken(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    old, new = (make_wheel(tmp_path, "demo", version) for version in "12")
    for wheel in (old, new):
        index.publish("demo", wheel).hash_kinds = ()
    asked = written(tmp_path, f"demo {digest(old, 'sha256')}")

    ran = axletree("lock", "-r", asked, "-i", index.url, *TARGET)

    assert ran.code == 0, ran.err
    assert "demo==1" in ran.out
    note = " ".join(ran.err.split())
    assert "demo 2 cannot be used (its bytes have another hash than you give" in note

    ran = axletree("lock", "demo>1", "-r", asked, "-i", index.url, *TARGET)

    assert ran.code == 1
    said = " ".join(ran.out.split())
    assert "demo 2 cannot be used: its bytes have another hash than you give" in said


def test_one_of_several_kinds_is_enough(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path, "demo", "1")
    index.publish("demo", wheel)
    other = f"--hash=sha256:{'0' * 64}"
    asked = written(tmp_path, f"demo {other} {digest(wheel, 'sha384')}")

    assert axletree("lock", "-r", asked, "-i", index.url, *TARGET).code == 0

    asked = written(tmp_path, f"demo {other}")

    assert axletree("lock", "-r", asked, "-i", index.url, *TARGET).code == 1


def test_a_lock_has_the_sha256_of_what_came(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path, "demo", "1")
    index.publish("demo", wheel).hash_kinds = ("sha512",)
    words = ("lock", "demo", "-i", index.url, *TARGET)

    assert digest(wheel, "sha256") in axletree(*words).out
    assert "--hash" not in axletree(*words, "--format", "constraints").out


@pytest.mark.parametrize("hashes", [{"md5": "0" * 32}, {}])
def test_where_nobody_has_the_bytes_it_excludes_nothing_and_is_noted(
    axletree: CommandLine, tmp_path: Path, hashes: dict[str, str]
) -> None:
    """Origin: cases that failed on Axletree, tried from outside."""
    file = {
        "filename": "base-0.1.0-py3-none-any.whl",
        "hashes": hashes,
        "metadata": {"requires_dist": []},
    }
    universe = tmp_path / "universe.json"
    document = {"format": "axletree.universe/1", "projects": {"base": [file]}}
    universe.write_text(json.dumps(document))
    asked = written(tmp_path, f"base==0.1.0 --hash=sha256:{'0' * 64}")
    words = ("lock", "-r", asked, "--universe", universe, *TARGET)

    ran = axletree(*words, "--format", "constraints")

    assert (ran.code, "base==0.1.0" in ran.out) == (0, True), ran.err
    assert "was not checked against the hashes that you give" in " ".join(
        ran.err.split()
    )


@pytest.mark.parametrize("given", [("sha256",), ()])
@pytest.mark.parametrize("swapped", [False, True])
def test_each_environment_has_the_hashes_of_its_own_lines(
    axletree: CommandLine,
    index: Index,
    tmp_path: Path,
    given: tuple[str, ...],
    swapped: bool,  # noqa: FBT001  a parameter
) -> None:
    old, new = (make_wheel(tmp_path, "demo", version) for version in "12")
    for wheel in (old, new):
        index.publish("demo", wheel).hash_kinds = given
    systems = ("win32", "linux") if swapped else ("linux", "win32")
    asked = written(
        tmp_path,
        *(
            f'demo ; sys_platform == "{system}" {digest(wheel, "sha512")}'
            for system, wheel in zip(systems, (old, new), strict=True)
        ),
    )

    words = ("-r", asked, "-i", index.url, "--python-version", "3.9")
    platforms = ("--python-platform", "linux", "--python-platform", "windows")
    ran = axletree("lock", *words, *platforms)

    assert ran.code == 0, ran.err
    lines = ran.out.replace(" \\\n   ", "").splitlines()
    for system, wheel in zip(systems, (old, new), strict=True):
        version = wheel.name.split("-")[1]
        [line] = [line for line in lines if line.startswith(f"demo=={version}")]
        assert f'sys_platform == "{system}"' in line
        assert digest(wheel, "sha256") in line


def test_a_line_with_hashes_for_another_platform_holds_nothing_up(
    axletree: CommandLine, index: Index, tmp_path: Path
) -> None:
    wheel = make_wheel(tmp_path, "demo", "1")
    index.publish("demo", wheel).hash_kinds = ()
    wrong = f"--hash=sha512:{'0' * 128}"
    asked = written(tmp_path, "demo", f'demo ; sys_platform == "win32" {wrong}')
    words = ("-r", asked, "-i", index.url, "--python-version", "3.9")

    for platform in ("linux", "windows"):
        other = "windows" if platform == "linux" else "linux"
        both = ("--python-platform", platform, "--python-platform", other)
        ran = axletree("lock", *words, *both)

        assert ran.code == 1
        said = " ".join((ran.out + ran.err).split())
        assert "its bytes have another hash than you give" in said
        assert "No solution for Python 3.9 on windows" in said
        assert "No solution for Python 3.9 on linux" not in said
