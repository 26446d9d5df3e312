"""Wheelhouses that can be read and not be written, as other people have them."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

WITHOUT_POWERS = ("setpriv", "--inh-caps=-all", "--bounding-set=-all")
"""Starts a command in which root is held to the rights of files as others are."""
FOREIGN = 65534


def behind_read_only_mount(home: Path, seen: Path) -> list[str]:
    """Return what starts a command that sees `home`, read-only, as `seen`."""
    seen.mkdir(exist_ok=True)
    bound = ["--dev-bind", "/", "/", "--ro-bind", str(home), str(seen)]
    return ["bwrap", "--die-with-parent", *bound]


def on_read_only_file_system(home: Path, seen: Path) -> list[str]:
    """Return what starts a command that sees a copy of `home`, at `seen`, on a medium.

    A file system of its own, in a mount namespace of its own, so that it goes by itself.
    """
    seen.mkdir(exist_ok=True)
    mounting = (
        'mount -t tmpfs none "$2" && cp -a "$1/." "$2/" && mount -o remount,ro "$2" '
        '&& shift 2 && exec "$@"'
    )
    powers = [] if os.getuid() == 0 else ["--map-root-user"]
    namespace = ["unshare", "--mount", *powers]
    probe = subprocess.run([*namespace, "true"], check=False, capture_output=True)
    if probe.returncode:
        if os.environ.get("CI") == "true":
            pytest.fail("no mount namespaces in CI")
        pytest.skip("no mount namespaces here")
    return [*namespace, "sh", "-c", mounting, "sh", str(home), str(seen)]


def given_away(home: Path, *, is_readable: bool) -> list[str]:
    """Give a wheelhouse to another account; return what starts a command without it.

    Who is not root cannot give it away, and takes the rights from itself.
    """
    if os.getuid() == 0:
        for path in (home, *home.rglob("*")):
            os.chown(path, FOREIGN, FOREIGN)
        home.chmod(0o755 if is_readable else 0o700)
        return list(WITHOUT_POWERS)
    for path in (*home.rglob("*"), home):
        path.chmod(path.stat().st_mode & 0o555)
    home.chmod(0o555 if is_readable else 0)
    return []


def content_of(folder: Path) -> Mapping[str, tuple[int, int]]:
    """Describe all that is in a folder, by path: inode and time of status change."""
    found = {path: path.lstat() for path in (folder, *folder.rglob("*"))}
    return {
        str(path.relative_to(folder)): (stat.st_ino, stat.st_ctime_ns)
        for path, stat in found.items()
    }


@contextmanager
def held_open(home: Path) -> Iterator[sqlite3.Connection]:
    """Hold a wheelhouse's database open, as a server that writes does."""
    connection = sqlite3.connect(home / "wheelhouse.sqlite", isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM files").fetchall()
        yield connection
    finally:
        connection.close()
