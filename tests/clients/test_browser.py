"""A real browser reads the same pages as the installers."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.live_server import LiveServer

pytestmark = pytest.mark.slow

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI") != "true":
        pytest.skip("chromium is not installed")
    assert found is not None, "with CI=true a browser must be there"
    return found


def seen(chromium: str, url: str, profile: Path) -> str:
    """Load a page and give its document as the browser understood it."""
    done = subprocess.run(
        [chromium, *FLAGS, f"--user-data-dir={profile}", "--dump-dom", url],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_home_leads_to_the_index(
    chromium: str, index: LiveServer, tmp_path: Path
) -> None:
    document = seen(chromium, index.url, tmp_path)
    assert f"pip install --index-url {index.index_url}" in document
    assert '<a href="simple/">' in document


def test_project_list_is_read(chromium: str, index: LiveServer, tmp_path: Path) -> None:
    document = seen(chromium, index.index_url, tmp_path)
    assert "<title>All projects</title>" in document
    assert '<a href="foo-bar/">foo-bar</a>' in document


def test_project_page_is_read_under_another_spelling(
    chromium: str, index: LiveServer, tmp_path: Path
) -> None:
    document = seen(chromium, f"{index.index_url}Held", tmp_path)
    assert "<title>Links for held</title>" in document
    assert ">held-1.0-py3-none-any.whl</a>" in document
    assert "yanked: loses &lt;your&gt; data</small>" in document
