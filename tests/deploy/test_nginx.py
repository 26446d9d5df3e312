"""nginx with the configurations that we ship: over exported files, and before the server."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from time import sleep
from urllib.parse import quote

import pytest

from axletree.builder.interpreters.uv_program import uv_program
from axletree.server.export import export_site
from axletree.server.live.policed import Listing
from axletree.wheelhouse.access.rights import Right
from axletree.wheelhouse.access.tokens import Tokens
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.policy.keeping import set_policy
from tests.support.checkout import ROOT
from tests.support.clients import installed_in, run_client
from tests.support.live_server import live_server
from tests.support.wheelhouses import publish_all, publish_variants, published_in
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.slow

JSON = "application/vnd.pypi.simple.v1+json"
PIP = f"{JSON}, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"


@pytest.fixture
def nginx() -> str:
    found = shutil.which("nginx")
    if found is None and os.environ.get("CI") != "true":
        pytest.skip("nginx is not installed")
    assert found is not None, "CI installs nginx"
    return found


@pytest.fixture
def home(tmp_path: Path) -> Path:
    wheels = [
        make_wheel(tmp_path, "app", "1.0", requires_dist=["lib>=1"]),
        make_wheel(tmp_path, "lib", "1.0+axle.1"),
    ]
    publish_all(tmp_path / "house", wheels)
    return tmp_path / "house"


def free_port() -> int:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port: int = holder.getsockname()[1]
        return port


@contextmanager
def running(
    nginx: str, name: str, folder: Path, replaced: dict[str, str]
) -> Iterator[int]:
    """Run nginx with a shipped configuration; only its places are others."""
    port = free_port()
    text = (ROOT / "deploy" / "nginx" / name).read_text()
    for ours, here in {"listen 80": f"listen 127.0.0.1:{port}", **replaced}.items():
        assert ours in text
        text = text.replace(ours, here)
    folder.mkdir()
    (folder / "site.conf").write_text(text)
    # Who runs the tests may be root, and the files are in a folder of theirs.
    user = "user root;\n" if os.getuid() == 0 else ""
    main = folder / "nginx.conf"
    main.write_text(
        f"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\n"
        "events {}\nhttp {\n"
        + "".join(
            f"    {kind}_temp_path {folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + f"    access_log off;\n    include {folder}/site.conf;\n}}\n"
    )
    process = subprocess.Popen(
        [nginx, "-c", str(main), "-p", str(folder)], stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=20)


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    for _ in range(200):
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            sleep(0.05)
        else:
            return
    pytest.fail("nginx does not listen")


def get(port: int, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", path, headers=named)
        response = connection.getresponse()
        return response, response.read()


def install_by_all(index_url: str, folder: Path) -> None:
    """Install with pip and uv, into folders of their own."""
    for name, command in {
        "pip": [sys.executable, "-m", "pip", "install", "-q"],
        "uv": [str(uv_program()), "pip", "install", "--python", sys.executable],
    }.items():
        target = folder / name
        run_client(
            [*command, "--target", target, "--index-url", index_url, "app"], folder
        )
        assert installed_in(target) == {"app-1.0", "lib-1.0+axle.1"}


def test_exported_site_is_an_index(nginx: str, home: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    publish_variants(home, "app-1.0-variants.json")
    with Wheelhouse.open_to_read(home) as house:
        export_site(house, site, lambda *_: None)

    with running(nginx, "site.conf", tmp_path / "n", places_of(site)) as port:
        install_by_all(f"http://127.0.0.1:{port}/simple/", tmp_path)
        page, body = get(port, "/simple/app/", Accept="text/html")
        as_json, packed = get(port, "/simple/app/", Accept=PIP, Accept_Encoding="gzip")
        etag = page.headers["ETag"]
        same, _ = get(port, "/simple/app/", Accept="text/html", If_None_Match=etag)
        moved, _ = get(port, "/simple/app")
        missing, _ = get(port, "/simple/numpy/")
        mark, _ = get(port, "/.axletree-site")
        wheel = next(site.glob("files/*/*/app-1.0-*.whl"))
        file, content = get(port, f"/{wheel.relative_to(site)}", Range="bytes=0-9")
        listing = next(site.glob("files/*/*/app-1.0-variants.json"))
        listed, variants = get(port, f"/{listing.relative_to(site)}")

    assert page.headers["Content-Type"].startswith("text/html")
    assert b"app-1.0-py3-none-any.whl" in body
    assert as_json.headers["Content-Type"] == JSON
    assert as_json.headers["Content-Encoding"] == "gzip"
    assert packed[:2] == b"\x1f\x8b"
    for answer in (page, as_json):
        assert answer.headers["Cache-Control"] == "no-cache"
        assert "Accept" in answer.headers["Vary"]
    assert same.status == 304
    assert (moved.status, moved.headers["Location"]) == (301, "/simple/app/")
    assert (missing.status, mark.status) == (404, 404)
    assert (file.status, content) == (206, wheel.read_bytes()[:10])
    assert file.headers["Cache-Control"] == "public, max-age=86400"
    assert variants == listing.read_bytes()
    assert listed.headers["Cache-Control"] == "no-cache"
    assert listed.headers["Content-Type"] == "application/json"


def places_of(site: Path) -> dict[str, str]:
    return {"/srv/pkgs;": f"{site};", "/srv/pkgs/reserved": f"{site}/reserved"}


def test_reserved_beginning_is_answered_by_an_exported_site(
    nginx: str, home: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    policy = b"reserved = ['acme-*', 'own', 'a.b-*']\n"
    with Wheelhouse.open(home) as house:
        set_policy(house, policy, "policy.toml")
        export_site(house, site, lambda *_: None, Listing(house))

    with running(nginx, "site.conf", tmp_path / "n", places_of(site)) as port:
        answers = {
            name: get(port, f"/simple/{name}/", Accept=PIP)
            for name in ("acme", "acme-tools", "a-b-c", "own", "acmeville", "owner")
        }
        text, html = get(port, "/simple/acme-tools/", Accept="text/html")
        inner, _ = get(port, "/reserved.json")
        away = [get(port, f"{p}/")[0].status for p in ("/own", "/g/1/own", "/owner")]

    found = {name: answer.status for name, (answer, _) in answers.items()}
    ours = ("acme", "acme-tools", "a-b-c", "own")
    assert found == {**dict.fromkeys(ours, 200), "acmeville": 404, "owner": 404}
    for name in ours:
        answer, body = answers[name]
        assert answer.headers["Content-Type"] == JSON
        page = json.loads(body)
        assert (page["name"], page["files"]) == (name, [])
        assert "is reserved" in page["project-status"]["reason"]
    assert (text.status, text.headers["Content-Type"]) == (200, "text/html")
    assert b"No file is listed: acme-* is reserved" in html
    assert inner.status == 404
    assert away == [410, 410, 404]


def test_server_is_reached_through_nginx(
    nginx: str, home: Path, tmp_path: Path
) -> None:
    with Wheelhouse.open(home) as house:
        _, secret = Tokens(house=house).make("ci", [Right.parse("upload:new")], None)
    wheel = make_wheel(tmp_path, "new", "1.0")
    with live_server(home) as server:
        replaced = {
            "127.0.0.1:8080": f"127.0.0.1:{server.port}",
            "/var/cache/nginx/axletree": f"{tmp_path}/cache",
        }
        with running(nginx, "proxy.conf", tmp_path / "n", replaced) as port:
            install_by_all(f"http://127.0.0.1:{port}/simple/", tmp_path)
            refused = upload(port, secret, wheel)
        # As it is where https ends at nginx.
        replaced["X-Forwarded-Proto $scheme"] = "X-Forwarded-Proto https"
        with running(nginx, "proxy.conf", tmp_path / "n2", replaced) as port:
            accepted = upload(port, secret, wheel)
        asked = [line for line in server.requests() if line.endswith(".whl")]

    assert refused.returncode != 0
    assert "a token over plain http can be read on the way" in " ".join(
        refused.stderr.split()
    )
    assert accepted.returncode == 0, accepted.stderr
    assert wheel.name in published_in(home)
    # The second client had each file from nginx.
    assert len(asked) == len(set(asked)) == 2


def test_pages_are_kept_by_nginx_for_a_second(
    nginx: str, home: Path, tmp_path: Path
) -> None:
    with live_server(home) as server:
        replaced = {
            "127.0.0.1:8080": f"127.0.0.1:{server.port}",
            "/var/cache/nginx/axletree": f"{tmp_path}/cache",
        }
        with running(nginx, "proxy.conf", tmp_path / "n", replaced) as port:
            pages = [get(port, "/simple/app/", Accept=kind) for kind in (JSON, "*/*")]
            for _ in range(50):
                get(port, "/simple/app/", Accept=JSON)
            missing = [get(port, "/simple/new/")[0].status for _ in range(2)]
            asked = server.requests().count("GET /simple/app/")
            publish_all(home, [make_wheel(tmp_path, "new", "1.0")])
            found = get(port, "/simple/new/")[0].status
            publish_all(home, [make_wheel(tmp_path, "app", "2.0")])
            sleep(1.5)
            later = get(port, "/simple/app/", Accept=JSON)[1]

    assert asked < 20
    assert [json.loads(pages[0][1])["name"], pages[1][1][:9]] == ["app", b"<!DOCTYPE"]
    assert "X-Accel-Expires" not in pages[0][0].headers
    assert (missing, found) == ([404, 404], 200)
    assert b"app-2.0" in later


def test_files_are_sent_by_nginx(nginx: str, home: Path, tmp_path: Path) -> None:
    with Wheelhouse.open_to_read(home) as house:
        file = house.find_kept("lib-1.0+axle.1-py3-none-any.whl")
    assert file is not None
    path = f"/files/{file.sha256[:2]}/{file.sha256[2:]}/{quote(file.filename)}"
    content = (home / "files/sha256" / file.sha256[:2] / file.sha256).read_bytes()

    with live_server(home, x_accel="/wheelhouse-files/") as server:
        replaced = {
            "127.0.0.1:8080": f"127.0.0.1:{server.port}",
            "/var/lib/axletree/files/": f"{home}/files/",
            "/var/cache/nginx/axletree": f"{tmp_path}/cache",
        }
        with running(nginx, "accel.conf", tmp_path / "n", replaced) as port:
            install_by_all(f"http://127.0.0.1:{port}/simple/", tmp_path)
            whole, all_of_it = get(port, path)
            part, some = get(port, path, Range="bytes=5-9")
            same, _ = get(port, path, If_None_Match=whole.headers["ETag"])
            inner, _ = get(port, f"/wheelhouse-files/sha256/{file.sha256[:2]}/")
            figures, _ = get(port, "/metrics")
            metadata, _ = get(port, f"{path}.metadata")
        direct, straight = get(server.port, path, X_Axletree_Accel="no")

    assert (whole.status, all_of_it) == (200, content)
    assert whole.headers["ETag"] == f'"{file.sha256}"'
    assert whole.headers["Content-Type"] == "application/octet-stream"
    assert whole.headers["Cache-Control"] == "public, max-age=86400"
    assert (part.status, some) == (206, content[5:10])
    assert (same.status, metadata.status) == (304, 200)
    assert (inner.status, figures.status) == (404, 404)
    assert (direct.status, straight) == (200, content)


def upload(port: int, secret: str, wheel: Path) -> "subprocess.CompletedProcess[str]":
    url = f"http://127.0.0.1:{port}/legacy/"
    return subprocess.run(
        [str(uv_program()), "publish", "--publish-url", url, "--token", secret, wheel],
        capture_output=True,
        text=True,
        check=False,
    )
