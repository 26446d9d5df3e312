"""Options that several verbs have, and those of who serves, as data.

Like `axletree.commands.line.table`, which is made of them, this imports next to
nothing.
"""

from __future__ import annotations

from axletree.commands.line.option import (
    Option,
)

KINDS = (
    Option("--pre", kind="flag", help="Allow pre-releases."),
    Option(
        "--only-binary", metavar="NAMES", is_repeated=True, is_rare=True,
        help="Use no sdists of these projects (or :all:).",
    ),
    Option(
        "--no-binary", metavar="NAMES", is_repeated=True, is_rare=True,
        help="Use no wheels of these projects (or :all:).",
    ),
)  # fmt: skip

CONSTRAINT = Option(
    "-c", "--constraint", to="constraints", metavar="FILE", is_repeated=True,
    aliases=("--constraints",),
    help="Limit versions by a constraints file; may be repeated.",
)  # fmt: skip

LIMITS = (
    CONSTRAINT,
    Option(
        "--override", to="overrides", metavar="FILE|REQ", is_repeated=True,
        aliases=("--overrides",),
        help="Replace the versions that a requirement asks for; may be repeated.",
    ),
    Option(
        "--exclude", to="excluded", metavar="NAME", is_repeated=True, is_rare=True,
        help="Ignore all requirements on this project; may be repeated.",
    ),
    Option(
        "--prefer", kind="choice", choices=("newest", "balanced"), default="newest",
        shows_default=True,
        help="balanced: keep all your requirements as new as possible together.",
    ),
    *KINDS,
    Option(
        "--skip-unbuildable", kind="flag",
        help="Leave out sdists whose metadata cannot be read here, instead of stopping "
        "at one.",
    ),
)  # fmt: skip

FILES = (
    Option(
        "-r", "--requirement", to="files", metavar="FILE", is_repeated=True,
        is_quick=True, aliases=("--requirements",),
        help="Read requirements from a file, or a pyproject.toml; may be repeated.",
    ),
    Option(
        "--extra", to="extras", metavar="NAME", is_repeated=True,
        help="Include this extra of the pyproject.toml; may be repeated.",
    ),
    Option(
        "--all-extras", to="has_all_extras", kind="flag", is_rare=True,
        help="Include all extras of the pyproject.toml.",
    ),
    Option(
        "--group", to="groups", metavar="[PATH:]NAME", is_repeated=True,
        help="Include a dependency group of a pyproject.toml; may be repeated.",
    ),
)  # fmt: skip

INPUT = (*FILES, *LIMITS)

ENVIRONMENTS = (
    Option(
        "--python-version", to="python_versions", metavar="X.Y", is_repeated=True,
        is_quick=True, aliases=("-p", "--python"),
        help="Resolve for this Python; may be repeated "
        "[default: the active environment's].",
    ),
    Option(
        "--python-platform", to="python_platforms", metavar="NAME", is_repeated=True,
        is_quick=True, aliases=("--platform",),
        help="Resolve for this platform, named as uv does; may be repeated "
        "[default: this one].",
    ),
)  # fmt: skip

TARGET = (
    *ENVIRONMENTS,
    Option(
        "--exclude-newer", kind="date", metavar="DATE",
        help="Ignore files uploaded after this date (UTC, inclusive) or time.",
    ),
)  # fmt: skip

ISOLATION = Option(
    "--isolation", kind="choice", choices=("full", "pod", "none"), default="full",
    shows_default=True, is_rare=True,
    help="How strictly build code is kept in a sandbox.",
)  # fmt: skip

INDEX = (
    Option(
        "-i", "--index-url", metavar="URL",
        help="Use this package index; 'public' is the one that pip uses here.",
    ),
    Option(
        "--extra-index-url", to="extra_index_urls", metavar="URL", is_repeated=True,
        help="Use this index for projects that the first one lacks.",
    ),
    Option(
        "--index-strategy", kind="choice", is_rare=True,
        choices=("first-index", "unsafe-best-match"),
        help="unsafe-best-match: take the best version of all indexes, as pip does "
        "[default: first-index].",
    ),
)  # fmt: skip

FOLDER = Option(
    "-f", "--find-links", metavar="DIR", is_repeated=True, is_quick=True,
    help="Use the wheels and sdists in this folder.",
)  # fmt: skip

UNIVERSE = Option(
    "--universe", kind="path", metavar="FILE", is_quick=True,
    help="Use this JSON snapshot, and nothing else.",
)  # fmt: skip

READING = (
    Option(
        "--cache-dir", kind="path", metavar="DIR", is_quick=True, is_rare=True,
        help="Cache index pages and metadata here.",
    ),
    Option("--refresh", kind="flag", help="Fetch index pages again, even if they are cached."),
    ISOLATION,
)  # fmt: skip

VIEW = Option(
    "--view", metavar="NAME",
    help="Use the wheelhouse as seen through this view.",
)  # fmt: skip

SOURCE = (*INDEX, FOLDER, UNIVERSE, VIEW, *READING)

BASE = Option(
    "--base", kind="path", metavar="LOCK",
    help="Keep the pins of this lock, of the image layer underneath.",
)  # fmt: skip

RECIPES = Option(
    "--recipes", kind="existing", metavar="DIR",
    help="Also try the wheels that these recipes would build.",
)  # fmt: skip

OUTPUT = (
    Option("--json", to="as_json", kind="flag", help="Print one JSON document."),
    Option("-v", "--verbose", kind="count", help="Print more about what is done."),
    Option("-q", "--quiet", kind="count", help="Print only results and errors."),
)

GATE = Option(
    "--gate", kind="flag",
    help="Let nothing in if that breaks a requirement set that works now.",
)  # fmt: skip

SET_TEXT = (
    *FILES,
    CONSTRAINT,
    *ENVIRONMENTS,
    Option(
        "--view", metavar="VIEW",
        help="Lock it over what this view of the wheelhouse leaves.",
    ),
)  # fmt: skip

NO_VIEW = Option("--no-view", kind="flag", help="Lock it over all of the wheelhouse.")

SET_SHOW = (
    Option(
        "--environment", metavar="NAME",
        help="Print the lock for this environment, such as py39-linux.",
    ),
    Option(
        "--format", to="lock_format", kind="choice", default="pylock",
        choices=("pylock", "requirements", "constraints"), shows_default=True,
        help="Format of that lock.",
    ),
)  # fmt: skip

SET_LOCK = (
    Option(
        "-U", "--upgrade", kind="flag",
        help="Ignore the pins that there are, and take the newest versions.",
    ),
    Option(
        "-P", "--upgrade-package", to="upgrade_packages", metavar="REQ",
        is_repeated=True,
        help="Upgrade this project only, or to REQ such as six==1.16; may be repeated.",
    ),
)  # fmt: skip

SERVE = (
    Option(
        "--host", default="127.0.0.1", shows_default=True, help="Address to listen on."
    ),
    Option(
        "--port", kind="number", bounds=(0, 65535), default=8080, shows_default=True,
        help="Port to listen on; 0 picks a free one, which is printed.",
    ),
    Option(
        "--workers", kind="number", bounds=(1, 64), default=2, shows_default=True,
        help="Number of worker processes.",
    ),
    Option(
        "--access-log", kind="choice", choices=("text", "json", "none"),
        default="text", shows_default=True,
        help="Write a line for each request to stderr.",
    ),
    Option(
        "--public-url", default="", metavar="URL",
        help="URL under which users reach the index, if it is another.",
    ),
    Option(
        "--trusted-proxy", to="proxies", is_repeated=True, metavar="ADDRESS",
        help="Believe this proxy (or network) how it was asked; may be repeated.",
    ),
    Option(
        "--token-to-read", kind="flag",
        help="Let nobody read without a token that has the right.",
    ),
    Option(
        "--max-upload", kind="number", bounds=(1, 1_000_000), default=10_000,
        shows_default=True, metavar="MB", help="Size of the largest file to take.",
    ),
    Option(
        "--gate", kind="flag",
        help="Refuse an upload that breaks a requirement set that works now.",
    ),
    Option(
        "--plain-http-uploads", kind="flag",
        help="Take uploads from other machines without TLS, too.",
    ),
    Option(
        "--x-accel", default="", metavar="LOCATION",
        help="Have nginx send files, from this location of its configuration.",
    ),
    Option(
        "--check-config", kind="flag",
        help="Start nothing: say what each setting is, and what is wrong.",
    ),
)  # fmt: skip

TOKEN = (
    Option(
        "--right", kind="text", is_repeated=True, metavar="RIGHT",
        help="Allow this: upload, upload:PROJECT, upload:PREFIX-*; may be repeated.",
    ),
    Option(
        "--days", kind="number", bounds=(1, 3650), default=365, shows_default=True,
        help="Number of days after which it expires.",
    ),
)  # fmt: skip
