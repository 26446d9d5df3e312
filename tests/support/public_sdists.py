"""Bring sdists of the public index, as pip is told of it.

`python -m tests.support.public_sdists FOLDER NAME==VERSION …`
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from packaging.utils import canonicalize_name

from axletree.config import load
from axletree.environ import process_environment
from axletree.wheelhouse.upstream.index import UpstreamIndex
from axletree.wheelhouse.upstream.public_index import public_index_url


def main(folder: Path, pins: Sequence[str]) -> None:
    """Bring the sdist of each pin."""
    wanted = {
        canonicalize_name(name): version
        for name, _, version in (pin.partition("==") for pin in pins)
    }
    settings = load(process_environment())
    with UpstreamIndex(settings, public_index_url(settings)) as index:
        for name, page in index.pages(list(wanted)).items():
            [sdist] = (
                file
                for file in (page.files if page is not None else ())
                if (file.version, file.kind) == (wanted[name], "sdist")
            )
            index.download(sdist, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
