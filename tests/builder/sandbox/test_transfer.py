"""The log of a build: whole, quick, and harmless to look at."""

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pytest

from axletree.builder.sandbox.transfer import (
    LOG_LIMIT_BYTES,
    BuildLog,
    ProcessPipe,
)


@dataclass
class _Pipe:
    """Gives what a build prints, in parts."""

    left: bytes

    def read(self, size: int = 1 << 16) -> bytes:
        part, self.left = self.left[:size], self.left[size:]
        return part

    def drain(self) -> None:
        self.left = b""


@dataclass
class _Reporter:
    lines: list[str] = field(default_factory=list)

    def announce(self, text: str) -> None:
        raise NotImplementedError

    def step(self, text: str) -> None:
        raise NotImplementedError

    def log_line(self, line: str) -> None:
        self.lines.append(line)


def followed(path: Path, printed: bytes) -> tuple[BuildLog, _Reporter]:
    reporter = _Reporter()
    log = BuildLog(path, reporter)
    log.follow(_Pipe(printed))
    return log, reporter


def test_many_lines_are_written_to_one_open_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    real = Path.open

    def counted(path: Path, mode: str = "r", encoding: str | None = None) -> IO[Any]:
        opened.append(path)
        return real(path, mode, encoding=encoding)

    monkeypatch.setattr(Path, "open", counted)
    log, _ = followed(tmp_path / "log", 200_000 * b"a line of a build\n")

    assert len(opened) == 2  # Emptied, then written.
    assert log.path.read_bytes().count(b"\n") == 200_000


def test_what_steers_a_terminal_or_turns_a_line_is_shown(tmp_path: Path) -> None:
    printed = "\x1b[31mred\x1b[0m \u202egpj.exe \x1b]0;t\x07\r\n".encode()
    log, reporter = followed(tmp_path / "log", printed)

    tamed = "red \\u202egpj.exe \\x1b]0;t\\x07"
    assert reporter.lines == [tamed]
    assert log.tail == f"the log ends with:\n{tamed}"
    assert log.path.read_text() == f"{tamed}\n"


def test_a_log_is_cut_off_and_its_end_is_kept(tmp_path: Path) -> None:
    line = b"x" * 60_000 + b"\n"
    count = LOG_LIMIT_BYTES // len(line) + 5
    log, _ = followed(tmp_path / "log", count * line + b"the end\n")

    assert log.path.stat().st_size < LOG_LIMIT_BYTES + 100
    assert log.path.read_text().endswith("(the log is cut off here)\n")
    assert log.tail.endswith("the end")


def test_lines_of_another_command_are_no_evidence(tmp_path: Path) -> None:
    log, _ = followed(tmp_path / "log", b"one\n")
    log.follow(_Pipe(b"two\n"))

    assert log.recent == ("two",)
    assert log.path.read_text() == "one\ntwo\n"


class EndsWhenLookedAt(subprocess.Popen[bytes]):
    """A process that says its last between two looks of ours."""

    def poll(self) -> int | None:
        if self.stdin is not None and not self.stdin.closed:
            self.stdin.close()
            self.wait()
        return super().poll()


def test_last_words_of_a_process_are_read() -> None:
    words = ("sh", "-c", "read line; echo last words")
    with EndsWhenLookedAt(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        pipe = ProcessPipe(process, process.stdout)

        assert pipe.read() == b"last words\n"
        assert pipe.read() == b""
