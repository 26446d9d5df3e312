"""How libcurl is set up: versions, time limits, proxies, certificates, netrc."""

import pycurl

from axletree import __version__
from axletree.config import Settings


def configure(handle: pycurl.Curl, settings: Settings, url: str) -> None:
    """Set what the settings say for a request to `url`."""
    handle.setopt(pycurl.NOSIGNAL, 1)
    handle.setopt(pycurl.USERAGENT, f"axletree/{__version__}")
    handle.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
    # Wait for the first connection to say whether it takes many requests at once;
    # this also keeps a storm of name look-ups away from small resolvers.
    handle.setopt(pycurl.PIPEWAIT, 1)
    handle.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS)
    # Redirects are followed by `axletree.wheelhouse.transport.loop`, each as a new request: a
    # login is for one origin, and not every address may be led to.
    handle.setopt(pycurl.FOLLOWLOCATION, 0)
    handle.setopt(pycurl.CONNECTTIMEOUT_MS, int(settings.timeout_s * 1000))
    handle.setopt(pycurl.LOW_SPEED_LIMIT, 1)
    handle.setopt(pycurl.LOW_SPEED_TIME, max(1, round(settings.timeout_s)))
    if settings.netrc and settings.netrc.is_file():
        handle.setopt(pycurl.NETRC, pycurl.NETRC_OPTIONAL)
        handle.setopt(pycurl.NETRC_FILE, str(settings.netrc))
    _configure_proxy(handle, settings, url)
    _configure_certificate(handle, settings)


def _configure_proxy(handle: pycurl.Curl, settings: Settings, url: str) -> None:
    # Both are always set: libcurl would else read the environment by itself.
    proxies = settings.proxies
    scheme = url.partition(":")[0].lower()
    handle.setopt(pycurl.PROXY, proxies.get(scheme) or proxies.get("all") or "")
    handle.setopt(pycurl.NOPROXY, settings.no_proxy)


def _configure_certificate(handle: pycurl.Curl, settings: Settings) -> None:
    bundle = settings.certificate
    if bundle is None:
        handle.setopt(pycurl.SSL_OPTIONS, pycurl.SSLOPT_NATIVE_CA)
    elif bundle.is_dir():
        handle.setopt(pycurl.CAPATH, str(bundle))
    else:
        handle.setopt(pycurl.CAINFO, str(bundle))
        handle.setopt(pycurl.PROXY_CAINFO, str(bundle))
