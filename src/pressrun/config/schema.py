"""publish.yml as JSON Schema, so that editors complete and check it while it is written."""

import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date
from typing import Any, Literal, get_args, get_origin
from zoneinfo import ZoneInfo

from pressrun.config import shapes
from pressrun.kinds import Kind
from pressrun.publication import ProviderChoice, Publication

_SCALARS: Mapping[Any, Mapping[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
    ZoneInfo: {"type": "string"},
    Any: {},
}


def json_schema(providers: Mapping[str, type]) -> dict[str, Any]:
    """Describe publish.yml; ``providers`` maps each provider's name to its options' dataclass."""
    schema = _section(Publication)
    if providers:
        schema["properties"]["provider"] |= _provider(providers)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A publication of Pressrun: publish.yml",
        **schema,
    }


def text(providers: Mapping[str, type]) -> str:
    """Write the schema as it is shipped."""
    return json.dumps(json_schema(providers), indent=2, ensure_ascii=False) + "\n"


def _section(kind: type) -> dict[str, Any]:
    members = list(shapes.members(kind))
    required = [member.key for member in members if member.required]
    schema: dict[str, Any] = {
        "type": "object" if required else ["object", "null"],
        "properties": {member.key: _member(member) for member in members},
        "additionalProperties": bool(shapes.field_with(kind, "rest")),
    }
    return schema | ({"required": required} if required else {})


def _member(member: shapes.Member) -> dict[str, Any]:
    doc = {"description": member.doc} if member.doc else {}
    default = member.default
    known = isinstance(default, str | int) and default != ""
    schema = _schema(member.type, member.rules)
    if member.required and member.type is str:
        schema["minLength"] = 1
    if default == "" and "pattern" in schema:
        schema = {"anyOf": [schema, {"const": ""}]}
    return doc | schema | ({"default": default} if known else {})


def _schema(kind: Any, rules: tuple[Kind, ...] = ()) -> dict[str, Any]:
    if inner := shapes.optional(kind):
        return {"anyOf": [_schema(inner, rules), {"type": "null"}]}
    if is_dataclass(kind):
        return _long_or_short(kind)
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    if get_origin(kind) is tuple:
        item, own, _ = shapes.unpack(get_args(kind)[0])
        return {"type": "array", "items": _schema(item, rules + own)}
    if shapes.is_mapping(kind):
        return _mapping(kind)
    schema = dict(_SCALARS[kind])
    for rule in rules:
        schema |= rule.schema()
    return schema


def _long_or_short(kind: Any) -> dict[str, Any]:
    """Describe a dataclass, and the single word that may stand for it."""
    word = shapes.shorthand(kind)
    if not word:
        return _section(kind)
    short = next(member for member in shapes.members(kind) if member.key == word)
    return {"anyOf": [_schema(short.type, short.rules), _section(kind)]}


def _mapping(kind: Any) -> dict[str, Any]:
    key_hint, item_hint = get_args(kind)
    key, key_rules, _ = shapes.unpack(key_hint)
    item, rules, _ = shapes.unpack(item_hint)
    return {
        "type": "object",
        "minProperties": 1,
        "propertyNames": _schema(key, key_rules),
        "additionalProperties": _schema(item, rules),
    }


def _provider(providers: Mapping[str, type]) -> dict[str, Any]:
    """Describe the options of whichever provider is named."""
    own = _section(ProviderChoice)["properties"]
    name = own["name"] | {"enum": sorted(providers)}
    return {
        "properties": {"name": name},
        "allOf": [_options(each, providers[each], name) for each in sorted(providers)],
    }


def _options(provider: str, options: type, name: Mapping[str, Any]) -> dict[str, Any]:
    section = _section(options)
    named = {"properties": {"name": {"const": provider}}, "required": ["name"]}
    section["properties"] = {"name": dict(name)} | section["properties"]
    return {"if": named, "then": section | {"type": "object"}}
