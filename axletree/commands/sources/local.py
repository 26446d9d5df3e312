"""Universes on this machine: a folder of files, and the wheelhouse."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from axletree.house_place import HousePlace
from axletree.reading import is_folder
from axletree.resolver.inputs.requirement_lines import redact
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.universe.protocol import Universe

if TYPE_CHECKING:
    # SQLAlchemy takes longer to import than most answers to find.
    from axletree.wheelhouse.catalog.universe import WheelhouseUniverse


def open_folder(link: str) -> Universe:
    """Open a folder of files, named by its path or a `file:` address.

    :raises click.UsageError: there is no such folder.
    """
    from axletree.wheelhouse.sources.directory import DirectoryUniverse  # noqa: PLC0415  late

    path = _path_of_url(link) if link.startswith("file:") else link
    folder = Path(path).expanduser()
    if not is_folder(folder):
        import click  # noqa: PLC0415  late: a quick explanation needs none of it

        from axletree.commands.line.corrections import refuse_missing  # noqa: PLC0415

        refuse_missing([link], "folder")

        raise click.UsageError(
            f"--find-links {redact(link)} is not a folder on this machine "
            "(pages of links are not read: name an index with --index-url)"
        )
    return DirectoryUniverse(folder)


def paths_in_folders(files: Sequence[DistributionFile]) -> Sequence[Path]:
    """Return where files of folders lie."""
    return [Path(_path_of_url(file.url)) for file in files]


def paths_in_wheelhouse(
    stack: ExitStack, place: HousePlace, files: Sequence[DistributionFile]
) -> Sequence[Path]:
    """Lay files of the wheelhouse out until `stack` closes."""
    import tempfile  # noqa: PLC0415  late, as below

    from axletree.builder.jobs.stored import stored_wheels  # noqa: PLC0415
    from axletree.wheelhouse.catalog.plain_reader import PlainReader  # noqa: PLC0415

    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="axletree-"))
    return stored_wheels(PlainReader(place, stack), Path(folder))(files)


def _path_of_url(url: str) -> str:
    from urllib.parse import urlsplit  # noqa: PLC0415  late, for http.client and ssl
    from urllib.request import url2pathname  # noqa: PLC0415  as above

    return url2pathname(urlsplit(url).path)


def open_wheelhouse(
    stack: ExitStack, place: Path | HousePlace, generation: int | None = None
) -> "WheelhouseUniverse":
    """Open a wheelhouse at a generation (the current one) until `stack` closes."""
    from axletree.wheelhouse.catalog.plain_reader import PlainReader  # noqa: PLC0415  late
    from axletree.wheelhouse.catalog.universe import WheelhouseUniverse  # noqa: PLC0415  late

    return WheelhouseUniverse(PlainReader(place, stack), generation)
