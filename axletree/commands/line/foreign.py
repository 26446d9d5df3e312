"""Verbs and options of pip and uv that are called otherwise here, and how.

Only what cannot simply be meant is in these tables: a name that means the same is another
name of ours (`axletree.commands.line.table`).
"""

from collections.abc import Mapping

VERBS: Mapping[str, tuple[str, str]] = {
    "compile": ("pip-compile and uv pip compile are called lock here", "lock -r FILE"),
    "pip": ("uv pip compile is called lock here", "lock -r FILE"),
    "resolve": ("it is called lock here", "lock REQ"),
    "freeze": ("lock pins what you require, not what is installed", "lock REQ"),
    "export": ("lock writes all formats: see --format", "lock -r FILE -o pylock.toml"),
    "download": ("collect downloads into the wheelhouse", "collect REQ"),
    "mirror": ("collect downloads into the wheelhouse", "collect -r FILE"),
    "fetch": ("collect downloads into the wheelhouse", "collect REQ"),
    "install": ("pip installs what lock has pinned", "lock REQ -o requirements.txt"),
    "sync": ("pip or uv installs what lock has pinned", "lock -r FILE -o lock.txt"),
    "wheel": ("build makes wheels from recipes", "build RECIPE"),
    "import": ("add takes files into the wheelhouse", "add FILE"),
    "upload": ("add takes files into the wheelhouse", "add FILE"),
    "publish": ("add takes files into the wheelhouse", "add FILE"),
    "new": ("it is called init here", "init"),
    "tree": ("why shows who requires a project", "why PROJECT REQ"),
    "debug": ("explain says why there is no solution", "explain REQ"),
    "upgrade": ("lock takes newer versions with --upgrade", "lock REQ --upgrade"),
    "update": ("lock takes newer versions with --upgrade", "lock REQ --upgrade"),
    "ls": ("it is called list here", "list"),
    "search": ("list shows what the wheelhouse has", "list"),
    "info": ("it is called show here", "show REQ"),
    "rm": ("it is called remove here", "remove REQ"),
    "delete": ("it is called remove here", "remove REQ"),
    "history": ("it is called log here", "log"),
    "prune": ("it is called gc here", "gc --dry-run"),
    "clean": ("it is called gc here", "gc --dry-run"),
    "test": ("check says which files have a solution", "check FILE"),
    "run": ("serve starts the index", "serve"),
    "server": ("serve starts the index", "serve"),
    "help": ("every verb has its own help", "--help"),
    "version": ("the version is an option", "--version"),
}
"""Verb -> why there is none, and what to write, without `axletree`."""

_INDEX = "use --index-url URL; --index-url public is the index that pip uses here"
_CACHED = "use --refresh to fetch pages again, or --cache-dir DIR for another cache"
_MATRIX = "use --python-version and --python-platform, each as often as you need"
_ALWAYS = "this is always so"
_AS_PIP = "proxies, certificates and logins are read from where pip reads them"

OPTIONS: Mapping[str, str] = {
    "--offline": "leave out --index-url: the wheelhouse, --find-links and --universe "
    "are read without a network",
    "--no-index": "leave out --index-url, and name a folder with --find-links",
    "--index": _INDEX,
    "--default-index": _INDEX,
    "--pypi": _INDEX,
    "--resolution": "the newest versions are taken; to try the lowest, pin them in a "
    "file and name it with --constraint",
    "--uploaded-prior-to": "use --exclude-newer DATE, which includes the whole day",
    "--generate-hashes": f"{_ALWAYS}: a lock has hashes",
    "--require-hashes": f"{_ALWAYS}: a lock has hashes",
    "--strip-extras": "use --format constraints, which has no extras",
    "--universal": _MATRIX,
    "--abi": _MATRIX,
    "--implementation": _MATRIX,
    "--prerelease": "use --pre",
    "--no-build": "use --only-binary :all:",
    "--no-build-package": "use --only-binary NAME",
    "--no-binary-package": "use --no-binary NAME",
    "--no-cache": _CACHED,
    "--no-cache-dir": _CACHED,
    "--output": "use --output-file FILE, or -o FILE",
    "--output-format": "use --format, or name the file pylock.toml",
    "--dry-run": "leave out -o: the lock is printed",
    "--upgrade-strategy": "use --upgrade, or --upgrade-package NAME",
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
    "--all": "use --help-all for all options",
}
"""Option -> what to do instead, whatever the verb."""

_NOT_AUDITED = (
    "an audit reads everything, which an index is too large for: audit the "
    "wheelhouse, a folder (--find-links) or a whole snapshot (--universe)"
)
_FILES_ARE_ARGUMENTS = "check takes the files themselves: axletree check FILE…"
_FILES_OF_A_CHECK = "name the file by its form: --sarif, --gitlab, --junit, --markdown"
_SERVED_FROM = "serve serves the wheelhouse that AXLETREE_HOME names"

OF_VERBS: Mapping[tuple[str, str], str] = {
    ("audit", "--index-url"): _NOT_AUDITED,
    ("audit", "-i"): _NOT_AUDITED,
    ("audit", "--extra-index-url"): _NOT_AUDITED,
    ("collect", "--universe"): "collect downloads files, and a snapshot has none: "
    "name an index with --index-url",
    ("check", "-r"): _FILES_ARE_ARGUMENTS,
    ("check", "--requirement"): _FILES_ARE_ARGUMENTS,
    ("check", "--format"): "use --output-format NAME",
    ("check", "-o"): _FILES_OF_A_CHECK,
    ("check", "--output-file"): _FILES_OF_A_CHECK,
    ("check", "--write"): "use --write-baseline, with --baseline FILE",
    ("serve", "-p"): "use --port N",
    ("serve", "--find-links"): _SERVED_FROM,
    ("serve", "-f"): _SERVED_FROM,
    ("lock", "--write"): "use -o FILE",
    ("collect", "-d"): "files go into the wheelhouse: set AXLETREE_HOME=DIR",
    ("collect", "--dest"): "files go into the wheelhouse: set AXLETREE_HOME=DIR",
}
"""Verb and option -> what to do instead, where the verb decides."""
