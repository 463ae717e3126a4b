"""HTTP: the only place that imports requests. Two policies: a provider's server, the public web."""

from pressrun.http.client import Http
from pressrun.http.web import Web

__all__ = ["Http", "Web"]
