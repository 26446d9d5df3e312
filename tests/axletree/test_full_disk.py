"""A full disk of ours is no fact about an sdist."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.command_line import run_process
from tests.support.index_server import serving
from tests.support.isolation import require_isolation
from tests.support.wheelhouses import publish_all
from tests.support.wheels import make_sdist, make_wheel

pytestmark = pytest.mark.slow

READ = (["list"], ["show", "demo"], ["lock", "demo"], ["verify"])
_FILLED = """
cp -r "$0"/. "$1"
cat /dev/zero > "$1"/rest 2> /dev/null
shift
exec "$@"
"""


def test_what_is_on_a_full_disk_is_read_and_not_added_to(tmp_path: Path) -> None:
    require_isolation()
    home, full = tmp_path / "home", tmp_path / "full"
    full.mkdir()
    publish_all(home, [make_wheel(tmp_path, "demo", "1.0")])
    new = str(make_wheel(tmp_path, "demo", "2.0"))
    small = ("--size", str(2 << 20), "--tmpfs", str(full), "--")
    launcher = ("bwrap", "--dev-bind", "/", "/", *small, "sh", "-c", _FILLED)
    for words in (*READ, ["add", new], ["yank", "demo"]):
        ran = run_process(
            *words, launcher=(*launcher, str(home), str(full)), AXLETREE_HOME=str(full)
        )
        if words in READ:
            assert ran.code == 0, ran
            assert "demo" in ran.out or "all is well" in ran.out
        else:
            assert ran.code == 3
            assert "no space left" in ran.err
    assert not list(tmp_path.glob("axletree-database-*"))


PROJECT: Mapping[str, str | bytes] = {
    "pyproject.toml": '[build-system]\nrequires = ["back"]\nbuild-backend = "back"\n',
    "big": bytes(8 << 20),
}
BACK = "def get_requires_for_build_wheel(config_settings=None): raise SystemExit(1)"


@pytest.mark.parametrize(
    ("room_bytes", "code", "words"),
    [
        (2 << 20, 3, "No space left on device"),
        # With enough of it, the backend's no is one.
        (400 << 20, 1, "its metadata could not be built"),
    ],
)
def test_a_full_disk_while_an_sdist_is_unpacked(
    tmp_path: Path, room_bytes: int, code: int, words: str
) -> None:
    require_isolation()
    cache = tmp_path / "cache"
    cache.mkdir()
    small = ("--size", str(room_bytes), "--tmpfs", str(cache))
    with serving() as index:
        sdist = make_sdist(
            tmp_path, "demo", "1.0", files=PROJECT, dynamic=["Requires-Dist"]
        )
        index.publish("demo", sdist)
        index.publish(
            "back", make_wheel(tmp_path, "back", "1", files={"back.py": BACK})
        )

        ran = run_process(
            *("lock", "demo", "--index-url", index.url, "--isolation", "none"),
            launcher=("bwrap", "--dev-bind", "/", "/", *small, "--"),
            AXLETREE_CACHE_DIR=str(cache),
            AXLETREE_HOME=str(tmp_path / "home"),
        )

    assert ran.code == code, ran.err
    assert words in ran.out + ran.err
    assert ("sdist-refused" in ran.err) == (code == 1)
