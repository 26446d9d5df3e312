"""Pages of one index: from the cache while they are fresh, else asked for."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from packaging.utils import NormalizedName

from axletree.late_dataclasses import dataclass
from axletree.resolver.model.distribution import Page
from axletree.wheelhouse.pages.page import (
    ACCEPT,
    parse_page,
)
from axletree.wheelhouse.pages.size import check_files
from axletree.wheelhouse.transport.credentials import (
    Credentials,
    printable,
)
from axletree.wheelhouse.transport.errors import NotAnIndexError
from axletree.wheelhouse.transport.request import (
    Exchange,
    Request,
    Response,
)
from axletree.wheelhouse.upstream.cache import (
    DEFAULT_MAX_AGE,
    CachedPage,
    UpstreamCache,
)

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})", re.ASCII)
# What may be sent back as it came. Source: RFC 9110 §8.8.3.
_ETAG = re.compile(r'(?:W/)?"[!#-~]{0,200}"')


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReader:
    """Reads pages of one index."""

    index_url: str
    """Without credentials, with a slash at its end."""
    cache: UpstreamCache
    credentials: Credentials
    exclude_newer: datetime | None
    """Pages that were read later answer without asking, and what came later is read
    late. Hides no file."""
    refresh: bool
    now: Callable[[], datetime]

    def read(self, project: NormalizedName) -> Exchange[Page | None]:
        """Read the page; None if the index has none.

        :raises NotAnIndexError: if the answer is no index page.
        :raises TooLargeError: if it is larger than the settings allow.
        """
        cached = None if self.refresh else self.cache.page(project)
        if cached and cached.is_valid(self.now(), self.exclude_newer):
            return self._parse(project, cached)
        url = f"{self.index_url}{project}/"
        headers = {"Accept": ACCEPT}
        if cached and _ETAG.fullmatch(cached.etag):
            headers["If-None-Match"] = cached.etag
        response = yield Request(
            url=url,
            kind="page",
            name=f"the page of {project}",
            headers=headers,
            is_compressed=True,
        )
        if response.status == 304 and cached:
            self.cache.confirm_page(project, cached, self.now())
            return self._parse(project, cached)
        if response.status in {404, 410}:
            return None
        if response.status != 200:
            raise NotAnIndexError(
                f"the index answers HTTP {response.status} for {project}",
                where=printable(url),
            )
        fresh = self._received(response)
        page = self._parse(project, fresh)
        self.cache.keep_page(project, fresh)
        return page

    def _received(self, response: Response) -> CachedPage:
        return CachedPage(
            fetched_at=self.now(),
            max_age=_max_age(response.headers.get("cache-control", "")),
            etag=response.headers.get("etag", ""),
            content_type=response.headers.get("content-type", ""),
            url=response.url,
            body=response.body,
        )

    def _parse(self, project: NormalizedName, page: CachedPage) -> Page:
        parsed = parse_page(
            project,
            page.body,
            content_type=page.content_type,
            url=page.url,
            credentials=self.credentials,
            until=self.exclude_newer,
        )
        check_files(parsed.files, f"{project} at {printable(page.url)}")
        return parsed


def _max_age(cache_control: str) -> timedelta:
    if "no-cache" in cache_control or "no-store" in cache_control:
        return timedelta(0)
    match = _MAX_AGE.search(cache_control)
    return timedelta(seconds=int(match[1])) if match else DEFAULT_MAX_AGE
