"""What came of a build, as its row keeps it and `--json` gives it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from axletree.builder.jobs.making import Made
from axletree.builder.jobs.produce import Checked
from axletree.builder.running.doing import Ended
from axletree.errors import AxletreeError
from axletree.resolver.model.distribution import UNUSABLE_KINDS
from axletree.resolver.model.json_types import Json, JsonObject
from axletree.wheelhouse.jobs.records import Failure
from axletree.wheelhouse.sdist_builder import SdistFindingError


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the check of one job's wheels says."""

    checked: Sequence[Checked]
    notes: Sequence[str] = ()


def result_of(
    made: Made, verdict: Verdict, generation: int, new: frozenset[str]
) -> JsonObject:
    """Say what came out."""
    return {
        "generation": generation,
        "wheels": [
            {
                "filename": wheel.filename,
                "sha256": wheel.sha256,
                "revision": wheel.revision,
                "source_time": wheel.source_time.isoformat(),
                "isolation": wheel.isolation,
                "python": wheel.python_version,
                "build_requirements": [each.line for each in wheel.built_with],
                "unsigned": wheel.attestation.unsigned or None,
                "is_new": wheel.filename in new,
                "checked": [
                    {"environment": each.environment.label, "others": each.closure}
                    for each in verdict.checked
                    if each.wheel is wheel
                ],
                "notes": [*wheel.notes, *verdict.notes],
                "log": str(wheel.log_path),
            }
            for wheel in made.wheels
        ],
    }


def error_of(ended: Ended) -> AxletreeError:
    """Return the error that ended a build, made again if it was another process's.

    :raises Exception: our own bug, as it was raised.
    """
    if isinstance(ended.error, AxletreeError):
        return ended.error
    if ended.error is not None:
        raise ended.error
    failure = ended.failure
    if failure is None:
        message = f"job {ended.job} ended without a word"
        raise AssertionError(message)
    error = _told_error(failure)
    error.hint = failure.hint
    return error


def _told_error(failure: Failure) -> AxletreeError:
    """Make an error that is told as another one was."""
    finding = [each for each in UNUSABLE_KINDS if each == failure.finding]
    if not finding:

        class ToldError(AxletreeError):
            """An error of another process."""

            reference = failure.reference
            exit_code = failure.exit_code

        return ToldError(failure.what, where=failure.where)

    class ToldFindingError(SdistFindingError):
        """What another process found of a source."""

        reference = failure.reference
        exit_code = failure.exit_code
        kind = finding[0]
        advice = failure.advice

    return ToldFindingError(failure.what, where=failure.where)


def names_of(result: Mapping[str, Json], *, is_new: bool) -> tuple[str, ...]:
    """Name the wheels of a result that were new, or those that were not."""
    return tuple(
        str(wheel["filename"])
        for wheel in wheels_in(result)
        if (wheel["is_new"] is True) is is_new
    )


def notes_of(result: Mapping[str, Json]) -> tuple[str, ...]:
    """Return what is noted of the wheels of a result."""
    return tuple(note for each in wheels_in(result) for note in texts_in(each, "notes"))


def wheels_in(result: Mapping[str, Json]) -> Sequence[Mapping[str, Json]]:
    """Read the wheels of a result, which may come from a row."""
    wheels = result["wheels"]
    if not isinstance(wheels, list):
        return ()
    return [wheel for wheel in wheels if isinstance(wheel, dict)]


def texts_in(wheel: Mapping[str, Json], key: str) -> Sequence[str]:
    """Read a list of texts of a wheel of a result."""
    found = wheel.get(key)
    return [str(each) for each in found] if isinstance(found, list) else []
