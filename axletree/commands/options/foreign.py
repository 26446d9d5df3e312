"""Verbs and options of pip and uv that are called otherwise here, and how.

Only what cannot simply be meant is in these tables: a name that means the same is another
name of ours (`axletree.commands.options.table`).
"""

from collections.abc import Mapping

VERBS: Mapping[str, tuple[str, str]] = {
    "compile": ("what pip-compile and uv pip compile do is lock", "lock -r FILE"),
    "pip": ("what uv pip compile does is lock", "lock -r FILE"),
    "resolve": ("that is lock", "lock REQ"),
    "freeze": ("pins come from what you ask for, not from what is there", "lock REQ"),
    "export": ("lock writes every form: see --format", "lock -r FILE -o pylock.toml"),
    "download": ("files come into the wheelhouse by collect", "collect REQ"),
    "mirror": ("files come into the wheelhouse by collect", "collect -r FILE"),
    "fetch": ("files come into the wheelhouse by collect", "collect REQ"),
    "install": ("pip installs what lock has pinned", "lock REQ -o requirements.txt"),
    "sync": ("pip or uv installs what lock has pinned", "lock -r FILE -o lock.txt"),
    "wheel": ("wheels are built by a recipe", "build RECIPE"),
    "import": ("files at hand come in by add", "add FILE"),
    "upload": ("files at hand come in by add", "add FILE"),
    "publish": ("files at hand come in by add", "add FILE"),
    "new": ("that is init", "init"),
    "tree": ("who asked for a project is said by why", "why PROJECT REQ"),
    "show": ("who asked for a project is said by why", "why PROJECT REQ"),
    "debug": ("why there is no solution is said by explain", "explain REQ"),
    "verify": ("whether all can be installed is said by audit", "audit"),
    "test": ("whether files have a solution is said by check", "check FILE"),
    "run": ("the index is served by serve", "serve"),
    "server": ("the index is served by serve", "serve"),
    "help": ("every verb has its own help", "--help"),
    "version": ("the version is an option", "--version"),
}
"""Verb -> why there is none, and what to write, without `axletree`."""

_INDEX = "write --index-url URL; --index-url public is the index that pip uses here"
_CACHED = "write --refresh to read anew, or --cache-dir DIR for another cache"
_MATRIX = "write --python-version and --python-platform, each as often as you need"
_ALWAYS = "that is so in any case"
_AS_PIP = "proxies, certificates and logins are taken from where pip takes them"

OPTIONS: Mapping[str, str] = {
    "--offline": "leave out --index-url: the wheelhouse, --find-links and --universe "
    "are read without a network",
    "--no-index": "leave out --index-url, and name a folder with --find-links",
    "--index": _INDEX,
    "--default-index": _INDEX,
    "--pypi": _INDEX,
    "--resolution": "newest versions are taken; to try the lowest, pin them in a file "
    "and give it with --constraint",
    "--uploaded-prior-to": "write --exclude-newer DATE, which counts the whole day in",
    "--generate-hashes": f"{_ALWAYS}: a lock has hashes",
    "--require-hashes": f"{_ALWAYS}: a lock has hashes",
    "--strip-extras": "write --format constraints, which has no extras",
    "--universal": _MATRIX,
    "--abi": _MATRIX,
    "--implementation": _MATRIX,
    "--prerelease": "write --pre",
    "--no-build": "write --only-binary :all:",
    "--no-build-package": "write --only-binary NAME",
    "--no-binary-package": "write --no-binary NAME",
    "--no-cache": _CACHED,
    "--no-cache-dir": _CACHED,
    "--output": "write --output-file FILE, or -o FILE",
    "--output-format": "write --format, or name the file pylock.toml",
    "--dry-run": "leave out -o: the lock is printed",
    "--upgrade-strategy": "write --upgrade, or --upgrade-package NAME",
    "--no-upgrade": f"{_ALWAYS}: pins of the lock at -o stay",
    "--trusted-host": _AS_PIP,
    "--proxy": _AS_PIP,
    "--cert": _AS_PIP,
    "--native-tls": _AS_PIP,
    "--keyring-provider": _AS_PIP,
    "--no-color": "set NO_COLOR=1",
    "--color": "set NO_COLOR=1 for none",
    "--no-progress": f"{_ALWAYS} in a pipe",
    "--home": "set AXLETREE_HOME=DIR",
    "--wheelhouse": "set AXLETREE_HOME=DIR",
    "--all": "write --help-all for all options",
}
"""Option -> what to do instead, whatever the verb."""

_NOT_AUDITED = (
    "an audit looks at all there is, which nobody has of an index: audit the "
    "wheelhouse, a folder (--find-links) or a whole snapshot (--universe)"
)
_FILES_ARE_ARGUMENTS = "check takes the files themselves: axletree check FILE…"
_SERVED_FROM = "serve takes the wheelhouse that AXLETREE_HOME names"

OF_VERBS: Mapping[tuple[str, str], str] = {
    ("audit", "--index-url"): _NOT_AUDITED,
    ("audit", "-i"): _NOT_AUDITED,
    ("audit", "--extra-index-url"): _NOT_AUDITED,
    ("collect", "--universe"): "collect brings files, and a snapshot has none: name an "
    "index with --index-url",
    ("check", "-r"): _FILES_ARE_ARGUMENTS,
    ("check", "--requirement"): _FILES_ARE_ARGUMENTS,
    ("serve", "-p"): "write --port N",
    ("serve", "--find-links"): _SERVED_FROM,
    ("serve", "-f"): _SERVED_FROM,
    ("lock", "--write"): "write -o FILE",
    ("collect", "-d"): "files come into the wheelhouse: set AXLETREE_HOME=DIR",
    ("collect", "--dest"): "files come into the wheelhouse: set AXLETREE_HOME=DIR",
}
"""Verb and option -> what to do instead, where the verb decides."""
