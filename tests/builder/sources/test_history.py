"""`.git` in a build: made new, and as git would describe a clone of the commit."""

import os
import subprocess
import tarfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from axletree.builder.errors import IncompleteSourceError, SourceUnreachableError
from axletree.builder.recipes.source_table import GitSource, LargeFile
from axletree.builder.sandbox.runner import Sandbox
from axletree.builder.sandbox.sandbox_job import SandboxJob
from axletree.builder.sandbox.transfer import BuildLog
from axletree.builder.sources import history
from axletree.builder.sources.addresses import GitAccess
from axletree.builder.sources.patches import apply_patches
from axletree.builder.sources.source import Source, check_out
from tests.builder.sources.test_checkout import CONTENT, POINTER, SHA256
from tests.support.clones import Repository, clone, make, write
from tests.support.repositories import EPOCH

pytestmark = pytest.mark.slow

ASK = """
git describe --tags --dirty --always --long
git status --porcelain
git diff-index --name-only HEAD --
git rev-parse --abbrev-ref HEAD
git rev-list --count HEAD
git tag --list
git remote
git ls-files
git fsck 2>&1
"""
PATCH = "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-two\n+three\n"
NEW_FILE = "--- /dev/null\n+++ b/new.log\n@@ -0,0 +1 @@\n+new\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Make one with a lightweight, an annotated and a foreign tag, and with bad ways."""
    found = make(
        tmp_path / "repository",
        {
            "a": "one\n",
            "crlf": b"x\r\n",
            ".gitattributes": "* text\n*.x filter=evil\n",
            ".gitignore": "*.log\n",
        },
    )
    found.git("tag", "--annotate", "v1.0", "--message", "one")
    found.git("checkout", "--quiet", "-b", "other")
    write(found.folder, {"b": "elsewhere"})
    found.commit("v9.0")
    found.git("checkout", "--quiet", "main")
    write(found.folder, {"a": "two\n"})
    found.commit("v2.0")
    hook = found.folder / ".git" / "hooks" / "post-checkout"
    hook.write_text("#!/bin/sh\ntouch /owned\n")
    hook.chmod(0o755)
    found.git("config", "core.fsmonitor", "touch /owned")
    return found


def source_of(repository: Repository, **keys: bool) -> GitSource:
    source = GitSource(
        url=repository.folder.as_uri(),
        ref="main",
        commit=repository.head,
        committed=datetime.fromtimestamp(EPOCH, UTC),
    )
    return replace(source, history=keys.get("history", True))


def asked(source: Source, sandbox: Sandbox, log: BuildLog) -> list[str]:
    job = SandboxJob(
        name="questions",
        argv=("/bin/sh", "-c", ASK),
        source=source.archive,
        cwd="src",
    )
    sandbox.run(job, sandbox.scratch / "asked", log)
    return log.path.read_text().splitlines()


def test_a_build_sees_the_ancestry_and_its_tags(
    repository: Repository,
    access: GitAccess,
    wall: Sandbox,
    log: BuildLog,
    tmp_path: Path,
) -> None:
    source = check_out(source_of(repository), tmp_path / "source.tar", access)
    short = repository.head[:7]
    assert asked(source, wall, log) == [
        f"v2.0-0-g{short}",
        "main",
        "2",
        "v1.0",
        "v2.0",
        ".gitattributes",
        ".gitignore",
        "a",
        "crlf",
    ]
    with tarfile.open(source.archive.path) as archive:
        config = archive.extractfile(".git/config")
        assert config is not None
        assert b"fsmonitor" not in config.read()
        assert not [name for name in archive.getnames() if "hooks" in name]


def test_a_patched_commit_is_clean_and_keeps_its_tag(
    repository: Repository,
    access: GitAccess,
    open_room: Sandbox,
    log: BuildLog,
    tmp_path: Path,
) -> None:
    source = check_out(source_of(repository), tmp_path / "source.tar", access)
    patches = [tmp_path / "0.patch", tmp_path / "1.patch"]
    patches[0].write_text(PATCH)
    patches[1].write_text(NEW_FILE)
    archive = apply_patches(source.archive, patches, open_room, log)

    described, *rest = asked(replace(source, archive=archive), open_room, log)

    assert described.startswith("v2.0-0-g")
    assert rest[:4] == ["main", "2", "v1.0", "v2.0"]
    assert "new.log" in rest


@pytest.mark.parametrize("tool", ["setuptools_scm", "setuptools-scm[toml]>=8", "pbr"])
def test_a_tool_that_packs_what_git_lists_has_one_commit(  # noqa: PLR0913, PLR0917 - fixtures
    tool: str,
    repository: Repository,
    access: GitAccess,
    open_room: Sandbox,
    log: BuildLog,
    tmp_path: Path,
) -> None:
    write(
        repository.folder,
        {"pyproject.toml": f'[build-system]\nrequires = ["{tool}"]\n'},
    )
    repository.commit("v3.0")
    source = check_out(
        source_of(repository, history=False), tmp_path / "source.tar", access
    )
    patch = tmp_path / "0.patch"
    patch.write_text(PATCH)
    archive = apply_patches(source.archive, [patch], open_room, log)

    described, *rest = asked(replace(source, archive=archive), open_room, log)

    assert described.startswith("v3.0-0-g")
    assert rest[:3] == ["main", "1", "v3.0"]


def test_other_sources_have_no_git(
    repository: Repository, access: GitAccess, tmp_path: Path
) -> None:
    source = source_of(repository, history=False)
    found = check_out(source, tmp_path / "source.tar", access)
    with tarfile.open(found.archive.path) as archive:
        assert not [name for name in archive.getnames() if ".git/" in name]


def test_a_large_file_counts_as_committed(
    repository: Repository,
    access: GitAccess,
    open_room: Sandbox,
    log: BuildLog,
    tmp_path: Path,
) -> None:
    write(repository.folder, {"model.bin": POINTER})
    repository.commit("v3.0")
    (tmp_path / "model.bin").write_bytes(CONTENT)
    large = LargeFile(path=tmp_path / "model.bin", sha256=SHA256)
    wanted = replace(source_of(repository), large_files=(large,))
    source = check_out(wanted, tmp_path / "source.tar", access)
    archive = apply_patches(source.archive, [], open_room, log)

    described, *rest = asked(replace(source, archive=archive), open_room, log)

    assert described.startswith("v3.0-0-g")
    assert rest[0] == "main"


def test_a_tag_that_comes_later_is_seen_and_none_is_needed_again(
    repository: Repository, access: GitAccess, tmp_path: Path
) -> None:
    check_out(source_of(repository), tmp_path / "first.tar", access)
    repository.git("tag", "v2.0.1")
    check_out(source_of(repository), tmp_path / "second.tar", access)
    source = source_of(repository)
    repository.folder.rename(tmp_path / "gone")
    check_out(source, tmp_path / "third.tar", access)
    for name in ("second", "third"):
        with tarfile.open(tmp_path / f"{name}.tar") as archive:
            refs = archive.extractfile(".git/packed-refs")
            assert refs is not None
            assert b"refs/tags/v2.0.1\n" in refs.read()


def test_a_history_above_the_stated_size_is_refused(
    repository: Repository,
    access: GitAccess,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(repository.folder, {"noise": os.urandom(9000)})
    repository.commit()
    monkeypatch.setattr(history, "LIMIT_BYTES", 8000)
    with pytest.raises(IncompleteSourceError, match="larger than 8 kB"):
        check_out(source_of(repository), tmp_path / "source.tar", access)
    assert not [*access.cache.rglob("new.*")]


def test_replaced_objects_of_the_host_count_for_nothing(
    repository: Repository, access: GitAccess, tmp_path: Path
) -> None:
    other = repository.blob(b"replaced\n")
    blob = repository.git("rev-parse", "HEAD:a")
    repository.git("update-ref", f"refs/replace/{blob}", other)
    source = source_of(repository)
    found = check_out(source, tmp_path / "source.tar", access)
    tree = tmp_path / "tree"
    with tarfile.open(found.archive.path) as archive:
        archive.extractall(tree, filter="tar")
    assert (tree / "a").read_text() == "two\n"
    said = subprocess.run(
        ["git", "-c", "safe.directory=*", "for-each-ref", "refs/replace"],
        cwd=tree,
        capture_output=True,
        check=True,
    )
    assert said.stdout == b""


def test_a_shallow_clone_is_a_source_but_has_no_history(
    repository: Repository, access: GitAccess, tmp_path: Path
) -> None:
    write(repository.folder, {"setup.py": "", "pyproject.toml": "# setuptools_scm"})
    repository.commit("v3.0")
    shallow = Repository(folder=clone(repository, tmp_path / "shallow", "--depth=1"))
    check_out(source_of(shallow, history=False), tmp_path / "source.tar", access)

    source = source_of(shallow)
    with pytest.raises(IncompleteSourceError, match="shallow clone") as caught:
        check_out(source, tmp_path / "source.tar", access)
    assert "--unshallow" in caught.value.hint
    shallow.git("fetch", "--quiet", "--unshallow", "--tags")
    check_out(source, tmp_path / "source.tar", access)


def test_a_damaged_mirror_says_what_to_do(
    repository: Repository, access: GitAccess, tmp_path: Path
) -> None:
    source = source_of(repository)
    check_out(source, tmp_path / "source.tar", access)
    for path in access.cache.rglob("*.pack"):
        content = path.read_bytes()
        path.chmod(0o600)
        path.write_bytes(content[:12] + b"\xff" * (len(content) - 12))
    with pytest.raises(SourceUnreachableError, match="lacks objects") as caught:
        check_out(source, tmp_path / "again.tar", access)
    assert caught.value.hint.startswith("remove that folder")
