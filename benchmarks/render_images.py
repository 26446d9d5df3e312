"""Draw the pictures of the documentation from what the real commands say.

    .venv/bin/python -m benchmarks.render_images

It asks the public index as of 2022-02-01, so the pictures come out the same each time.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

TOP = Path(__file__).resolve().parents[1]
IMAGES = TOP / "docs/images"
COLUMNS = 96
NO_SOLUTION = 1

SHOWN = "axletree explain 'kubeflow-fairing==1.0.2' 'kfserving==0.6.1' …"
"""The command as the title bar has it; the page beside the picture has it whole."""
COMMAND = (
    *("explain", "kubeflow-fairing==1.0.2", "kfserving==0.6.1"),
    *("--python-version", "3.9", "--python-platform", "linux"),
    *("--exclude-newer", "2022-02-01", "--index-url", "public"),
)
# rich's own themes make dim text too dark to read.
_COLOURS = [
    *((13, 17, 23), (255, 123, 114), (126, 231, 135), (227, 179, 65)),
    *((121, 192, 255), (210, 168, 255), (118, 227, 234), (230, 237, 243)),
]
THEME = TerminalTheme((13, 17, 23), (230, 237, 243), _COLOURS)


def main() -> None:
    """Write both pictures of the documentation."""
    report = _axletree("--recipes", "examples/fairing")
    (IMAGES / "explain.svg").write_text(_terminal(report), encoding="utf-8")
    _axletree("--no-repairs", "--svg", str(IMAGES / "contended.svg"))


def _axletree(*words: str) -> str:
    """Run the command as at a terminal with colours; return what it prints."""
    terminal = {"FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TERM": "xterm"}
    done = subprocess.run(
        [sys.executable, "-m", "axletree", *COMMAND, *words],
        cwd=TOP,
        env=os.environ | terminal,
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode != NO_SOLUTION:
        sys.exit(f"{done.stderr}\nexplain ended with exit code {done.returncode}")
    return done.stdout


def _terminal(ansi: str) -> str:
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere)
        console.print(Text.from_ansi(ansi.rstrip()))
    svg = console.export_svg(title=SHOWN, theme=THEME, unique_id="explain")
    # Without rich's web fonts: an image may load nothing, and should not want to.
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code", "ui-monospace, Menlo, Consolas")


if __name__ == "__main__":
    main()
