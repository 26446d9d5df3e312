"""A job, as it is kept."""

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from sqlalchemy import RowMapping

from axletree.errors import AxletreeError
from axletree.late_dataclasses import dataclass
from axletree.resolver.model.json_types import Json, JsonObject
from axletree.wheelhouse.errors import WheelhouseError
from axletree.wheelhouse.sdist_builder import SdistFindingError
from axletree.wheelhouse.sql.stored_rows import as_text

State: TypeAlias = Literal["waiting", "running", "published", "failed", "cancelled"]
STATES: tuple[State, ...] = get_args(State)
Need: TypeAlias = Literal["build", "install"]
"""What another job is needed for."""


class NoJobError(WheelhouseError):
    """There is no job of that number."""

    reference = "no-job"
    exit_code = 1
    usual_hint = "axletree jobs list shows them"


class LostLeaseError(WheelhouseError):
    """A job went to somebody else meanwhile: what was done of it may not be kept."""

    reference = "job-lost"
    exit_code = 3
    usual_hint = "axletree jobs show tells who has it now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A job to be entered."""

    key: str
    """Digest of all that decides what comes out; the caller's to make."""
    kind: str
    label: str
    """For people: `small-thing 1.0+axle.1 for Python 3.11`."""
    spec: JsonObject
    """What to do, from which it can be done again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a job came to nothing, as the error was told."""

    what: str
    where: str = ""
    hint: str = ""
    reference: str
    exit_code: int
    is_of_source: bool
    """Whether the same input fails again; else it was our machine's, and is forgotten."""
    watched: tuple[str, ...] = ()
    """The projects of the wheelhouse that had a part in it."""
    generation: int = 0
    """The wheelhouse as it was then."""
    finding: str = ""
    """Of which kind, where it says something of the source at hand alone."""
    advice: str = ""
    """What helps against it, as clauses."""

    def to_json(self) -> JsonObject:
        """Spell it for the row, and for people's programs."""
        return {
            "what": self.what,
            "where": self.where,
            "hint": self.hint,
            "reference": self.reference,
            "exit_code": self.exit_code,
            "is_of_source": self.is_of_source,
            "watched": list(self.watched),
            "generation": self.generation,
            "finding": self.finding,
            "advice": self.advice,
        }


def failure_of(
    error: AxletreeError,
    *,
    is_of_source: bool,
    watched: tuple[str, ...] = (),
    generation: int = 0,
) -> Failure:
    """Keep what an error says."""
    return Failure(
        what=error.what,
        where=error.where,
        hint=error.hint,
        reference=error.reference,
        exit_code=error.exit_code,
        is_of_source=is_of_source,
        watched=watched,
        generation=generation,
        finding=error.kind if isinstance(error, SdistFindingError) else "",
        advice=error.advice if isinstance(error, SdistFindingError) else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job."""

    id: int
    key: str
    kind: str
    label: str
    spec: Mapping[str, Json]
    state: State
    actor: str
    """The account that asked for it."""
    made_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    attempts: int
    fence: int
    owner: str | None
    lease_until: datetime | None
    not_before: datetime | None
    cancelled_by: str | None
    log: str
    """Path of the file in which it says what it does; empty before it began."""
    result: Mapping[str, Json] | None
    failure: Failure | None
    needs: Mapping[int, Need] = field(default_factory=dict)
    """Jobs that come before it."""

    @property
    def is_over(self) -> bool:
        """Tell whether it has ended, in whatever way."""
        return self.state in {"published", "failed", "cancelled"}


def job_of(row: RowMapping, needs: Mapping[int, Need]) -> Job:
    """Read a row, which may hold anything.

    :raises ValueError: it holds what no job has.
    """
    state = next(each for each in STATES if each == row["state"])
    return Job(
        id=int(row["id"]),
        key=as_text(row["key"]),
        kind=as_text(row["kind"]),
        label=as_text(row["label"]),
        spec=_object(row["spec"]) or {},
        state=state,
        actor=as_text(row["actor"]),
        made_at=row["made_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        attempts=int(row["attempts"]),
        fence=int(row["fence"]),
        owner=row["owner"],
        lease_until=row["lease_until"],
        not_before=row["not_before"],
        cancelled_by=row["cancelled_by"],
        log=as_text(row["log"]),
        result=_object(row["result"]),
        failure=_failure(row["failure"]),
        needs=needs,
    )


def _object(text: object) -> JsonObject | None:
    if text is None:
        return None
    found: Json = json.loads(as_text(text))
    if not isinstance(found, dict):
        raise ValueError(text)  # noqa: TRY004  its text is what is wrong
    return found


def _failure(text: object) -> Failure | None:
    found = _object(text)
    if found is None:
        return None
    watched, generation = found.get("watched"), found.get("generation")
    code = found.get("exit_code")
    return Failure(
        what=_text(found, "what"),
        where=_text(found, "where"),
        hint=_text(found, "hint"),
        reference=_text(found, "reference"),
        exit_code=code if isinstance(code, int) else 1,
        is_of_source=found.get("is_of_source") is True,
        watched=tuple(map(str, watched)) if isinstance(watched, list) else (),
        generation=generation if isinstance(generation, int) else 0,
        finding=_text(found, "finding"),
        advice=_text(found, "advice"),
    )


def _text(found: Mapping[str, Json], key: str) -> str:
    value = found.get(key)
    return value if isinstance(value, str) else ""
