"""Whether something answers at a URL: how a part's readiness is found out."""

import asyncio
import ssl
import urllib.request

from leadsman.sandbox.parts.process import Probe

PROBE_TIMEOUT_SECONDS = 2.0


def answers(url: str, *, tls: ssl.SSLContext | None = None) -> Probe:
    """A probe: does this URL answer 200?"""
    # No proxy: a proxy variable of the user's must not catch what stays on this machine.
    handlers = [urllib.request.ProxyHandler({}), *([urllib.request.HTTPSHandler(context=tls)] if tls else [])]
    opener = urllib.request.build_opener(*handlers)

    def ask() -> bool:
        try:
            with opener.open(url, timeout=PROBE_TIMEOUT_SECONDS) as answer:
                return answer.status == 200
        except OSError:  # urllib's errors are OSErrors, HTTP statuses included
            return False

    async def probe() -> bool:
        return await asyncio.to_thread(ask)

    return probe
