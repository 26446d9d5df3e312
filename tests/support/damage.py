"""Ways in which a stored file can be other than what was put there."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

import obstore

from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.model import Sha256
from axletree.wheelhouse.remote.bucket import BucketFileStore
from axletree.wheelhouse.store.blobs import parts_of
from axletree.wheelhouse.store.files import LocalFileStore


def remove(path: Path) -> None:
    """Lose it."""
    path.unlink()


def flip(path: Path) -> None:
    """Change one bit in its middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    overwrite(path, bytes(content))


def truncate(path: Path) -> None:
    """Lose its second half."""
    content = path.read_bytes()
    overwrite(path, content[: len(content) // 2])


def empty(path: Path) -> None:
    """Lose all of its bytes."""
    overwrite(path, b"")


def extend(path: Path) -> None:
    """Add a byte."""
    overwrite(path, path.read_bytes() + b"x")


def link_elsewhere(path: Path) -> None:
    """Put a link to another file in its place."""
    path.unlink()
    path.symlink_to(__file__)


def link_to_itself(path: Path) -> None:
    """Put a link that leads nowhere in its place."""
    path.unlink()
    path.symlink_to(path)


def overwrite(path: Path, content: bytes) -> None:
    """Write in place, whatever its mode."""
    path.chmod(0o600)
    path.write_bytes(content)


DAMAGES: Mapping[str, Callable[[Path], None]] = MappingProxyType(
    {
        "gone": remove,
        "flipped": flip,
        "truncated": truncate,
        "empty": empty,
        "longer": extend,
        "a link elsewhere": link_elsewhere,
        "a link to itself": link_to_itself,
    }
)


def spoil(house: Wheelhouse, sha256: Sha256, how: str) -> None:
    """Damage the bytes of a stored file, wherever they lie."""
    store = house.files
    if isinstance(store, LocalFileStore):
        DAMAGES[how](store.path_of(sha256))
        return
    assert isinstance(store, BucketFileStore)
    with TemporaryDirectory() as folder:
        path = Path(folder, "blob")
        path.write_bytes(b"".join(parts_of(store, sha256)))
        DAMAGES[how](path)
        store.remove(sha256)
        if path.exists():
            obstore.put(
                store.client, f"sha256/{sha256[:2]}/{sha256}", path.read_bytes()
            )
