"""A stream that lines go to: drawn by rich where somebody may look, else as they are.

rich takes longer to load than many an answer to find, and into a pipe it would write the
same text.
"""

import sys
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

from axletree.environ import process_environment
from axletree.streams import let_go
from axletree.terminal import may_be_terminal, size_of

if TYPE_CHECKING:
    from rich.console import Console as RichConsole


class Drawing:
    """One of the two streams of a command."""

    def __init__(self, *, stderr: bool = False) -> None:
        """Take the size from us: a variable that is no number makes rich stumble."""
        self._is_stderr = stderr
        self._environ = process_environment()
        self.width, self._height = size_of(self._environ)

    @cached_property
    def rich(self) -> "RichConsole":
        """Return who draws."""
        from rich.console import Console as RichConsole  # noqa: PLC0415  late, see above

        class PatientConsole(RichConsole):
            """Goes on when its reader has gone: the exit code is still the answer's."""

            def on_broken_pipe(self) -> None:
                let_go(sys.stderr if self.stderr else sys.stdout)

        return PatientConsole(
            stderr=self._is_stderr,
            width=self.width,
            height=self._height,
            highlight=False,
            soft_wrap=True,
        )

    @property
    def is_terminal(self) -> bool:
        """Tell whether somebody looks."""
        return self._is_drawn and self.rich.is_terminal

    @property
    def is_ascii(self) -> bool:
        """Tell whether nothing but ASCII can be shown."""
        return not self.encoding.lower().startswith("utf")

    @property
    def encoding(self) -> str:
        """Name the encoding of what is written."""
        # While rich draws progress, it stands in for the streams and knows of none.
        stream = getattr(self._stream, "rich_proxied_file", self._stream)
        return getattr(stream, "encoding", None) or "utf-8"

    def line(
        self, text: str, style: str = "", *, head: tuple[str, str] = ("", "")
    ) -> None:
        """Write a line.

        :param head: what stands before it in another style: text, style.
        """
        if not self._is_drawn:
            self._write(f"{head[0]}{text}\n".expandtabs())
            return
        from rich.text import Text  # noqa: PLC0415  late, see above

        whole = Text.assemble(head, text) if head[0] else Text(text, style=style)
        self.rich.print(whole)

    @property
    def _is_drawn(self) -> bool:
        return "rich" in vars(self) or may_be_terminal(self._stream, self._environ)

    def _write(self, text: str) -> None:
        """Go on when the reader has gone: the exit code is still the answer's."""
        stream = self._stream
        if stream is None:
            return  # Whoever started us closed it.
        try:
            stream.write(text)
            stream.flush()
        except BrokenPipeError:
            let_go(stream)

    @property
    def _stream(self) -> TextIO | None:
        return sys.stderr if self._is_stderr else sys.stdout
