"""A provider's own API document, held against what our adapters say and our fakes answer.

The documents are not ours to ship: they lie beside the checkout, or the test is skipped.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from jsonschema_path.readers import FilePathReader
from openapi_core import Config, OpenAPI
from openapi_core.templating.paths.exceptions import PathError
from openapi_core.testing import MockRequest, MockResponse
from urllib3.filepost import encode_multipart_formdata

from support.require import require
from support.wire_fakes.base import FakeServer, File, Reply, Sent

DOCUMENTS = Path(__file__).parents[3] / "shared" / "openapi"
JSON = "application/json"


@dataclass(frozen=True)
class Document:
    """An OpenAPI document, and the base URL that our requests to this API have."""

    api: OpenAPI
    base_url: str

    @classmethod
    @cache
    def named(cls, name: str, base_url: str, mend: Callable[[Any], None] = lambda _: None) -> Self:
        """Load a document, or skip the test. Large ones take a second, so each is loaded once.

        ``mend`` (a module's own function) puts right in place what the document gets wrong.
        """
        path = DOCUMENTS / name
        require(f"openapi/{name}", present=path.is_file())
        data, _ = FilePathReader(str(path)).read()
        mend(data)
        # Whether the whole document is in order is its author's business, and takes long to find.
        return cls(OpenAPI.from_dict(data, Config(spec_validator_cls=None)), base_url)

    def problems(self, sent: Sent) -> list[str]:
        """Return everything that the document has against a request."""
        request = self._request(sent)
        problems = _words(self.api.iter_apicall_request_errors(request))
        return [*problems, *self._unknown(request, sent)]

    def answer_problems(self, sent: Sent, reply: Reply) -> list[str]:
        """Return everything that the document has against an answer of our fake."""
        kind = reply.headers.get("Content-Type", JSON)
        response = MockResponse(reply.body, reply.status, dict(reply.headers), kind)
        return _words(self.api.iter_apicall_response_errors(self._request(sent), response))

    def _request(self, sent: Sent) -> MockRequest:
        parts = urlsplit(self.base_url)
        return MockRequest(
            f"{parts.scheme}://{parts.netloc}",
            sent.method,
            parts.path + sent.path,
            args=sent.query,
            headers=dict(sent.headers),
            data=_body(sent),
            content_type=sent.headers.get("Content-Type", JSON),
        )

    def _unknown(self, request: MockRequest, sent: Sent) -> list[str]:
        """Name what the document does not speak of, which the library lets pass."""
        try:
            found = self.api.request_validator.path_finder.find(
                request.method, request.host_url + request.path
            )
        except PathError:
            return []  # said already
        parameters = [
            one for place in (found.operation, found.path) for one in place.get("parameters", [])
        ]
        known = {one["name"] for one in parameters if one["in"] == "query"}
        unknown = [f"unknown query parameter {name}" for name, _ in sent.query if name not in known]
        body = bool(_body(sent)) and "requestBody" not in found.operation
        return [*unknown, *(["a body that nobody asked for"] if body else [])]


@dataclass
class Checked(FakeServer):
    """Keep each answer beside its request."""

    answers: list[tuple[Sent, Reply]] = field(default_factory=list)

    def _carry_out(self, sent: Sent) -> Reply:
        reply = super()._carry_out(sent)
        self.answers.append((sent, reply))
        return reply

    def request_problems(self, document: Document) -> dict[str, list[str]]:
        """Return what ``document`` has against the requests, by request."""
        return {
            f"{sent.method} {sent.path}": found
            for sent, _ in self.answers
            if (found := document.problems(sent))
        }

    def answer_problems(
        self, document: Document, whole: Callable[[Reply], Reply] = lambda reply: reply
    ) -> dict[str, list[str]]:
        """Return what ``document`` has against the answers; ``whole`` may complete each first."""
        return {
            f"{sent.method} {sent.path} {reply.status}": found
            for sent, reply in self.answers
            if (found := document.answer_problems(sent, whole(reply)))
        }


def _body(sent: Sent) -> bytes:
    """Write a request's body again, of each file the length."""
    if not sent.form:
        return b"" if sent.json is None else json.dumps(sent.json).encode()
    _, boundary = sent.headers.get("Content-Type", "boundary=none").split("boundary=")
    fields = {
        name: (part.name, "x" * len(part.content), part.type) if isinstance(part, File) else part
        for name, part in sent.form.items()
    }
    return encode_multipart_formdata(fields, boundary)[0]


def _words(errors: Iterator[Exception]) -> list[str]:
    return [word for error in errors for word in _reasons(error)]


def _reasons(error: BaseException) -> list[str]:
    """Go down to what the schema itself says, which the library wraps several times."""
    if found := list(getattr(error, "schema_errors", ())):
        return [f"{one.json_path}: {one.message}" for one in found]
    return _reasons(error.__cause__) if error.__cause__ else [str(error)]
