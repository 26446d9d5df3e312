"""A served wheelhouse, and uploads to it as clients make them."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from axletree.wheelhouse.access.rights import Right
from axletree.wheelhouse.access.tokens import Tokens
from axletree.wheelhouse.catalog.house import Wheelhouse

MOST = 100_000


@dataclass(frozen=True)
class Index:
    """A served wheelhouse, and a way to upload to it."""

    home: Path
    client: FlaskClient

    def secret(self, name: str, *rights: str) -> str:
        with Wheelhouse.open(self.home) as house:
            _, secret = Tokens(house=house).make(
                name, [Right.parse(right) for right in rights], None
            )
        return secret

    def upload(
        self,
        file: Path,
        secret: str | None,
        path: str = "/legacy/",
        **fields: str | list[str],
    ) -> TestResponse:
        given = {":action": "file_upload", "protocol_version": "1", **fields}
        content = (io.BytesIO(file.read_bytes()), fields.pop("filename", file.name))
        login = base64.b64encode(f"__token__:{secret}".encode()).decode()
        return self.client.post(
            path,
            data={**given, "content": content},
            headers={"Authorization": f"Basic {login}"} if secret else {},
            environ_base={"REMOTE_ADDR": "127.0.0.1"},
        )

    def left_behind(self) -> list[Path]:
        return list((self.home / "uploads").glob("*"))
