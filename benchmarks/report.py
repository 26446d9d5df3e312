"""What a benchmark of answers found, as a table."""

import os
import statistics
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.closed_world import WITHOUT_ANSWER
from benchmarks.measuring import Measured, read_pins
from benchmarks.peers import RELOCK


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that was measured."""

    runs: dict[tuple[str, str], list[Measured]] = field(
        default_factory=lambda: defaultdict(list)
    )
    """By set and tool."""
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    in_process: dict[str, list[float]] = field(default_factory=dict)


HEADER = (
    f"{'set':<7}{'tool':<22}{'median':>9}{'least':>9}{'CPU':>9}{'CPU least':>11}"
    f"{'MB':>7}{'/uv':>8}{'CPU/uv':>8}"
)


def rows(report: Report, set_names: Sequence[str]) -> Iterator[str]:
    """Draw one line for each set and tool; times in ms."""
    for set_name in set_names:
        of_set = {
            tool: runs for (s, tool), runs in report.runs.items() if s == set_name
        }
        uv = of_set.get("uv")
        for tool, runs in of_set.items():
            beside = of_set.get(f"uv {RELOCK}") if RELOCK in tool else uv
            yield _row(set_name, tool, runs, beside)
        for (failed_set, tool), why in report.failures.items():
            if failed_set == set_name:
                yield f"{set_name:<7}{tool:<22}  {why}"
        for key, tool in (
            (set_name, "engine in process"),
            (f"{set_name} compiled", "tables in process"),
        ):
            if key in report.in_process:
                yield _in_process_row(set_name, tool, report.in_process[key], uv)


def _row(
    set_name: str, tool: str, runs: Sequence[Measured], uv: Sequence[Measured] | None
) -> str:
    wall = [run.seconds for run in runs]
    cpu = [run.cpu_seconds for run in runs]
    peak = max(run.peak_bytes for run in runs) / 2**20
    row = (
        f"{set_name:<7}{tool:<22}{_ms(statistics.median(wall)):>9}{_ms(min(wall)):>9}"
        f"{_ms(statistics.median(cpu)):>9}{_ms(min(cpu)):>11}{peak:>7.0f}"
    )
    if uv is None:
        return row
    ratio = statistics.median(wall) / statistics.median(run.seconds for run in uv)
    cpu_ratio = statistics.median(cpu) / statistics.median(r.cpu_seconds for r in uv)
    return f"{row}{ratio:>8.2f}{cpu_ratio:>8.2f}"


def _in_process_row(
    set_name: str,
    tool: str,
    times: Sequence[float],
    uv: Sequence[Measured] | None,
) -> str:
    median = statistics.median(times)
    row = f"{set_name:<7}{tool:<22}{_ms(median):>9}{_ms(min(times)):>9}"
    if uv is None:
        return row
    ratio = median / statistics.median(run.seconds for run in uv)
    return f"{row}{'':>27}{ratio:>8.2f}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def differences(report: Report, set_names: Sequence[str]) -> Iterator[str]:
    """Yield one line for each project that axletree and uv pin differently."""
    for set_name in set_names:
        ours = report.runs.get((set_name, "axletree wheelhouse"))
        theirs = report.runs.get((set_name, "uv"))
        if not ours or not theirs or set_name in WITHOUT_ANSWER:
            continue
        mine, other = read_pins(_unhashed(ours[-1].out)), read_pins(theirs[-1].out)
        for project in sorted(mine.keys() | other.keys()):
            pair = mine.get(project, "-"), other.get(project, "-")
            if pair[0] != pair[1]:
                yield f"  {set_name}: {project} {pair[0]}, uv {pair[1]}"


def _unhashed(text: str) -> str:
    lines = (line for line in text.splitlines() if not line.startswith("    --hash"))
    return "\n".join(line.rstrip(" \\") for line in lines)


def print_report(report: Report, set_names: Sequence[str]) -> None:
    """Print times, then pins that differ, then the load of the machine."""
    print(
        "\nTimes in ms; /uv divides medians. A set without an answer: up to the core."
    )
    print(HEADER)
    for row in rows(report, set_names):
        print(row)
    lines = list(differences(report, set_names))
    print("\npins that differ:" if lines else "\nuv and axletree agree on every pin")
    for line in lines:
        print(line)
    one_minute, *_ = os.getloadavg()
    print(f"load of the last minute: {one_minute:.1f} on {os.cpu_count()} cores")
