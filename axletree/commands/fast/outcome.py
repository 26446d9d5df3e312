"""What was found at once, and how it gets to whoever asked."""

from __future__ import annotations

import sys

from axletree.resolver.model.spelling import counted


class Outcome:
    """A lock, or the cause of a conflict."""

    __slots__ = ("exit_code", "found_with", "pins", "text")

    def __init__(
        self,
        text: str,
        *,
        found_with: object,
        exit_code: int = 0,
        pins: int = 0,
    ) -> None:
        self.text = text
        self.found_with = found_with
        """All that was read and encoded. To take it apart takes long."""
        self.exit_code = exit_code
        self.pins = pins
        """Of a lock."""

    def tell(self, output_file: str | None) -> None:
        """Print it, or write it into a file and say so.

        :raises StorageError: the file cannot be written.
        """
        if output_file is None:
            put(self.text)
            return
        from axletree.wheelhouse.store.atomic import write_atomically  # noqa: PLC0415  late: most is printed

        # A word of the command line in its head may be no text.
        write_atomically(output_file, self.text.encode(errors="backslashreplace"))
        _say(f"wrote {counted(self.pins, 'pin')} to {output_file}\n")


def put(text: str) -> None:
    """Print a result.

    :raises OutputError: the disk that it goes to is full, or the like.
    """
    try:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError:
        from axletree.streams import results_arrive  # noqa: PLC0415  late

        with results_arrive():
            raise


def _say(text: str) -> None:
    """Say something that is no result; whoever listened may have gone."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except BrokenPipeError:
        from axletree.streams import let_go  # noqa: PLC0415  late

        let_go(sys.stderr)
    except AttributeError:
        return  # Whoever started us closed it, so that there is none.
