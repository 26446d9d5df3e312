import tomllib
from collections.abc import Sequence
from importlib.resources import files

import pytest

from axletree.builder.sandbox.log_evidence import (
    Diagnosis,
    Lack,
    diagnose,
    limit_in,
    telling_line,
    telling_lines,
)


def lack_in(lines: Sequence[str]) -> str:
    found = diagnose(lines)
    return found.words if isinstance(found, Lack) else ""


LACKS = [
    ("fatal error: mysql.h: No such file or directory", "the header mysql.h"),
    (
        "src/_x.c:29:10: fatal error: openssl/ssl.h: No such file or directory",
        "the header openssl/ssl.h",
    ),
    ("x.c:1:10: fatal error: 'sql.h' file not found", "the header sql.h"),
    (
        "x.c(4): fatal error C1083: Cannot open include file: 'a.h': No such file",
        "the header a.h",
    ),
    ("/usr/bin/ld: cannot find -lmysqlclient", "the library mysqlclient"),
    (
        "Package mysqlclient was not found in the pkg-config search path.",
        "the library mysqlclient",
    ),
    (
        "Package 'libffi', required by 'virtual:world', not found",
        "the library libffi",
    ),
    ("No package 'cairo' found", "the library cairo"),
    (
        '../meson.build:31:12: ERROR: Dependency "openblas" not found, tried pkg',
        "the library openblas",
    ),
    (
        "ImportError: libGL.so.1: cannot open shared object file: No such file",
        "the library libGL.so.1",
    ),
    (
        "The headers or library files could not be found for jpeg,",
        "the library jpeg",
    ),
    ("/bin/sh: 1: pkg-config: not found", "the program pkg-config"),
    ("/bin/sh: 1: mysql_config: not found", "the program mysql_config"),
    ("OSError: mysql_config not found", "the program mysql_config"),
    ("Error: pg_config executable not found.", "the program pg_config"),
    ("sh: line 1: swig: command not found", "the program swig"),
    ("error: command 'gcc' failed: No such file or directory", "the program gcc"),
    (
        "error: command '/usr/bin/x86_64-linux-gnu-gcc' failed: No such file or d",
        "the program x86_64-linux-gnu-gcc",
    ),
    (
        "unable to execute 'gcc': No such file or directory",
        "the program gcc",
    ),
    (
        "FileNotFoundError: [Errno 2] No such file or directory: 'cmake'",
        "the program cmake",
    ),
    (
        "Exception: Can not find valid pkg-config name.",
        "a library, or pkg-config that would find it",
    ),
    ("error: can't find Rust compiler", "a Rust compiler"),
    (
        "Cargo, the Rust package manager, is not installed or is not on PATH.",
        "a Rust compiler",
    ),
    (
        "error: Microsoft Visual C++ 14.0 or greater is required. Get it with",
        "Microsoft Visual C++",
    ),
    (
        "configure: error: no acceptable C compiler found in $PATH",
        "a working compiler",
    ),
    ("CMake must be installed to build the following", "the program cmake"),
    ("Could NOT find OpenSSL, try to set the path", "what CMake calls OpenSSL"),
    (
        "error: extension 'f' has Fortran sources but no Fortran compiler found",
        "a Fortran compiler",
    ),
    (
        "Error: Please make sure the libxml2 and libxslt development packages are in",
        "the libraries libxml2 and libxslt",
    ),
    (
        "numpy.distutils.system_info.NotFoundError: No lapack/blas resources found.",
        "the libraries BLAS and LAPACK",
    ),
    (
        "OSError: CUDA_HOME environment variable is not set. Please set it to your",
        "the CUDA toolkit",
    ),
    (
        "A GDAL API version must be specified. Provide a path to gdal-config using",
        "the program gdal-config",
    ),
    # Not the machine's fault:
    ("fatal error: longintrepr.h: No such file or directory", ""),
    ("fatal error: numpy/arrayobject.h: No such file or directory", ""),
    ("FileNotFoundError: [Errno 2] No such file or directory: 'README.md'", ""),
    ("ModuleNotFoundError: No module named 'numpy'", ""),
    ("SyntaxError: Missing parentheses in call to 'print'", ""),
    ("error: command 'gcc' failed with exit status 1", ""),
    ("error in demo setup command: use_2to3 is invalid.", ""),
]


@pytest.mark.parametrize(("line", "lack"), LACKS)
def test_a_line_tells_what_the_machine_lacks(line: str, lack: str) -> None:
    assert lack_in(["before", line, "after"]) == lack


def test_the_last_line_that_tells_counts() -> None:
    lines = [
        "/bin/sh: 1: git: not found",
        "fatal error: x.h: No such file or directory",
    ]
    assert lack_in(lines) == "the header x.h"


def test_a_lack_long_before_the_end_was_got_over() -> None:
    assert lack_in(["/bin/sh: 1: git: not found", *(500 * ["compiling"])]) == ""


@pytest.mark.parametrize(
    ("line", "limit"),
    [
        ("MemoryError", "memory"),
        ("terminate called after throwing an instance of 'std::bad_alloc'", "memory"),
        ("gcc: fatal error: Killed signal terminated program cc1plus", "memory"),
        ("OSError: [Errno 28] No space left on device: '/tmp/x'", "room"),
        ("BlockingIOError: [Errno 11] Resource temporarily unavailable", "processes"),
        ("RuntimeError: can't start new thread", "processes"),
        ("OSError: [Errno 27] File too large", "file"),
        ("make: *** [all] CPU time limit exceeded", "time"),
        ("OSError: [Errno 24] Too many open files", "files"),
        ("unshare: unshare failed: No space left on device", ""),
        ("ValueError: invalid version", ""),
    ],
)
def test_a_line_tells_which_limit_was_met(line: str, limit: str) -> None:
    assert limit_in(["before", line, *(500 * ["after"])]) == limit


@pytest.mark.slow
@pytest.mark.parametrize("part", ["a", "a-", "a/", "lib", "Package '", "_config ", "("])
def test_looking_takes_time_in_proportion_to_the_lines(part: str) -> None:
    # A line is cut before it is looked at: this ends.
    lines = 300 * [part * 20_000]
    assert lack_in(lines) == limit_in(lines) == ""


def test_what_a_build_tries_to_fetch_for_want_of_it_is_what_is_lacking() -> None:
    # maturin 1.9 without cargo; puccinialin downloads it.
    log = [
        "Rust not found, installing into a temporary directory",
        "Downloading rustup-init from https://static.rust-lang.org/rustup/dist/x/y",
        "httpx.ConnectError: [Errno -3] Temporary failure in name resolution",
    ]
    assert diagnose(log) == Lack(words="a Rust compiler", package="cargo")
    # With a network it is there, and something else is wrong.
    gone = "ModuleNotFoundError: No module named 'distutils'"
    assert lack_in([*log[:1], gone]) == ""


# Why else a build failed: lines of real logs.
CAUSES = [
    (
        "distutils-gone",
        "ModuleNotFoundError: No module named 'distutils'",
        "it imports distutils, which Python has no longer since 3.12",
        ("setuptools",),
    ),
    (
        "msvccompiler-gone",  # with setuptools: without, distutils itself is missing
        "ModuleNotFoundError: No module named 'distutils.msvccompiler'",
        "it imports distutils.msvccompiler, which setuptools has no longer since 74",
        ("setuptools<74",),
    ),
    (
        "msvccompiler-gone",  # murmurhash 1.0.6 on Python 3.13
        (
            "ImportError: cannot import name 'msvccompiler' from 'distutils' (/build/env/"
            "lib/python3.13/site-packages/setuptools/_distutils/__init__.py). Did you"
        ),
        "it imports distutils.msvccompiler",
        ("setuptools<74",),
    ),
    (
        "imp-gone",
        "ModuleNotFoundError: No module named 'imp'",
        "it imports imp, which Python has no longer since 3.12",
        (),
    ),
    (
        "module-gone",  # pyzmq 22.3.0 on Python 3.13
        "ModuleNotFoundError: No module named 'pipes'",
        "it imports pipes, which Python has no longer since 3.13",
        (),
    ),
    (
        "older-module-gone",
        "ModuleNotFoundError: No module named 'parser'",
        "it imports parser, which Python has no longer since 3.11 or earlier",
        (),
    ),
    (
        "locals-of-exec",  # pillow 9.0.1 on Python 3.13
        "KeyError: '__version__'",
        "it does not find __version__, most often in locals() after exec()",
        (),
    ),
    (
        "locals-of-exec",
        '    return locals()["__version__"]',
        "it does not find __version__",
        (),
    ),
    (
        "pip-in-the-build",
        "/build/env/bin/python: No module named pip",
        "its build runs pip, which is not there, nor is a network",
        (),
    ),
    (
        "numpy-aliases",
        "AttributeError: module 'numpy' has no attribute 'float'.",
        "it uses numpy.float, which numpy has no longer since 1.24",
        ("numpy<1.24",),
    ),
    (
        "numpy-2",
        "x.c:4:14: error: \u2018NPY_IN_ARRAY\u2019 undeclared here (not in a function)",
        "it uses NPY_IN_ARRAY of numpy, which is gone since 2",
        ("numpy<2",),
    ),
    (
        "numpy-2",
        (
            "x.c:9:1: error: \u2018PyArray_Descr\u2019 {aka \u2018struct _PyArray_Descr\u2019} "
            "has no member named \u2018subarray\u2019"
        ),
        "it uses subarray of numpy",
        ("numpy<2",),
    ),
    (
        "python-too-new",  # wrapt 1.13.3 on Python 3.13
        (
            "ImportError: cannot import name 'formatargspec' from 'inspect' "
            "(/axletree/python/lib/python3.13/inspect.py). Did you mean: 'formatarg"
        ),
        "uses what that has no longer: formatargspec",
        (),
    ),
    (
        "python-too-new",
        "AttributeError: 'HTMLParser' object has no attribute 'unescape'",
        "uses what that has no longer: unescape",
        (),
    ),
    (
        "python-api",
        (
            "x.c:7:5: error: too few arguments to function "
            "\u2018_PyInterpreterState_GetConfig\u2019"
        ),
        "does not fit this Python's C API: _PyInterpreterState_GetConfig",
        (),
    ),
    (
        "python-api",
        "x.c:7:5: error: invalid use of incomplete typedef \u2018PyFrameObject\u2019",
        "does not fit this Python's C API: PyFrameObject",
        (),
    ),
    (
        "flit-too-old",
        (
            "flit_core.config.ConfigError: license field should be <class 'dict'>, not "
            "<class 'str'>"
        ),
        "it writes its license as an expression, which flit-core reads since 3.11",
        ("flit-core>=3.11",),
    ),
    (
        "no-files-named",
        (
            "ValueError: Unable to determine which files to ship inside the wheel using "
            "the following heuristics: https://hatch.pypa.io/latest/plugins/builder/"
        ),
        "its backend is not told which files are its own",
        (),
    ),
    (
        "cython-3",  # PyYAML 5.4.1
        "AttributeError: 'build_ext' object has no attribute 'cython_sources'",
        "it was written for Cython before 3",
        ("cython<3",),
    ),
    (
        "numpy-distutils-gone",
        "ModuleNotFoundError: No module named 'numpy.distutils'",
        "built by numpy.distutils",
        ("numpy<1.26", "setuptools<60"),
    ),
    (
        "pkg-resources-gone",
        "ModuleNotFoundError: No module named 'pkg_resources'",
        "it imports pkg_resources, which setuptools has no longer since 82",
        ("setuptools<81",),
    ),
    (
        "setuptools-test-gone",
        "ModuleNotFoundError: No module named 'setuptools.command.test'",
        "gone since 72",
        ("setuptools<72",),
    ),
    (
        "inside-of-pip",
        "ModuleNotFoundError: No module named 'pip.req'",
        "its setup.py imports pip.req, the inside of pip",
        (),
    ),
    (
        "inside-of-pip",
        "ImportError: cannot import name 'parse_requirements' from 'pip._internal.req'",
        "imports pip._internal.req",
        (),
    ),
    (
        "standard-library-newer",
        "ModuleNotFoundError: No module named 'tomllib'",
        "needs a newer Python: tomllib is",
        (),
    ),
    (
        "python-2",
        "SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?",
        "it is written for Python 2",
        (),
    ),
    (
        "python-2",
        "ModuleNotFoundError: No module named 'ConfigParser'",
        "it is written for Python 2",
        (),
    ),
    (
        "build-requirement",
        "ModuleNotFoundError: No module named 'pybind11'",
        "its build imports pybind11, and no build requirement that it names has it",
        ("pybind11",),
    ),
    (
        "build-requirement",
        "      ModuleNotFoundError: No module named 'Cython'",
        "its build imports Cython",
        ("cython",),
    ),
    (
        "build-requirement",
        "ModuleNotFoundError: No module named 'skbuild.setuptools_wrap'",
        "its build imports skbuild",
        ("scikit-build",),
    ),
    (
        "build-requirement-headers",
        "src/_x.c:10:10: fatal error: numpy/arrayobject.h: No such file or directory",
        "it is compiled with headers of numpy",
        ("numpy",),
    ),
    (
        "wheel-command",
        "error: invalid command 'bdist_wheel'",
        "it needs the command bdist_wheel",
        ("wheel",),
    ),
    (
        "use-2to3",
        "error in suds setup command: use_2to3 is invalid.",
        "translated from Python 2 by use_2to3",
        ("setuptools<58",),
    ),
    (
        "setuptools-feature",
        "AttributeError: module 'setuptools' has no attribute 'Feature'",
        "it uses setuptools.Feature",
        ("setuptools<46",),
    ),
    (
        "dash-separated",
        (
            "setuptools.errors.InvalidConfigError: Invalid dash-separated key "
            "'description-file' in 'metadata' (setup.cfg), please use the underscore name"
        ),
        "its setup.cfg writes description-file with a dash",
        ("setuptools<78",),
    ),
    (
        "setuptools-strict-requirements",
        (
            "error in gym setup command: 'extras_require' must be a dictionary whose "
            "values are strings or lists of strings containing valid requirement specifiers"
        ),
        "not written as PEP 508 wants it",
        ("setuptools<67",),
    ),
    (
        "setuptools-strict-version",
        (
            "setuptools.extern.packaging.version.InvalidVersion: Invalid version: "
            "'0.23ubuntu1'"
        ),
        "its version 0.23ubuntu1 is none by PEP 440",
        ("setuptools<66",),
    ),
    (
        "flat-layout",
        "error: Multiple top-level packages discovered in a flat-layout: ['a', 'b'].",
        "which of its folders are packages",
        ("setuptools<61",),
    ),
    (
        "setuptools-too-old",
        "configuration error: `project.license` must be valid exactly by one definition",
        "it writes its license as an expression",
        ("setuptools>=77",),
    ),
    (
        "setuptools-too-old-for-python",
        "AttributeError: module 'pkgutil' has no attribute 'ImpImporter'. Did you mean",
        "older than this Python, which lacks ImpImporter",
        (),
    ),
    (
        "cython-3",
        "AttributeError: cython_sources",
        "it was written for Cython before 3",
        ("cython<3",),
    ),
    (
        "cython-3",
        "Cython.Compiler.Errors.CompileError: src/lxml/etree.pyx",
        "it was written for Cython before 3",
        ("cython<3",),
    ),
    (
        "python-too-new",
        "aiohttp/_websocket.c:198:12: fatal error: longintrepr.h: No such file or direct",
        "uses what that has no longer: longintrepr.h",
        (),
    ),
    (
        "python-too-new",
        "x.c:5:1: error: \u2018PyThreadState\u2019 has no member named \u2018exc_type\u2019; did you mean",
        "uses what that has no longer: exc_type",
        (),
    ),
    (
        "python-too-new",
        "AttributeError: module 'configparser' has no attribute 'SafeConfigParser'. Did",
        "uses what that has no longer: SafeConfigParser",
        (),
    ),
    (
        "python-refused",
        (
            "RuntimeError: Cannot install on Python version 3.11.7; only versions "
            ">=3.6,<3.10 are supported."
        ),
        "it refuses this Python: Cannot install on Python version 3.11.7; only",
        (),
    ),
    (
        "python-refused",
        "ERROR: Package 'x' requires a different Python: 3.11.2 not in '<3.10'",
        "it refuses this Python: requires a different Python: 3.11.2 not in",
        (),
    ),
    (
        "python-too-old",
        "SyntaxError: future feature annotations is not defined",
        "it is written for a newer Python than this",
        (),
    ),
    (
        "setup-requires",
        (
            "distutils.errors.DistutilsError: Could not find suitable distribution for "
            "Requirement.parse('pytest-runner')"
        ),
        "it fetches pytest-runner while it is built",
        ("pytest-runner",),
    ),
    (
        "setup-requires",
        "ERROR: No matching distribution found for numpy",
        "it fetches numpy while it is built",
        ("numpy",),
    ),
    (
        "network",
        (
            "urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name "
            "resolution>"
        ),
        "it wants the network while it is built, and there is none",
        (),
    ),
    (
        "network",
        "fatal: unable to access 'https://x.invalid/y/': Could not resolve host: x",
        "it wants the network while it is built, and there is none",
        (),
    ),
    (
        "version-from-git",
        "LookupError: setuptools-scm was unable to detect version for /build/src.",
        "it takes its version from git",
        (),
    ),
    (
        "file-left-out",
        "FileNotFoundError: [Errno 2] No such file or directory: 'requirements.txt'",
        "its build reads requirements.txt, which the source does not hold",
        (),
    ),
    (
        "file-left-out",
        "FileNotFoundError: [Errno 2] No such file or directory: '/build/src/README.md'",
        "its build reads README.md, which the source does not hold",
        (),
    ),
    (
        "encoding",
        "UnicodeDecodeError: 'ascii' codec can't decode byte 0xc3 in position 1: ordinal",
        "its build reads a file in another encoding than it expects (ascii)",
        (),
    ),
    (
        "does-not-compile",
        "src/x.c:12:5: error: unknown type name \u2018foo\u2019",
        "its code does not compile: unknown type name \u2018foo\u2019",
        (),
    ),
]


@pytest.mark.parametrize(("rule", "line", "says", "requires"), CAUSES)
def test_a_line_tells_why_a_build_failed(
    rule: str, line: str, says: str, requires: tuple[str, ...]
) -> None:
    end = ("error: command '/usr/bin/gcc' failed with exit code 1", "")
    found = diagnose(["running build_ext", line, *end, "ended with exit code 1"])
    assert isinstance(found, Diagnosis)
    assert found.rule == rule
    assert says in found.says
    assert found.requires == requires


def test_every_rule_has_a_line_and_says_what_helps() -> None:
    text = (files("axletree.builder.sandbox") / "log_evidence.toml").read_text()
    rules = tomllib.loads(text)
    said = [lack["says"].partition("{}")[0] for lack in rules["lack"]]
    assert [
        each for each in said if not any(w.startswith(each) for _, w in LACKS)
    ] == []
    causes = rules["cause"]
    assert {cause["name"] for cause in causes} == {row[0] for row in CAUSES}
    assert [c["name"] for c in causes if not {"requires", "advice"} & c.keys()] == []


def test_what_stands_later_has_more_to_do_with_the_end() -> None:
    missing = "/bin/sh: 1: git: not found"
    module = "ModuleNotFoundError: No module named 'numpy'"
    assert lack_in([module, missing]) == "the program git"
    assert lack_in([missing, module]) == ""


def test_the_package_that_has_what_is_lacking_is_named() -> None:
    found = diagnose(["x.c:1:1: fatal error: mysql.h: No such file or directory"])
    assert found == Lack(
        words="the header mysql.h", package="default-libmysqlclient-dev"
    )


def test_the_lines_that_are_shown_tell_something() -> None:
    lines = ["first", "", "-----", "    ^^^^", "last", "ended with exit code 1"]
    assert telling_lines(lines) == ("first", "last")


TRACEBACK = (
    "Traceback (most recent call last):",
    '  File "setup.py", line 3, in <module>',
    "    import pybind11",
)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((), ""),
        (("", "-----", "  indented"), ""),
        (
            (
                "running egg_info",
                "error in gym setup command: 'extras_require' must be",
            ),
            "error in gym setup command: 'extras_require' must be",
        ),
        (
            (*TRACEBACK, "ModuleNotFoundError: No module named 'pybind11'"),
            "ModuleNotFoundError: No module named 'pybind11'",
        ),
        # What is missing led to the error that came last.
        (
            (
                *TRACEBACK,
                "ModuleNotFoundError: No module named 'pybind11'",
                "",
                "During handling of the above exception, another exception occurred:",
                "",
                *TRACEBACK[:2],
                "RuntimeError: pybind11 install failed.",
            ),
            "ModuleNotFoundError: No module named 'pybind11'",
        ),
        # An error that was dealt with before is none that led to the last.
        (
            (
                "ModuleNotFoundError: No module named 'optional'",
                "going on without it",
                "ValueError: this is no version",
            ),
            "ValueError: this is no version",
        ),
        # That a command failed says less than what it printed.
        (
            (
                "The library foo must be installed first",
                "subprocess.CalledProcessError: Command 'make' returned 1",
            ),
            "The library foo must be installed first",
        ),
        (
            (
                "The 'sklearn' PyPI package is deprecated, use 'scikit-learn'",
                "rather than 'sklearn' for pip commands.",
                "",
                "More information is available at the project's page.",
            ),
            "The 'sklearn' PyPI package is deprecated, use 'scikit-learn'",
        ),
        (("running bdist_wheel", "it just ended"), "it just ended"),
        (("error: command 'gcc' failed", ""), "error: command 'gcc' failed"),
    ],
)
def test_the_line_that_tells_most_is_found(lines: tuple[str, ...], told: str) -> None:
    assert telling_line(lines) == told


def test_a_line_is_cut_and_only_the_last_are_looked_at() -> None:
    assert len(telling_line(["ValueError: " + "x" * 1_000_000])) <= 2000
    assert telling_line(["ValueError: early", *["fine"] * 400]) == "fine"
