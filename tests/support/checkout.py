"""What git tracks in this checkout."""

import subprocess
from functools import cache
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
LINKED = ("resolver", "builder", "wheelhouse", "server")
"""Folders at the top that are packages below axletree."""
CODE = ("axletree", *LINKED)


@cache
def tracked_files() -> tuple[PurePosixPath, ...]:
    """List the paths, relative to ROOT, links as links."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [PurePosixPath(name) for name in listed.stdout.split("\0") if name]
    # A file deleted in the working tree is still listed until the commit.
    return tuple(path for path in paths if (ROOT / path).exists())


def copy_tracked_files(destination: Path) -> None:
    """Copy what git knows, so that no stale `build/` or cache takes part."""
    for path in tracked_files():
        target = destination / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / path).is_symlink():
            target.symlink_to((ROOT / path).readlink())
        else:
            target.write_bytes((ROOT / path).read_bytes())
