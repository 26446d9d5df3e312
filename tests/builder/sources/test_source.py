"""Sources: real repositories made here."""

import dataclasses
import shutil
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from axletree.builder.errors import (
    CommitNotFoundError,
    InvalidRecipeError,
    PinMismatchError,
    SourceUnreachableError,
    UnsafeSourceError,
)
from axletree.builder.recipes.source_table import (
    GitSource,
    SdistSource,
)
from axletree.builder.sources.addresses import GitAccess
from axletree.builder.sources.source import (
    check_out,
    open_sdist,
)
from axletree.resolver.model.file_names import safe_name
from tests.support.repositories import EPOCH, make_repository, run_git
from tests.support.wheels import make_sdist

PUBLIC = "https://git.invalid/team/thing"


@pytest.fixture
def source(tmp_path: Path) -> GitSource:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.txt").write_text("one\ntwo\nthree\n")
    commit = make_repository(tmp_path / "repository", tree)
    return GitSource(
        url=PUBLIC,
        ref="patched",
        commit=commit,
        committed=datetime.fromtimestamp(EPOCH, UTC),
    )


@pytest.fixture
def access(tmp_path: Path) -> GitAccess:
    return GitAccess(
        cache=tmp_path / "cache",
        mirrors={"https://git.invalid/team/thing": (tmp_path / "repository").as_uri()},
        allows_file=True,
    )


def test_the_pinned_commit_is_checked_out_through_a_mirror(
    source: GitSource, access: GitAccess, tmp_path: Path
) -> None:
    found = check_out(source, tmp_path / "out", access)
    with tarfile.open(found.archive.path) as archive:
        content = archive.extractfile("a.txt")
        assert content is not None
        assert content.read() == b"one\ntwo\nthree\n"
    assert found.revision == source.commit


def test_a_commit_in_the_cache_needs_no_host(
    source: GitSource, access: GitAccess, tmp_path: Path
) -> None:
    check_out(source, tmp_path / "first", access)
    shutil.rmtree(tmp_path / "repository")
    assert check_out(source, tmp_path / "second", access).archive.path.is_file()


def test_a_missing_commit_is_named(
    source: GitSource, access: GitAccess, tmp_path: Path
) -> None:
    other = dataclasses.replace(source, commit="1" * 40)
    with pytest.raises(CommitNotFoundError, match="1" * 40) as caught:
        check_out(other, tmp_path / "out", access)
    assert caught.value.exit_code == 4


def test_a_commit_of_another_time_than_the_recipe_says_is_refused(
    source: GitSource, access: GitAccess, tmp_path: Path
) -> None:
    other = dataclasses.replace(source, committed=datetime(2022, 1, 1, tzinfo=UTC))
    with pytest.raises(PinMismatchError, match="2022-01-15T10:20:30Z"):
        check_out(other, tmp_path / "out", access)


def test_an_unreachable_host_is_named_without_credentials(
    source: GitSource, access: GitAccess, tmp_path: Path
) -> None:
    gone = (tmp_path / "gone").as_uri().replace("//", "//user:secret@", 1)
    other = dataclasses.replace(access, mirrors={PUBLIC: gone})
    with pytest.raises(SourceUnreachableError) as caught:
        check_out(source, tmp_path / "out", other)
    assert caught.value.exit_code == 3
    assert "secret" not in f"{caught.value.what}{caught.value.where}"


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c 'touch /tmp/owned'",
        "--upload-pack=touch /tmp/owned",
        "http://git.invalid/x",
        "git://git.invalid/x",
        "-oProxyCommand=touch:x",
        "user@-oProxyCommand=touch:x",
    ],
)
def test_other_protocols_are_refused(
    url: str, source: GitSource, access: GitAccess, tmp_path: Path
) -> None:
    with pytest.raises(InvalidRecipeError):
        check_out(dataclasses.replace(source, url=url), tmp_path / "out", access)


def test_a_repository_on_this_machine_must_be_allowed(
    source: GitSource, access: GitAccess, tmp_path: Path
) -> None:
    with pytest.raises(InvalidRecipeError, match="on this machine"):
        check_out(
            source, tmp_path / "out", dataclasses.replace(access, allows_file=False)
        )


def test_a_repository_that_is_not_there_is_named_with_gits_own_word(
    source: GitSource, access: GitAccess, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "repository")

    with pytest.raises(SourceUnreachableError) as caught:
        check_out(source, tmp_path / "out", access)

    assert "fatal: '" in caught.value.what
    assert "does not appear to be a git repository" in caught.value.what
    assert caught.value.hint.startswith("check the path")


def test_no_configuration_of_the_user_runs_programs(
    source: GitSource,
    access: GitAccess,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = tmp_path / "gitconfig"
    config.write_text(f"[core]\n\tfsmonitor = touch {tmp_path}/owned\n[bad\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    check_out(source, tmp_path / "out", access)
    assert not (tmp_path / "owned").exists()


def test_a_run_inside_of_a_hook_of_git_is_like_any_other(
    source: GitSource,
    access: GitAccess,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = tmp_path / "other"
    (other / "objects").mkdir(parents=True)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / "objects"))
    monkeypatch.setenv("GIT_NAMESPACE", "other")
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", f"'core.fsmonitor=touch {other}/owned'")
    check_out(source, tmp_path / "out", access)
    assert list(other.rglob("*")) == [other / "objects"]


def test_a_link_out_of_the_repository_is_refused(
    access: GitAccess, source: GitSource, tmp_path: Path
) -> None:
    tree = tmp_path / "links"
    tree.mkdir()
    (tree / "innocent").symlink_to("../../../etc/passwd")
    shutil.rmtree(tmp_path / "repository")
    commit = make_repository(tmp_path / "repository", tree)
    with pytest.raises(UnsafeSourceError):
        check_out(dataclasses.replace(source, commit=commit), tmp_path / "out", access)


def test_an_sdist_of_another_hash_is_refused(tmp_path: Path) -> None:
    sdist = make_sdist(tmp_path, "x", "1")
    pinned = SdistSource(
        filename=safe_name(sdist.name),
        sha256="0" * 64,
        committed=datetime(2022, 1, 1, tzinfo=UTC),
    )
    with pytest.raises(PinMismatchError):
        open_sdist(pinned, sdist)


def test_a_missing_branch_is_told_from_an_outage(
    source: GitSource, access: GitAccess, tmp_path: Path
) -> None:
    run_git(tmp_path / "repository", "branch", "--move", "patched", "renamed")
    # The commit is still offered, and that is what is pinned.
    assert check_out(source, tmp_path / "out", access).revision == source.commit
