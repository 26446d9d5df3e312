"""A stream that rich draws on, once there is something to draw.

rich takes longer to load than many an answer to find, and a lock that goes into a pipe
needs none of it.
"""

import sys
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

from axletree.environ import process_environment
from axletree.terminal import may_be_terminal, size_of

if TYPE_CHECKING:
    from rich.console import Console as RichConsole


class Drawing:
    """One of the two streams of a command."""

    def __init__(self, *, stderr: bool = False) -> None:
        """Take the size from us: a variable that is no number makes rich stumble."""
        self._is_stderr = stderr
        self.width, self._height = size_of(process_environment())

    @cached_property
    def rich(self) -> "RichConsole":
        """Return who draws."""
        from axletree.patient_console import PatientConsole  # noqa: PLC0415  late, see above

        return PatientConsole(
            stderr=self._is_stderr,
            width=self.width,
            height=self._height,
            highlight=False,
            soft_wrap=True,
        )

    @property
    def is_terminal(self) -> bool:
        """Tell whether somebody looks; rich is asked where it is there, or that may be."""
        is_there = "rich" in vars(self)
        may_be = is_there or may_be_terminal(self._stream, process_environment())
        return may_be and self.rich.is_terminal

    @property
    def is_ascii(self) -> bool:
        """Tell whether nothing but ASCII can be shown."""
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        return not encoding.lower().startswith("utf")

    def line(
        self, text: str, style: str = "", *, head: tuple[str, str] | None = None
    ) -> None:
        """Draw a line.

        :param head: what stands before it in another style: text, style.
        """
        from rich.text import Text  # noqa: PLC0415  late, see above

        whole = Text(text, style=style) if head is None else Text.assemble(head, text)
        self.rich.print(whole)

    @property
    def _stream(self) -> TextIO:
        return sys.stderr if self._is_stderr else sys.stdout
