"""A commit's files are those of a clone, whatever attributes say."""

import hashlib
import os
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from axletree.builder.errors import (
    BuilderError,
    IncompleteSourceError,
    InvalidRecipeError,
    PinMismatchError,
    UnsafeSourceError,
)
from axletree.builder.recipes.source_table import GitSource, LargeFile
from axletree.builder.sources.addresses import GitAccess
from axletree.builder.sources.source import check_out
from tests.support.clones import Repository, clone, make, write
from tests.support.repositories import EPOCH

pytestmark = pytest.mark.slow


@pytest.fixture
def access(tmp_path: Path) -> GitAccess:
    return GitAccess(cache=tmp_path / "cache", mirrors={}, allows_file=True)


def source_of(repository: Repository, commit: str = "") -> GitSource:
    return GitSource(
        url=repository.folder.as_uri(),
        ref="main",
        commit=commit or repository.head,
        committed=datetime.fromtimestamp(EPOCH, UTC),
    )


def exported(source: GitSource, access: GitAccess, folder: Path) -> Mapping[str, str]:
    """Check out, unpack, and describe what is there: path -> kind and content."""
    found = check_out(source, folder / "source.tar", access)
    tree = folder / "tree"
    with tarfile.open(found.archive.path) as archive:
        archive.extractall(tree, filter="tar")
    return described(tree)


def described(tree: Path) -> Mapping[str, str]:
    found = {}
    for folder, folders, files in os.walk(tree):
        folders[:] = [name for name in folders if name != ".git"]
        for name in (*files, *(n for n in folders if Path(folder, n).is_symlink())):
            path = Path(folder, name)
            if name == ".git":
                continue
            what = str(path.relative_to(tree))
            if path.is_symlink():
                found[what] = f"link to {path.readlink()}"
                continue
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[what] = f"{bool(path.stat().st_mode & 0o100)} {digest}"
    return found


def test_a_plain_repository_comes_as_its_clone(
    access: GitAccess, tmp_path: Path
) -> None:
    files: dict[str, str | bytes] = {
        "a.txt": "one\n",
        "crlf.txt": b"one\r\ntwo\r\n",
        "empty": "",
        "raw": bytes(range(256)),
        "Readme": "a",
        "README": "b",
        'odd/ä "quoted" name\n.py': "x",
        "long/" + "x" * 120 + "/" + "y" * 150: "long",
        ".gitignore": "*.log\n",
        "kept.log": "kept though ignored",
        "export-subst": "$Format:%H$",
    }
    repository = make(tmp_path / "repository", files)
    (repository.folder / "run.sh").write_text("#!/bin/sh\n")
    (repository.folder / "run.sh").chmod(0o755)
    (repository.folder / "link").symlink_to("odd/../a.txt")
    (repository.folder / "dangling").symlink_to("nowhere")
    Path(os.fsdecode(os.fsencode(repository.folder) + b"/latin-\xe4")).write_text("x")
    repository.commit()

    found = exported(source_of(repository), access, tmp_path / "out")

    assert found == described(clone(repository, tmp_path / "clone"))


ATTRIBUTES = {
    "left out": "data.txt export-ignore\n",
    "filled in": "data.txt export-subst\n",
    "line ends": "* text eol=crlf\n",
    "automatic": "* text=auto\n",
    "keyword": "data.txt ident\n",
    "encoding": "data.txt working-tree-encoding=UTF-16\n",
    "filter": "* filter=evil\n",
    "macro": "[attr]gone export-ignore\ndata.txt gone\n",
}


@pytest.mark.parametrize("attributes", ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_attributes_change_no_byte(
    attributes: str, access: GitAccess, tmp_path: Path
) -> None:
    content = b"$Format:%H$ $Id$\nline\n"
    repository = make(tmp_path / "repository", {"data.txt": content})
    write(repository.folder, {".gitattributes": attributes})
    repository.git("add", "--force", ".gitattributes")
    repository.git("commit", "--quiet", "--message", "attributes")

    found = exported(source_of(repository), access, tmp_path / "out")

    digest = hashlib.sha256(content).hexdigest()
    assert found["data.txt"] == f"False {digest}"
    assert set(found) == {"data.txt", ".gitattributes"}


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
    "name", [".git", ".GIT", "git~1", ".git.", ".g\u200cit", "..", "."]
)
def test_a_name_that_no_checkout_has_is_refused(
    name: str, access: GitAccess, tmp_path: Path
) -> None:
    repository = make(tmp_path / "r", {"a": "a"})
    config = repository.blob(b"[core]\n\tfsmonitor = touch owned\n")
    raw = b"100644 config\0" + bytes.fromhex(config)
    inner = repository.git("hash-object", "-t", "tree", "-w", "--stdin", stdin=raw)
    commit = repository.commit_tree({name: ("40000", inner)})

    with pytest.raises(UnsafeSourceError):
        check_out(source_of(repository, commit), tmp_path / "out.tar", access)


def test_a_folder_that_is_a_link_too_is_refused(
    access: GitAccess, tmp_path: Path
) -> None:
    repository = make(tmp_path / "r", {"a": "a"})
    target = repository.blob(b"..")
    tree = repository.git("rev-parse", "HEAD^{tree}")
    blob = b"120000 l\0" + bytes.fromhex(target)
    folder = b"40000 l\0" + bytes.fromhex(tree)
    twice = repository.git(
        "hash-object", "-t", "tree", "--literally", "-w", "--stdin", stdin=blob + folder
    )
    commit = repository.git("commit-tree", twice, "-m", "twice")
    repository.git("update-ref", "refs/heads/main", commit)

    with pytest.raises(UnsafeSourceError):
        check_out(source_of(repository, commit), tmp_path / "out.tar", access)


def test_trees_that_list_without_end_are_refused(
    access: GitAccess, tmp_path: Path
) -> None:
    repository = make(tmp_path / "r", {"a": "a"})
    inner, mode = repository.blob(b"x"), "100644"
    for _ in range(8):
        raw = b"".join(
            f"{mode} {number:02}".encode() + b"\0" + bytes.fromhex(inner)
            for number in range(16)
        )
        inner = repository.git("hash-object", "-t", "tree", "-w", "--stdin", stdin=raw)
        mode = "40000"
    commit = repository.git("commit-tree", inner, "-m", "bomb")
    repository.git("update-ref", "refs/heads/main", commit)

    with pytest.raises(UnsafeSourceError, match="more than 200000 files"):
        check_out(source_of(repository, commit), tmp_path / "out.tar", access)


def test_old_blemishes_of_commits_are_no_hindrance(
    access: GitAccess, tmp_path: Path
) -> None:
    repository = make(tmp_path / "r", {"a": "a"})
    tree = repository.git("rev-parse", "HEAD^{tree}")
    # As in the history of a project that everybody uses.
    text = (
        f"tree {tree}\nauthor A <a@x.invalid> {EPOCH} +51800\n"
        f"committer A<a@x.invalid> {EPOCH} +0000\n\nold\n"
    )
    commit = repository.git(
        "hash-object", "-t", "commit", "--literally", "-w", "--stdin",
        stdin=text.encode(),
    )  # fmt: skip
    repository.git("update-ref", "refs/heads/main", commit)

    assert "a" in exported(source_of(repository, commit), access, tmp_path / "out")


CONTENT = b"large" * 100
SHA256 = hashlib.sha256(CONTENT).hexdigest()
SPECIFICATION = "git-lfs.github.com"
POINTER = (
    f"version https://{SPECIFICATION}/spec/v1\n"
    f"oid sha256:{SHA256}\nsize {len(CONTENT)}\n"
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_large_file_comes_from_beside_the_recipe(
    newline: str, access: GitAccess, tmp_path: Path
) -> None:
    pointer = POINTER.replace("\n", newline)
    repository = make(tmp_path / "r", {"pkg/model.bin": pointer.encode()})
    source = source_of(repository)
    with pytest.raises(IncompleteSourceError, match=r"pkg/model\.bin") as caught:
        check_out(source, tmp_path / "out.tar", access)
    assert "[[source.lfs]]" in caught.value.hint
    assert SHA256 in caught.value.what

    beside = tmp_path / "model.bin"
    given = replace(source, large_files=(LargeFile(path=beside, sha256=SHA256),))
    with pytest.raises(InvalidRecipeError, match="cannot be read"):
        check_out(given, tmp_path / "out.tar", access)
    beside.write_bytes(b"other")
    with pytest.raises(PinMismatchError, match="the LFS pointer says"):
        check_out(given, tmp_path / "out.tar", access)
    beside.write_bytes(CONTENT)
    found = exported(given, access, tmp_path / "out")

    assert found["pkg/model.bin"] == f"False {SHA256}"


def test_a_large_file_to_which_nothing_points_is_told_of(
    access: GitAccess, tmp_path: Path
) -> None:
    repository = make(tmp_path / "r", {"model.bin": POINTER.encode(), "setup.py": b""})
    beside = tmp_path / "model.bin"
    beside.write_bytes(CONTENT)
    used = LargeFile(path=beside, sha256=SHA256)
    stray = LargeFile(path=tmp_path / "stray.bin", sha256="0" * 64)
    source = replace(source_of(repository), large_files=(used, stray))

    [note] = check_out(source, tmp_path / "out.tar", access).notes

    assert note.startswith("nothing in the source points to stray.bin")
    used_alone = replace(source, large_files=(used,))
    assert check_out(used_alone, tmp_path / "out.tar", access).notes == ()


def test_a_pointer_outside_of_what_is_built_stays(
    access: GitAccess, tmp_path: Path
) -> None:
    files = {"docs/film.mp4": POINTER, "sdk/python/setup.py": ""}
    repository = make(tmp_path / "r", files)
    source = replace(source_of(repository), subdirectory="sdk/python")

    found = check_out(source, tmp_path / "out.tar", access)

    assert found.archive.has_setup
    assert found.archive.projects == ("sdk/python",)


def test_a_link_that_leads_out_is_told_with_the_commit_that_has_it(
    access: GitAccess, tmp_path: Path
) -> None:
    repository = make(tmp_path / "r", {"a": "a"})
    (repository.folder / "out").symlink_to("../../etc/passwd")
    repository.commit()
    source = source_of(repository)
    with pytest.raises(UnsafeSourceError, match="'out' is a link") as caught:
        check_out(source, tmp_path / "out.tar", access)
    assert caught.value.where == f"{source.url} at {source.commit}"


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
