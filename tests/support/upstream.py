"""Settings and files for tests that read an index."""

import random
from collections.abc import Mapping
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name

from axletree.config import Settings, load
from axletree.resolver.model.distribution import (
    DistributionFile,
    Page,
)
from axletree.wheelhouse.upstream.index import UpstreamIndex
from tests.support.wheels import make_wheel


def make_settings(folder: Path, **environ: str) -> Settings:
    """Make settings as from this environment and no other; one try.

    The timeout is long enough for a busy machine, whose tests are not about time.
    """
    given = {"HOME": str(folder), "AXLETREE_RETRIES": "0", "AXLETREE_TIMEOUT": "5"}
    return load(given | environ)


def read_page(index: UpstreamIndex, name: str) -> Page:
    project = canonicalize_name(name)
    page = index.pages([project])[project]
    assert page is not None
    return page


def only_file(index: UpstreamIndex, name: str) -> DistributionFile:
    (file,) = read_page(index, name).files
    return file


def names(*texts: str) -> list[NormalizedName]:
    return [canonicalize_name(text) for text in texts]


def make_large_wheel(folder: Path, name: str, version: str, **fields: str) -> Path:
    """Make a wheel of some 200 kB that does not shrink."""
    noise = random.Random(version).randbytes(200_000)  # noqa: S311 - no secret
    files: Mapping[str, str | bytes] = {f"{name}/noise.bin": noise}
    return make_wheel(folder, name, version, files=files, requires_dist=fields.values())
