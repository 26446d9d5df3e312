"""An index whose page of one project is written by hand, and what we say of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axletree.server.serving.app import create_app
from tests.support.command_line import CommandLine
from tests.support.index_server import JSON_TYPE, Index, Published, serving
from tests.support.wheels import make_wheel

WHEEL = "demo-1.0-py3-none-any.whl"


Entry = dict[str, Any]


class Upstream:
    """An index whose page of demo is written by hand."""

    def __init__(self, index: Index) -> None:
        self.index = index
        [file] = index.published
        self.entry: Entry = {
            "filename": WHEEL,
            "url": f"{index.origin}/files/{WHEEL}",
            "hashes": {"sha256": file.sha256},
            "size": len(file.content),
            "requires-python": ">=3.8",
            "upload-time": "2022-01-31T12:30:45.123456Z",
            "yanked": False,
        }
        self.page: Entry = {"meta": {"api-version": "1.4"}, "name": "demo"}

    def collect(self, axletree: CommandLine, *, code: int = 0) -> None:
        body = json.dumps({**self.page, "files": [self.entry]}).encode()
        self.index.raw_page = (JSON_TYPE, body)
        ran = axletree("collect", "demo", "-i", self.index.url, "--refresh")
        assert ran.code == code, ran.err


def served(tmp_path: Path) -> Entry:
    client = create_app(tmp_path / "house").test_client()
    answer = client.get("/simple/demo/", headers={"Accept": JSON_TYPE})
    page: Entry = answer.get_json(force=True)
    return page


# A provenance object as a public index gives it, shortened. Source: PEP 740.
PROVENANCE = (
    b'{ "version": 1,\n "attestation_bundles": [ {"publisher": {"kind": "GitHub", '
    b'"repository": "team/demo"}, "attestations": []} ]}\n'
)


PROVENANCE_URL = f"/files/{WHEEL}.provenance"


def give_provenance(upstream: Upstream, content: bytes = PROVENANCE) -> None:
    """Let the index have attestations of the wheel, and say so."""
    name = f"{WHEEL}.provenance"
    made = Published(project="demo", filename=name, content=content)
    upstream.index.published.append(made)
    upstream.entry["provenance"] = upstream.index.origin + PROVENANCE_URL


@contextmanager
def serving_demo(folder: Path) -> Iterator[Upstream]:
    """Serve a wheel of demo."""
    with serving() as served:
        served.publish(
            "demo", make_wheel(folder, "demo", "1.0", requires_python=">=3.8")
        )
        yield Upstream(served)
