"""Sdists of an index whose metadata only their code can tell.

Which of them may be built is decided in the order in which they were asked for; their
backends run beside each other, and beside what else is read.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    UnusableMetadata,
)
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.resolver.universe.sparing import NOT_BUILT
from axletree.wheelhouse.metadata.core import parse_metadata
from axletree.wheelhouse.sdist_builder import SdistBuilder, SdistFindingError
from axletree.wheelhouse.store.threads import open_pool
from axletree.wheelhouse.upstream.options import SdistReading

Keep: TypeAlias = Callable[[str, bytes], None]
"""Keeps what a backend said, under the sdist's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnaskedSdist:
    """An sdist that must be asked by running its code."""

    file: DistributionFile
    path: Path
    key: str
    reading: SdistReading
    raw: bytes | None = None
    """What its code said in an earlier run."""


class Backends:
    """Asks backends beside each other, and beside all else that is done."""

    def __init__(self, keep: Keep) -> None:
        """Ask none yet."""
        self._keep = keep
        self._pool: ThreadPoolExecutor | None = None
        self._asked: dict[DistributionFile, Future[MetadataAnswer]] = {}
        self._builders: list[SdistBuilder] = []

    def __contains__(self, file: DistributionFile) -> bool:
        """Tell whether its backend is being asked, or was, and nobody took the answer."""
        return file in self._asked

    def ask(self, sdist: UnaskedSdist) -> None:
        """Begin; nothing is run where an earlier run has kept the answer."""
        if sdist.raw is not None:
            said: Future[MetadataAnswer] = Future()
            said.set_result(parse_metadata(sdist.raw, sdist.file))
        else:
            self._pool = self._pool or open_pool()
            if sdist.reading.builder not in self._builders:
                self._builders.append(sdist.reading.builder)
            said = self._pool.submit(_ask, sdist, self._keep)
        self._asked[sdist.file] = said

    def take(
        self, files: Iterable[DistributionFile]
    ) -> Iterator[tuple[DistributionFile, MetadataAnswer]]:
        """Yield the answers for those that are being asked, once each is there."""
        for file in files:
            if file in self._asked:
                answer = self._asked[file].result()
                del self._asked[file]
                yield file, answer

    def close(self) -> None:
        """Ask no more, and give those up that are being asked: nobody waits for them."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            if not all(said.done() for said in self._asked.values()):
                for builder in self._builders:
                    builder.give_up()
            self._pool.shutdown()
            self._pool = None
        self._asked.clear()


def allowed(
    answers: Iterable[tuple[DistributionFile, MetadataAnswer | UnaskedSdist]],
    files: Sequence[DistributionFile],
) -> Iterator[tuple[DistributionFile, MetadataAnswer | UnaskedSdist]]:
    """Let answers through, and last the sdists that may be built.

    They are allowed in the order in which they were asked for, not in which they
    came, and those too that an earlier run has built: so all runs read the same.
    """
    waiting: dict[DistributionFile, UnaskedSdist] = {}
    for file, answer in answers:
        if isinstance(answer, UnaskedSdist) and answer.reading.allowance.is_limited:
            waiting[file] = answer
        else:
            yield file, answer
    for file in filter(waiting.__contains__, files):
        sdist = waiting[file]
        unbuilt = _unbuilt(sdist)
        is_allowed = sdist.reading.allowance.take(file, unbuilt.hint)
        yield file, sdist if is_allowed else unbuilt


def _unbuilt(sdist: UnaskedSdist) -> UnusableMetadata:
    from axletree.wheelhouse.entry.sdist_metadata import hinted_requirements  # noqa: PLC0415  late: archives

    lines = hinted_requirements(sdist.path)
    hint = None if lines is None else FileMetadata(requires_dist=lines)
    return replace(NOT_BUILT, hint=hint)


def _ask(sdist: UnaskedSdist, keep: Keep) -> MetadataAnswer:
    reading = sdist.reading
    try:
        raw = reading.builder.metadata(sdist.path, reading.environment)
    except SdistFindingError as error:
        reason, said = str(error), error.telling or error
        if error.kind == "backend":
            reason = f"its metadata could not be built: {said}"
        # Some errors name the sdist itself.
        log = error.where if error.where.endswith(".log") else ""
        return UnusableMetadata(reason=reason, kind=error.kind, log=log)
    keep(sdist.key, raw)
    return parse_metadata(raw, sdist.file)


def built_key(key: str, reading: SdistReading, exclude_newer: datetime | None) -> str:
    """Name what a backend said: it may look at its Python, and is chosen by date."""
    parts = (key, reading.environment.label, str(exclude_newer))
    return sha256("\n".join(parts).encode()).hexdigest()
