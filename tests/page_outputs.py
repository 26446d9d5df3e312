"""Write what the commands of pages print into the pages: look at the difference.

`python -m tests.page_outputs docs/how-to/lock.md …`. An output that is as shown stays as
it is; another is replaced whole, to be shortened with `…` by hand.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.checkout import ROOT
from tests.support.page_fixtures import reason_not_to_run
from tests.support.page_output import is_as_shown, varying
from tests.support.page_sandboxes import sandbox_of
from tests.support.page_session import Session
from tests.support.pages import PROMPT, Block, blocks, read


def main(pages: Sequence[str]) -> None:
    """Run every command of these pages, and write their outputs."""
    for page in pages:
        with TemporaryDirectory() as folder, sandbox_of(page, Path(folder)) as session:
            lines = read(page).splitlines()
            # From the last one on, so that lines before it keep their numbers.
            written = [(block, _outputs(session, block)) for block in blocks(page)]
            for block, content in reversed(written):
                if content is not None:
                    end = lines.index("```", block.line)
                    lines[block.line : end] = content
            (ROOT / page).write_text("\n".join(lines) + "\n")


def _outputs(session: Session, block: Block) -> list[str] | None:
    """Run a block; give its new content. None: it shows no output."""
    content = []
    for command in block.commands:
        if reason_not_to_run(command):
            content += [f"{PROMPT}{command.text}"] if command.output else []
            content += command.output or ()
            continue
        printed = session.run(command.text)
        sys.stderr.write(f"{block.place}: {command.text}: exit {printed.code}\n")
        if command.output is None:
            sys.stderr.write("".join(f"  {line}\n" for line in printed.lines))
            continue
        is_same = is_as_shown(
            command.output,
            printed.lines,
            varies=varying(block.marks),
            by_words=printed.is_of_here,
        )
        shown = command.output if is_same else printed.lines
        content += [f"{PROMPT}{command.text}", *shown]
    return content or None


if __name__ == "__main__":
    main(sys.argv[1:])
