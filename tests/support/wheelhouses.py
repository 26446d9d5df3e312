"""Real wheelhouses for tests of what reads them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from axletree.resolver.inputs.variants_names import read_variants_name
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.catalog.publish import publish
from axletree.wheelhouse.catalog.variants_changes import IncomingVariants, enter
from axletree.wheelhouse.model import IncomingFile

LISTING = (
    b'{"$schema": "https://variants-schema.wheelnext.dev/v0.0.3.json", '
    b'"default-priorities": {"namespace": ["x86_64"]}, "variants": {"null": {}}}'
)
"""Of variants, as the draft of PEP 825 has them."""
UPLOADED = datetime(2022, 1, 1, tzinfo=UTC)


def publish_all(
    home: Path, files: Iterable[Path], *, yanked: str | None = None
) -> None:
    """Publish files into the wheelhouse at `home`, which is made if missing."""
    incoming = [
        IncomingFile(
            path=file,
            filename=file.name,
            upload_time=UPLOADED,
            origin="test",
            yanked=yanked,
        )
        for file in files
    ]
    with Wheelhouse.open(home) as wheelhouse:
        publish(wheelhouse, incoming)


def publish_variants(home: Path, *filenames: str) -> None:
    """List variants of releases that are there."""
    incoming = [
        IncomingVariants(
            name=read_variants_name(filename),
            content=LISTING,
            origin="test",
            upload_time=UPLOADED,
        )
        for filename in filenames
    ]
    with Wheelhouse.open(home) as wheelhouse:
        assert enter(wheelhouse, incoming).new == filenames


def published_in(home: Path) -> dict[str, str]:
    """Map the files of a wheelhouse to their digests; each is read whole first."""
    with Wheelhouse.open(home) as wheelhouse:
        of_all = wheelhouse.files_of_all(wheelhouse.projects()).values()
        stored = [file for files in of_all for file in files]
        for file in stored:
            wheelhouse.check(file)
        return {file.filename: file.sha256 for file in stored}


def generation_of(home: Path) -> int:
    """Count the publishes so far."""
    with Wheelhouse.open(home) as wheelhouse:
        return wheelhouse.generation()
