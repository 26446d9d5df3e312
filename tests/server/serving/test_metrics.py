"""`/metrics`: who may see it, and what stands there."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from axletree.server.guard import AccessSettings
from axletree.server.serving.app import create_app
from axletree.server.serving.metrics import OfHouse, exposition
from axletree.server.watching.figures import Figures
from axletree.wheelhouse.access.rights import Right
from axletree.wheelhouse.access.tokens import Tokens
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.errors import InvalidRightError

SAMPLE = re.compile(
    r'axletree_[a-z_]+(?:\{[a-z]+="[^"\\\n]*"(?:,[a-z]+="[^"\\\n]*")*\})? [0-9.e+-]+'
).fullmatch


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("watched") / "house"
    with Wheelhouse.open(home):
        return home


@pytest.fixture(scope="module")
def secrets(home: Path) -> dict[str, str]:
    with Wheelhouse.open(home) as house:
        return {
            right: Tokens(house=house).make(right, [Right.parse(right)], None)[1]
            for right in ("metrics", "read", "upload")
        }


@pytest.fixture(params=[False, True], ids=["open", "private"])
def client(home: Path, request: pytest.FixtureRequest) -> FlaskClient:
    access = AccessSettings(needs_token_to_read=request.param)
    return create_app(home, access=access).test_client()


FORWARDED = {"X-Forwarded-For": "10.0.0.9"}


@pytest.mark.parametrize(
    ("address", "host", "headers", "status"),
    [
        ("127.0.0.1", "localhost:8080", {}, 200),
        ("127.9.9.9", "127.0.0.1", {}, 200),
        ("::1", "[::1]:8080", {}, 200),
        ("::ffff:127.0.0.1", "localhost", {}, 200),
        ("10.0.0.9", "localhost", {}, 401),
        ("", "localhost", {}, 401),
        # A proxy on this machine asks for others.
        ("127.0.0.1", "localhost", FORWARDED, 401),
        ("127.0.0.1", "localhost", {"Forwarded": "for=10.0.0.9"}, 401),
        ("127.0.0.1", "localhost", {"Via": "1.1 x"}, 401),
        ("127.0.0.1", "pkgs.example", {}, 401),
        # A page in a browser here, whose name was made to lead here.
        ("127.0.0.1", "evil.example:8080", {}, 401),
        ("127.0.0.1", "localhost.evil.example", {}, 401),
        ("127.0.0.1", "[::1", {}, 401),
    ],
)
def test_without_a_token_it_is_for_this_machine_alone(
    client: FlaskClient, address: str, host: str, headers: dict[str, str], status: int
) -> None:
    answer = client.get(
        "/metrics",
        headers=headers,
        environ_overrides={"REMOTE_ADDR": address, "HTTP_HOST": host},
    )
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("right", "status"), [("metrics", 200), ("read", 403), ("upload", 403)]
)
def test_from_elsewhere_it_takes_a_token_with_the_right(
    client: FlaskClient, secrets: dict[str, str], right: str, status: int
) -> None:
    answer = client.get(
        "/metrics",
        headers={"Authorization": f"Bearer {secrets[right]}"},
        environ_overrides={"REMOTE_ADDR": "10.0.0.9"},
    )
    assert answer.status_code == status


def test_its_right_opens_nothing_else(home: Path, secrets: dict[str, str]) -> None:
    access = AccessSettings(needs_token_to_read=True)
    client = create_app(home, access=access).test_client()
    headers = {"Authorization": f"Bearer {secrets['metrics']}"}
    assert client.get("/simple/", headers=headers).status_code == 403


def test_its_right_is_for_no_project() -> None:
    assert str(Right.parse("metrics")) == "metrics:*"
    with pytest.raises(InvalidRightError):
        Right.parse("metrics:acme-*")


def test_what_it_says_is_well_formed_and_true(home: Path) -> None:
    client = create_app(home).test_client()
    for path in ("/simple/", "/simple/", "/simple/none/", "/healthz"):
        client.get(path, buffered=True)
    answer = client.get("/metrics")
    lines = answer.text.splitlines()

    assert answer.content_type.startswith("text/plain; version=0.0.4")
    assert all(line.startswith("# ") or SAMPLE(line) for line in lines)
    assert 'axletree_requests_total{route="list",status="200"} 2' in lines
    assert 'axletree_requests_total{route="page",status="404"} 1' in lines
    assert 'axletree_requests_total{route="operations",status="200"} 1' in lines
    assert "axletree_generation 0" in lines
    assert 'axletree_request_duration_seconds_bucket{route="list",le="+Inf"} 2' in lines
    assert 'axletree_request_duration_seconds_count{route="list"} 2' in lines
    assert any(
        line.startswith('axletree_worker_resident_bytes{worker="0"}') for line in lines
    )


def test_each_metric_is_described_once_and_buckets_only_grow() -> None:
    figures = Figures.alone()
    for seconds in (0.0001, 0.02, 0.3, 100.0):
        figures.answered("page", 200, 10, seconds, is_ready=True)
    text = exposition(figures, OfHouse(generation=3, damaged_files=1))
    types = re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)
    buckets = re.findall(r'bucket\{route="page",le="[^"]+"\} (\d+)', text)

    assert len(types) == len(set(types))
    assert list(map(int, buckets)) == [1, 1, 2, 2, 3, 3, 3, 3, 4]
    assert "axletree_damaged_files 1" in text.splitlines()
