"""`axletree jobs …`: what is built, was built, or failed; to look at, end, do again."""

import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from axletree.commands.builds.targets import targets_again
from axletree.commands.line.click_options import options_of
from axletree.commands.line.helping import VerbCommand
from axletree.commands.sources.house import open_to_fill, reading
from axletree.commands.sources.named import settings_for
from axletree.commands.verbs.build import Run, run_targets
from axletree.console import Console
from axletree.resolver.model.json_types import JsonObject
from axletree.wheelhouse.catalog.founding import require
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.jobs.owners import Owner
from axletree.wheelhouse.jobs.records import STATES, Job, NoJobError, State
from axletree.wheelhouse.jobs.table import Jobs

_POLL_S = 0.2
_CHUNK_BYTES = 1 << 16
_CANCEL_S = 30.0
"""What a build may take to tidy up when its end is asked for."""


@click.command(cls=VerbCommand)
@options_of("jobs list")
def jobs_list(
    *, state: str | None, limit: int | None, as_json: bool, verbose: int, quiet: int
) -> int:
    """List jobs, the newest first: what is built, by whom, and what became of it."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = settings_for()
    wanted: tuple[State, ...] = tuple(each for each in STATES if each == state)
    with reading(settings), Wheelhouse.open_to_read(settings.place) as house:
        table = Jobs(house=house)
        found = table.all(wanted, limit=limit)
        states = {job.id: _state(table, job) for job in found}
    if console.is_json:
        documents = [_to_json(job, states[job.id]) for job in found]
        console.document({"format": "axletree.jobs/1", "jobs": documents})
        return 0
    if not found:
        console.say("there is no job: axletree build makes one of each recipe or sdist")
    width = max((len(job.label) for job in found), default=0)
    for job in found:
        line = f"{job.id:>5}  {job.label:<{width}}  {states[job.id]:<9}  {_when(job)}"
        console.result(f"{line}  {_why(job)}".rstrip() + "\n")
    return 0


@click.command(cls=VerbCommand)
@options_of("jobs show")
def jobs_show(job: str, *, as_json: bool, verbose: int, quiet: int) -> int:
    """Show one job: what it is made of, how it went, what came out or why nothing did."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = settings_for()
    with reading(settings), Wheelhouse.open_to_read(settings.place) as house:
        table = Jobs(house=house)
        found = table.read(_number(job))
        state = _state(table, found)
    if console.is_json:
        console.document({"format": "axletree.job/1", **_to_json(found, state)})
        return 0
    console.result("".join(f"{line}\n" for line in _in_full(found, state)))
    return 0


@click.command(cls=VerbCommand)
@options_of("jobs follow")
def jobs_follow(job: str, *, as_json: bool, verbose: int, quiet: int) -> int:
    """Print what a job says, as it comes, until it ends; the exit code says how."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = settings_for()
    number = _number(job)
    with reading(settings), Wheelhouse.open_to_read(settings.place) as house:
        table = Jobs(house=house)
        found = table.read(number)
        for text in _said(table, found):
            console.say(text.rstrip("\n")) if as_json else console.result(text)
        found = table.read(number)
        state = _state(table, found)
    if as_json:
        console.document({"format": "axletree.job/1", **_to_json(found, state)})
    console.say(f"job {number} is {state}")
    return 0 if state == "published" else 1


@click.command(cls=VerbCommand)
@options_of("jobs cancel")
def jobs_cancel(job: str, *, as_json: bool, verbose: int, quiet: int) -> int:
    """End a job: all its processes, with the sandbox; nothing of it is published."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = settings_for()
    number = _number(job)
    with reading(settings):
        require(settings.place)
    with open_to_fill(settings, console) as house:
        table = Jobs(house=house)
        before = table.read(number)
        found = table.cancel(number)
        end_s = time.monotonic() + _CANCEL_S
        while not found.is_over and time.monotonic() < end_s:
            time.sleep(_POLL_S)
            found = table.read(number)
            if not found.is_over and table.is_lapsed(found):
                found = table.cancel(number)
        state = _state(table, found)
    if console.is_json:
        console.document({"format": "axletree.job/1", **_to_json(found, state)})
    elif before.is_over:
        console.say(f"job {number} was {before.state} before")
    elif found.state == "cancelled":
        console.say(f"job {number} is cancelled: {found.label}")
    else:
        console.say(f"job {number} is {state}; its end was asked for")
    return 0 if found.state == "cancelled" else 1


@click.command(cls=VerbCommand)
@options_of("jobs retry")
def jobs_retry(job: str, *, as_json: bool, verbose: int, quiet: int) -> int:
    """Build again what a job was to build, whatever became of it."""
    console = Console(is_json=as_json, verbosity=verbose - quiet)
    settings = settings_for()
    with reading(settings), Wheelhouse.open_to_read(settings.place) as house:
        found = Jobs(house=house).read(_number(job))
    with targets_again(found, settings) as targets:
        return run_targets(targets, console, settings, Run(is_rebuilt=True))


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise NoJobError(f"{text} is no number of a job")
    return int(text)


def _said(table: Jobs, job: Job) -> Iterator[str]:
    """Give what a job has said, and what it says, until it has ended."""
    seen = 0
    while True:
        job = table.read(job.id)
        is_last = job.is_over or (job.state == "running" and table.is_lapsed(job))
        said = _from(job.log, seen)
        if said is None:  # Another attempt has begun.
            said, seen = _from(job.log, 0) or b"", 0
        seen += len(said)
        if said:
            yield said.decode("utf-8", "replace")
        elif is_last:
            return
        else:
            time.sleep(_POLL_S)


def _from(path: str, seen: int) -> bytes | None:
    """Read whole lines from a place on; None: the file is shorter than that."""
    try:
        with Path(path).open("rb") as file:
            if file.seek(0, os.SEEK_END) < seen:
                return None
            file.seek(seen)
            text = file.read(_CHUNK_BYTES)
    except OSError:
        return b""
    whole = text[: text.rfind(b"\n") + 1]
    return whole or (text if len(text) == _CHUNK_BYTES else b"")


def _state(table: Jobs, job: Job) -> str:
    """Name the state; what nobody does any more does not run."""
    if job.state == "running" and table.is_lapsed(job):
        return "abandoned"
    return job.state


def _when(job: Job) -> str:
    moment = job.ended_at or job.started_at or job.made_at
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _why(job: Job) -> str:
    return job.failure.what.partition("\n")[0] if job.failure is not None else ""


def _in_full(job: Job, state: str) -> Iterator[str]:
    yield f"job {job.id}: {job.label}"
    yield f"  state      {state}"
    place = " in the wheelhouse" if job.spec.get("is_stored") is True else ""
    yield f"  source     {job.spec.get('path', '')}{place}"
    yield f"  asked by   {job.actor}, {_instant(job.made_at)}"
    if job.started_at is not None:
        yield f"  begun      {_instant(job.started_at)}, attempt {job.attempts}"
    if job.ended_at is not None:
        yield f"  ended      {_instant(job.ended_at)}"
    owner = Owner.parse(job.owner or "")
    if owner is not None:
        yield f"  done by    {owner.words}"
    if job.cancelled_by:
        yield f"  cancelled  by {job.cancelled_by}"
    for needed, kind in job.needs.items():
        yield f"  needs      job {needed}, to {kind}"
    if job.log:
        yield f"  log        {job.log}"
    wheels = job.result.get("wheels") if job.result is not None else None
    for wheel in wheels if isinstance(wheels, list) else ():
        if isinstance(wheel, dict):
            yield f"  wheel      {wheel.get('filename')}"
            yield f"  sha256     {wheel.get('sha256')}"
    if job.failure is not None:
        yield f"  reason     {job.failure.what}"
        yield f"  where      {job.failure.where}"
        yield f"  hint       {job.failure.hint}"
        lasts = (
            "until what it is made from changes"
            if job.failure.is_of_source
            else ("no longer than this: the same is built again when it is asked for")
        )
        yield f"  holds      {lasts}"


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def _to_json(job: Job, state: str) -> JsonObject:
    return {
        "job": job.id,
        "key": job.key,
        "kind": job.kind,
        "label": job.label,
        "state": state,
        "spec": dict(job.spec),
        "actor": job.actor,
        "made_at": _instant(job.made_at),
        "started_at": _instant(job.started_at),
        "ended_at": _instant(job.ended_at),
        "attempts": job.attempts,
        "owner": job.owner,
        "cancelled_by": job.cancelled_by,
        "needs": [{"job": needed, "to": kind} for needed, kind in job.needs.items()],
        "log": job.log,
        "result": dict(job.result) if job.result is not None else None,
        "failure": job.failure.to_json() if job.failure is not None else None,
    }
