"""Settings of one run: defaults, then a TOML file, then the environment.

This is the only module that reads the process's environment; everything else is
handed a `Settings`, so that a test or a server can have several at once. Command line
options come last and are the commands' own business.
"""

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from axletree.environ import (
    SETTINGS,
    default_cache,
    default_home,
    home_folder,
    variable_of,
)
from axletree.errors import AxletreeError
from axletree.house_place import (
    AwsVariableError,
    HousePlace,
    check_aws,
    check_database,
    check_files,
)
from axletree.late_dataclasses import dataclass
from axletree.likeness import meant
from axletree.limits import BuildLimits, IndexLimits
from axletree.reading import read_bytes
from axletree.settings_file import FILE_NAME, UnreadableProjectError, find_settings
from axletree.sizes import parse_size

IndexStrategy: TypeAlias = Literal["first-index", "unsafe-best-match"]
"""How several indexes are read as one, named as uv does."""
INDEX_STRATEGIES: tuple[IndexStrategy, ...] = get_args(IndexStrategy)

_LEAST_BUILD_BYTES = 64 * 10**6
_FEWEST_BUILD_PROCESSES = 16

_VARIABLE_OF_KEY = {key: variable_of(key) for key in SETTINGS}
_KEY_OF_VARIABLE = {variable: key for key, variable in _VARIABLE_OF_KEY.items()}
_CERTIFICATE_VARIABLES = (
    "PIP_CERT",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
)


class InvalidSettingsError(AxletreeError):
    """A settings file or variable that cannot be used."""

    reference = "invalid-settings"
    exit_code = 2
    usual_hint = "fix the setting, or remove it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a run may need to know about this machine and this user."""

    home: Path
    """The wheelhouse."""
    home_named_by: str = ""
    """The variable or the file that names it; empty: nobody does, it is the usual one."""
    database: str = field(default="", repr=False)
    """May contain a login. Empty: a file in the wheelhouse's folder."""
    files: str = ""
    """A bucket. Empty: the wheelhouse's folder."""
    aws: Mapping[str, str] = field(default_factory=dict, repr=False)
    """How the bucket is reached: the variables of its own tools."""
    cache_dir: Path
    """May be deleted at any time."""
    index_url: str | None = field(default=None, repr=False)
    """May contain a login. None: the wheelhouse. `public`: what pip here uses."""
    index_strategy: IndexStrategy = "first-index"
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    """URL scheme (`http`, `https` or `all`) -> proxy URL, maybe with credentials."""
    no_proxy: str = ""
    """Hosts reached directly, comma-separated."""
    certificate: Path | None = None
    """File or folder of certificate authorities; None: the system's."""
    netrc: Path | None = None
    timeout_s: float = 30.0
    """For connecting, and for a connection on which nothing arrives."""
    retries: int = 3
    """Further attempts after a failure that may pass."""
    limits: IndexLimits = field(default_factory=IndexLimits)
    build_limits: BuildLimits = field(default_factory=BuildLimits)
    git_http_hosts: frozenset[str] = frozenset()
    """Hosts, with their port if they name one, from which git may fetch unencrypted."""
    pip_index_url: str | None = field(default=None, repr=False)
    """PIP_INDEX_URL, for `--index-url public`."""
    pip_config_files: tuple[Path, ...] = ()
    """Where pip looks for its configuration, the strongest last; may not exist."""

    @property
    def place(self) -> HousePlace:
        """Say where the wheelhouse is, whatever of it lies elsewhere."""
        return HousePlace(
            home=self.home, database=self.database, files=self.files, aws=self.aws
        )


def find_file(start: Path) -> Path | None:
    """Find the nearest `axletree.toml`, or pyproject.toml with `[tool.axletree]`.

    :param start: folder from which to look upwards.
    :raises InvalidSettingsError: for a pyproject.toml that is too large to read.
    """
    try:
        found = find_settings(str(start))
    except UnreadableProjectError as error:
        raise _unreadable(Path(error.path), error) from error
    return None if found is None else Path(found)


def load(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """Build the settings from a file's and the environment's values.

    :raises InvalidSettingsError: for everything wrong in either, at once.
    """
    try:
        return _load(environ, file)
    except InvalidSettingsError as error:
        key = _KEY_OF_VARIABLE.get(error.where)
        if file is not None and key is not None and not environ.get(error.where):
            error.where = f"{key} in {file}"
        raise


def _load(environ: Mapping[str, str], file: Path | None) -> Settings:
    values = _read(file) if file else {}
    named_by = f"home in {file}" if file and values.get("home") else ""
    for key, variable in _VARIABLE_OF_KEY.items():
        if environ.get(variable):
            values[key] = environ[variable]
    home = Path(home_folder(environ))
    timeout_s = _number(values, "timeout", 30.0)
    retries = _number(values, "retries", 3)
    return Settings(
        home=Path(values.get("home") or default_home(environ)).expanduser(),
        home_named_by=_VARIABLE_OF_KEY["home"]
        if environ.get("AXLETREE_HOME")
        else named_by,
        database=_checked(values, "database", check_database),
        files=_checked(values, "files", check_files),
        aws=_aws(values, environ),
        cache_dir=Path(values.get("cache-dir") or default_cache(environ)).expanduser(),
        index_url=values.get("index-url"),
        index_strategy=_strategy(values),
        proxies=_proxies(environ),
        no_proxy=environ.get("no_proxy") or environ.get("NO_PROXY") or "",
        certificate=_certificate(values, environ),
        netrc=Path(environ.get("NETRC") or home / ".netrc"),
        timeout_s=timeout_s,
        retries=int(retries),
        limits=_limits(values),
        build_limits=_build_limits(values),
        git_http_hosts=frozenset(
            re.split(r"[\s,]+", values.get("git-http-hosts", "").strip().lower())
        )
        - {""},
        pip_index_url=environ.get("PIP_INDEX_URL"),
        pip_config_files=_pip_config_files(environ, home),
    )


def _unreadable(file: Path, error: Exception) -> InvalidSettingsError:
    return InvalidSettingsError(f"{file.name} cannot be read: {error}", where=str(file))


def _read(file: Path) -> dict[str, str]:
    """Read known keys as text; paths become relative to the file's folder."""
    import tomllib  # noqa: PLC0415  late: its patterns take long, and few have such a file

    try:
        document = tomllib.loads(read_bytes(file).decode())
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(file, error) from error
    if file.name != FILE_NAME:
        tool = document.get("tool")
        table = tool.get("axletree", {}) if isinstance(tool, dict) else {}
        document = table if isinstance(table, dict) else {"axletree": []}
    if any(isinstance(value, dict | list) for value in document.values()):
        raise InvalidSettingsError(
            f"the settings in {file.name} must be texts and numbers",
            where=str(file),
        )
    unknown = sorted(set(document) - set(_VARIABLE_OF_KEY))
    if unknown:
        named = f"settings are {', '.join(sorted(_VARIABLE_OF_KEY))}"
        hint = f"the {named}"
        if near := meant(unknown[0], SETTINGS):
            hint = f"for {unknown[0]}, did you mean {near[0]}? The {named}"
        raise InvalidSettingsError(
            f"{file.name} has settings that do not exist: {', '.join(unknown)}",
            where=str(file),
            hint=hint,
        )
    values = {key: str(value) for key, value in document.items()}
    for key in ("home", "cache-dir", "certificate"):
        if key in values:
            values[key] = str(file.parent / Path(values[key]).expanduser())
    return values


def _checked(values: Mapping[str, str], key: str, check: Callable[[str], None]) -> str:
    text = values.get(key, "")
    if text:
        try:
            check(text)
        except ValueError as error:
            raise InvalidSettingsError(
                f"{key} {error}", where=_VARIABLE_OF_KEY[key]
            ) from error
    return text


def _aws(values: Mapping[str, str], environ: Mapping[str, str]) -> Mapping[str, str]:
    found = {name: environ[name] for name in environ if name.startswith("AWS_")}
    if values.get("files"):
        try:
            check_aws(found)
        except AwsVariableError as error:
            raise InvalidSettingsError(
                f"{error.variable} {error}", where=error.variable
            ) from error
    return found


def _number(values: Mapping[str, str], key: str, default: float) -> float:
    text = values.get(key)
    if text is None:
        return default
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e6 or (key == "timeout" and not number):
        raise InvalidSettingsError(
            f"{key} must be a number {'above' if key == 'timeout' else 'from'} 0, "
            f"and below a million, not {text!r}",
            where=_VARIABLE_OF_KEY[key],
        )
    return number


def _limits(values: Mapping[str, str]) -> IndexLimits:
    usual = IndexLimits()
    return IndexLimits(
        page_bytes=_size(values, "max-page", usual.page_bytes),
        metadata_bytes=_size(values, "max-metadata", usual.metadata_bytes),
        header_bytes=_size(values, "max-headers", usual.header_bytes),
        file_bytes=_size(values, "max-file", usual.file_bytes),
        redirects=int(_number(values, "max-redirects", usual.redirects)),
        wait_s=_number(values, "max-wait", usual.wait_s),
        least_bytes_per_s=_size(values, "min-rate", usual.least_bytes_per_s),
        rate_window_s=_number(values, "min-rate-time", usual.rate_window_s),
    )


def _build_limits(values: Mapping[str, str]) -> BuildLimits:
    def size(key: str) -> int | None:
        found = _size(values, key, 0)
        return _enough(values, key, found, _LEAST_BUILD_BYTES)

    def number(key: str, least: int) -> int | None:
        return _enough(values, key, int(_number(values, key, 0)), least)

    return BuildLimits(
        memory_bytes=size("build-memory"),
        room_bytes=size("build-room"),
        processes=number("build-processes", _FEWEST_BUILD_PROCESSES),
        wall_s=number("build-time", 1),
        question_s=number("question-time", 1),
    )


def _enough(values: Mapping[str, str], key: str, found: int, least: int) -> int | None:
    if key not in values:
        return None
    if found < least:
        raise InvalidSettingsError(
            f"{key} must be {least} or more, not {values[key]!r}: nothing builds in less",
            where=_VARIABLE_OF_KEY[key],
        )
    return found


def _size(values: Mapping[str, str], key: str, default: int) -> int:
    text = values.get(key)
    if text is None:
        return default
    try:
        return parse_size(text)
    except ValueError as error:
        raise InvalidSettingsError(
            f"{key} must be a size such as 64 MB, not {text!r}",
            where=_VARIABLE_OF_KEY[key],
        ) from error


def _strategy(values: Mapping[str, str]) -> IndexStrategy:
    text = values.get("index-strategy", INDEX_STRATEGIES[0])
    for strategy in INDEX_STRATEGIES:
        if text == strategy:
            return strategy
    raise InvalidSettingsError(
        f"index-strategy must be {' or '.join(INDEX_STRATEGIES)}, not {text!r}",
        where=_VARIABLE_OF_KEY["index-strategy"],
    )


def _proxies(environ: Mapping[str, str]) -> dict[str, str]:
    # The lower case wins, as in curl and requests. HTTP_PROXY in capitals is read
    # too, as pip does: we are no CGI program, where a client could set it.
    proxies = {}
    for scheme in ("http", "https", "all"):
        name = f"{scheme}_proxy"
        url = environ.get(name) or environ.get(name.upper())
        if url:
            proxies[scheme] = url
    if environ.get("PIP_PROXY"):
        proxies = {"all": environ["PIP_PROXY"]}
    return proxies


def _certificate(values: Mapping[str, str], environ: Mapping[str, str]) -> Path | None:
    if "certificate" in values:
        path, said_by = values["certificate"], "certificate"
    else:
        named = [name for name in _CERTIFICATE_VARIABLES if environ.get(name)]
        if not named:
            return None
        path, said_by = environ[named[0]], named[0]
    bundle = Path(path).expanduser()
    if not bundle.exists():
        raise InvalidSettingsError(
            f"the certificate bundle {bundle} does not exist", where=said_by
        )
    return bundle


def _pip_config_files(environ: Mapping[str, str], home: Path) -> tuple[Path, ...]:
    """List pip's configuration files as `pip config debug` does, strongest last."""
    own = environ.get("PIP_CONFIG_FILE")
    if own == os.devnull:
        return ()
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    shared = (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    if sys.platform == "darwin":
        support = Path("Library/Application Support/pip/pip.conf")
        shared, config_file = [], home / support
        site_wide = [Path("/") / support]
        if not config_file.parent.is_dir():
            config_file = config / "pip" / "pip.conf"
    else:
        site_wide = [Path("/etc/pip.conf")]
        config_file = config / "pip" / "pip.conf"
    return (
        *(Path(folder) / "pip" / "pip.conf" for folder in shared if folder),
        *site_wide,
        home / ".pip" / "pip.conf",
        config_file,
        Path(sys.prefix) / "pip.conf",
        *((Path(own),) if own else ()),
    )
