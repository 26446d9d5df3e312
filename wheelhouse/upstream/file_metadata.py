"""The metadata of one file of an index: kept by an earlier run, or read now."""

from datetime import datetime

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import (
    DistributionFile,
    FileMetadata,
    UnusableMetadata,
)
from axletree.resolver.universe.protocol import MetadataAnswer
from axletree.resolver.universe.sparing import NOT_BUILT
from axletree.wheelhouse.errors import (
    InvalidDistributionError,
    OversizedMetadataError,
)
from axletree.wheelhouse.metadata.core import parse_metadata
from axletree.wheelhouse.transport.errors import FileGoneError
from axletree.wheelhouse.transport.request import Exchange
from axletree.wheelhouse.upstream.cache import UpstreamCache, cache_key
from axletree.wheelhouse.upstream.options import SdistReading
from axletree.wheelhouse.upstream.remote_file import Download
from axletree.wheelhouse.upstream.remote_metadata import wheel_metadata
from axletree.wheelhouse.upstream.sdists import UnaskedSdist, built_key

MOST_LIMITED_BYTES = 16_000_000
"""Of an sdist that is fetched while builds are limited, which is for repairs; pyspark's
have 300 MB, and each has to be built to be read."""


@dataclass(slots=True, kw_only=True)
class MetadataReader:
    """Reads what files of one index say of themselves."""

    cache: UpstreamCache
    download: Download
    """Brings an sdist: what it says is in its archive."""
    most_bytes: int
    """Of metadata; what has more is unusable."""
    sdists: SdistReading | None
    """None: sdists that do not tell their metadata themselves are unusable."""
    exclude_newer: datetime | None
    """By which day backends are chosen."""

    def read(self, file: DistributionFile) -> Exchange[MetadataAnswer | UnaskedSdist]:
        """Read metadata; of an sdist that has to be asked, give what to ask.

        :raises UnreachableIndexError: if the index does not answer or refuses.
        :raises WrongHashError: if a file is not what the index promises.
        """
        if self._is_too_large(file):
            return NOT_BUILT
        return (yield from self._read(file, cache_key(file)))

    def _read(
        self, file: DistributionFile, key: str
    ) -> Exchange[MetadataAnswer | UnaskedSdist]:
        raw = self.cache.metadata(key)
        if raw is not None:
            return parse_metadata(raw, file)
        try:
            if file.kind == "sdist":
                return (yield from self._read_sdist(file, key))
            raw = yield from wheel_metadata(
                file, self.cache.new_folder, self.most_bytes
            )
        except OversizedMetadataError as error:
            return UnusableMetadata(reason=str(error))
        except InvalidDistributionError as error:
            return UnusableMetadata(reason=f"its metadata cannot be read: {error}")
        except FileGoneError:
            return UnusableMetadata(reason="the index lists it, but does not have it")
        self.cache.keep_metadata(key, raw)
        return parse_metadata(raw, file)

    def _is_too_large(self, file: DistributionFile) -> bool:
        """Tell whether an sdist is not fetched, since few are built as it is.

        Not whether it was fetched before: so all runs read the same.
        """
        is_limited = self.sdists is not None and self.sdists.allowance.is_limited
        is_large = (file.size_bytes or 0) > MOST_LIMITED_BYTES
        return file.kind == "sdist" and is_limited and is_large

    def _read_sdist(
        self, file: DistributionFile, key: str
    ) -> Exchange[MetadataAnswer | UnaskedSdist]:
        path = yield from self.download(file, self.cache.sdist_place(key))
        from axletree.wheelhouse.entry.sdist_metadata import static_metadata  # noqa: PLC0415  late: archives

        raw = static_metadata(path, self.most_bytes)
        if raw is not None:
            answer = parse_metadata(raw, file)
            # What its backend answers decides: it may correct a wrong PKG-INFO.
            if isinstance(answer, FileMetadata):
                self.cache.keep_metadata(key, raw)
                return answer
        if self.sdists is None:
            return UnusableMetadata(
                reason="it is an sdist whose metadata must be built, "
                "and no builder was given"
            )
        key = built_key(key, self.sdists, self.exclude_newer)
        raw = self.cache.metadata(key)
        return UnaskedSdist(file=file, path=path, key=key, reading=self.sdists, raw=raw)
