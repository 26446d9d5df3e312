"""The documentation as a folder of HTML, every way in it walked.

`python -m tests.docs_site FOLDER`, or `make docs`. It asks the real server for each page,
follows every link and picture, and stops at the first that leads nowhere.
"""

import sys
from collections import deque
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient

from axletree.server.serving.app import app_over
from tests.support.index_sources import FolderSource

BEGIN = "/docs/"
_LEADS = {"href", "src", "action"}


class Walked(HTMLParser):
    """What a page leads to, and which of its places can be led to."""

    def __init__(self, html: str) -> None:
        """Read a page."""
        super().__init__()
        self.leads: list[str] = []
        self.places: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note addresses and ids."""
        del tag
        for name, value in attrs:
            if name in _LEADS:
                self.leads.append(value or "")
            elif name == "id":
                self.places.append(value or "")


def walk(client: FlaskClient) -> dict[str, bytes]:
    """Give all that can be reached from the first page, by its path.

    :raises AssertionError: a link leads nowhere, or to a place that is not there.
    """
    found: dict[str, bytes] = {}
    places: dict[str, list[str]] = {}
    ways: list[tuple[str, str, str]] = []
    waiting = deque([BEGIN])
    while waiting:
        path = waiting.popleft()
        if path in found:
            continue
        answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status}"
        found[path] = answer.data
        if answer.mimetype == "text/html":
            page = Walked(answer.text)
            places[path] = page.places
            ways += [(path, *each) for each in _ways(path, page.leads)]
            waiting += [target for _, target, _ in ways[-len(page.leads) :]]
    lost = [
        (path, to, place)
        for path, to, place in ways
        if place and place not in places.get(to, [place])
    ]
    assert lost == [], "\n".join(map(" ".join, lost))
    return found


def _ways(path: str, leads: list[str]) -> Iterator[tuple[str, str]]:
    for lead in leads:
        parts = urlsplit(urljoin(path, lead))
        if not parts.scheme:
            yield parts.path, parts.fragment


def main(folder: Path) -> None:
    """Write what was found below `/docs/`."""
    with TemporaryDirectory() as home:
        found = walk(app_over(FolderSource(Path(home))).test_client())
    below = {path: body for path, body in found.items() if path.startswith(BEGIN)}
    for path, body in below.items():
        name = path.removeprefix(BEGIN)
        file = folder / (
            f"{name}index.html" if not name or name.endswith("/") else name
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    sys.stdout.write(f"{len(below)} files in {folder}: open index.html\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
