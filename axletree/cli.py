"""The command line: a quick answer where there is one, else the click group.

Click, rich and the verbs are imported late: they take longer than a quick answer.
"""

from __future__ import annotations

import sys

from axletree.commands.at_once import answer_at_once

TYPE_CHECKING = False  # see axletree.resolver.compiled
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code (docs/reference/exit-codes.md)."""
    words = tuple(sys.argv[1:] if arguments is None else arguments)
    try:
        code = answer_at_once(words)
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001  the last handler: no traceback for users
        from axletree.commands.running import show_failure  # noqa: PLC0415  late

        return show_failure(error, words)
    if code is not None:
        return code
    from axletree.commands.running import run_command  # noqa: PLC0415  late

    return run_command(words)


if __name__ == "__main__":
    sys.exit(main())
