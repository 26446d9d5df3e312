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
    with tarfile.open(source.path) as archive:
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
