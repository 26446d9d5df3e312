"""Make the stand-in for the public fork: a git repository with always the same commit.

Where the public git host cannot be reached, this takes its place: the sdist of
kubeflow-fairing 1.0.2 as a first commit, `stand-in.patch` (written for this example)
as a second, on a branch of the fork's name. Author, dates, modes and line ends are
fixed and no configuration is read, so every machine makes the commit that
`stand-in.toml` pins.

    python examples/fairing/make_stand_in.py kubeflow-fairing-1.0.2.tar.gz FOLDER
"""

import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

from git import Git

from axletree.builder.archives.folder_sink import unpack_into
from axletree.builder.archives.source_archive import source_rules
from axletree.wheelhouse.archives.members import read_members

SDIST = "kubeflow-fairing-1.0.2.tar.gz"
SDIST_SHA256 = "f99640748f08e234474f3bd8216ae19ab14628459f3e5ac69f11989e441e2091"
BRANCH = "adapt-latest-kfserving-and-training-oprator"
PATCH = Path(__file__).with_name("stand-in.patch")

_AUTHOR = "Axletree example"
_EMAIL = "axletree@example.invalid"
_IMPORT_TIME = "2021-01-04T12:00:00 +0000"
_PATCH_TIME = "2022-01-26T12:00:00 +0000"
_GENERATED = ("PKG-INFO", "kubeflow_fairing.egg-info")
_SETTINGS = {
    "commit.gpgSign": "false",
    "core.attributesFile": os.devnull,
    "core.autocrlf": "false",
    "core.excludesFile": os.devnull,
    "core.fileMode": "false",
    "core.hooksPath": os.devnull,
    "gc.auto": "0",
    "i18n.commitEncoding": "UTF-8",
}


def make_stand_in(sdist: Path, folder: Path) -> str:
    """Make the repository in `folder`, replacing one that is there.

    :param sdist: kubeflow-fairing 1.0.2 as the public index has it.
    :returns: the commit that `stand-in.toml` pins.
    :raises ValueError: when `sdist` is another file.
    """
    if hashlib.sha256(sdist.read_bytes()).hexdigest() != SDIST_SHA256:
        message = f"{sdist} is not the public {SDIST}"
        raise ValueError(message)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        tree = _unpack(sdist, Path(name))
        for generated in _GENERATED:
            _remove(tree / generated)
        commit = _commit_all(tree)
        shutil.rmtree(folder, ignore_errors=True)
        tree.rename(folder)
    return commit


def _unpack(sdist: Path, folder: Path) -> Path:
    rules = source_rules(sdist, has_top=True)
    root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with sdist.open("rb") as file:
            unpack_into(root, read_members(file, rules.stream_bytes), rules)
    finally:
        os.close(root)
    return next(path for path in folder.iterdir() if path.is_dir())


def _commit_all(tree: Path) -> str:
    git = Git(tree)
    with git.custom_environment(**_environment(tree, _IMPORT_TIME)):
        git.init("--quiet", "--template=", "--object-format=sha1")
        git.symbolic_ref("HEAD", f"refs/heads/{BRANCH}")
        _commit(git, "Import the sdist of kubeflow-fairing 1.0.2")
    with git.custom_environment(**_environment(tree, _PATCH_TIME)):
        git.apply("--whitespace=nowarn", "--", str(PATCH))
        _commit(git, "Work with kfserving 0.6.1 and the training operator")
        return str(git.rev_parse("HEAD"))


def _commit(git: Git, message: str) -> None:
    git.add("--all", "--force", ".")
    git.commit("--quiet", "--no-verify", "--no-gpg-sign", "--message", message)


def _environment(tree: Path, time: str) -> dict[str, str]:
    environment = {
        "GIT_DIR": str(tree / ".git"),
        "GIT_WORK_TREE": str(tree),
        "GIT_INDEX_FILE": str(tree / ".git" / "index"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": _AUTHOR,
        "GIT_AUTHOR_EMAIL": _EMAIL,
        "GIT_AUTHOR_DATE": time,
        "GIT_COMMITTER_NAME": _AUTHOR,
        "GIT_COMMITTER_EMAIL": _EMAIL,
        "GIT_COMMITTER_DATE": time,
        "GIT_CONFIG_COUNT": str(len(_SETTINGS)),
    }
    for number, (key, value) in enumerate(_SETTINGS.items()):
        environment[f"GIT_CONFIG_KEY_{number}"] = key
        environment[f"GIT_CONFIG_VALUE_{number}"] = value
    return environment


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def main(arguments: list[str]) -> None:
    """Make the repository of the two paths given, and print its commit."""
    sdist, folder = map(Path, arguments)
    sys.stdout.write(make_stand_in(sdist, folder.resolve()) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
