"""`--hash` lines choose the same file for us as for pip."""

import hashlib
import sys
from pathlib import Path

import pytest

from axletree.cli import main
from tests.support.clients import run_client
from tests.support.live_server import live_server
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_sdist, make_wheel


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [0, 1])
def test_pip_takes_the_file_that_the_hash_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: int
) -> None:
    links = tmp_path / "links"
    files = [
        make_wheel(links, "lib", "1", build="1"),
        make_wheel(links, "lib", "1", build="2"),
    ]
    publish_all(tmp_path / "home", [*files, make_sdist(links, "lib", "1")])
    digest = hashlib.sha256(files[chosen].read_bytes()).hexdigest()
    wanted, lock = tmp_path / "in.txt", tmp_path / "lock.txt"
    wanted.write_text(f"lib==1 --hash=sha256:{digest}\n")
    download = [sys.executable, "-m", "pip", "download", "--no-cache-dir"]
    monkeypatch.setenv("AXLETREE_CACHE_DIR", str(tmp_path / "cache"))

    with live_server(tmp_path / "home") as server:
        words = ["-r", str(wanted), "--index-url", server.index_url]
        run_client([*download, *words, "--dest", str(tmp_path / "got")], tmp_path)
        assert main(["lock", *words, "-o", str(lock)]) == 0

    assert [path.name for path in (tmp_path / "got").iterdir()] == [files[chosen].name]
    assert lock.read_text().count("--hash=") == 1
    assert digest in lock.read_text()
