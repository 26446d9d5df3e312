"""Which clients do what with the served index: run for real, one row for each.

    python -m tests.clients.client_matrix

writes the rows into `docs/reference/clients.md`; the test of the same name holds the page
to them. A pip is run from its unpacked wheel, which needs no environment.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from axletree.builder.interpreters.find import find_interpreter
from axletree.builder.interpreters.uv_program import uv_program
from axletree.wheelhouse.access.rights import Right
from axletree.wheelhouse.access.tokens import Tokens
from axletree.wheelhouse.catalog.house import Wheelhouse
from tests.support.clients import client_environment, installed_in
from tests.support.live_server import LiveServer, live_server
from tests.support.wheelhouses import publish_all, publish_variants, published_in
from tests.support.wheels import make_wheel

PAGE = Path(__file__).parents[2] / "docs/reference/clients.md"
COLUMNS = (
    *("installs", "downloads", "checks hashes", "reads metadata alone"),
    *("reads it by range", "heeds yanks", "lists versions", "locks", "as of a date"),
    "uploads",
)
PIPS: Mapping[str, tuple[str, ...]] = {
    "3.6": ("9.0.3", "21.3.1"),
    "3.7": ("9.0.3", "24.0"),
    "3.8": ("9.0.3", "25.0.1"),
    "3.9": ("9.0.3", "26.0.1"),
    "3.10": ("19.3.1", "26.3"),
    "3.11": ("19.3.1", "26.3"),
    "3.12": ("23.2.1", "26.3"),
    "3.13": ("23.2.1", "26.3"),
}
"""Of each Python: the oldest that runs on it and the newest."""
TOOLS = {"pip-tools": "7.6.2", "poetry": "2.4.1", "twine": "7.0.0"}
TOOLS_PYTHON = "3.13"
_TAIL = re.compile(r"lib-1\.0-py3-none-any\.whl bytes=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A client, and what it was seen to do."""

    client: str
    python: str
    did: Mapping[str, bool] = field(default_factory=dict)
    """By column; what it cannot, or was not asked, is not in it."""

    @property
    def line(self) -> str:
        """Write it as a line of the page's table."""
        words = {True: "yes", False: "no", None: ""}
        cells = [words[self.did.get(column)] for column in COLUMNS]
        return " | ".join((f"| {self.client}", self.python, *cells)) + " |"


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index that answers, and a file on it."""

    server: LiveServer
    lib: Path
    home: Path

    @classmethod
    def publish(cls, folder: Path) -> Path:
        """Fill a wheelhouse; returns where it is."""
        home = folder / "index" / "home"
        files = [
            make_wheel(folder, "app", "1.0", requires_dist=["lib>=1"]),
            make_wheel(folder, "lib", "1.0"),
            make_wheel(folder, "lib", "2.0", requires_python=">=4"),
            make_wheel(folder, "Foo.Bar", "1.0+axle.1"),
            make_wheel(folder, "held", "1.0"),
        ]
        home.parent.mkdir()
        publish_all(home, files)
        publish_all(home, [make_wheel(folder, "held", "2.0")], yanked="it loses data")
        # No client of today knows these: each has to pass over them.
        publish_variants(home, "lib-1.0-variants.json", "held-2.0-variants.json")
        return home

    @property
    def hashed(self) -> str:
        """Write a requirement with the hash of its file."""
        return f"lib==1.0 --hash=sha256:{self._digest}\n"

    @property
    def _digest(self) -> str:
        return sha256(self.lib.read_bytes()).hexdigest()

    @contextmanager
    def bare(self) -> Iterator[str]:
        """Serve a page of the same file that offers no metadata; gives its index."""
        digest = self._digest
        url = f"{self.server.url}files/{digest[:2]}/{digest[2:]}/{self.lib.name}"
        page = f'<!DOCTYPE html><a href="{url}#sha256={digest}">{self.lib.name}</a>'

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                is_lib = self.path == "/simple/lib/"
                self.send_response(200 if is_lib else 404)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(page.encode() if is_lib else b"")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Page) as httpd:
            threading.Thread(target=httpd.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{httpd.server_port}/simple/"
            httpd.shutdown()

    def secret(self) -> str:
        """Make a token that may upload."""
        with Wheelhouse.open(self.home) as house:
            tokens = Tokens(house=house)
            name = f"client-{len(tokens.all())}"
            return tokens.make(name, [Right.parse("upload:up-*")], None)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended."""

    is_done: bool
    said: str
    asked: tuple[str, ...]
    """The requests that it made."""


def run(index: Index, folder: Path, *command: str | Path, url: str = "") -> Ran:
    """Run a client with this index as its only one, or the one at a URL."""
    url = url or index.server.index_url
    before = len(index.server.requests())
    done = subprocess.run(
        [*map(str, command)],
        env={
            **client_environment(folder),
            "PIP_INDEX_URL": url,
            "UV_DEFAULT_INDEX": url,
            "UV_NO_CACHE": "1",
            "POETRY_VIRTUALENVS_CREATE": "false",
        },
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    asked = tuple(index.server.requests()[before:])
    return Ran(is_done=done.returncode == 0, said=done.stdout, asked=asked)


def by_range(index: Index, folder: Path, *command: str | Path) -> bool:
    """See whether a client reads a part of a wheel where no metadata is offered."""
    with index.bare() as url:
        ran = run(index, folder, *command, url=url)
    return ran.is_done and any(map(_TAIL.search, ran.asked))


def uploads(index: Index, folder: Path, *command: str | Path) -> bool:
    """See whether a client uploads a wheel, and is content with doing so twice."""
    name = f"up-{folder.name.lower().replace('_', '-').strip('-')}"
    wheel = make_wheel(folder / "built", name, "1.0")
    done = [run(index, folder, *command, wheel).is_done for _ in range(2)]
    return all(done) and wheel.name in published_in(index.home)


def did(index: Index, folder: Path, *installing: str | Path) -> dict[str, bool]:
    """See what a client does that installs into `--target`."""
    target = folder / "target"
    wanted = ("app", "held", "foo-bar")
    ran = run(index, folder, *installing, "--target", target, *wanted)
    found = installed_in(target)
    right, wrong = folder / "right.txt", folder / "wrong.txt"
    right.write_text(index.hashed)
    wrong.write_text(index.hashed[:-5] + "0000\n")
    hashed = ("--require-hashes", "--no-deps", "--target")
    takes = run(index, folder, *installing, *hashed, folder / "r", "-r", right)
    refuses = run(index, folder, *installing, *hashed, folder / "w", "-r", wrong)
    return {
        "installs": {"app-1.0", "lib-1.0", "foo_bar-1.0+axle.1"} <= found,
        "checks hashes": takes.is_done and not refuses.is_done,
        "reads metadata alone": any(line.endswith(".metadata") for line in ran.asked),
        "heeds yanks": "held-1.0" in found,
    }


@cache
def interpreter(version: str) -> Path:
    """Find a Python of this machine."""
    return find_interpreter(version, os.environ, may_install=False).executable


def unpacked_pip(version: str, folder: Path) -> Path:
    """Bring a pip from the public index, once: as a folder, so that its code is kept.

    Each start of one in a wheel would compile it anew, which takes a second.
    """
    unpacked = folder / version
    if not unpacked.exists():
        download = ("-m", "pip", "download", "-qq", "--no-deps", "-d", folder)
        words = (sys.executable, *download, "--ignore-requires-python")
        subprocess.run([*map(str, words), f"pip=={version}"], check=True)
        [wheel] = folder.glob(f"pip-{version}-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(unpacked)
    return unpacked / "pip"


def of_pip(index: Index, version: str, python: str, wheels: Path, folder: Path) -> Row:
    """See what a pip does."""
    pip = (interpreter(python), unpacked_pip(version, wheels))
    seen = did(index, folder, *pip, "install", "-q", "--no-cache-dir")
    major = int(version.partition(".")[0])
    got = folder / "got"
    downloading = (*pip, "download", "-q", "--no-cache-dir", "-d")
    run(index, folder, *downloading, got, "app")
    names = {path.name.partition("-")[0] for path in got.glob("*.whl")}
    seen["downloads"] = names == {"app", "lib"}
    if major >= 21:
        lazily = (folder / "lazily", "--use-feature", "fast-deps", "lib")
        seen["reads it by range"] = by_range(index, folder, *downloading, *lazily)
    if major >= 22:
        listed = run(index, folder, *pip, "index", "versions", "lib")
        seen["lists versions"] = "Available versions: 1.0" in listed.said
    if major >= 26:
        lock = folder / "pylock.toml"
        locked = run(index, folder, *pip, "lock", "-o", lock, "app")
        seen["locks"] = locked.is_done and 'name = "lib"' in lock.read_text()
        dated = ("--uploaded-prior-to", "2020-01-01T00:00:00Z")
        old = run(index, folder, *pip, "download", "-d", folder, *dated, "lib")
        seen["as of a date"] = not old.is_done and "lib" in old.said
    return Row(client=f"pip {version}", python=python, did=seen)


def of_uv(index: Index, folder: Path) -> Row:
    """See what our own uv does."""
    uv, python = uv_program(), sys.executable
    version = subprocess.run(
        [uv, "--version"], capture_output=True, text=True, check=True
    )
    seen = did(index, folder, uv, "pip", "install", "-q", "--python", python)
    compiling = (uv, "pip", "compile", "-q", "--python", python, "-")
    asked = folder / "asked.in"
    asked.write_text("app\n")
    locked = run(index, folder, *compiling[:-1], asked, "--generate-hashes")
    seen["locks"] = "lib==1.0" in locked.said
    old = run(index, folder, *compiling[:-1], asked, "--exclude-newer", "2020-01-01")
    seen["as of a date"] = not old.is_done and "app" in old.said
    seen["reads it by range"] = by_range(
        index, folder, *compiling[:-1], lib_alone(folder)
    )
    publishing = ("publish", "--publish-url", f"{index.server.url}legacy/")
    token = ("--token", index.secret())
    seen["uploads"] = uploads(index, folder, uv, *publishing, *token)
    number = version.stdout.split()[1]
    return Row(client=f"uv {number}", python=_own_python(), did=seen)


def of_pip_tools(index: Index, tools: Path, folder: Path) -> Row:
    """See what pip-compile does."""
    asked, lock = folder / "asked.in", folder / "lock.txt"
    asked.write_text("app\nheld\n")
    words = ("--generate-hashes", "-q", "-o", lock, asked)
    ran = run(index, folder, tools / "pip-compile", *words)
    text = lock.read_text() if ran.is_done else ""
    seen = {"locks": "lib==1.0" in text, "heeds yanks": "held==1.0" in text}
    client = f"pip-tools {TOOLS['pip-tools']}"
    return Row(client=client, python=TOOLS_PYTHON, did=seen)


def of_poetry(index: Index, tools: Path, folder: Path) -> Row:
    """See what poetry does."""
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "x"\nversion = "1"\nrequires-python = ">=3.11,<3.14"\n'
        'dependencies = ["app", "held"]\n[tool.poetry]\npackage-mode = false\n'
        f'[[tool.poetry.source]]\nname = "ours"\nurl = "{index.server.index_url}"\n'
        'priority = "primary"\n'
    )
    ran = run(index, folder, tools / "poetry", "lock", "-n", "--no-cache")
    lock = folder / "poetry.lock"
    text = lock.read_text() if lock.exists() else ""
    seen = {
        "locks": ran.is_done and 'name = "lib"\nversion = "1.0"' in text,
        "reads metadata alone": any(line.endswith(".metadata") for line in ran.asked),
        "heeds yanks": 'name = "held"\nversion = "1.0"' in text,
    }
    client = f"poetry {TOOLS['poetry']}"
    return Row(client=client, python=TOOLS_PYTHON, did=seen)


def of_twine(index: Index, tools: Path, folder: Path) -> Row:
    """See what twine does."""
    where = ("upload", "--non-interactive", "--repository-url")
    command = (tools / "twine", *where, f"{index.server.url}legacy/")
    login = ("-u", "__token__", "-p", index.secret())
    seen = {"uploads": uploads(index, folder, *command, *login)}
    return Row(client=f"twine {TOOLS['twine']}", python=TOOLS_PYTHON, did=seen)


def lib_alone(folder: Path) -> Path:
    """Write the requirement that the bare index can meet."""
    asked = folder / "lib.in"
    asked.write_text("lib\n")
    return asked


def make_tools(folder: Path) -> Path:
    """Make an environment with the tools; returns where its programs are."""
    uv = uv_program()
    named = [f"{name}=={version}" for name, version in TOOLS.items()]
    python = str(interpreter(TOOLS_PYTHON))
    making = (uv, "venv", "-q", "--python", python, str(folder))
    subprocess.run(making, check=True)
    filling: Sequence[str] = ("pip", "install", "-q", "--python", str(folder))
    subprocess.run([uv, *filling, *named], check=True)
    return folder / "bin"


def _own_python() -> str:
    return ".".join(map(str, sys.version_info[:2]))


def table_of(page: str) -> list[str]:
    """Give the rows of a page's table of clients."""
    return re.findall(r"^\| (?:pip|uv|poetry|twine).*\|$", page, re.MULTILINE)


def all_rows(folder: Path) -> list[Row]:
    """Run everything, one after the other."""
    wheels = folder / "wheels"
    wheels.mkdir()
    home = Index.publish(folder)
    lib = folder / "lib-1.0-py3-none-any.whl"
    rows: list[Row] = []

    def place() -> Path:
        return Path(tempfile.mkdtemp(dir=folder))

    with live_server(home, workers=2) as server:
        index = Index(server=server, lib=lib, home=home)
        for python, versions in PIPS.items():
            rows += [of_pip(index, v, python, wheels, place()) for v in versions]
        rows.append(of_uv(index, place()))
        tools = make_tools(folder / "tools")
        rows.append(of_pip_tools(index, tools, place()))
        rows.append(of_poetry(index, tools, place()))
        rows.append(of_twine(index, tools, place()))
    return rows


def main() -> None:
    """Write the rows into the page."""
    with tempfile.TemporaryDirectory() as name:
        lines = [row.line for row in all_rows(Path(name))]
    page = PAGE.read_text()
    before = page[: page.index("| client |")]
    after = page[page.index("<!-- end of the table -->") :]
    head = f"| client | Python | {' | '.join(COLUMNS)} |\n"
    rule = "|---|---|" + "---|" * len(COLUMNS) + "\n"
    PAGE.write_text(f"{before}{head}{rule}" + "\n".join(lines) + f"\n\n{after}")


if __name__ == "__main__":
    main()
