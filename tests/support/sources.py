"""An index with projects that must be built, and all that their builds need."""

import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path

from tests.support.index_server import Index
from tests.support.wheels import make_sdist, make_wheel

PROJECTS = Path(__file__).parents[1] / "projects"


def build_requirements(folder: Path) -> list[Path]:
    """Make the wheels that builds of `tests/projects` ask for."""
    backend = (PROJECTS / "tiny_backend.py").read_text()
    return [
        make_wheel(folder, "setuptools", "60.0"),
        make_wheel(folder, "wheel", "0.37"),
        make_wheel(
            folder, "tiny-backend", "1", files={"tiny_backend.py": backend}
        ),
        make_wheel(folder, "tiny-extra", "2"),
    ]  # fmt: skip


def runtime_requirements(folder: Path) -> list[Path]:
    """Make the wheels that `small-thing` requires."""
    return [make_wheel(folder, "wanted", "2.5"), make_wheel(folder, "other", "1")]


def sources_of(
    project: str, name: str, *, version: str, dependencies: Sequence[str]
) -> dict[str, str]:
    """Give the files of a project of `tests/projects`, with another name inside."""
    files = {path.name: path.read_text() for path in (PROJECTS / project).iterdir()}
    listed = ", ".join(f'"{line}"' for line in dependencies)
    files["pyproject.toml"] = "\n".join(
        f"dependencies = [{listed}]" if line.startswith("dependencies") else line
        for line in files["pyproject.toml"]
        .replace("small-thing", name)
        .replace('version = "1.0"', f'version = "{version}"')
        .splitlines()
    )
    return files


def sdist_of(
    folder: Path,
    project: str,
    name: str,
    *,
    is_static: bool = False,
    promises: Sequence[str] | None = None,
) -> Path:
    """Pack a project of `tests/projects` as version 1.0 of `name`.

    :param is_static: PKG-INFO says all, so that the backend is not asked for it.
    :param promises: the requirements in that PKG-INFO, where other than the true ones.
    """
    files = {
        path.name: path.read_text().replace("small-thing", name)
        for path in (PROJECTS / project).iterdir()
    }
    if not is_static:
        return make_sdist(folder, name, "1.0", files=files, metadata_version="2.1")
    requires = promises
    if requires is None:
        requires = tomllib.loads(files["pyproject.toml"])["project"]["dependencies"]
    return make_sdist(folder, name, "1.0", files=files, requires_dist=requires)


def publish_on(index: Index, *files: Path) -> None:
    """Put files on an index, each under the project of its name.

    Wheels have their metadata beside them: who asks for the file itself takes it.
    """
    for file in files:
        published = index.publish(file.name.split("-")[0].replace("_", "-"), file)
        if file.suffix == ".whl":
            published.metadata = _metadata_of(file)
            published.is_metadata_advertised = True


def _metadata_of(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        return archive.read(next(name for name in names if name.endswith("/METADATA")))
