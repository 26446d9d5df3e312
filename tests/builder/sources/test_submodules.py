"""Submodules come as those of a clone, from where they may, and only if asked for."""

from dataclasses import replace
from pathlib import Path

import pytest

from axletree.builder.errors import (
    BuilderError,
    IncompleteSourceError,
    InvalidRecipeError,
    UnsafeSourceError,
)
from axletree.builder.sources.addresses import GitAccess
from axletree.builder.sources.source import check_out
from tests.support.checkouts import described, exported, source_of
from tests.support.clones import Repository, clone, make, write

pytestmark = pytest.mark.slow


def with_submodules(folder: Path, depth: int) -> Repository:
    """Make a chain of repositories, each a submodule of the one before."""
    inner: Repository | None = None
    for number in range(depth, -1, -1):
        repository = make(folder / f"r{number}", {f"file{number}": str(number)})
        if inner is not None:
            repository.git("submodule", "--quiet", "add", f"../r{number + 1}", "sub")
            repository.commit()
        inner = repository
    assert inner is not None
    return inner


def test_submodules_come_if_the_recipe_says_so(
    access: GitAccess, tmp_path: Path
) -> None:
    repository = with_submodules(tmp_path / "r", depth=3)
    source = replace(source_of(repository), submodules=True)

    found = exported(source, access, tmp_path / "out")

    assert found == described(clone(repository, tmp_path / "clone"))
    assert "sub/sub/sub/file3" in found


def test_submodules_are_refused_by_name_with_the_key_that_helps(
    access: GitAccess, tmp_path: Path
) -> None:
    source = source_of(with_submodules(tmp_path / "r", depth=1))

    with pytest.raises(IncompleteSourceError, match="has submodules: sub") as caught:
        check_out(source, tmp_path / "out.tar", access)
    assert "submodules = true" in caught.value.hint

    left = replace(source, submodules=False)
    assert "sub/file1" not in exported(left, access, tmp_path / "left")
    aside = replace(source, subdirectory="other")
    with pytest.raises(InvalidRecipeError, match="no folder other"):
        check_out(aside, tmp_path / "aside.tar", access)


def test_submodules_beyond_the_depth_are_refused(
    access: GitAccess, tmp_path: Path
) -> None:
    source = source_of(with_submodules(tmp_path / "r", depth=4))
    with pytest.raises(UnsafeSourceError, match="more than 3 deep"):
        check_out(replace(source, submodules=True), tmp_path / "out.tar", access)


def test_a_submodule_of_itself_comes_to_an_end(
    access: GitAccess, tmp_path: Path
) -> None:
    repository = make(tmp_path / "r", {"a": "a"})
    url = f'[submodule "s"]\n\tpath = s\n\turl = {repository.folder.as_uri()}\n'
    write(repository.folder, {".gitmodules": url})
    repository.commit()
    added = f"160000,{repository.head},s"
    repository.git("update-index", "--add", "--cacheinfo", added)
    repository.git("commit", "--quiet", "--message", "itself")

    source = replace(source_of(repository), submodules=True)

    assert "s/a" in exported(source, access, tmp_path / "out")


BAD_URLS = {
    "program": "ext::sh -c 'touch /tmp/owned'",
    "option": "--upload-pack=touch",
    "ssh option": "ssh://-oProxyCommand=touch/x",
    "above the host": "../../../../../../../../../../../../other",
    "plain": "http://git.invalid/x",
}


@pytest.mark.parametrize("url", BAD_URLS.values(), ids=BAD_URLS)
def test_a_submodule_from_elsewhere_is_refused(
    url: str, access: GitAccess, tmp_path: Path
) -> None:
    repository = make(tmp_path / "r", {"a": "a"})
    listed = f'[submodule "s"]\n\tpath = s\n\turl = {url}\n'
    write(repository.folder, {".gitmodules": listed})
    repository.commit()
    added = f"160000,{repository.head},s"
    repository.git("update-index", "--add", "--cacheinfo", added)
    repository.git("commit", "--quiet", "--message", "sub")

    with pytest.raises(BuilderError) as caught:
        check_out(
            replace(source_of(repository), submodules=True),
            tmp_path / "out.tar",
            access,
        )
    assert caught.value.exit_code in {2, 3, 4}


def test_a_public_repository_has_no_submodule_on_this_machine(
    access: GitAccess, tmp_path: Path
) -> None:
    private = make(tmp_path / "private", {"secret": "secret"})
    repository = make(tmp_path / "r", {"a": "a"})
    listed = f'[submodule "s"]\n\tpath = s\n\turl = {private.folder}\n'
    write(repository.folder, {".gitmodules": listed})
    added = f"160000,{private.head},s"
    repository.git("update-index", "--add", "--cacheinfo", added)
    repository.git("add", ".gitmodules")
    repository.git("commit", "--quiet", "--message", "sub")
    public = "https://git.invalid/r"
    source = replace(source_of(repository), url=public, submodules=True)
    mirrored = replace(access, mirrors={public: repository.folder.as_uri()})

    with pytest.raises(UnsafeSourceError, match="leads elsewhere"):
        check_out(source, tmp_path / "out.tar", mirrored)


@pytest.mark.parametrize(
    ("url", "commit", "said"),
    [
        ("../other", "1" * 40, "the repository has no commit"),
        ("../nowhere", "", "cannot be fetched"),
        ("ext::sh -c id", "", "git sources are fetched over"),
        ("", "", "git sources are fetched over"),
    ],
)
def test_what_is_wrong_with_a_submodule_is_told_with_its_folder(
    access: GitAccess, tmp_path: Path, url: str, commit: str, said: str
) -> None:
    other = make(tmp_path / "other", {"b": "b"})
    listed = f'[submodule "s"]\n\tpath = lib/s\n\turl = {url}\n'
    repository = make(tmp_path / "r", {".gitmodules": listed})
    link = f"160000,{commit or other.head},lib/s"
    repository.git("update-index", "--add", "--cacheinfo", link)
    repository.git("commit", "--quiet", "-m", "with it")
    source = replace(source_of(repository), submodules=True)
    with pytest.raises(BuilderError, match=said) as caught:
        check_out(source, tmp_path / "out.tar", access)
    assert caught.value.where.startswith("submodule lib/s, from ")
    assert "submodules = false" in caught.value.hint
