"""What came of builds: one in full, of several a table."""

from collections.abc import Mapping, Sequence

from axletree.builder.running.doing import Ended
from axletree.builder.running.outcomes import told
from axletree.builder.running.results import error_of, texts_in, wheels_in
from axletree.console import Console
from axletree.resolver.model.json_types import Json, JsonObject
from axletree.resolver.model.spelling import counted

_WORDS = {
    "published": "published",
    "there": "already there",
    "failed": "failed",
    "known": "failed before",
    "cancelled": "cancelled",
}
_LEAST_REASON = 30


def show(console: Console, ended: Sequence[Ended]) -> int:
    """Show what came of builds; returns the exit code.

    :raises AxletreeError: the only one failed.
    """
    if len(ended) == 1:
        show_one(console, ended[0])
        return 0
    show_all(console, ended)
    return 0 if all(each.is_good for each in ended) else 1


def show_one(console: Console, ended: Ended) -> None:
    """Show the only build.

    :raises AxletreeError: it failed.
    """
    if ended.error is not None or ended.result is None:
        raise error_of(ended)
    wheels = wheels_in(ended.result)
    if console.is_json:
        console.document(
            {
                "format": "axletree.build/1",
                "job": ended.job,
                **_to_json(wheels[0], ended),
                "generation": ended.result["generation"],
                "wheels": [_to_json(wheel, ended) for wheel in wheels],
            }
        )
        return
    for wheel in wheels:
        console.result(_in_full(wheel, ended))
        console.notes(texts_in(wheel, "notes"))


def show_all(console: Console, ended: Sequence[Ended]) -> None:
    """Show several builds, one line for each."""
    if console.is_json:
        console.document(
            {"format": "axletree.builds/1", "jobs": [row_json(each) for each in ended]}
        )
        return
    rows = [("what", "result", "time", "reason"), *map(_row, ended)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        line = "  ".join(cells)
        room = max(_LEAST_REASON, console.width - len(line) - 2)
        reason = (
            row[3]
            if len(row[3]) <= room or not console.is_terminal
            else (row[3][: room - 1] + "…")
        )
        console.result(f"{line}  {reason}".rstrip() + "\n")
    bad = [each for each in ended if not each.is_good]
    if bad:
        first = bad[0].job
        console.say(
            f"{len(bad)} of {len(ended)} failed: axletree jobs show "
            f"{first} tells all of one, axletree jobs retry {first} builds it again"
        )


def _row(ended: Ended) -> tuple[str, str, str, str]:
    minutes, seconds = divmod(round(ended.took_s), 60)
    time = f"{minutes}:{seconds:02}" if ended.took_s else ""
    reason = told(ended.failure) if ended.failure is not None else ""
    if ended.result is not None:
        reason = ", ".join(str(wheel["filename"]) for wheel in wheels_in(ended.result))
    what = f"{ended.job}: {ended.target.label}"
    return what, _WORDS[ended.end], time, reason


def row_json(ended: Ended) -> JsonObject:
    """Say what came of one of several builds."""
    result = ended.result
    return {
        "job": ended.job,
        "label": ended.target.label,
        "path": str(ended.target.path),
        "result": ended.end,
        "took_s": round(ended.took_s, 3),
        "generation": result["generation"] if result is not None else None,
        "wheels": [_to_json(wheel, ended) for wheel in wheels_in(result)]
        if result is not None
        else [],
        "failure": ended.failure.to_json() if ended.failure is not None else None,
    }


def _in_full(wheel: Mapping[str, Json], ended: Ended) -> str:
    generation = ended.result["generation"] if ended.result is not None else ""
    state = "already published, bit for bit"
    if ended.end == "there":
        state = "already published"
    elif wheel["is_new"]:
        state = "published"
    tools = (
        f"Python {wheel['python']}",
        *map(_pin, texts_in(wheel, "build_requirements")),
    )
    return (
        f"{wheel['filename']} is {state} (generation {generation})\n"
        f"  sha256     {wheel['sha256']}\n"
        f"  source     {wheel['revision']}\n"
        f"  built with {', '.join(tools)}\n"
        f"  checked    {_checked(wheel)}\n"
        f"  isolation  {wheel['isolation']}\n"
        f"  provenance {_signed(wheel)}\n"
        f"  job        {ended.job}\n"
        f"  log        {wheel['log']}\n"
    )


def _pin(line: str) -> str:
    """Leave the hash out."""
    return line.partition(" ")[0]


def _signed(wheel: Mapping[str, Json]) -> str:
    why = wheel.get("unsigned")
    return f"not signed: {why}" if why else "signed"


def _checked(wheel: Mapping[str, Json]) -> str:
    checks = wheel["checked"]
    places = [
        f"on {str(each['environment']).partition(' on ')[0]} with {counted(int(str(each['others'])), 'other')}"
        for each in (checks if isinstance(checks, list) else [])
        if isinstance(each, dict)
    ]
    return f"installed and fits together, {', '.join(places)}"


def _to_json(wheel: Mapping[str, Json], ended: Ended) -> JsonObject:
    is_new = wheel["is_new"] is True and ended.end == "published"
    return {**{k: v for k, v in wheel.items() if k != "log"}, "is_new": is_new}
