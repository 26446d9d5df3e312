"""A shell in which the commands of one page are run, one after the other.

As a reader would do it: in one folder, with the variables that were set before. What a
server prints goes to a terminal of its own.
"""

import os
import re
import selectors
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TIMEOUT_S = 600
STARTS_WITHIN_S = 60
_END = b"\x1e"
_SERVES = re.compile(
    r"^(?:\w+=\S*\s+)*axletree serve\b(?!.*(?:&|--help|--check-config)\s*$)", re.DOTALL
)
_LOOKS_AHEAD = re.compile(r"^axletree serve\b.*--check-config\s*$", re.DOTALL)
_READY = "serving http"
_SHOWN_PORT = "8080"
_PROGRESS = re.compile(
    r"resolving: |reading (?:pages|metadata): |downloading: |looking for repairs.*: trying "
    r"|asking \S+ for its metadata$|.*, \d+ s$|(?:auditing|checking) \S+$"
    r"|checking .+ with all that it requires$|installing \S+ and \d+ others$"
    r"|fetching the source of |bringing \d+ files?$|publishing \d+ files? that came$"
)
"""A line that comes into a pipe every ten seconds: only a slow machine shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What a command printed, as its page would show it."""

    lines: tuple[str, ...]
    code: int
    is_of_here: bool
    """Whether a path or an address of this machine stood in it."""


@dataclass(slots=True, kw_only=True)
class Session:
    """Runs commands in a shell that lives as long as the page."""

    shell: subprocess.Popen[bytes]
    folder: Path
    shown: Mapping[str, str]
    """Text of this machine -> what pages show in its place."""
    port: str
    _servers: int = field(default=0)

    def run(self, command: str) -> Printed:
        """Run one command to its end, or until a server answers."""
        if _SERVES.match(command):
            return self._serve(self._here(command))
        if _LOOKS_AHEAD.match(command):
            self._stop_serving()
        self._send(self._here(command))
        return self._told(*self._answer())

    def _here(self, command: str) -> str:
        for here, shown in self.shown.items():
            command = command.replace(shown, here)
        return command

    def _send(self, command: str) -> None:
        assert self.shell.stdin
        line = f"eval {shlex.quote(command)} </dev/null; printf '\\036%d\\036' $?\n"
        self.shell.stdin.write(line.encode())
        self.shell.stdin.flush()

    def _answer(self) -> tuple[str, int]:
        assert self.shell.stdout
        read = b""
        ends = time.monotonic() + TIMEOUT_S
        with selectors.DefaultSelector() as selector:
            selector.register(self.shell.stdout, selectors.EVENT_READ)
            while read.count(_END) < 2:
                left = ends - time.monotonic()
                assert left > 0, f"no end of it: {read.decode(errors='replace')}"
                if selector.select(left):
                    some = os.read(self.shell.stdout.fileno(), 1 << 16)
                    assert some, f"the shell has gone: {read.decode(errors='replace')}"
                    read += some
        text, code, _ = read.split(_END)
        return text.decode(errors="replace"), int(code)

    def _serve(self, command: str) -> Printed:
        self._stop_serving()
        self._servers += 1
        log = self.folder / f"server-{self._servers}.log"
        # A comment would take what follows along.
        command = re.sub(r"\s+#.*", "", command)
        named = "" if "--port" in command else f" --port {self.port}"
        self._send(f"{command}{named} >{shlex.quote(str(log))} 2>&1 & served=$!")
        _, code = self._answer()
        ends = time.monotonic() + STARTS_WITHIN_S
        while not (log.exists() and _READY in log.read_text()):
            assert time.monotonic() < ends, log.read_text() if log.exists() else command
            time.sleep(0.05)
        return self._told(log.read_text(), code)

    def _stop_serving(self) -> None:
        # A reader stops the one before: both would take the same port.
        self._send("kill $served; wait $served; true")
        self._answer()

    def _told(self, text: str, code: int) -> Printed:
        told = text
        for here, shown in self.shown.items():
            told = told.replace(here, shown)
        return Printed(
            lines=tuple(
                line for line in told.splitlines() if not _PROGRESS.match(line)
            ),
            code=code,
            is_of_here=told != text,
        )


@contextmanager
def session(
    folder: Path, *, work: Path, environ: Mapping[str, str], shown: Mapping[str, str]
) -> Iterator[Session]:
    """Start a shell in `work`; all that it has started ends with the block.

    :param folder: for what servers print.
    :param shown: text of this machine -> what pages show in its place.
    """
    port = _free_port()
    shell = subprocess.Popen(
        ["bash", "--noprofile", "--norc"],
        cwd=work,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield Session(
            shell=shell,
            folder=folder,
            shown={port: _SHOWN_PORT, **shown},
            port=port,
        )
    finally:
        os.killpg(shell.pid, signal.SIGTERM)
        shell.communicate()


def _free_port() -> str:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return str(listening.getsockname()[1])


def words_of(command: str) -> Sequence[str]:
    """Give the words of a command, without variables that are set for it alone."""
    words = shlex.split(command.replace("\\\n", " "), comments=True)
    while words and re.fullmatch(r"\w+=.*", words[0]):
        words.pop(0)
    return words
