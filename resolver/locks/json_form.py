"""A resolution as JSON, and the words that several documents share.

No form holds an index address: a document may leave the cluster, and an address may
carry credentials. A file is found again by its name and hash.
"""

from dataclasses import asdict

from axletree.resolver.locks.locked import (
    Locked,
    LockedPin,
    usable_files,
)
from axletree.resolver.model.answers import (
    Counters,
    Pin,
    RootLag,
)
from axletree.resolver.model.distribution import DistributionFile
from axletree.resolver.model.environment import Environment
from axletree.resolver.model.json_types import JsonObject


def to_json(locked: Locked, counters: Counters | None = None) -> JsonObject:
    """Give the document `axletree.resolution/1` (docs/schema/)."""
    document: JsonObject = {
        "format": "axletree.resolution/1",
        "satisfiable": True,
        "environments": [environment_to_json(each) for each in locked.environments],
        "pins": [locked_pin_to_json(pin) for pin in locked.pins],
        "lags": [
            lag_to_json(lag, environment)
            for environment, lags in locked.lags
            for lag in lags
        ],
        "notes": list(locked.notes),
    }
    if counters is not None:
        document["counters"] = counters_to_json(counters)
    return document


def environment_to_json(environment: Environment) -> JsonObject:
    """Name what was resolved for; markers and tags follow from the two words."""
    return {
        "label": environment.label,
        "python_version": environment.python_version,
        "platform": environment.platform,
        **_requires_python(environment),
    }


def _requires_python(environment: Environment) -> JsonObject:
    """Give the patch releases of Python where they are not all."""
    parts = [f"{operator}{version}" for operator, version in environment.bounds]
    return {"requires_python": ",".join(parts)} if parts else {}


def pin_to_json(pin: Pin, environment: Environment) -> JsonObject:
    """Give one release of an answer with the files the environment can use."""
    return {
        "name": pin.name,
        "version": str(pin.version),
        "extras": sorted(pin.extras),
        "environments": [environment.label],
        "requested_by": [str(asker) for asker in pin.requested_by],
        "files": [_file_to_json(file) for file in usable_files(pin)],
    }


def lag_to_json(lag: RootLag, environment: Environment) -> JsonObject:
    """Give how far a root is behind."""
    return {
        "environment": environment.label,
        "name": lag.name,
        "version": str(lag.version),
        "newest": str(lag.newest),
        "amount": lag.amount,
        "unit": lag.unit,
    }


def locked_pin_to_json(pin: LockedPin) -> JsonObject:
    """Give one release of a lock with the files that its environments can use."""
    in_base: JsonObject = {} if pin.in_base is None else {"in_base": pin.in_base}
    return {
        "name": pin.name,
        "version": str(pin.version),
        "extras": list(pin.extras),
        "environments": [environment.label for environment in pin.environments],
        "requested_by": [str(asker) for asker in pin.requested_by],
        "files": [_file_to_json(file) for file in pin.files],
        **in_base,
    }


def counters_to_json(counters: Counters) -> JsonObject:
    """Give what was read on the way."""
    return dict(asdict(counters))


def _file_to_json(file: DistributionFile) -> JsonObject:
    return {"filename": file.filename, "hashes": dict(sorted(file.hashes.items()))}
