"""Running installers as a user does, on one index and with no way to another."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def client_environment(home: Path) -> dict[str, str]:
    """Give an environment with nothing in it that could name another index."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "NO_PROXY": "*",
        # uv would ask each Python of this machine what it is, each time.
        "UV_PYTHON": sys.executable,
    }


def run_client(command: Sequence[str | Path], home: Path) -> str:
    """Run a client; give all that it printed, failing if it fails."""
    done = subprocess.run(
        command,
        env=client_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def installed_in(folder: Path) -> set[str]:
    """List what is installed in a site-packages folder, as `name-version`."""
    return {
        found.name.removesuffix(".dist-info") for found in folder.glob("*.dist-info")
    }
