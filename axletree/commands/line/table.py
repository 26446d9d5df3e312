"""The command line as data: which verb takes which options, declared here alone.

Click's decorators (`axletree.commands.line.click_options`) and the reader of quick
command lines (`axletree.commands.line.words`) are both made from it. That reader runs
before anything else is imported, so nothing but data is imported here.
"""

from __future__ import annotations

from axletree.commands.line.groups import (
    BASE,
    FOLDER,
    GATE,
    INDEX,
    INPUT,
    ISOLATION,
    KINDS,
    LIMITS,
    NO_VIEW,
    OUTPUT,
    READING,
    RECIPES,
    SERVE,
    SET_LOCK,
    SET_SHOW,
    SET_TEXT,
    SOURCE,
    TARGET,
    TOKEN,
    UNIVERSE,
    VIEW,
)
from axletree.commands.line.option import (
    Option,
)

TYPE_CHECKING = False  # see axletree.resolver.universe.tables
if TYPE_CHECKING:
    from collections.abc import Mapping

_LOCK = (
    Option(
        "-o", "--output-file", kind="output", metavar="FILE", is_quick=True,
        help="Write the lock to this file [default: stdout].",
    ),
    Option(
        "--format", to="lock_format", kind="choice", is_quick=True,
        choices=("requirements", "constraints", "pylock"),
        help="Format of the lock [default: by the name of -o, else requirements].",
    ),
    Option(
        "--emit-index-url", kind="flag",
        help="Write the URLs of an index's files into pylock.toml, without logins.",
    ),
    Option(
        "-U", "--upgrade", kind="flag", is_quick=True,
        help="Ignore the pins of the lock at -o, and take the newest versions.",
    ),
    Option(
        "-P", "--upgrade-package", to="upgrade_packages", metavar="REQ",
        is_repeated=True, is_quick=True,
        help="Upgrade this project only, or to REQ such as six==1.16; may be repeated.",
    ),
    BASE,
    Option(
        "--check", kind="flag",
        help="Write nothing; exit with 1 if the lock at -o would change.",
    ),
)  # fmt: skip

_REMEDIES = (
    RECIPES,
    Option(
        "--upstream",
        metavar="URL",
        help="Also look at this index for files that would help; 'public' is the one "
        "that pip uses here.",
    ),
    BASE,
    Option("--no-repairs", kind="flag", is_quick=True, help="Explain the cause only."),
)

_WHY = (
    *_REMEDIES,
    Option(
        "--if", to="supposed", metavar="REQ", is_repeated=True,
        help="Answer as if you required this; may be repeated.",
    ),
)  # fmt: skip

_EXPLAIN = (
    *_REMEDIES,
    Option(
        "--repair", to="repair_number", kind="number", bounds=(1, None), metavar="N",
        help="Show this repair in full, with its pins and recipe.",
    ),
    Option(
        "--write", kind="flag",
        help="With --repair: change your files, or write the recipe.",
    ),
    Option(
        "--engine", kind="choice", choices=("exact", "resolvelib", "pip-compile"),
        default="exact", shows_default=True,
        help="resolvelib: show what pip would do; pip-compile: run pip-tools, and "
        "compare.",
    ),
    Option(
        "--why", metavar="PROJECT",
        help="The same as axletree why PROJECT.",
    ),
    Option(
        "--if", to="supposed", metavar="REQ", is_repeated=True,
        help="Show what this requirement would change; may be repeated.",
    ),
    Option(
        "--reproduce", kind="path", metavar="DIR",
        help="Write the first conflict as a small index, for bug reports and tests.",
    ),
    Option(
        "--svg", kind="output", metavar="FILE",
        help="Draw a picture of the first conflict into this file.",
    ),
)  # fmt: skip

_CHECK = (
    Option(
        "--output-format", kind="choice",
        choices=("text", "json", "github", "gitlab", "sarif", "junit", "markdown"),
        help="What is printed [default: text, under GitHub Actions with annotations].",
    ),
    Option(
        "--baseline", kind="file", metavar="FILE",
        help="Fail only on conflicts that this file does not have.",
    ),
    Option(
        "--write-baseline", kind="flag",
        help="Write the conflicts that there are into that file.",
    ),
    Option(
        "--sarif", kind="output", metavar="FILE", help="Write SARIF 2.1.0 here, too."
    ),
    Option(
        "--gitlab", kind="output", metavar="FILE",
        help="Write GitLab's Code Quality report here, too.",
    ),
    Option(
        "--markdown", kind="output", metavar="FILE",
        help="Write a summary in Markdown here, too.",
    ),
    Option(
        "--junit", kind="output", metavar="FILE", help="Write JUnit XML here, too."
    ),
    Option(
        "--jobs", kind="number", bounds=(1, 64), metavar="N",
        help="Resolve this many at a time [default: one on each core].",
    ),
)  # fmt: skip

_BUILDS_AT_ONCE = Option(
    "--jobs", kind="number", bounds=(1, 64), metavar="N",
    help="Build this many at a time [default: by cores and memory].",
)  # fmt: skip

_COLLECT = (
    Option(
        "--recipes", kind="existing", metavar="DIR",
        help="Also collect what these recipes need to build.",
    ),
    Option(
        "--no-deps", kind="flag",
        help="Collect only what you name, not what it requires.",
    ),
    _BUILDS_AT_ONCE,
)  # fmt: skip

_BUILD = (
    Option(
        "--set", to="set_name", metavar="SET",
        help="Build what this requirement set has as sdists only.",
    ),
    VIEW,
    Option(
        "--python-version", metavar="X.Y",
        help="Build with this Python [default: the recipe's first, else the active "
        "environment's].",
    ),
    Option(
        "--python-platform", metavar="NAME",
        help="Build for this platform [default: this one].",
    ),
    ISOLATION,
    Option(
        "--allow-file-sources", kind="flag",
        help="Allow a recipe to build from a repository on this machine.",
    ),
    _BUILDS_AT_ONCE,
    Option(
        "--rebuild", kind="flag",
        help="Build also what is there, and what is known to fail.",
    ),
)  # fmt: skip

_JOBS_LIST = (
    Option(
        "--state", kind="choice",
        choices=("waiting", "running", "published", "failed", "cancelled"),
        help="List those in this state only.",
    ),
    Option(
        "-n", "--limit", kind="number", bounds=(1, None), metavar="N", default=50,
        shows_default=True, help="List this many at most.",
    ),
)  # fmt: skip

_FILE_SOURCES = Option(
    "--allow-file-sources", kind="flag",
    help="Allow a repository on this machine.",
)  # fmt: skip

_RECIPE_NEW = (
    Option(
        "-o", "--output-file", kind="file", metavar="FILE",
        help="Write to this file [default: NAME-VERSION.toml].",
    ),
    Option(
        "--release", metavar="NAME==VERSION",
        help="What the source calls itself, where it does not say so.",
    ),
    Option(
        "--python-version", metavar="X.Y",
        help="Build with this Python [default: the active environment's].",
    ),
    ISOLATION,
    _FILE_SOURCES,
)  # fmt: skip

_ADD = (
    Option(
        "--strict", kind="flag",
        help="Also refuse harmless flaws, which the public index accepts.",
    ),
)  # fmt: skip

_VIEW = (
    Option(
        "--exclude-newer", kind="date", metavar="DATE",
        help="Leave out files uploaded after this date (UTC, inclusive) or time.",
    ),
    Option(
        "--policy", kind="path", metavar="FILE",
        help="Leave out also what this policy does not allow.",
    ),
    Option(
        "--set", to="sets", is_repeated=True, metavar="SET",
        help="List only what the locks of this requirement set have; may be repeated.",
    ),
)  # fmt: skip

_EXPORT = (Option("--view", metavar="NAME", help="Write what is seen through it."),)

_SNAPSHOT = (
    RECIPES,
    Option(
        "-o", "--output-file", kind="output", metavar="FILE",
        help="Write to this file (compressed if it ends in .gz) [default: stdout].",
    ),
)  # fmt: skip

_REASON = Option("--reason", default="", metavar="TEXT", help="Say why.")

_GENERATION = Option(
    "--generation", kind="number", bounds=(0, 10**18), metavar="N",
    help="Show this generation [default: the newest].",
)  # fmt: skip

_LIST_VIEW = Option(
    "--view", metavar="NAME", help="Show what is seen through this view."
)  # fmt: skip

_REMOVE = (
    _REASON,
    Option(
        "--force", kind="flag",
        help="Remove also what a finished collection or a set's lock needs.",
    ),
)  # fmt: skip

_LOG = (
    Option(
        "-n", "--limit", kind="number", bounds=(0, None), metavar="N",
        help="Show this many [default: all].",
    ),
)  # fmt: skip

_PIN = (
    _REASON,
    Option(
        "--until", kind="date", metavar="DATE",
        help="Keep it until the end of this day (UTC), or this time [default: for ever].",
    ),
    Option("--lift", kind="flag", help="Keep it no longer."),
)  # fmt: skip

_VERIFY = (
    Option(
        "--repair", to="repair_from", kind="path", metavar="DIR",
        help="Put back what lies in this folder, whatever it is called there.",
    ),
    Option("--restart", kind="flag", help="Check all anew, also after a stop."),
)  # fmt: skip

_GC = (Option("--dry-run", kind="flag", help="Only show what would go, and why."),)

_BACKUP = (
    Option(
        "--with-key", kind="flag",
        help="Copy the private key, too: who has the backup can then sign.",
    ),
)  # fmt: skip

_PROVENANCE = (
    Option(
        "--key", kind="file", metavar="FILE",
        help="Believe this public key alone [default: the wheelhouse's own].",
    ),
)  # fmt: skip

_RESTORE = (
    Option(
        "--force", kind="flag",
        help="Restore also where generations are lost by that.",
    ),
)  # fmt: skip

_DOCS = (
    Option("--path", kind="flag", help="Print where the page's file is, instead."),
)

_ASKED = (*INPUT, *TARGET)

OPTIONS: Mapping[str, tuple[Option, ...]] = {
    "lock": (*_LOCK, *_ASKED, *SOURCE, *OUTPUT),
    "explain": (*_EXPLAIN, *_ASKED, *SOURCE, *OUTPUT),
    "why": (*_WHY, *_ASKED, *SOURCE, *OUTPUT),
    "check": (*_CHECK, *LIMITS, *TARGET, *SOURCE, *OUTPUT),
    "audit": (*KINDS, *TARGET, FOLDER, UNIVERSE, VIEW, *OUTPUT),
    "init": OUTPUT,
    "add": (*_ADD, GATE, *OUTPUT),
    "collect": (*_COLLECT, GATE, *_ASKED, *INDEX, FOLDER, *READING, *OUTPUT),
    "build": (*_BUILD, GATE, *OUTPUT),
    "jobs list": (*_JOBS_LIST, *OUTPUT),
    "jobs show": OUTPUT,
    "jobs follow": OUTPUT,
    "jobs cancel": OUTPUT,
    "jobs retry": OUTPUT,
    "recipe new": (*_RECIPE_NEW, *OUTPUT),
    "recipe check": OUTPUT,
    "recipe update": (_FILE_SOURCES, *OUTPUT),
    "serve": (*SERVE, *OUTPUT),
    "export-site": (*_EXPORT, *OUTPUT),
    "policy set": OUTPUT,
    "policy show": OUTPUT,
    "policy check": OUTPUT,
    "view make": (*_VIEW, *OUTPUT),
    "view list": OUTPUT,
    "view show": OUTPUT,
    "view remove": OUTPUT,
    "set add": (*SET_TEXT, *OUTPUT),
    "set update": (*SET_TEXT, NO_VIEW, *OUTPUT),
    "set list": OUTPUT,
    "set show": (*SET_SHOW, *OUTPUT),
    "set diff": OUTPUT,
    "set rm": OUTPUT,
    "set lock": (*SET_LOCK, *OUTPUT),
    "set check": OUTPUT,
    "key init": OUTPUT,
    "key show": OUTPUT,
    "token make": (*TOKEN, *OUTPUT),
    "token list": OUTPUT,
    "token revoke": OUTPUT,
    "snapshot": (*_SNAPSHOT, *_ASKED, *SOURCE, *OUTPUT),
    "list": (_GENERATION, _LIST_VIEW, *OUTPUT),
    "show": OUTPUT,
    "yank": (_REASON, *OUTPUT),
    "unyank": OUTPUT,
    "remove": (*_REMOVE, *OUTPUT),
    "withdraw": (_REASON, *OUTPUT),
    "status": (_REASON, *OUTPUT),
    "log": (*_LOG, *OUTPUT),
    "pin": (*_PIN, *OUTPUT),
    "du": OUTPUT,
    "verify": (*_VERIFY, *OUTPUT),
    "gc": (*_GC, *OUTPUT),
    "verify-provenance": (*_PROVENANCE, *OUTPUT),
    "backup": (*_BACKUP, *OUTPUT),
    "restore": (*_RESTORE, *OUTPUT),
    "docs": _DOCS,
}
"""Of each verb, its own first, in the order in which its help shows them."""
