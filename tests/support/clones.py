"""Repositories whose clone differs from what `git archive` makes of them."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.repositories import TIME

_NAMES = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "T"), ("EMAIL", "t@x.invalid"), ("DATE", TIME))
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository with a work tree, in the hands of a test."""

    folder: Path

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_ALLOW_PROTOCOL": "file",
                **_NAMES,
            },
            check=True,
            capture_output=True,
            input=stdin,
        )
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def commit(self, tag: str = "") -> str:
        self.git("add", "--all", "--force", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message", "c")
        if tag:
            self.git("tag", tag)
        return self.head

    def commit_tree(self, entries: Mapping[str, tuple[str, str]]) -> str:
        """Commit a tree as no program would write it: name -> mode and object."""
        raw = b"".join(
            f"{mode} {name}".encode() + b"\0" + bytes.fromhex(object_id)
            for name, (mode, object_id) in entries.items()
        )
        tree = self.git(
            "hash-object", "-t", "tree", "--literally", "-w", "--stdin", stdin=raw
        )
        commit = self.git("commit-tree", tree, "-m", "by hand")
        self.git("update-ref", "refs/heads/main", commit)
        return commit

    def blob(self, content: bytes) -> str:
        return self.git("hash-object", "-w", "--stdin", stdin=content)


def make(folder: Path, files: Mapping[str, str | bytes]) -> Repository:
    """Make a repository of one commit, on the branch main."""
    folder.mkdir(parents=True)
    repository = Repository(folder=folder)
    repository.git("init", "--quiet", "--initial-branch=main")
    write(folder, files)
    repository.commit()
    return repository


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def clone(repository: Repository, folder: Path, *options: str) -> Path:
    """Clone it as a user would, with all submodules."""
    url = repository.folder.as_uri()
    repository.git(
        "clone", "--quiet", "--recurse-submodules", *options, url, str(folder)
    )
    return folder
