"""Files are named from where the repository begins."""

from pathlib import Path

import pytest

from axletree.commands.options.repository import Repository


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work" / "services" / "api"
    folder.mkdir(parents=True)
    for path in (folder / "r.txt", tmp_path / "work/base.txt", tmp_path / "out.txt"):
        path.touch()
    monkeypatch.chdir(folder)
    return tmp_path / "work"


def around(**environ: str) -> Repository:
    return Repository.around(Path.cwd(), environ)


@pytest.mark.parametrize("is_worktree", [False, True])
def test_a_repository_begins_where_git_s_folder_or_file_is(
    work: Path,
    is_worktree: bool,  # noqa: FBT001  pytest hands it over by name
) -> None:
    if is_worktree:
        (work / ".git").write_text("gitdir: elsewhere\n")
    else:
        (work / ".git").mkdir()
    repository = around(GITHUB_WORKSPACE=str(work / "services"))

    assert repository.root == work
    assert repository.locate("r.txt") == "services/api/r.txt"
    assert repository.locate("./r.txt") == "services/api/r.txt"
    assert repository.locate("../../base.txt") == "base.txt"
    assert repository.locate(str(work / "base.txt")) == "base.txt"
    assert repository.locate("../../../out.txt") == str(work.parent / "out.txt")
    assert repository.has("base.txt")
    assert not repository.has("base.txt\0")


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_without_git_it_begins_where_the_host_says(work: Path, variable: str) -> None:
    assert around(**{variable: str(work)}).locate("r.txt") == "services/api/r.txt"


def test_what_the_host_says_of_another_folder_does_not_count(work: Path) -> None:
    assert around(CI_PROJECT_DIR=str(work / "other")).locate("r.txt") == "r.txt"
    assert around().locate("r.txt") == "r.txt"


def test_a_link_keeps_its_name_and_its_folder_is_the_real_one(work: Path) -> None:
    (work / ".git").mkdir()
    Path("linked.txt").symlink_to("../../base.txt")
    (work / "short").symlink_to("services/api", target_is_directory=True)

    assert around().locate("linked.txt") == "services/api/linked.txt"
    assert around().locate(str(work / "short/r.txt")) == "services/api/r.txt"


@pytest.mark.parametrize("stream", ["-", "/dev/stdin", "gone.txt", "a\0b", ""])
def test_what_is_no_file_stays_as_it_is_named(work: Path, stream: str) -> None:
    (work / ".git").mkdir()
    assert around().locate(stream) == stream
