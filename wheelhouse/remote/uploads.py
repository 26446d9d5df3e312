"""Uploads to a bucket that nobody will end: listed, and ended.

obstore has no word for them. A server lists them to whoever has a key; where we act by a
role, which obstore alone knows, a rule of the bucket's has to end them.

Source: Amazon S3 API reference, ListMultipartUploads and AbortMultipartUpload.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from urllib.parse import quote, urlencode

import pycurl

from axletree.late_dataclasses import dataclass
from axletree.wheelhouse.errors import FilesUnreachableError

_TIMEOUT_S = 30
_MOST_PAGES = 100
"""Of a thousand uploads each; the next sweep goes on."""
_uploads = re.compile(r"<Upload>(.*?)</Upload>", re.DOTALL).findall


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One that was begun."""

    key: str
    number: str
    begun_at: datetime


def sweep_uploads(
    bucket: str, prefix: str, aws: Mapping[str, str], begun_before: datetime
) -> int:
    """End the uploads below a prefix that were begun before a moment; count them.

    :raises FilesUnreachableError: the server does not answer, or not to us.
    """
    if not (aws.get("AWS_ACCESS_KEY_ID") and aws.get("AWS_SECRET_ACCESS_KEY")):
        return 0
    below = f"{prefix}/sha256/" if prefix else "sha256/"
    old = [
        upload
        for upload in begun_uploads(bucket, below, aws)
        if upload.begun_at < begun_before
    ]
    for upload in old:
        query = urlencode({"uploadId": upload.number})
        _ask("DELETE", f"/{bucket}/{quote(upload.key)}", query, aws)
    return len(old)


def begun_uploads(bucket: str, below: str, aws: Mapping[str, str]) -> Iterator[Upload]:
    """List the uploads below a prefix that were not ended.

    :raises FilesUnreachableError: the server does not answer, or not to us.
    """
    after: dict[str, str] = {}
    for _ in range(_MOST_PAGES):
        query = urlencode(sorted({"prefix": below, "uploads": "", **after}.items()))
        said = _ask("GET", f"/{bucket}", query, aws)
        for upload in _uploads(said):
            key = _field("Key", upload)
            # A server that knows no prefix lists all of the bucket's.
            if key.startswith(below):
                yield Upload(
                    key=key,
                    number=_field("UploadId", upload),
                    begun_at=_time(_field("Initiated", upload)),
                )
        if _field("IsTruncated", said) != "true":
            return
        after = {
            "key-marker": _field("NextKeyMarker", said),
            "upload-id-marker": _field("NextUploadIdMarker", said),
        }


def _field(name: str, said: str) -> str:
    found = re.search(rf"<{name}>([^<]*)</{name}>", said)
    return unescape(found[1]) if found else ""


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)  # It cannot be told: spared.


def _ask(method: str, path: str, query: str, aws: Mapping[str, str]) -> str:
    region = aws.get("AWS_REGION") or aws.get("AWS_DEFAULT_REGION") or "us-east-1"
    usual = f"https://s3.{region}.amazonaws.com"
    endpoint = aws.get("AWS_ENDPOINT_URL_S3") or aws.get("AWS_ENDPOINT_URL") or usual
    answer = BytesIO()
    handle = pycurl.Curl()
    try:
        handle.setopt(pycurl.URL, f"{endpoint.rstrip('/')}{path}?{query}")
        handle.setopt(pycurl.CUSTOMREQUEST, method)
        handle.setopt(pycurl.AWS_SIGV4, f"aws:amz:{region}:s3")
        handle.setopt(pycurl.USERNAME, aws["AWS_ACCESS_KEY_ID"])
        handle.setopt(pycurl.PASSWORD, aws["AWS_SECRET_ACCESS_KEY"])
        if token := aws.get("AWS_SESSION_TOKEN"):
            handle.setopt(pycurl.HTTPHEADER, [f"X-Amz-Security-Token: {token}"])
        handle.setopt(pycurl.TIMEOUT, _TIMEOUT_S)
        handle.setopt(pycurl.WRITEFUNCTION, answer.write)
        handle.perform()
        status = int(handle.getinfo(pycurl.RESPONSE_CODE))
    except pycurl.error as error:
        raise FilesUnreachableError(
            f"the file server does not answer: {error.args[-1]}", where=endpoint
        ) from error
    finally:
        handle.close()
    if status >= 400 and status != 404:
        raise FilesUnreachableError(
            f"the file server does not list what was begun: it answers {status}",
            where=f"{endpoint}{path}",
        )
    return answer.getvalue().decode("utf-8", "replace")
