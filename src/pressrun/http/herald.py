"""The third policy: tell a hub that a feed has changed. A form is posted once, without a secret.

What comes back is a status; the body stays unread, a redirect is not followed (a POST would become
a GET that looks like success), and nothing is repeated: the next change is the next try.
"""

import ipaddress
from collections.abc import Mapping

from requests.adapters import BaseAdapter
from urllib3.exceptions import HTTPError

from pressrun.http import session
from pressrun.http.outcomes import BAD_REQUEST, MULTIPLE_CHOICES, OK
from pressrun.http.web import Sight, trouble

TIMEOUTS = (5.0, 10.0)  # seconds to connect, and to wait for the answer


class Herald(session.Connected):
    """Somebody who posts short forms; close it, or use it in a ``with``.

    ``transport`` takes the place of the network in tests.
    """

    def __init__(self, *, transport: BaseAdapter | None = None) -> None:
        self._session = session.make(transport)

    def tell(self, url: str, form: Mapping[str, str]) -> Sight:
        """Post ``form`` to ``url`` and say what it answers; trouble is an answer too."""
        if improper := _improper(url):
            return Sight(None, f"is {improper}")
        try:
            with self._session.post(
                url, data=dict(form), timeout=TIMEOUTS, allow_redirects=False, stream=True
            ) as answer:
                status = answer.status_code
        except (OSError, HTTPError) as error:
            return Sight(None, trouble(error))
        moved = MULTIPLE_CHOICES <= status < BAD_REQUEST
        return Sight(status, f"answers {status}{', a redirect' if moved else ''}")


def heard(sight: Sight) -> bool:
    """Whether an answer says that the word was taken."""
    return sight.status is not None and OK <= sight.status < MULTIPLE_CHOICES


def _improper(url: str) -> str:
    """Say why nothing may be posted to an address; empty when it may."""
    parts = session.split(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        return "no address of the web"
    if parts.username or parts.password:
        return "an address with a login in it"
    return "" if parts.scheme == "https" or _is_here(parts.hostname) else "an address without https"


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
