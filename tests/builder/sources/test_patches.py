"""Patches: applied where the source is unpacked, and to nothing else."""

import tarfile
from pathlib import Path

import pytest

from axletree.builder.archives.source_archive import (
    SourceArchive,
    look_into,
)
from axletree.builder.errors import PatchFailedError, UnsafeSourceError
from axletree.builder.sandbox.runner import Sandbox
from axletree.builder.sandbox.transfer import BuildLog
from axletree.builder.sources.patches import apply_patches
from tests.support.wheels import make_sdist

pytestmark = pytest.mark.slow

PATCH = "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n"
MAKES_A_LINK = """diff --git a/l b/l
new file mode {mode}
--- /dev/null
+++ b/l
@@ -0,0 +1 @@
+/
\\ No newline at end of file
"""


@pytest.fixture(params=["none", "full"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    name = "wall" if request.param == "full" else "open_room"
    found: Sandbox = request.getfixturevalue(name)
    return found


@pytest.fixture
def source(tmp_path: Path) -> SourceArchive:
    files = {"a.txt": "one\ntwo\nthree\n", "setup.py": "", "sub/b.txt": "b\n"}
    sdist = make_sdist(tmp_path, "x", "1", files=files)
    return look_into(sdist, name="x", has_top=True)


def written(folder: Path, *texts: str) -> list[Path]:
    paths = [folder / f"{number}.patch" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return paths


def content_of(source: SourceArchive, name: str) -> str:
    with tarfile.open(source.path, encoding="utf-8") as archive:
        stream = archive.extractfile(f"./{name}")
        assert stream is not None
        return stream.read().decode()


def test_patches_apply_in_order(
    source: SourceArchive, sandbox: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    second = PATCH.replace("two", "2").replace("+2", "+zwei")
    patched = apply_patches(source, written(tmp_path, PATCH, second), sandbox, log)
    assert content_of(patched, "a.txt") == "one\nzwei\nthree\n"
    assert content_of(patched, "sub/b.txt") == "b\n"
    assert patched.has_setup


def test_a_patch_that_does_not_fit_is_named_with_file_and_line(
    source: SourceArchive, open_room: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    patches = written(tmp_path, PATCH, PATCH)
    with pytest.raises(PatchFailedError, match=r"a\.txt:1") as caught:
        apply_patches(source, patches, open_room, log)
    assert caught.value.where == str(patches[1])
    assert caught.value.what.endswith(
        "a.txt:1, hunk 1 of 1 (line 3 of the patch): line 2 is '2' where 'two' is "
        "expected"
    )
    assert "the source has its changes already" in caught.value.hint


CRLF_FILE = "one\r\ntwo\r\nthree\r\n"
GIT_PATCH = f"diff --git a/a.txt b/a.txt\n{PATCH}"
BARE = "--- sub/b.txt\n+++ sub/b.txt\n@@ -1 +1 @@\n-b\n+B\n"
NEW = "--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+new\n"
FORMS = {
    "saved with CRLF": (PATCH.replace("\n", "\r\n"), "a.txt", "one\n2\nthree\n"),
    "git's, saved with CRLF": (
        GIT_PATCH.replace("\n", "\r\n"),
        "a.txt",
        "one\n2\nthree\n",
    ),
    "LF for a file with CRLF": (
        PATCH.replace("a.txt", "crlf.txt"),
        "crlf.txt",
        CRLF_FILE.replace("two", "2"),
    ),
    "CRLF throughout": (
        PATCH.replace("a.txt", "crlf.txt").replace("\n", "\r\n"),
        "crlf.txt",
        CRLF_FILE.replace("two", "2"),
    ),
    "both": (
        PATCH + PATCH.replace("a.txt", "crlf.txt"),
        "crlf.txt",
        CRLF_FILE.replace("two", "2"),
    ),
    "git diff of CRLF": (
        PATCH.replace("a.txt", "crlf.txt")
        .replace(" one\n", " one\r\n")
        .replace("two\n", "two\r\n")
        .replace("+2\n", "+2\r\n")
        .replace(" three\n", " three\r\n"),
        "crlf.txt",
        CRLF_FILE.replace("two", "2"),
    ),
    "changes the line ends": (
        PATCH.replace("+2\n", "+two\r\n"),
        "a.txt",
        "one\ntwo\r\nthree\n",
    ),
    "without prefix": (BARE, "sub/b.txt", "B\n"),
    "git's, without prefix": (
        f"diff --git sub/b.txt sub/b.txt\n{BARE}",
        "sub/b.txt",
        "B\n",
    ),
    "without prefix, at the top": (
        PATCH.replace("a/a.txt", "a.txt").replace("b/a.txt", "a.txt"),
        "a.txt",
        "one\n2\nthree\n",
    ),
    "of two folders": (
        PATCH.replace("a/a.txt", "x-1.orig/a.txt").replace("b/a.txt", "x-1/a.txt"),
        "a.txt",
        "one\n2\nthree\n",
    ),
    "a new file": (NEW, "new.txt", "new\n"),
    "a new file with CRLF": (NEW.replace("\n", "\r\n"), "new.txt", "new\n"),
    "a new file without prefix": (
        NEW.replace("b/new", "sub/new"),
        "sub/new.txt",
        "new\n",
    ),
    "mailed": (
        f"From 1 Mon Sep 17\nSubject: x\n\n---\n a.txt | 2 +-\n\n{GIT_PATCH}-- \n2\n\n",
        "a.txt",
        "one\n2\nthree\n",
    ),
    "without its last newline": (PATCH[:-1], "a.txt", "one\n2\nthree\n"),
    "moved lines": (
        PATCH.replace("@@ -1,3 +1,3 @@", "@@ -40,3 +40,3 @@ f()"),
        "a.txt",
        "one\n2\nthree\n",
    ),
}


@pytest.mark.parametrize(("text", "name", "content"), FORMS.values(), ids=FORMS)
def test_a_patch_of_any_form_applies(  # noqa: PLR0913, PLR0917 - fixtures
    text: str,
    name: str,
    content: str,
    open_room: Sandbox,
    log: BuildLog,
    tmp_path: Path,
) -> None:
    files = {"a.txt": "one\ntwo\nthree\n", "crlf.txt": CRLF_FILE, "sub/b.txt": "b\n"}
    sdist = make_sdist(tmp_path, "x", "1", files=files)
    source = look_into(sdist, name="x", has_top=True)
    patch = tmp_path / "0.patch"
    patch.write_bytes(text.encode())

    patched = apply_patches(source, [patch], open_room, log)

    assert content_of(patched, name) == content


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PATCH.replace("a.txt", "gone.txt"), "gone.txt: No such file"),
        ("no patch\n", "it is no unified diff"),
        (PATCH[:-8], "corrupt patch at line"),
        (NEW.replace("new.txt", "a.txt"), "already exists"),
    ],
    ids=["no file", "no patch", "cut off", "is there"],
)
def test_a_patch_that_is_no_use_says_why(  # noqa: PLR0913, PLR0917 - fixtures
    text: str,
    reason: str,
    source: SourceArchive,
    open_room: Sandbox,
    log: BuildLog,
    tmp_path: Path,
) -> None:
    with pytest.raises(PatchFailedError, match=reason):
        apply_patches(source, written(tmp_path, text), open_room, log)


def test_git_is_not_led_into_a_repository_that_came_with_the_source(
    open_room: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    owned = tmp_path / "owned"
    files = {
        "a.txt": "one\ntwo\nthree\n",
        ".git/HEAD": "ref: refs/heads/main\n",
        ".git/config": f"[core]\n\tfsmonitor = touch {owned}\n",
        ".git/objects/x": "",
        ".git/refs/x": "",
    }
    sdist = make_sdist(tmp_path, "x", "1", files=files)
    source = look_into(sdist, name="x", has_top=True)
    patched = apply_patches(source, written(tmp_path, PATCH), open_room, log)
    assert content_of(patched, "a.txt") == "one\n2\nthree\n"
    assert not owned.exists()


def test_a_patch_cannot_reach_out_of_the_tree(
    source: SourceArchive, open_room: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    text = "--- /dev/null\n+++ b/../owned\n@@ -0,0 +1 @@\n+x\n"
    with pytest.raises(PatchFailedError):
        apply_patches(source, written(tmp_path, text), open_room, log)
    assert not list(open_room.scratch.rglob("owned"))


@pytest.mark.parametrize("mode", ["120000", "0120000", " +120000", "160000", "100666"])
def test_a_patch_that_makes_a_link_is_refused(
    mode: str, source: SourceArchive, open_room: Sandbox, log: BuildLog, tmp_path: Path
) -> None:
    patches = written(tmp_path, MAKES_A_LINK.format(mode=mode))
    with pytest.raises(UnsafeSourceError, match="not a plain file"):
        apply_patches(source, patches, open_room, log)
