"""From where the tests of sources fetch."""

from pathlib import Path

import pytest

from axletree.builder.sources.addresses import GitAccess


@pytest.fixture
def access(tmp_path: Path) -> GitAccess:
    return GitAccess(cache=tmp_path / "cache", mirrors={}, allows_file=True)
