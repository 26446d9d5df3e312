import dataclasses
import json
from datetime import UTC, datetime

import pytest
from packaging.utils import canonicalize_name

from axletree.resolver.model.distribution import DistributionFile
from axletree.wheelhouse.pages.entries import _Draft
from axletree.wheelhouse.pages.page import parse_page
from axletree.wheelhouse.transport.credentials import Credentials

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
URL = "https://index.test/root/simple/demo/"
WHEEL = "demo-1.0-py3-none-any.whl"
DIGEST = "0123456789abcdef" * 4


def _files(body: bytes, content_type: str) -> tuple[DistributionFile, ...]:
    page = parse_page(
        canonicalize_name("demo"),
        body,
        content_type=content_type,
        url=URL,
        credentials=Credentials(),
    )
    return tuple(page.files)


def _from_json(**fields: object) -> DistributionFile:
    entry = {"filename": WHEEL, "url": "x.whl", "hashes": {}} | fields
    (file,) = _files(json.dumps({"files": [entry]}).encode(), JSON_TYPE)
    return file


def _from_html(text: str) -> DistributionFile:
    (file,) = _files(text.encode(), "text/html; charset=utf-8")
    return file


def test_a_draft_has_the_fields_of_a_file_in_order() -> None:
    # Else filling one by position would mix the fields up.
    drafted = [field.name for field in dataclasses.fields(_Draft)]

    assert drafted == [field.name for field in dataclasses.fields(DistributionFile)]


def test_a_parsed_file_is_as_frozen_as_any() -> None:
    file = _from_json()

    with pytest.raises(dataclasses.FrozenInstanceError):
        file.url = ""  # type: ignore[misc]  # that is the test
    assert dataclasses.replace(file, url="y").url == "y"


@pytest.mark.parametrize(
    ("link", "absolute"),
    [
        (f"https://files.test/a/{WHEEL}", f"https://files.test/a/{WHEEL}"),
        (f"/files/{WHEEL}", f"https://index.test/files/{WHEEL}"),
        (f"../../files/{WHEEL}", f"https://index.test/root/files/{WHEEL}"),
        (WHEEL, f"https://index.test/root/simple/demo/{WHEEL}"),
        (f"./{WHEEL}", f"https://index.test/root/simple/demo/{WHEEL}"),
        (f"//files.test/{WHEEL}", f"https://files.test/{WHEEL}"),
        (f"/files/{WHEEL}?token=1", f"https://index.test/files/{WHEEL}?token=1"),
    ],
)
def test_links_are_joined_to_the_page(link: str, absolute: str) -> None:
    assert _from_json(url=link).url == absolute
    assert _from_html(f'<a href="{link}">x</a>').url == absolute


def test_a_base_moves_all_links() -> None:
    text = f'<base href="https://files.test/x/"><a href="{WHEEL}">x</a>'

    assert _from_html(text).url == f"https://files.test/x/{WHEEL}"


@pytest.mark.parametrize(
    ("said", "meant"),
    [(False, None), (True, ""), ("", None), ("bad", "bad"), (None, None)],
)
def test_yanked_is_read_as_pip_reads_it(said: object, meant: str | None) -> None:
    assert _from_json(yanked=said).yanked == meant


@pytest.mark.parametrize(
    ("fields", "meant"),
    [
        ({}, None),
        ({"core-metadata": False}, None),
        ({"core-metadata": True}, {}),
        ({"core-metadata": {"sha256": DIGEST}}, {"sha256": DIGEST}),
        ({"dist-info-metadata": {"sha256": DIGEST}}, {"sha256": DIGEST}),
        ({"core-metadata": False, "dist-info-metadata": True}, None),
    ],
)
def test_both_keys_of_metadata_are_known(
    fields: dict[str, object], meant: dict[str, str] | None
) -> None:
    assert _from_json(**fields).metadata_hashes == meant


@pytest.mark.parametrize("name", ["data-core-metadata", "data-dist-info-metadata"])
@pytest.mark.parametrize(
    ("said", "meant"), [("true", {}), (f"sha256={DIGEST}", {"sha256": DIGEST})]
)
def test_both_attributes_of_metadata_are_known(
    name: str, said: str, meant: dict[str, str]
) -> None:
    assert _from_html(f'<a href="{WHEEL}" {name}="{said}">').metadata_hashes == meant


@pytest.mark.parametrize(
    "text",
    [
        f"<a href='{WHEEL}#sha256={DIGEST}' data-requires-python='&gt;=3.6,&lt;4'>x</a>",
        f'<A HREF="{WHEEL}#sha256={DIGEST}" DATA-REQUIRES-PYTHON=">=3.6,<4" >x</A>',
        f'<a data-requires-python="&gt;=3.6,&lt;4"\n\thref = "{WHEEL}#sha256={DIGEST}">x</a>',
        f"<a href={WHEEL}#sha256={DIGEST} rel=internal data-requires-python='>=3.6,<4'>x</a>",
    ],
)
def test_html_is_read_as_it_is_written_out_there(text: str) -> None:
    file = _from_html(f"<!-- <a href='demo-2.0.tar.gz'>old</a> -->{text}")

    assert file.requires_python == ">=3.6,<4"
    assert file.hashes == {"sha256": DIGEST}


def test_a_quoted_file_name_is_unquoted() -> None:
    file = _from_html('<a href="demo-1.0%2Baxle.1-py3-none-any.whl">x</a>')

    assert file.version == "1.0+axle.1"
    assert file.url.endswith("demo-1.0%2Baxle.1-py3-none-any.whl")


def test_other_files_and_other_links_are_left_out() -> None:
    text = (
        '<a href="demo-1.0.egg">e</a><a href="demo-1.0.exe">w</a><a name="top">t</a>'
        f'<a href="/">home</a><a href="{WHEEL}">x</a><a href="{WHEEL}.asc">s</a>'
    )

    assert _from_html(text).filename == WHEEL


@pytest.mark.parametrize(
    "text",
    [
        "2022-01-01T10:00:00Z",
        "2022-01-01T10:00:00.000000Z",
        "2022-01-01T10:00:00+00:00",
        "2022-01-01T12:00:00+02:00",
        "2022-01-01T10:00:00",
    ],
)
def test_times_are_utc(text: str) -> None:
    expected = datetime(2022, 1, 1, 10, tzinfo=UTC)

    assert _from_json(**{"upload-time": text}).upload_time == expected
    html = f'<a href="{WHEEL}" data-upload-time="{text}">x</a>'
    assert _from_html(html).upload_time == expected


@pytest.mark.parametrize("text", ["", "yesterday", None, 5])
def test_a_time_that_is_none_is_no_time(text: object) -> None:
    assert _from_json(**{"upload-time": text}).upload_time is None
