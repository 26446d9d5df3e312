"""What a checkout of ours holds, and what a clone does."""

import hashlib
import os
import tarfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from axletree.builder.recipes.source_table import GitSource
from axletree.builder.sources.addresses import GitAccess
from axletree.builder.sources.source import check_out
from tests.support.clones import Repository
from tests.support.repositories import EPOCH


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
