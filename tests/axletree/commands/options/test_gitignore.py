"""What git ignores, as git itself says (gitignore(5))."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axletree.commands.options.gitignore import GitIgnore, Rule

pytestmark = pytest.mark.slow

NAMES = st.sampled_from(["a", "b", "ab", "a.txt", "#x", "!x", "a b", "[x]", "-"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
PATTERNS = st.lists(
    st.one_of(
        NAMES,
        st.sampled_from(
            [
                "*",
                "**",
                "?",
                "a*",
                "*b",
                "[ab]",
                "[!a]",
                "[^a]",
                r"\#x",
                r"\!x",
                "*.txt",
            ]
        ),
    ),
    min_size=1,
    max_size=3,
).map("/".join)
LINES = st.tuples(
    st.sampled_from(["", "", "!", "/"]), PATTERNS, st.sampled_from(["", "", "/", " "])
).map("".join)


def ignored_by_git(top: Path, path: str) -> bool:
    done = subprocess.run(
        [
            "git",
            "-c",
            "core.excludesFile=",
            "check-ignore",
            "-q",
            "--no-index",
            "--",
            path,
        ],
        cwd=top,
        check=False,
        capture_output=True,
    )
    assert done.returncode in {0, 1}, done.stderr
    return done.returncode == 0


def ignored(top: Path, path: str) -> bool:
    """Walk down as a search does: what is in an ignored folder is not seen."""
    rules = GitIgnore(str(top))
    parts = path.split("/")
    ways = [top.joinpath(*parts[:n]) for n in range(1, len(parts) + 1)]
    return any(rules.hides(str(way), is_folder=way.is_dir()) for way in ways)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    lines=st.lists(LINES, max_size=4),
    below=st.lists(LINES, max_size=2),
    path=PATHS,
)
def test_it_is_what_git_says(
    tmp_path: Path, lines: list[str], below: list[str], path: str
) -> None:
    top = tmp_path / "top"
    shutil.rmtree(top, ignore_errors=True)
    top.mkdir()
    subprocess.run(["git", "init", "-q", str(top)], check=True)
    file = top / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    (top / ".gitignore").write_text("\n".join(lines) + "\n")
    if file.parent != top:
        (top / path.split("/", maxsplit=1)[0] / ".gitignore").write_text(
            "\n".join(below) + "\n"
        )

    assert ignored(top, path) is ignored_by_git(top, path), (lines, below, path)


def test_a_folder_that_is_named_is_looked_into_though_it_is_ignored(
    tmp_path: Path,
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("out/\n")
    (tmp_path / "out/sub").mkdir(parents=True)

    assert GitIgnore(str(tmp_path)).hides(str(tmp_path / "out"), is_folder=True)
    assert not GitIgnore(str(tmp_path / "out")).hides(
        str(tmp_path / "out/sub"), is_folder=True
    )


def test_what_a_repository_excludes_by_itself_is_ignored(tmp_path: Path) -> None:
    (tmp_path / ".git/info").mkdir(parents=True)
    (tmp_path / ".git/info/exclude").write_text("scratch\n")
    (tmp_path / "sub").mkdir()

    rules = GitIgnore(str(tmp_path / "sub"))

    assert rules.hides(str(tmp_path / "sub/scratch"), is_folder=False)


@pytest.mark.parametrize("line", ["*a" * 60 + "b", "**/" * 60 + "b", "[" * 200, "\\"])
def test_a_hostile_line_takes_no_time(line: str) -> None:
    rule = Rule.parse(line)
    began = time.process_time()
    if rule is not None:
        assert not rule.matches(["a" * 250] * 40, is_folder=False)
    assert time.process_time() - began < 20


@pytest.mark.parametrize("raw", [b"\xff\n", b"\0\n", b"x" * 2_000_000])
def test_a_file_that_is_none_ignores_nothing_of_ours(
    tmp_path: Path, raw: bytes
) -> None:
    (tmp_path / ".gitignore").write_bytes(raw)
    assert not GitIgnore(str(tmp_path)).hides(str(tmp_path / "a"), is_folder=False)
