"""What `--index-url public` means on this machine."""

import configparser
import re
from importlib.util import find_spec
from pathlib import Path

from axletree.config import Settings

PUBLIC = "public"
_OPTION = "index-url"
_LIBRARY = "pypi_simple"
_CONSTANT = re.compile(
    r"""^PYPI_SIMPLE_ENDPOINT(?:: *\w+)? *= *["'](https://[^"']+)["']""", re.MULTILINE
)


def public_index_url(settings: Settings) -> str:
    """Return the index URL that pip is configured with here, else pip's default.

    pip's other settings (extra indexes, links) are not taken over. The URL may
    contain a login.
    """
    if settings.pip_index_url:
        return settings.pip_index_url
    for file in reversed(settings.pip_config_files):
        url = _configured(file)
        if url:
            return url
    return _default_url()


def _default_url() -> str:
    """Return `pypi_simple.PYPI_SIMPLE_ENDPOINT`.

    Importing the library takes a second (it brings requests, bs4 and pydantic), more
    than a whole resolution may; so its text is read first.
    """
    spec = find_spec(_LIBRARY)
    folders = (spec.submodule_search_locations or []) if spec else []
    for folder in folders:
        for module in sorted(Path(folder).glob("*.py")):
            match = _CONSTANT.search(module.read_text(encoding="utf-8"))
            if match:
                return match[1]
    from pypi_simple import PYPI_SIMPLE_ENDPOINT  # noqa: PLC0415 - see above

    return PYPI_SIMPLE_ENDPOINT


def _configured(file: Path) -> str | None:
    parser = configparser.RawConfigParser()
    try:
        parser.read(file, encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError):
        # pip stops here; but the file is pip's, and we only ask it for an address.
        return None
    if not parser.has_section("global"):
        return None
    for name, value in parser.items("global"):
        if name.replace("_", "-") == _OPTION:
            return value.strip()
    return None
