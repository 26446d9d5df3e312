"""Whatever is asked, by whatever method and with whatever headers: never a 500."""

from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axletree.server.guard import AccessSettings
from axletree.server.serving.app import create_app
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

REQUESTS = 2000

PARTS = st.sampled_from(
    [
        *(
            "simple",
            "files",
            "g",
            "views",
            "sets",
            "legacy",
            "docs",
            "healthz",
            "metrics",
        ),
        *(
            "readyz",
            "acme",
            "ACME",
            "acme_tools",
            "1",
            "0",
            "-1",
            "9" * 30,
            "00",
            "f" * 62,
        ),
        *(
            "acme-1.0-py3-none-any.whl",
            "acme-1.0-py3-none-any.whl.metadata",
            "pylock.toml",
        ),
        *(
            "",
            ".",
            "..",
            "%2e%2e",
            "%00",
            "%ff",
            "a\\b",
            "%0d%0aX: 1",
            "a" * 5000,
            "ä",
            "\u2028",
        ),
        *(
            "requirements.txt",
            "index.html",
            "~",
            "*",
            "?",
            "{}",
            "{{7*7}}",
            "<x>",
            "%",
            "[",
            "]",
        ),
    ]
) | st.text(max_size=8)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *("HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_RANGE", "HTTP_IF_RANGE"),
            *("HTTP_IF_NONE_MATCH", "HTTP_AUTHORIZATION", "HTTP_HOST", "HTTP_ORIGIN"),
            *("HTTP_SEC_FETCH_SITE", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REQUEST_ID"),
            *("CONTENT_TYPE", "CONTENT_LENGTH", "REMOTE_ADDR", "HTTP_X_FORWARDED_FOR"),
        ]
    ),
    st.sampled_from(
        [
            *(
                "*/*",
                "application/vnd.pypi.simple.v1+json;q=0.5, text/html;q=x",
                "gzip;q=nan",
            ),
            *(
                "bytes=0-",
                "bytes=-0",
                "bytes=5-1,7-",
                "bytes=9999999999999999999-",
                "*",
                '"x"',
            ),
            *(
                "Basic Og==",
                "Basic ====",
                "Bearer x",
                "Basic /w==",
                "[::1",
                "http://[",
                "-1",
            ),
            *(
                "multipart/form-data; boundary=x",
                "multipart/form-data",
                "1e9",
                "127.0.0.1",
                "",
            ),
        ]
    )
    | st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=20),
    max_size=5,
)


@pytest.fixture(scope="module", params=[False, True], ids=["open", "private"])
def client(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> FlaskClient:
    folder: Path = tmp_path_factory.mktemp("asked")
    publish_all(folder / "home", [make_wheel(folder, "acme", "1.0")])
    access = AccessSettings(needs_token_to_read=request.param)
    return create_app(
        folder / "home", access=access, public_url="https://x/py"
    ).test_client()


@settings(
    max_examples=REQUESTS // 2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    method=st.sampled_from(["GET", "GET", "HEAD", "POST", "PUT", "OPTIONS", "FOO"]),
    parts=st.lists(PARTS, max_size=6),
    is_closed=st.booleans(),
    headers=HEADERS,
    body=st.binary(max_size=50),
)
def test_no_request_is_our_bug(  # noqa: PLR0913  one for each part of a request
    client: FlaskClient,
    method: str,
    parts: list[str],
    headers: dict[str, str],
    body: bytes,
    *,
    is_closed: bool,
) -> None:
    path = "/" + "/".join(parts) + "/" * is_closed
    environ = {
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        **headers,
    }
    answer = client.open(
        "/", method=method, data=body, environ_overrides=environ, buffered=True
    )
    assert answer.status_code < 500
    assert answer.headers["X-Request-ID"]
