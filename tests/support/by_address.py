"""Requirements by address: what names them, what they are locked as."""

import sys
from pathlib import Path

from tests.support.command_line import CommandLine

HERE = f"3.{sys.version_info.minor}"
TARGET = ("--python-version", HERE, "--python-platform", "linux")


def own_wheel(tmp_path: Path, version: str = "2.0") -> str:
    return (tmp_path / "own" / f"lib-{version}-py3-none-any.whl").as_uri()


def project(folder: Path, *, name: str = "proj", dependencies: str = "'lib<3'") -> Path:
    """Write a project whose files say all."""
    folder.mkdir()
    (folder / "pyproject.toml").write_text(
        f"[project]\nname = '{name}'\nversion = '1.5'\ndependencies = [{dependencies}]\n"
        "[project.optional-dependencies]\nx = ['app']\n"
    )
    return folder


def pins(text: str) -> list[str]:
    lines = (line.removesuffix(" \\") for line in text.splitlines())
    return [line for line in lines if line[:1] not in {"", "#", " "}]


def locked(axletree: CommandLine, folder: Path, *words: str | Path) -> list[str]:
    ran = axletree("lock", "--find-links", folder / "wheels", *TARGET, *words)
    assert ran.code == 0, ran.err + ran.out
    return pins(ran.out)


def facts(axletree: CommandLine, folder: Path, *words: str | Path) -> list[str]:
    """Give the facts of the conflict, as JSON has them."""
    ran = axletree(
        *("explain", "--json", "--no-repairs", "--find-links", folder / "wheels"),
        *TARGET,
        *words,
    )
    assert ran.code == 1, ran.err + ran.out
    core = ran.document()["core"]
    assert isinstance(core, list)
    return [str(fact["text"]) for fact in core if isinstance(fact, dict)]
