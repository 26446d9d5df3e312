"""The Flask application, put together from its duties.

A factory and no globals: a worker process makes one, a test makes as many as it likes.
"""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote_to_bytes, urlsplit

from flask import Flask

from axletree.house_place import HousePlace
from axletree.resolver.model.shown_text import shown
from axletree.server.answers.addresses import root_of
from axletree.server.answers.errors import (
    InvalidLocationError,
    InvalidPublicUrlError,
    register_error_answers,
)
from axletree.server.answers.proxies import Network, TrustProxies, networks_of
from axletree.server.guard import (
    EVERYBODY,
    LOCAL_WATCHERS,
    AccessSettings,
    Guard,
    Readers,
    Watchers,
)
from axletree.server.live.index import (
    FRESH_FOR_S,
    LiveIndex,
)
from axletree.server.live.policed import (
    ALL_LISTED,
    Listing,
    ListingRule,
)
from axletree.server.live.source import IndexSource
from axletree.server.people.home import home_blueprint
from axletree.server.people.manual import manual_blueprint
from axletree.server.serving.files_asked import FilesAsked
from axletree.server.serving.operations import (
    metrics_blueprint,
    operations_blueprint,
)
from axletree.server.serving.prefix import StripPrefix
from axletree.server.uploads.receiving import WheelhouseUploads
from axletree.server.uploads.upload import upload_blueprint
from axletree.server.views.blobs import Blobs
from axletree.server.views.files import files_blueprint
from axletree.server.views.sending import (
    FastAnswers,
    PrivateAnswers,
)
from axletree.server.views.sets import SetReader, sets_blueprint
from axletree.server.views.simple import simple_blueprints
from axletree.server.watching.figures import Figures
from axletree.server.watching.observed import Observed, Watching
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.sets.reading import read_set
from axletree.wheelhouse.store.files import LocalFileStore

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def create_app(
    home: Path | HousePlace,
    *,
    public_url: str = "",
    access: AccessSettings | None = None,
    watching: Watching | None = None,
) -> Flask:
    """Make the application over the wheelhouse at `home`.

    :param public_url: as of `app_over`.
    :param access: who may read and upload; None: as `AccessSettings` has it.
    :param watching: as of `app_over`.
    :raises InvalidLocationError: nginx cannot find files where it is said.
    :raises InvalidProxyError: a trusted proxy is no address.
    :raises NoWheelhouseError: there is none.
    :raises StorageError: the folder cannot be read.
    :raises DatabaseError: its database is damaged or busy.
    """
    settings = access or AccessSettings()
    house = Wheelhouse.open_to_read(home)
    target = WheelhouseUploads(house, is_gated=settings.is_gated)
    guard = Guard(target)
    readers = Readers(guard if settings.needs_token_to_read else None)
    listing = Listing(house)
    watching = watching or Watching.over(Figures.alone())
    check_location(settings.location, house)
    app = app_over(
        house,
        public_url=public_url,
        location=settings.location,
        readers=readers,
        listing=listing,
        watching=watching,
        watchers=Watchers(guard),
        sets=partial(read_set, house),
        ask_files=house.files.ask,
        proxies=networks_of(settings.proxies),
    )
    places = watching.places
    app.register_blueprint(upload_blueprint(target, guard, settings, places))
    return app


def _ask_nobody() -> None:
    """Ask no store: there is none."""


def app_over(  # noqa: PLR0913  one for each thing that is decided
    source: IndexSource,
    *,
    public_url: str = "",
    location: str = "",
    readers: Readers = EVERYBODY,
    fresh_for_s: float = FRESH_FOR_S,
    listing: ListingRule = ALL_LISTED,
    watching: Watching | None = None,
    watchers: Watchers = LOCAL_WATCHERS,
    sets: SetReader | None = None,
    ask_files: Callable[[], None] = _ask_nobody,
    proxies: tuple[Network, ...] = (),
) -> Flask:
    """Make the application over anything that can be listed.

    :param public_url: how users reach the index where a proxy stands before it, such
        as `https://pkgs.example/python`: named on `/`, and its path is taken off
        requests that still carry it. Empty: what each request says.
    :param location: as `AccessSettings` has it.
    :param listing: says what pages list of a project's files.
    :param watching: where requests are counted and noted; None: nobody asks for it.
    :param watchers: says who may see what was counted.
    :param sets: reads requirement sets; None: there are none.
    :param ask_files: raises where the store of the files does not answer.
    :param proxies: whose word is taken for scheme, host and prefix.
    :raises InvalidPublicUrlError: it is not an absolute http or https URL.
    """
    prefix = prefix_of(public_url)
    address = root_of(public_url)
    watching = watching or Watching.over(Figures.alone())
    figures = watching.figures
    index = LiveIndex(source, listing=listing, fresh_for_s=fresh_for_s, figures=figures)
    blobs = Blobs(source)
    app = _bare_app()
    asked = FilesAsked(ask_files)
    for blueprint in (
        home_blueprint(index, readers, address),
        *simple_blueprints(index, readers, address),
        *([] if sets is None else [sets_blueprint(index, sets, readers, address)]),
        files_blueprint(index, blobs, readers, watching.places, location),
        manual_blueprint(),
        operations_blueprint(index, blobs, readers, asked.require),
        metrics_blueprint(index, blobs, figures, watchers),
    ):
        app.register_blueprint(blueprint)
    register_error_answers(app)
    routed: WSGIApplication = app.wsgi_app
    if not readers.is_everybody:
        routed = PrivateAnswers(routed)
    inner: WSGIApplication = FastAnswers(index, readers, address, routed)
    if prefix:
        inner = StripPrefix(prefix, inner)
    if proxies:
        inner = TrustProxies(networks=proxies, inner=inner)
    # Flask's documented way to wrap an application in middleware.
    app.wsgi_app = Observed(inner, watching)  # type: ignore[method-assign]
    return app


def _bare_app() -> Flask:
    """Make one that has no route, where Flask would make some by itself."""
    app = Flask("axletree.server", static_folder=None)
    # A page has one address, and no redirect is made of a path that we do not know.
    app.url_map.merge_slashes = False
    return app


_is_location = re.compile(r"/(?:[A-Za-z0-9._~-]+/)+").fullmatch


def check_location(location: str, house: Wheelhouse) -> None:
    """Refuse a location under which nginx cannot find a wheelhouse's files.

    :raises InvalidLocationError: it is none, or they lie in no folder.
    """
    if not location:
        return
    if not _is_location(location):
        raise InvalidLocationError(
            f"no location of nginx: {shown(location)}",
            where="--x-accel",
            hint="name it as in its configuration: /wheelhouse-files/",
        )
    if not isinstance(house.files, LocalFileStore):
        raise InvalidLocationError(
            "the files lie in no folder that nginx could read",
            where="--x-accel",
            hint="leave the option away: they are sent from the store",
        )


def prefix_of(public_url: str) -> str:
    """Give the path of a public URL without its last slash.

    :raises InvalidPublicUrlError: it is not an absolute http or https URL, or has more
        than an address.
    """
    if not public_url:
        return ""
    parts = _parts_of(public_url)
    if parts is not None and "@" in parts.netloc:
        # It is not told: it may have a password.
        raise InvalidPublicUrlError(
            "the public URL has a login, which everybody would be told",
            where="--public-url",
            hint="give it as users type it, such as https://pkgs.example/python",
        )
    if parts is None or parts.scheme not in {"http", "https"} or not parts.netloc:
        raise InvalidPublicUrlError(
            f"not an absolute http or https URL: {shown(public_url)}",
            where="--public-url",
            hint="give it as users type it, such as https://pkgs.example/python",
        )
    is_printed = public_url.isprintable() and " " not in public_url
    if parts.query or parts.fragment or not is_printed:
        raise InvalidPublicUrlError(
            "the public URL has a query, a fragment, or letters that none has: "
            f"{shown(public_url)}",
            where="--public-url",
            hint="give its scheme, host and path, such as https://pkgs.example/python",
        )
    # As servers give paths: decoded, a character for each byte.
    return unquote_to_bytes(parts.path).decode("latin-1").rstrip("/")


def _parts_of(url: str) -> SplitResult | None:
    """Split a URL; None: half a bracket, or a port that is no number."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
