import pytest

from axletree.builder.sandbox.log_evidence import (
    lack_in,
    limit_in,
    telling_line,
)


@pytest.mark.parametrize(
    ("line", "lack"),
    [
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
        # Not the machine's fault:
        ("fatal error: longintrepr.h: No such file or directory", ""),
        ("fatal error: numpy/arrayobject.h: No such file or directory", ""),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'README.md'", ""),
        ("ModuleNotFoundError: No module named 'numpy'", ""),
        ("SyntaxError: Missing parentheses in call to 'print'", ""),
        ("error: command 'gcc' failed with exit status 1", ""),
        ("error in demo setup command: use_2to3 is invalid.", ""),
    ],
)
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


@pytest.mark.parametrize("part", ["a", "a-", "a/", "lib", "Package '", "_config ", "("])
def test_looking_takes_time_in_proportion_to_the_lines(part: str) -> None:
    # A line is cut before it is looked at: this ends.
    lines = 300 * [part * 20_000]
    assert lack_in(lines) == limit_in(lines) == ""


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
