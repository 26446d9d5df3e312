"""Foreign bytes: small real inputs, mutated by what hurts readers."""

import gzip
import io
import json
import tarfile
import zipfile

from hypothesis import strategies as st

DIGEST = "0123456789abcdef" * 4

TOKENS = (
    *(b"\0", b"\r\n", b"\n", b"\x1b[2J", b"\xff\xfe", b"\xef\xbb\xbf", b"\x7f"),
    *(b"/", b"..", b"../../x", b"\\", b"%2f", b"%00", b"&#13;", b"\\ud800", b"\\u0000"),
    *(b'"', b"'", b"<", b">", b"<!--", b"-->", b"<a ", b"<base href='http://[::1'>"),
    *(b"[", b"]", b"{", b"}", b"(", b")", b",", b";", b"=", b":", b"#", b"@"),
    *(b"null", b"true", b"NaN", b"-1", b"1e999", b"5", b"[]", b"{}", b'""'),
    *(b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-14:00"),
    *(b"http://[::1", b"javascript:x", b"file:///etc/x", b"https://u:p@h:99999/"),
    *(b"===", b">=", b"~=1", b"1!", b"+local", b".*", b" and ", b" or ", b"extra=='"),
    *("\u202e\u0660\u0430".encode(), b"Requires-Dist: ", b"Name:", b"Version:"),
    *(b"9" * 5_000, b"(" * 200, b"[" * 2_000, b"a." * 2_000, b" " * 5_000),
)


@st.composite
def mutated(draw: st.DrawFn, corpus: tuple[bytes, ...]) -> bytes:
    """Draw an input, cut pieces out of it, and put others in."""
    raw = draw(st.sampled_from(corpus))
    piece = st.one_of(st.sampled_from(TOKENS), st.binary(max_size=8))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(raw)))
        gone = draw(st.integers(0, 12))
        new = draw(piece) * draw(st.sampled_from((0, 1, 1, 1, 2, 40)))
        raw = raw[:start] + new + raw[start + gone :]
    return raw


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.sampled_from([token.decode("latin-1") for token in TOKENS]),
        st.text(max_size=8),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner)
    ),
    max_leaves=4,
)
"""What JSON can hold where something else is wanted."""

_NAMES = ("demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz", "../x.whl", "numpy-1.whl")


def entries() -> st.SearchStrategy[object]:
    """Draw entries of a JSON page of which single values are foreign."""
    plain = {
        "filename": st.sampled_from(_NAMES),
        "url": st.just("https://files.test/x"),
        "hashes": st.just({"sha256": DIGEST}),
        "requires-python": st.just(">=3.8"),
        "size": st.just(5),
        "upload-time": st.just("2022-01-01T00:00:00Z"),
        "yanked": st.just(False),  # noqa: FBT003  JSON's
        "core-metadata": st.just({"sha256": DIGEST}),
    }
    mixed = {key: st.one_of(usual, usual, VALUES) for key, usual in plain.items()}
    return st.one_of(st.fixed_dictionaries({}, optional=mixed), VALUES)


def json_pages() -> st.SearchStrategy[bytes]:
    """Draw JSON pages with foreign values."""
    pages = st.fixed_dictionaries(
        {"files": st.one_of(st.lists(entries(), max_size=5), VALUES)},
        optional={"meta": VALUES},
    )
    return pages.map(lambda page: json.dumps(page).encode())


def answers() -> st.SearchStrategy[bytes]:
    """Draw answers of hooks with foreign values."""
    keys = ("return_val", "hook_missing", "no_backend", "traceback", "backend_error")
    return st.dictionaries(st.sampled_from(keys), VALUES).map(
        lambda answer: json.dumps(answer).encode()
    )


HTML = (
    b'<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.0">'
    b"<title>Links for demo</title></head><body><!-- old -->\n"
    b'<a href="https://files.test/demo-1.0-py3-none-any.whl#sha256='
    + DIGEST.encode()
    + b'" data-requires-python="&gt;=3.8" data-core-metadata="true">x</a>\n'
    b"<a href='../demo-1.0.tar.gz' data-yanked='bad'>y</a></body></html>"
)
JSON = json.dumps(
    {
        "meta": {"api-version": "1.1"},
        "files": [
            {
                "filename": "demo-1.0-py3-none-any.whl",
                "url": "https://files.test/demo-1.0-py3-none-any.whl",
                "hashes": {"sha256": DIGEST},
                "requires-python": ">=3.8",
                "size": 5,
                "upload-time": "2022-01-01T00:00:00.000000Z",
                "yanked": False,
                "core-metadata": {"sha256": DIGEST},
            },
            {"filename": "demo-1.0.tar.gz", "url": "../x", "hashes": {}},
        ],
    }
).encode()
METADATA = (
    b"Metadata-Version: 2.2\nName: demo\nVersion: 1.0\nSummary: a\n  folded\n"
    b"Requires-Python: >=3.8,!=3.9.*\nProvides-Extra: all\n"
    b"Requires-Dist: one[two]>=1.0,<2; python_version < '3.9' and extra == 'all'\n"
    b"Requires-Dist: three @ https://files.test/three.whl\n\nDescription\n"
)
SNAPSHOT = json.dumps(
    {
        "format": "axletree.universe/1",
        "reading": "lazy",
        "projects": {
            "none": None,
            "demo": [
                {
                    "filename": "demo-1.0-py3-none-any.whl",
                    "hashes": {"sha256": DIGEST},
                    "upload_time": "2022-01-01T00:00:00+00:00",
                    "size_bytes": 5,
                    "yanked": "bad",
                    "metadata": {"requires_dist": ["one>=1"], "provides_extra": []},
                }
            ],
        },
    }
).encode()
PYPROJECT = (
    b'[project]\nname = "demo"\nversion = "1.0"\nrequires-python = ">=3.8"\n'
    b'dependencies = [\n  "one>=1",\n  "demo[all]",\n]\ndynamic = []\n'
    b"[project.optional-dependencies]\nall = [\"two; os_name == 'nt'\"]\n"
    b'[build-system]\nrequires = ["setuptools"]\nbuild-backend = "x:y"\n'
    b'backend-path = ["."]\n'
    b'[dependency-groups]\ntest = ["three", {include-group = "docs"}]\ndocs = []\n'
)
RECIPE = (
    b'[project]\nname = "demo"\nversion = "1.0"\nlocal = "axle.1"\n'
    b'[source]\nsdist = "demo-1.0.tar.gz"\nsha256 = "' + DIGEST.encode() + b'"\n'
    b"committed = 2022-01-26T10:57:36+08:00\n"
    b'[build]\npythons = ["3.9"]\nrequires = ["setuptools<60"]\n'
    b'[[patch]]\nfile = "a.patch"\n[expect]\nrequires-dist = ["one>=1"]\n'
    b'tag = "py3-none-any"\n[check]\nimports = ["demo"]\n'
    b'[requires-dist]\n"one>=1" = "one>=2"\n'
)
ANSWERS = (
    b'{"return_val": ["setuptools>=40"]}',
    b'{"return_val": "demo-1.0-py3-none-any.whl"}',
    b'{"hook_missing": true, "missing_hook_name": "x", "traceback": "y"}',
)
REQUIREMENTS = (
    b"# a lock\none==1.0 --hash=sha256:" + DIGEST.encode() + b"\n"
    b"two[three]>=2; python_version < '3.9'  # why\nfour \\\n  <5\n--pre\n${HOME}\n"
)
PYLOCK = (
    b'lock-version = "1.0"\ncreated-by = "x"\nrequires-python = ">=3.8"\n'
    b'[[packages]]\nname = "demo"\nversion = "1.0"\nmarker = "os_name == \'posix\'"\n'
    b'[[packages.wheels]]\nname = "demo-1.0-py3-none-any.whl"\nurl = "https://f.test/x"\n'
    b'hashes = {sha256 = "' + DIGEST.encode() + b'"}\n'
)
NAMES = (
    b"demo-1.0-py3-none-any.whl",
    b"demo-1.0-1-cp39.cp310-abi3-manylinux_2_17_x86_64.linux_x86_64.whl",
    b"demo-1.0+local.1.tar.gz",
    b"demo-1!1.0rc1.post2.dev3.zip",
)


def sdist(pyproject: bytes = b"") -> bytes:
    """Make an sdist, not yet packed: mutations shall reach its members."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in (
            ("demo-1.0/PKG-INFO", METADATA),
            ("demo-1.0/pyproject.toml", pyproject or PYPROJECT),
            ("demo-1.0/demo.py", b"x = 1\n"),
        ):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("demo-1.0/link")
        link.type, link.linkname = tarfile.SYMTYPE, "demo.py"
        archive.addfile(link)
    return stream.getvalue()


def packed(raw: bytes) -> bytes:
    """Pack a tar."""
    return gzip.compress(raw, mtime=0)


def wheel() -> bytes:
    """Make a wheel, unpacked inside: mutations shall reach its members."""
    record = "demo-1.0.dist-info/RECORD,,\n"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("demo.py", b"x = 1\n")
        archive.writestr("demo-1.0.dist-info/METADATA", METADATA)
        archive.writestr(
            "demo-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr("demo-1.0.dist-info/RECORD", record)
    return stream.getvalue()
