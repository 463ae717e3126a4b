"""Every request of an adapter, held against the provider's own API document.

The documents are not ours to ship: they lie beside the checkout, or the test is skipped.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from support.issues import issue
from support.require import require
from support.wire_fakes.base import FakeServer, Sent
from support.wire_fakes.buttondown import ButtondownFake, connected

DOCUMENTS = Path(__file__).parents[4] / "shared" / "openapi"
ROOT = "urn:openapi"


@dataclass
class Document:
    """An OpenAPI 3.1 document, whose schemas are plain JSON Schema."""

    data: dict[str, Any]

    @classmethod
    def named(cls, name: str) -> "Document":
        path = DOCUMENTS / name
        require(f"openapi/{name}", present=path.is_file())
        return cls(json.loads(path.read_text()))

    def problems(self, sent: Sent) -> list[str]:
        """Return everything that the document has against a request."""
        found = self._operation(sent)
        if found is None:
            return [f"there is no {sent.method} {sent.path}"]
        path, operation = found
        return [*self._in_query(sent, operation), *self._in_body(sent, path, operation)]

    def answer_problems(self, sent: Sent, status: int, body: Any) -> list[str]:
        """Return everything that the document has against an answer of our fake."""
        path, operation = self._operation(sent) or ("", {})
        if str(status) not in operation.get("responses", {}):
            return [f"{sent.method} {sent.path} never answers {status}"]
        place = self._pointer("paths", path, sent.method.lower(), "responses", str(status))
        return self._against(f"{place}/content/application~1json/schema", body)

    def _operation(self, sent: Sent) -> tuple[str, dict[str, Any]] | None:
        for path, operations in self.data["paths"].items():
            pattern, parts = path.split("/"), sent.path.split("/")
            fits = len(pattern) == len(parts) and all(
                want == have or want.startswith("{")
                for want, have in zip(pattern, parts, strict=True)
            )
            if fits and sent.method.lower() in operations:
                return path, operations[sent.method.lower()]
        return None

    def _in_query(self, sent: Sent, operation: dict[str, Any]) -> list[str]:
        known = {one["name"]: one for one in operation["parameters"] if one["in"] == "query"}
        problems = [f"unknown parameter {name}" for name, _ in sent.query if name not in known]
        for name, value in sent.query:
            schema = known.get(name, {}).get("schema", {})
            schema = schema.get("items", schema)
            typed = int(value) if schema.get("type") == "integer" else value
            problems += [error.message for error in self._validator(schema).iter_errors(typed)]
        return problems

    def _in_body(self, sent: Sent, path: str, operation: dict[str, Any]) -> list[str]:
        if "requestBody" not in operation:
            return [] if sent.json is None else ["a body that nobody asked for"]
        place = self._pointer("paths", path, sent.method.lower(), "requestBody")
        return self._against(f"{place}/content/application~1json/schema", sent.json)

    def _against(self, pointer: str, body: Any) -> list[str]:
        errors = self._validator({"$ref": f"{ROOT}#{pointer}"}).iter_errors(body)
        return [f"{error.json_path}: {error.message}" for error in errors]

    def _validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        schema = json.loads(json.dumps(schema).replace('"#/', f'"{ROOT}#/'))
        registry = Registry().with_resource(ROOT, DRAFT202012.create_resource(self.data))
        return Draft202012Validator(schema, registry=registry)

    def _pointer(self, *parts: str) -> str:
        return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


@pytest.fixture(scope="module")
def buttondown_document() -> Document:
    return Document.named("buttondown.json")


class Checked(FakeServer):
    """Keep each answer beside its request."""

    def _carry_out(self, sent: Sent) -> Any:
        reply = super()._carry_out(sent)
        self.answers.append((sent, reply))
        return reply


@pytest.fixture
def conversation() -> list[tuple[Sent, Any]]:
    """Say everything to Buttondown that the adapter can say, and record it."""
    server = Checked(ButtondownFake())
    server.answers = []
    buttondown = connected(server)
    buttondown.account()
    for audience in ("", "friends"):
        buttondown.readers(audience)
        remote = buttondown.draft(issue(audience=audience, key=f"key-{audience or 'all'}"), None)
        buttondown.draft(issue("<p>Better</p>", audience=audience, key="key"), remote.id)
        buttondown.send(issue(), remote.id)
        buttondown.status(remote.id)
    buttondown.find("key-all")
    buttondown.status("em_9999")
    return server.answers


def test_every_request_to_buttondown_is_one_that_its_document_knows(
    buttondown_document, conversation
):
    problems = {
        f"{sent.method} {sent.path}": found
        for sent, _ in conversation
        if (found := buttondown_document.problems(sent))
    }
    assert problems == {}
    assert {sent.method for sent, _ in conversation} == {"GET", "POST", "PATCH"}


def test_the_fake_answers_as_buttondowns_document_says(buttondown_document, conversation):
    problems = {
        f"{sent.method} {sent.path} {reply.status}": found
        for sent, reply in conversation
        if (found := buttondown_document.answer_problems(sent, reply.status, whole(reply.body)))
    }
    assert problems == {}


def whole(body: bytes) -> Any:
    """Put back what we asked to be left out: the document calls it required all the same."""
    data = json.loads(body)
    for email in data.get("results", []):
        email.setdefault("body", "")
    return data


@pytest.mark.parametrize(
    "wrong",
    [
        Sent("POST", "/emails", (), {}, {"subject": "x", "publish_key": "x"}),
        Sent("POST", "/emails", (), {}, {}),
        Sent("GET", "/emails", (("order", "x"),), {}, None),
        Sent("GET", "/emails", (("ordering", "-birthday"),), {}, None),
        Sent("PUT", "/emails", (), {}, None),
        Sent("PATCH", "/emails/em_1", (), {}, {"status": "gone"}),
    ],
)
def test_the_check_itself_sees_what_is_wrong(buttondown_document, wrong):
    assert buttondown_document.problems(wrong)
