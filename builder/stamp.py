"""The version that says a wheel is ours: upstream's with a local part, `+axle.N`.

The stamp is put on the finished wheel, so that sources stay unedited and no backend
can ignore it (setuptools before 60 silently ignores an extra egg_info tag).
"""

from packaging.version import Version


def stamped_version(upstream: Version, local: str) -> Version:
    """Append `local` to a version, after a local part that is there already."""
    parts = [part for part in (upstream.local, local) if part]
    return Version(f"{upstream.public}+{'.'.join(parts)}")
