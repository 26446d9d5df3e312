"""Steps 4 and 5 of the demo: serve the wheelhouse, install from it, use what came.

    install_offline.py AXLETREE PYTHON TARGET

It is started where there is no network but loopback, so that nothing can come from
anywhere else than the index.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REQUIREMENTS = ("kubeflow-fairing", "kfserving==0.6.1", "ray[serve]==1.5.0")
STOP_TIMEOUT_S = 30

USE = """
import kubeflow.fairing, kubeflow.fairing.deployers.kfserving.kfserving, kfserving
print("imported", ", ".join(sorted(m for m in (
    "kubeflow.fairing", "kubeflow.fairing.deployers.kfserving.kfserving", "kfserving"
) if m in sys.modules)))
import ray
ray.init(num_cpus=1, include_dashboard=False, _node_ip_address="127.0.0.1",
         logging_level="ERROR", log_to_driver=False, object_store_memory=100_000_000)

@ray.remote
def answer(x):
    return x * 2

value = ray.get(answer.remote(21), timeout=120)
ray.shutdown()
assert value == 42, value
print("the ray task returned", value)
"""

SHOW = """
from importlib.metadata import version
for name in ("kubeflow-fairing", "kfserving", "ray", "kubernetes"):
    print(f"  {name} {version(name)}")
"""


def main(axletree: Path, python: Path, target: Path) -> None:
    """Serve, install, import, and run one ray task."""
    run = _run
    with _serving(axletree) as url:
        print(f"the index answers at {url}", flush=True)  # noqa: T201
        run(python, "-m", "venv", target)
        pip = (target / "bin" / "python", "-m", "pip", "--disable-pip-version-check")
        print(f"$ pip install --index-url {url} {' '.join(REQUIREMENTS)}", flush=True)  # noqa: T201
        run(*pip, "install", "--quiet", "--index-url", url, *REQUIREMENTS)
        run(*pip, "check")
    run(target / "bin" / "python", "-I", "-c", SHOW)
    run(target / "bin" / "python", "-I", "-W", "ignore", "-c", f"import sys\n{USE}")


@contextmanager
def _serving(axletree: Path) -> Iterator[str]:
    """Run `axletree serve` on a free port and yield the index's address."""
    server = subprocess.Popen(  # noqa: S603  our own program
        [axletree, "serve", "--port", "0", "--workers", "1"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = server.stdout.readline() if server.stdout else ""
        if not line.startswith("serving "):
            message = f"axletree serve did not start: {line!r}"
            raise SystemExit(message)
        yield line.removeprefix("serving ").strip()
    finally:
        server.terminate()
        server.wait(timeout=STOP_TIMEOUT_S)


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True)  # noqa: S603  a fixed command


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
