"""Small sdists that need one another, and a wheelhouse to build them in."""

from collections.abc import Sequence
from pathlib import Path

from tests.support.sources import sources_of
from tests.support.wheels import make_sdist


def small_sdist(  # noqa: PLR0913  what a project can be
    folder: Path,
    name: str,
    *,
    requires: Sequence[str] = (),
    to_build: Sequence[str] = (),
    tiny: str = "",
    is_static: bool = False,
) -> Path:
    """Pack a project of the tiny backend as version 1.0.

    :param to_build: build requirements beside the backend.
    :param tiny: more of what the backend is told: `fails = "no"`.
    :param is_static: PKG-INFO says all, so that the backend is not asked for it.
    """
    files = sources_of("good", name, version="1.0", dependencies=requires)
    listed = ", ".join(f'"{each}"' for each in ("tiny-backend", *to_build))
    lines = files["pyproject.toml"].splitlines()
    files["pyproject.toml"] = "\n".join(
        f"requires = [{listed}]" if line.startswith("requires =") else line
        for line in lines
    )
    if tiny:
        files["pyproject.toml"] += f"\n[tool.tiny]\n{tiny}\n"
    if is_static:
        return make_sdist(folder, name, "1.0", files=files, requires_dist=requires)
    return make_sdist(folder, name, "1.0", files=files, metadata_version="2.1")
