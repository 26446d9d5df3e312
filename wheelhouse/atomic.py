"""Files that are written whole or not at all."""

import os
import tempfile
from pathlib import Path

from axletree.wheelhouse.files import translate_storage_errors


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` with `content`; a failure leaves what was there.

    :raises StorageError: no space left, no such folder, or not allowed.
    """
    with translate_storage_errors(path):
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
