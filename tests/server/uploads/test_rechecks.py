"""An upload has the sets that it touches checked again, or is refused for them."""

from pathlib import Path
from time import monotonic, sleep

import pytest

from axletree.server.guard import AccessSettings
from axletree.server.serving.app import create_app
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.sets.keeping import add_set
from axletree.wheelhouse.sets.reading import read_set
from axletree.wheelhouse.sets.records import Outcome, SetText, Target
from tests.support.uploading import Index
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

PATIENCE_S = 30


def served(home: Path, folder: Path, *, is_gated: bool) -> tuple[Index, str, Path]:
    """Serve a wheelhouse with a set, and make what breaks it."""
    publish_all(home, [make_wheel(folder, "acme", "1")])
    with Wheelhouse.open(home) as house:
        target = Target(python_version="3.9", platform="linux")
        add_set(house, "jupyter", SetText(requirements="acme\n"), [target])
    app = create_app(home, access=AccessSettings(is_gated=is_gated))
    index = Index(home=home, client=app.test_client())
    wheel = make_wheel(
        folder, "acme", "1", tag="cp39-cp39-linux_x86_64", requires_dist=["absent"]
    )
    return index, index.secret("ci", "upload:acme"), wheel


def known_of(home: Path) -> Outcome:
    with Wheelhouse.open_to_read(home) as house:
        [state] = read_set(house, "jupyter").states
    return state.outcome


def test_sets_are_checked_after_an_upload(tmp_path: Path) -> None:
    index, secret, wheel = served(tmp_path / "house", tmp_path, is_gated=False)

    assert index.upload(wheel, secret).status_code == 200

    end = monotonic() + PATIENCE_S
    while known_of(index.home).result == "whole" and monotonic() < end:
        sleep(0.1)
    assert known_of(index.home).cause == f"{wheel.name} came in"


def test_a_gated_upload_that_breaks_a_set_is_refused(tmp_path: Path) -> None:
    index, secret, wheel = served(tmp_path / "house", tmp_path, is_gated=True)

    answer = index.upload(wheel, secret)

    assert answer.status_code == 409
    assert "would break the requirement set jupyter" in answer.text
    with Wheelhouse.open_to_read(index.home) as house:
        assert house.generation() == 1
    fine = make_wheel(tmp_path, "acme", "2")
    assert index.upload(fine, secret).status_code == 200
