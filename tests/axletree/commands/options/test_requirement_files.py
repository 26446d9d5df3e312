"""Paths on a command line -> the requirements files that are meant."""

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from axletree.commands.options import requirement_files
from axletree.commands.options.requirement_files import Finder, NothingToCheckError
from tests.support.checks import HOSTILE_NAMES


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(*paths: str, text: str = "six\n") -> None:
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)


def found(*paths: str) -> list[str]:
    return list(Finder().find(paths))


def left_out(*paths: str) -> list[str]:
    finder = Finder()
    try:
        finder.find(paths)
    except NothingToCheckError as error:
        return [error.what, *map(str, finder.left_out)]
    return list(map(str, finder.left_out))


NAMED = (
    "requirements.txt",
    "requirements.in",
    "requirements-dev.txt",
    "requirements_dev.in",
    "requirements3.txt",
    "dev-requirements.txt",
    "test.requirements.txt",
    "Requirements.txt",
    "requirements/base.txt",
    "requirements/base.in",
    "sub/deeper/requirements.txt",
    "sub/requirements/prod.txt",
)
OTHERS = (
    "README.txt",
    "MANIFEST.in",
    "constraints.txt",
    "requirements.md",
    "myrequirements.txt",
    "requirements/constraints.txt",
    "requirements/README.md",
    "requirements/nested/notes.txt",
    ".venv/requirements.txt",
    ".git/requirements.txt",
    ".tox/py/requirements.txt",
    "node_modules/a/requirements.txt",
    "build/requirements.txt",
    "dist/requirements.txt",
    "venv/lib/requirements.txt",
    "__pycache__/requirements.txt",
    "lib/site-packages/x/requirements.txt",
    "sub/.hidden/requirements.txt",
)


def test_in_folders_those_are_found_that_are_named_so_and_no_others() -> None:
    write(*NAMED, *OTHERS)
    assert sorted(found(".")) == sorted(NAMED)
    assert found() == found(".")
    assert sorted(found("sub")) == sorted(n for n in NAMED if n.startswith("sub/"))


def test_an_environment_is_left_out_whatever_it_is_called() -> None:
    write("py311/pyvenv.cfg", "py311/requirements.txt", "own/requirements.txt")
    assert found(".") == ["own/requirements.txt"]


def test_a_file_that_is_named_is_taken_whatever_it_is_called() -> None:
    write("constraints.txt", "build/x", "pyproject.toml", text="")
    assert found("constraints.txt", "./build//x", "build/x", "pyproject.toml") == [
        "constraints.txt", "build/x", "pyproject.toml",
    ]  # fmt: skip


def test_a_folder_that_is_named_is_looked_into_whatever_it_is_called() -> None:
    write(".hidden/requirements.txt", "build/requirements.txt")
    assert found(".hidden", "build/") == [
        ".hidden/requirements.txt", "build/requirements.txt",
    ]  # fmt: skip


def test_the_folder_s_own_name_counts_where_it_is_the_current_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("requirements/base.txt")
    monkeypatch.chdir("requirements")
    assert found(".") == ["base.txt"]


NO_TABLE = "it has no [project] table and no dependency groups"
PROJECT = '[project]\nname = "x"\nversion = "1"\n'


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("pyproject.toml", "[tool.ruff]\n", NO_TABLE),
        ("pyproject.toml", "project = 1\n", NO_TABLE),
        ("pyproject.toml", PROJECT, "it requires nothing"),
        ("pyproject.toml", f"{PROJECT}dependencies = []\n", "it requires nothing"),
        (
            "pyproject.toml",
            f'{PROJECT}dynamic = ["dependencies"]\n',
            "its dependencies are dynamic",
        ),
        ("requirements.txt", "\n  # six\n", "it holds no requirement"),
        ("requirements.txt", "", "it holds no requirement"),
    ],
)
def test_what_holds_no_requirements_is_left_out_of_a_folder_and_told(
    name: str, text: str, reason: str
) -> None:
    write("sub/requirements.txt")
    write(name, text=text)

    assert found(".") == ["sub/requirements.txt"]
    assert left_out(".") == [f"{name} is left out: {reason}"]
    Path("sub/requirements.txt").unlink()
    said = f"{name} is left out: {reason}"
    what = "nothing to check: there is no requirements file in ."
    assert left_out(".") == [f"{what}\n  {said}", said]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", f'{PROJECT}dependencies = ["six"]\n'),
        ("pyproject.toml", "[project\n"),
        ("pyproject.toml", f'{PROJECT}optional-dependencies.x = ["six"]\n'),
        ("pyproject.toml", '[dependency-groups]\ndev = ["six"]\n'),
        ("requirements.txt", "-r base.txt\n"),
        ("requirements.txt", "six = 1\n"),
    ],
)
def test_what_holds_some_or_cannot_be_read_is_checked(name: str, text: str) -> None:
    write(name, text=text)
    assert found(".") == [name]


def test_what_git_ignores_is_left_out_but_not_what_is_named() -> None:
    write("requirements.txt", "out/requirements.txt", "sub/requirements-local.txt")
    write(".gitignore", text="out/\n*-local.txt\n")
    assert found(".") == ["requirements.txt"]
    assert found("**/requirements*.txt") == [
        "requirements.txt", "sub/requirements-local.txt",
    ]  # fmt: skip
    assert found("out") == ["out/requirements.txt"]
    assert found("sub/requirements-local.txt") == ["sub/requirements-local.txt"]


# Globs.


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("*.txt", ["a.txt", "b.txt"]),
        ("./*.txt", ["a.txt", "b.txt"]),
        ("[ab].txt", ["a.txt", "b.txt"]),
        ("?.txt", ["a.txt", "b.txt"]),
        ("*/requirements.txt", ["one/requirements.txt", "two/requirements.txt"]),
        (
            "**/requirements.txt",
            [
                "one/requirements.txt",
                "one/deep/requirements.txt",
                "two/requirements.txt",
            ],
        ),
        ("one/**", ["one/requirements.txt", "one/deep/requirements.txt"]),
        ("**/deep/*.txt", ["one/deep/a.txt", "one/deep/requirements.txt"]),
        ("o*", ["one/requirements.txt", "one/deep/requirements.txt"]),
        ("two/../*.txt", ["two/../a.txt", "two/../b.txt"]),
        ("**/**/**/deep/**/a.txt", ["one/deep/a.txt"]),
        (".hidden/*.txt", [".hidden/requirements.txt"]),
    ],
)
def test_a_glob_means_what_it_means_in_a_shell(pattern: str, files: list[str]) -> None:
    write("a.txt", "b.txt", "c.md", "one/requirements.txt", "one/deep/requirements.txt")
    write("two/requirements.txt", "one/deep/a.txt", ".venv/requirements.txt")
    write("node_modules/requirements.txt", "one/.nox/requirements.txt")
    write(".hidden/requirements.txt")

    assert found(pattern) == files
    absolute = str(Path.cwd() / pattern)
    assert [os.path.relpath(path) for path in found(absolute)] == [
        os.path.normpath(file) for file in files
    ]


def test_a_file_whose_name_looks_like_a_glob_is_that_file() -> None:
    write("a[1].txt", "a1.txt")
    assert found("a[1].txt") == ["a[1].txt"]


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("empty", "there is no requirements file in empty"),
        (".", "there is no requirements file in ."),
        ("*.txt", "no requirements file matches *.txt"),
        ("gone/**", "no requirements file matches gone/**"),
        ("empty/*", "no requirements file matches empty/*"),
    ],
)
def test_nothing_found_is_an_error_that_says_so(path: str, what: str) -> None:
    Path("empty").mkdir()
    write("elsewhere.md")

    with pytest.raises(NothingToCheckError) as raised:
        found(path)
    assert raised.value.what == f"nothing to check: {what}"
    assert raised.value.exit_code == 2


def test_one_path_with_nothing_fails_beside_others() -> None:
    write("requirements.txt")
    with pytest.raises(NothingToCheckError):
        found("requirements.txt", "servces/*")


def test_a_missing_file_and_a_stream_are_left_to_the_check() -> None:
    assert found("gone.txt", "-", "") == ["gone.txt", "-", ""]


# What others put there.


def test_links_that_lead_in_circles_end_nothing_and_are_not_followed() -> None:
    write("sub/requirements.txt")
    Path("sub/again").symlink_to("..", target_is_directory=True)
    Path("sub/requirements-itself.txt").symlink_to("requirements-itself.txt")
    Path("requirements-gone.txt").symlink_to("nowhere")
    Path("requirements-linked.txt").symlink_to("sub/requirements.txt")

    assert found(".") == ["requirements-linked.txt", "sub/requirements.txt"]
    assert found("**/requirements.txt") == ["sub/requirements.txt"]


def test_a_pipe_or_a_folder_of_that_name_is_no_file() -> None:
    os.mkfifo("requirements.txt")
    write("requirements-dev.txt/requirements.txt")
    assert found(".") == ["requirements-dev.txt/requirements.txt"]


@pytest.mark.slow
def test_a_folder_is_as_deep_as_it_likes() -> None:
    folder = Path(*["d"] * 900)
    folder.mkdir(parents=True)
    (folder / "requirements.txt").write_text("six\n")
    assert found(".") == [str(folder / "requirements.txt")]
    assert found("**/requirements.txt") == [str(folder / "requirements.txt")]


@pytest.mark.parametrize(
    "name", [n for n in HOSTILE_NAMES if "/" not in n and "\0" not in n]
)
def test_any_name_of_a_folder_is_looked_into(name: str) -> None:
    write(f"{name}/requirements.txt")
    assert found(".") == [f"{name}/requirements.txt"]


def test_more_than_anybody_means_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    write("a/requirements.txt", "b/requirements.txt", "c/requirements.txt")

    monkeypatch.setattr(requirement_files, "MOST_FILES", 2)
    with pytest.raises(NothingToCheckError, match="more than 2 files"):
        found(".")
    monkeypatch.setattr(requirement_files, "MOST_FOLDERS", 3)
    with pytest.raises(NothingToCheckError, match="more than 3 folders"):
        found(".")


def test_a_folder_that_cannot_be_read_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(folder: str) -> Iterable[object]:
        raise PermissionError(13, "Permission denied", folder)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(NothingToCheckError, match="cannot be read: Permission denied"):
        found(".")
