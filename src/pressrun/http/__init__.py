"""HTTP: the only place that imports requests. One client for one server, three outcomes."""

from pressrun.http.client import Http

__all__ = ["Http"]
