"""What the tests of uploads are about."""

from pathlib import Path

import pytest

from axletree.server.guard import AccessSettings
from axletree.server.serving.app import create_app
from axletree.wheelhouse.catalog.house import Wheelhouse
from tests.support.uploading import MOST, Index
from tests.support.wheels import make_wheel


@pytest.fixture
def index(tmp_path: Path) -> Index:
    home = tmp_path / "house"
    Wheelhouse.open(home).close()
    app = create_app(home, access=AccessSettings(max_file_bytes=MOST))
    return Index(home=home, client=app.test_client())


@pytest.fixture
def secret(index: Index) -> str:
    return index.secret("ci", "upload:acme-*")


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    return make_wheel(tmp_path, "acme-tools", "1.0")
