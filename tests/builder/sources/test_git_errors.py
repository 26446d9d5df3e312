from pathlib import Path

import pytest
from git import GitCommandError, Repo

from axletree.builder.sources.git_errors import unreachable

HOST = "https://git.example.org/x"
CASES = {
    "no host": ("fatal: unable to access: no route", HOST, "check the network"),
    "no folder": ("fatal: not a repository", "file:///x", "check the path"),
    "our mirror": ("fatal: bad object 12ab", HOST, "remove that folder"),
    "theirs is partial": (
        "fatal: aborting due to possible repository corruption on the remote side.",
        HOST,
        "name the one that it was cloned from",
    ),
    "theirs is of SHA-256": (
        "fatal: mismatched algorithms: client sha1; server sha256",
        HOST,
        "name such a repository",
    ),
}


@pytest.mark.parametrize(("said", "url", "hint"), CASES.values(), ids=CASES)
def test_what_git_says_leads_to_what_helps(
    said: str, url: str, hint: str, tmp_path: Path
) -> None:
    error = GitCommandError(["git", "fetch"], 128, said.encode())
    found = unreachable(Repo.init(tmp_path), error, url, url)
    assert hint in found.hint
    assert said.removesuffix(":") in found.what
