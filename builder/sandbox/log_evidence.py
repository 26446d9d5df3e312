"""What the last lines of a failed build's log say of why it failed.

Foreign code can print anything. So a line only ever turns the backend's no into less:
"not within the limits here", "this machine lacks something", in place of a fact about
the world. It never makes a failure of what succeeded.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

_LINE_LIMIT = 2000
"""Characters of a line that are looked at."""
_LAST_LINES = 300
"""A lack that was named before those was no reason to stop."""

_LIMITS: Mapping[str, str] = {
    "memory": r"\bMemoryError\b|std::bad_alloc|Cannot allocate memory"
    r"|virtual memory exhausted|[Oo]ut of memory\b|OutOfMemoryError|memory exhausted"
    r"|memory allocation of \d+ bytes failed|Killed signal terminated program"
    r"|\bsignal: 9, SIGKILL|(?:^|\d )Killed\b",
    "room": r"(?<!unshare failed: )No space left on device|Disk quota exceeded|\bENOSPC\b",
    "processes": r"Resource temporarily unavailable|can't start new thread"
    r"|[Cc]annot fork\b|fork: retry|[Ff]ailed to spawn thread|\bEAGAIN\b",
    "file": r"File too large|File size limit exceeded",
    "time": r"CPU time limit exceeded",
    "files": r"Too many open files",
}
_LIMIT = re.compile("|".join(f"(?P<{name}>{text})" for name, text in _LIMITS.items()))

_NAME = r"([\w+./@-]{1,100}?)"
_FOLDER = r"(?:[\w./-]{1,200}/)?"
_TOOL = (
    r"((?:[\w-]{1,40}-)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|gfortran|ld)(?:-\d+)?"
    r"|f77|f95|cl(?:\.exe)?|cmake|g?make|ninja|meson|swig|cargo|rustc|nvcc|go|javac?"
    r"|pkg-config|pkgconf|mvn|node|npm|protoc|git|hg|svn|patch|perl|flex|bison|yacc|m4"
    r"|autoconf|automake|autoreconf|libtool(?:ize)?|aclocal|nasm|yasm|R"
    r"|[\w.+-]{1,60}[-_]config)"
)
_ABSENT = r"(?:not found|executable not found|is not installed|could not be found)"
_LACKS: Mapping[str, Sequence[str]] = {
    "the header {}": (
        rf"fatal error: '?{_NAME}'?(?:: No such file| file not found)",
        rf"[Cc]annot open include file: '{_NAME}'",
    ),
    "the library {}": (
        r"(?:cannot find|library not found for) -l([\w+.-]{1,100})",
        r"\b(lib[\w+.-]{1,100}\.so[\d.]*): cannot open shared object file",
        rf"[Pp]ackage '?{_NAME}'?(?:,? required by .{{1,99}})?,? (?:was )?not found",
        rf"No package '{_NAME}' found",
        rf"Dependency [\"']{_NAME}[\"'] not found",
        rf"headers or library files could not be found for {_NAME}(?:,|$)",
    ),
    "what CMake calls {}": (
        r"Could NOT find (\w{1,60})",
        r"package configuration file provided by \"(\w{1,60})\"",
    ),
    "the program {}": (
        rf"(?:^|[\s:/'\"]){_TOOL}[\"']?(?:: command)?:? (?:was )?{_ABSENT}",
        rf"command '{_FOLDER}{_TOOL}' failed: No such file",
        rf"unable to execute '?{_FOLDER}{_TOOL}'?: No such file",
        rf"No such file or directory: '{_FOLDER}{_TOOL}'",
        rf"Program '{_TOOL}' not found",
        r"(?:sh|bash): (?:line )?(?:\d+: )?([\w.+-]{1,60}): (?:command )?not found",
        r"(?:[Dd]id not find|[Rr]equires|[Nn]eeds) (pkg-config|cmake)\b",
        r"(?i:cmake) must be installed|Problem with the (CMake) installation",
    ),
    "a library, or pkg-config that would find it": (
        r"Can ?not find valid pkg-config name",
    ),
    "a Rust compiler": (
        r"(?:find|requires a?) ?(?:a )?Rust compiler|package requires Rust\b",
        r"Rust package manager, is not installed",
    ),
    "Microsoft Visual C++": (r"Microsoft Visual C\+\+ .{1,40}is required",),
    "a working compiler": (
        r"no acceptable (?:C|Fortran) compiler|Unknown compiler\(s\)",
        r"No working compiler found|Broken toolchain",
        r"No CMAKE_\w{1,20}_COMPILER could be found",
    ),
    "the libraries libxml2 and libxslt": (r"libxml2 and libxslt development packages",),
    "the libraries BLAS and LAPACK": (
        r"[Nn]o (?:lapack|blas)(?:/(?:lapack|blas))? (?:resources|libraries) found",
    ),
    "the CUDA toolkit": (r"CUDA_HOME (?:environment variable )?is not set",),
    "the program gdal-config": (r"GDAL API version must be specified",),
}
_LACK = tuple(
    (re.compile(pattern), words)
    for words, patterns in _LACKS.items()
    for pattern in patterns
)
_NOT_OF_THE_MACHINE = re.compile("longintrepr|numpy/|pybind11/|cpython/|internal/")
"""Headers that newer Pythons do without, and those of build requirements."""


def limit_in(lines: Sequence[str]) -> str:
    """Name the limit that a log says was met, a key of `outcomes.LIMITS`."""
    for line in _last_first(lines):
        found = _LIMIT.search(line)
        if found is not None and found.lastgroup is not None:
            return found.lastgroup
    return ""


def lack_in(lines: Sequence[str]) -> str:
    """Name what a log says is not on this machine: `the header mysql.h`."""
    for line in _last_first(lines[-_LAST_LINES:]):
        for pattern, words in _LACK:
            found = pattern.search(line)
            if found is None:
                continue
            name = (pattern.groups and found[1]) or "cmake"
            if not _NOT_OF_THE_MACHINE.match(name):
                return words.format(name)
    return ""


_ERROR = re.compile(
    r"^(?:[\w.]{1,100}(?:Error|Exception|Failure)|SystemExit)(?:: |$)"
    r"|^(?:fatal )?(?:error|ERROR|Error)(?: in [\w.+-]{1,100} setup command)?: "
)
_ADVICE = re.compile(
    r"\b(?:deprecated|instead|unsupported|not supported|no longer|requires?|must|cannot"
    r"|could not|can't|failed|missing|not found|unable to)\b",
    re.IGNORECASE,
)
_VAGUE = re.compile(r"CalledProcessError|^SystemExit(?:: \d+)?$|^error: command ")
"""That something failed, not why."""
_NOISE = re.compile(r"^\W*$|^\s|^Traceback |^(?:note|hint|warning): |^\[end of output")
_CHAINED = re.compile(r"^(?:During handling of|The above exception was)")


def telling_line(lines: Sequence[str]) -> str:
    """Return the line that tells most of why a backend said no; empty without any.

    That is the last error that says more than that there was one, else the first line
    of what looks like advice, else the last line.
    """
    shown = [line[:_LINE_LIMIT].rstrip() for line in lines[-_LAST_LINES:]]
    errors = [at for at, line in enumerate(shown) if _ERROR.search(line)]
    plain = [at for at in errors if not _VAGUE.search(shown[at])]
    if plain:
        return shown[_cause(shown, plain)]
    said = [line for line in shown if not _NOISE.search(line)]
    advice = [line for line in said if _ADVICE.search(line)]
    vague = [shown[at] for at in errors[-1:]]
    others = [line for line in said if not _ERROR.search(line)]
    return next(iter([*advice[:1], *vague, *others[-1:]]), "")


def _cause(lines: Sequence[str], errors: Sequence[int]) -> int:
    """Go back from the last error to what is missing, if that has led to it."""
    last = errors[-1]
    for before in reversed(errors[:-1]):
        is_chained = any(map(_CHAINED.search, lines[before:last]))
        if is_chained and lines[before].startswith("ModuleNotFoundError"):
            return before
    return last


def _last_first(lines: Sequence[str]) -> Iterator[str]:
    return (line[:_LINE_LIMIT] for line in reversed(lines))
