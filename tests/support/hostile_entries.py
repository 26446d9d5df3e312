"""Names, links, values and hashes that mean harm, on a sound page."""

import hashlib
from collections.abc import Callable, Mapping, Sequence

from tests.support.hostile_behaviour import Behaviour, offering
from tests.support.hostile_index import Site
from tests.support.wheels import make_wheel

HTML = "text/html"


def _named(filename: str) -> Callable[[Site], None]:
    """Offer a file under a foreign name."""

    def do(site: Site) -> None:
        name = filename.replace("OUTSIDE", str(site.outside))
        content = make_wheel(site.folder, "p", "2.0").read_bytes()
        site.offer_named(name, content)

    return do


def _linked(link: str) -> Callable[[Site], None]:
    """Offer a file by an HTML link."""

    def do(site: Site) -> None:
        content = make_wheel(site.folder, "p", "1.0").read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        link_here = link.replace("OUTSIDE", str(site.outside).replace("/", "%2f"))
        page = (
            f'<a href="/files/p-1.0-py3-none-any.whl#sha256={digest}">good</a>'
            f'<a href="{link_here}">bad</a>'
        )
        site.say_bytes(page.encode(), HTML)

    return do


def _many_files(site: Site) -> None:
    site.entries += [
        {"filename": f"p-0.{n}.zip", "url": "x", "hashes": {}} for n in range(1400)
    ]


_ODD_VALUES: Mapping[str, Sequence[object]] = {
    "size": (-1, 0, 1.5, 10**18, "7", True, None, [1]),
    "upload_time": (
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "9999-12-31",
        "x" * 1000,
        5,
        [],
        None,
    ),
    "requires_python": (">=" + "9" * 5000, 5, ["x"], ">=3," * 2000, "\x00", {}),
    "yanked": (5, [], {}, "\x1b[31m", None),
    "core_metadata": (5, "x", ["x"], {"sha256": 5}, {"md5": None}, True),
}

_NO_ENTRIES: Sequence[object] = (5, None, "text", [], {}, {"filename": 5, "url": 6})

NAMES: Sequence[Behaviour] = (
    *(
        Behaviour(name=f"name {name[:40]!r}", do=_named(name), locks="1.0")
        for name in (
            "OUTSIDE/p-2.0-py3-none-any.whl",
            "../p-2.0-py3-none-any.whl",
            "../../outside/p-2.0-py3-none-any.whl",
            "..\\p-2.0-py3-none-any.whl",
            "/p-2.0-py3-none-any.whl",
            "p/../../p-2.0-py3-none-any.whl",
            "OUTSIDE/p-2.0.tar.gz",
            "../p-2.0.tar.gz",
            "p-2.0/../../x.tar.gz",
            "p-2.0\x00-py3-none-any.whl",
            "p-2.0-py3-none-any\n.whl",
            "p-2.0-py3-none-\x1b[31many.whl",
            "p-2.0-py3-none-any\u202e.whl",
            "q-2.0-py3-none-any.whl",
            "numpy-99.0-py3-none-any.whl",
            "q-2.0.tar.gz",
            "p-2.0-" + "py3" * 200 + "-none-any.whl",
            "p-" + "9" * 400 + ".tar.gz",
            ".whl",
            "",
            "CON.whl",
        )
    ),
    *(
        Behaviour(name=f"link {link[:40]!r}", do=_linked(link), locks="1.0")
        for link in (
            "/files/%2e%2e%2fp-2.0-py3-none-any.whl",
            "/files/OUTSIDE%2fp-2.0-py3-none-any.whl",
            "/files/..%5cp-2.0-py3-none-any.whl",
            "/files/p-2.0%00-py3-none-any.whl",
            "javascript:p-2.0-py3-none-any.whl",
            "http://[::1/p-2.0-py3-none-any.whl",
            "http://127.0.0.1:99999/p-2.0-py3-none-any.whl",
            "file:///etc/p-2.0-py3-none-any.whl",
        )
    ),
    Behaviour(name="1,400 files", do=_many_files, locks="1.0"),
)


def _listed(entry: object) -> Callable[[Site], None]:
    return lambda site: site.entries.append(entry)


ENTRIES: Sequence[Behaviour] = (
    *(
        Behaviour(name=f"URL {url[:40]!r}", do=offering(url=url), locks="1.0")
        for url in (
            "javascript:alert(1)",
            "http://[::1",
            "http://[::1/p-2.0-py3-none-any.whl",
            "http://127.0.0.1/x\r\nHost: evil\r\n\r\n",
            "http://127.0.0.1/\x00",
            "http://127.0.0.1:99999/p-2.0-py3-none-any.whl",
            "http://u:p@[::1/p-2.0-py3-none-any.whl",
            "file:///etc/passwd",
            "ftp://127.0.0.1/p-2.0-py3-none-any.whl",
            "data:,x",
            "http://",
        )
    ),
    *(
        Behaviour(name=f"{name} {value!r:.30}", do=offering(**{name: value}))
        for name, values in _ODD_VALUES.items()
        for value in values
    ),
    *(
        Behaviour(name=f"a file that is {entry!r:.30}", do=_listed(entry), locks="1.0")
        for entry in _NO_ENTRIES
    ),
)


def _hashed(algorithm: str, *, spoil: bool = False) -> Callable[[Site], None]:
    """Offer a 2.0 with one hash."""

    def do(site: Site) -> None:
        content = make_wheel(site.folder, "p", "2.0").read_bytes()
        digest = hashlib.new(algorithm, content + b"x" * spoil).hexdigest()
        site.offer("2.0", hashes={algorithm: digest})

    return do


def _in_capitals(site: Site) -> None:
    content = make_wheel(site.folder, "p", "2.0").read_bytes()
    site.offer("2.0", hashes={"sha256": hashlib.sha256(content).hexdigest().upper()})


_UNVERIFIED = "not verified"
_NO_HASHES: Sequence[object] = (
    5,
    [],
    "x",
    {"sha256": None},
    {"sha256": 5},
    {"sha256": ""},
    {"sha256": "short"},
    {"sha256": "z" * 64},
    {"sha256": ["0" * 64]},
    {"sha256": "../" * 20},
    {"md5": None},
    {"sha512": "0" * 64},
)

HASHES: Sequence[Behaviour] = (
    Behaviour(
        name="a wrong sha256",
        do=_hashed("sha256", spoil=True),
        collect=4,
        says="does not have the hash",
        locks="2.0",
    ),
    Behaviour(name="sha256 in capitals", do=_in_capitals, locks="2.0"),
    Behaviour(name="sha512 alone", do=_hashed("sha512"), locks="2.0"),
    Behaviour(
        name="a wrong sha512",
        do=_hashed("sha512", spoil=True),
        lock=4,
        explain=0,
        collect=4,
        says="does not have the hash",
    ),
    Behaviour(
        name="md5 alone",
        do=_hashed("md5"),
        locks="2.0",
        collect=0,
        explain=0,
        says=_UNVERIFIED,
    ),
    Behaviour(
        name="a wrong md5",
        do=_hashed("md5", spoil=True),
        lock=4,
        explain=0,
        collect=4,
        says="does not have the hash",
    ),
    *(
        Behaviour(
            name=f"hashes {hashes!r:.40}",
            do=offering(hashes=hashes),
            locks="2.0",
            collect=0,
            explain=0,
            says=_UNVERIFIED,
        )
        for hashes in (None, {}, {"sha3_256": "0" * 64}, {"shake_128": "00"})
    ),
    *(
        Behaviour(
            name=f"hashes {hashes!r:.40}", do=offering(hashes=hashes), locks="1.0"
        )
        for hashes in _NO_HASHES
    ),
)
