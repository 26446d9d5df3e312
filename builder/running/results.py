"""What came of a build, as its row keeps it and `--json` gives it."""

from collections.abc import Sequence
from dataclasses import dataclass

from axletree.builder.jobs.produce import Checked, Made
from axletree.resolver.model.json_types import JsonObject


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
