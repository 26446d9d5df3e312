"""Forms are read within limits, whatever they hold."""

import io
from contextlib import suppress
from hashlib import blake2b, md5, sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from axletree.errors import AxletreeError
from axletree.server.answers.errors import (
    InvalidUploadError,
    UploadTooLargeError,
)
from axletree.server.uploads import form as form_module
from axletree.server.uploads.form import (
    Form,
    read_form,
)

TYPE = "multipart/form-data; boundary=XX"


def body(*parts: tuple[str, bytes]) -> bytes:
    """Spell a body; what a part is called may carry its file name."""
    return (
        b"".join(
            f'--XX\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
            + content
            + b"\r\n"
            for name, content in parts
        )
        + b"--XX--\r\n"
    )


def file(
    content: bytes, name: str = "content", filename: str = "a.whl"
) -> tuple[str, bytes]:
    return f'{name}"; filename="{filename}', content


def read(
    content: bytes, folder: Path, kind: str | None = TYPE, most: int = 10**6
) -> Form:
    return read_form(io.BytesIO(content), kind, folder, max_file_bytes=most)


def test_fields_and_file_are_told_apart(tmp_path: Path) -> None:
    content = b"\r\n--XY\r\n" * 100_000
    found = read(
        body(
            ("name", b"demo"),
            file(content),
            ("classifiers", b"a"),
            ("classifiers", b"b"),
        ),
        tmp_path,
    )

    assert found.fields.getlist("classifiers") == ["a", "b"]
    assert found.fields["name"] == "demo"
    assert found.file.path.read_bytes() == content
    assert found.file.size_bytes == len(content)
    assert found.file.digests == {
        "sha256": sha256(content).hexdigest(),
        "blake2_256": blake2b(content, digest_size=32).hexdigest(),
        "md5": md5(content, usedforsecurity=False).hexdigest(),
    }


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "..", "", "upload"])
def test_name_of_a_part_is_no_path(tmp_path: Path, name: str) -> None:
    found = read(body(file(b"x", filename=name)), tmp_path)

    assert found.file.filename == name
    assert [path.name for path in tmp_path.iterdir()] == [found.file.path.name]


def test_signature_is_taken_and_forgotten(tmp_path: Path) -> None:
    found = read(body(file(b"x"), file(b"y" * 1000, name="gpg_signature")), tmp_path)

    assert found.file.path.read_bytes() == b"x"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (body(file(b"x")), "application/json"),
        (body(file(b"x")), None),
        (body(file(b"x")), "multipart/form-data"),
        (body(file(b"x")), f"multipart/form-data; boundary={'X' * 300}"),
        (body(("name", b"demo")), TYPE),
        (body(file(b"x"), file(b"y")), TYPE),
        (body(file(b"x"))[:-10], TYPE),
        (b"", TYPE),
        (b"--XX\r\nno header\r\n\r\nx\r\n--XX--", TYPE),
        (b"--XX\r\nContent-Disposition: \xff\xfe\r\n\r\nx\r\n--XX--", TYPE),
    ],
)
def test_what_is_no_upload_is_refused(
    tmp_path: Path, content: bytes, kind: str | None
) -> None:
    with pytest.raises(InvalidUploadError):
        read(content, tmp_path, kind)


def test_limits_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form_module, "MAX_FIELDS", 5)
    monkeypatch.setattr(form_module, "MAX_FIELD_BYTES", 10**6)
    monkeypatch.setattr(form_module, "MAX_FIELDS_BYTES", 1_500_000)

    for number, content in enumerate(
        [
            body(file(b"x" * 1001)),
            body(*[("a", b"b")] * 6),
            body(("a", b"b" * (10**6 + 1))),
            body(*[("a", b"b" * 600_000)] * 3),
            b"x" * (2 * 10**6),
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(UploadTooLargeError):
            read(content, folder, most=1000)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    st.lists(
        st.sampled_from(
            [
                b"--XX",
                b"\r\n",
                b"\n",
                b"--",
                b'Content-Disposition: form-data; name="content"',
                b'; filename="a"',
                b"; filename*=utf-8''%ff",
                b"\x00",
                b"x",
                b'name="',
                b":",
                b" ",
                b"\xff",
            ]
        ),
        max_size=30,
    )
)
def test_any_bytes_end_in_a_form_or_an_error_of_ours(
    tmp_path: Path, parts: list[bytes]
) -> None:
    (tmp_path / "upload").unlink(missing_ok=True)
    with suppress(AxletreeError):
        read(b"".join(parts), tmp_path)
