"""What names a wheelhouse's database and files, and what is shown of it."""

from pathlib import Path

import pytest

from axletree.house_place import (
    HousePlace,
    address_of,
    check_database,
    check_files,
    place_at,
)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://u:s3cret@db/x", "postgresql://db/x"),
        ("postgresql://u:s3cret@db:5432/x?sslmode=require", "postgresql://db:5432/x"),
        ("postgres://db/x", "postgresql://db/x"),
        ("postgresql://u:s3/cret@db/x", "postgresql://db/x"),
        ("postgresql://u:s3#cret@db/x", "postgresql://db/x"),
        ("postgresql://u:s3?cret@db/x", "postgresql://db/x"),
        ("postgresql://u:s3%40cret@[::1]:5432/x", "postgresql://[::1]:5432/x"),
        ("postgresql:///x?host=/run/db&password=s3cret", "postgresql:///x"),
    ],
)
def test_a_database_is_shown_without_its_login(url: str, shown: str) -> None:
    check_database(url)
    assert address_of(url) == shown
    place = HousePlace(home=Path("/home"), database=url, files="s3://bucket/p")
    assert str(place) == f"{shown} with s3://bucket/p"
    assert "s3cret" not in repr(place)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "/var/lib/x.sqlite",
        "sqlite:///x",
        "mysql://u:s3cret@db/x",
        "postgresql+psycopg2://u:s3cret@db/x",
        "postgresql://u:s3cret@db",
        "postgresql://u:s3cret@db/",
        "postgresql://u:s3cr@t@db/x",
        "postgresql://u:s3cret",
        "postgresql://u:s3cret/x",
        "postgresql://u:s3cret@db:port/x",
        "postgresql://u:s3cret@[::1/x",
        "u:s3cret@db/x",
        "s3cret://x",
    ],
)
def test_what_names_no_database_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ValueError, match=r"must be such as|names no|%40") as caught:
        check_database(url)
    assert "s3cret@" not in str(caught.value)
    assert "s3cr@" not in str(caught.value)


@pytest.mark.parametrize("url", ["s3://bucket", "s3://a.b-c/x/y_z/", "s3://bucket/"])
def test_a_bucket_may_have_a_prefix(url: str) -> None:
    check_files(url)


@pytest.mark.parametrize(
    "url",
    [
        *("", "bucket", "s3:/bucket", "s3://", "s3:///x", "S3://bucket", "gs://bucket"),
        *("s3://B", "s3://a", "s3://bucket/../x", "s3://bucket/a//b", "s3://bucket/ä"),
        *("s3://bucket/a?b=c", "s3://u:p@bucket/x", "s3://bucket/a b"),
    ],
)
def test_what_names_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must"):
        check_files(url)


def test_a_folder_is_a_place() -> None:
    place = place_at(Path("/home"))
    assert str(place) == "/home"
    assert not place.is_elsewhere
    assert place_at(place) is place
    on_files = HousePlace(home=Path("/home"), files="s3://bucket")
    assert str(on_files) == "/home with s3://bucket"
