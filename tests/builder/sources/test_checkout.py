"""A commit's files are those of a clone, whatever attributes say."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from axletree.builder.errors import (
    IncompleteSourceError,
    InvalidRecipeError,
    PinMismatchError,
    UnsafeSourceError,
)
from axletree.builder.recipes.source_table import LargeFile
from axletree.builder.sources.addresses import GitAccess
from axletree.builder.sources.source import check_out
from tests.support.checkouts import described, exported, source_of
from tests.support.clones import clone, make, write
from tests.support.repositories import EPOCH

pytestmark = pytest.mark.slow


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
