"""A newcomer's way, typed into a shell: 80 columns, a home of its own, no other index."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.command_line import TIMEOUT_S, Ran, commands_in

_BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One person at one machine; `home` is theirs."""

    home: Path
    folder: Path
    """Where the commands are typed."""
    public: str = "http://127.0.0.1:9/simple/"
    """What pip is configured with; nobody listens there, if nothing is said."""
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        """Give what the commands find in their environment, and nothing of ours."""
        return {
            "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.home),
            "COLUMNS": "80",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": self.public,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "NO_PROXY": "*",
            "AXLETREE_RETRIES": "0",
            "UV_PYTHON_DOWNLOADS": "never",
            "LC_ALL": "C.UTF-8",
            **self.more,
        }

    def type(self, line: str, *, code: int = 0) -> Ran:
        """Type a line; its exit code is looked at."""
        done = subprocess.run(
            ["bash", "-c", line],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=3 * TIMEOUT_S,
        )
        assert done.returncode == code, f"$ {line}\n{done.stdout}{done.stderr}"
        ran = Ran(code=done.returncode, out=done.stdout, err=done.stderr)
        assert "Traceback" not in ran.err
        return ran


def without_sizes(text: str) -> str:
    """Leave out how many bytes something has: wheels made here vary a little."""
    return re.sub(r"\(\d[\d.]* k?B\)", "(SIZE)", text)


def widest(text: str) -> int:
    """Measure the longest line, but for what is copied and cannot be broken."""
    return max(
        (
            len(line)
            for line in text.splitlines()
            if not commands_in(line) and " " in line.strip()
        ),
        default=0,
    )


def quoted(*words: str | Path) -> str:
    """Write words for a shell."""
    return shlex.join(map(str, words))
