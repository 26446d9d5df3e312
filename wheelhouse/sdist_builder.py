"""What the wheelhouse asks of a builder, which stands above it in the layers."""

from datetime import datetime
from pathlib import Path
from typing import Protocol

from axletree.resolver.model import Environment


class SdistBuilder(Protocol):
    """Runs an sdist's build backend; foreign code, so in the builder's sandbox.

    What they raise is an `AxletreeError`. Its exit code says whose fault it is:
    with 3 (no interpreter, no isolation, no disk) the run stops, anything else is a
    finding about the sdist.
    """

    def metadata(self, sdist: Path, environment: Environment) -> bytes:
        """Return the METADATA that the backend declares, without building if it can."""
        ...

    def bring_requirements(self, sdist: Path, environment: Environment) -> None:
        """Bring what a build of the sdist needs, without building it."""
        ...

    def wheel(
        self, sdist: Path, environment: Environment, source_time: datetime
    ) -> Path:
        """Build the sdist; files in the wheel get `source_time`."""
        ...
