"""What a page says as of a day is the same, be the rest of it read or not."""

import html
import json
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from packaging.utils import canonicalize_name

from axletree.resolver.model.distribution import (
    DistributionFile,
    LateListing,
    Page,
    as_of,
)
from axletree.wheelhouse.pages.page import parse_page
from axletree.wheelhouse.transport.credentials import Credentials
from axletree.wheelhouse.transport.errors import NotAnIndexError

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
DAY = datetime(2022, 2, 2, tzinfo=UTC)
NAMES = (
    *(f"demo-{n}.0-py3-none-any.whl" for n in range(4)),
    *("demo-1.0.tar.gz", "demo-1.0.egg", "other-1.0-py3-none-any.whl", "../demo-2.zip"),
    "demo-1.0-variants.json",
)
TIMES = (
    "2022-02-01T23:59:59Z",
    "2022-02-02T00:00:00Z",
    "2030-01-01T00:00:00Z",
    "",
    "?",
)
LINKS = ("https://files.test/x", "http://[::1", "javascript:x")
DIGESTS = ("0123456789abcdef" * 4, "fedcba9876543210" * 4, "no digest")
Entry = Mapping[str, str]


def _entries(seed: int) -> list[Entry]:
    choose = random.Random(seed).choice  # noqa: S311  no secret
    names = NAMES if seed % 2 else NAMES[:3]
    return [
        {
            "filename": choose(names),
            "upload-time": choose(TIMES),
            "url": choose(LINKS if seed % 2 else LINKS[:1]),
            "digest": choose(DIGESTS if seed % 2 else DIGESTS[:2]),
            "yanked": choose(("", "bad")),
        }
        for _ in range(seed % 7)
    ]


def _json(entries: Sequence[Entry]) -> tuple[bytes, str]:
    files = [
        {
            **entry,
            "hashes": {"sha256": entry["digest"]},
            "yanked": bool(entry["yanked"]),
        }
        for entry in entries
    ]
    return json.dumps({"files": files}).encode(), JSON_TYPE


def _html(entries: Sequence[Entry]) -> tuple[bytes, str]:
    anchors = (
        f'<a href="{html.escape(entry["url"])}/{entry["filename"]}'
        f'#sha256={entry["digest"]}" data-upload-time="{entry["upload-time"]}">x</a>'
        for entry in entries
    )
    return f"<title>Links for demo</title>{''.join(anchors)}".encode(), "text/html"


def _read(answer: tuple[bytes, str], until: datetime | None) -> Page:
    body, content_type = answer
    return parse_page(
        canonicalize_name("demo"),
        body,
        content_type=content_type,
        url="https://index.test/simple/demo/",
        credentials=Credentials(),
        until=until,
    )


def _told(file: DistributionFile) -> tuple[object, ...]:
    return file.filename, file.url, file.hashes, file.upload_time, file.yanked


@pytest.mark.parametrize("form", [_json, _html])
@pytest.mark.parametrize("seed", range(40))
def test_what_is_early_is_the_same_be_the_rest_read_or_not(
    form: Callable[[Sequence[Entry]], tuple[bytes, str]], seed: int
) -> None:
    answer = form(_entries(seed))
    late, whole = _read(answer, DAY), _read(answer, None)

    for limit in (DAY, DAY - timedelta(days=1), DAY + timedelta(days=5000)):
        early = as_of(late.files, limit)
        assert [*map(_told, early)] == [*map(_told, as_of(whole.files, limit))]
        assert as_of(late.excluded, limit) == as_of(whole.excluded, limit)
        # Files are compared by identity.
        assert set(early) <= set(late.files)
    assert [*map(_told, late.files)] == [*map(_told, whole.files)]
    assert tuple(late.excluded) == tuple(whole.excluded)
    assert late.variants == whole.variants
    assert bool(late.files) == bool(whole.files)


def test_what_is_late_is_not_read_before_somebody_looks_at_it() -> None:
    entries = [
        {"filename": name, "upload-time": time, "url": LINKS[0], "digest": DIGESTS[0]}
        | {"yanked": ""}
        for name, time in zip(NAMES, TIMES[:3], strict=False)
    ]

    page = _read(_json(entries), DAY)

    assert isinstance(page.files, LateListing)
    assert [str(f.filename) for f in as_of(page.files, DAY)] == [NAMES[0]]
    assert len(page.files) == 3
    assert page.files[-1] is page.files[2]


def test_a_page_without_files_is_refused_be_its_links_late_or_not() -> None:
    late = b'<a href="/login" data-upload-time="2030-01-01T00:00:00Z">log in</a>'

    with pytest.raises(NotAnIndexError):
        _read((late, "text/html"), DAY)
