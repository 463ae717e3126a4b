"""HTTP: the only place that imports requests. A policy each for providers, the web and hubs."""

from pressrun.http.client import Http
from pressrun.http.web import Web

__all__ = ["Http", "Web"]
