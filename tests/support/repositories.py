"""Makers of small git repositories."""

import os
import subprocess
from pathlib import Path

TIME = "2022-01-15T10:20:30 +0000"
EPOCH = 1642242030
"""The same time, in seconds."""


def make_repository(folder: Path, tree: Path, *, branch: str = "patched") -> str:
    """Make a repository of all files of `tree`; return its one commit."""
    folder.mkdir(parents=True)
    run_git(folder, "init", "--quiet")
    run_git(folder, "symbolic-ref", "HEAD", f"refs/heads/{branch}")
    run_git(folder, f"--work-tree={tree}", "add", "--all", "--force", ".")
    run_git(folder, "commit", "--quiet", "--message", "All of it")
    return run_git(folder, "rev-parse", "HEAD")


def run_git(folder: Path, *arguments: str) -> str:
    names = ("AUTHOR_NAME", "COMMITTER_NAME")
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_DIR": str(folder / ".git"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        **{f"GIT_{name}": "Tests" for name in names},
        **{
            f"GIT_{name.replace('NAME', 'EMAIL')}": "t@example.invalid"
            for name in names
        },
        **{f"GIT_{name.replace('NAME', 'DATE')}": TIME for name in names},
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()
