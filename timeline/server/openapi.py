"""The description of all paths as an OpenAPI 3.1 document, from the table that answers them, so that the two cannot differ."""

import json
from typing import Any

from timeline.reports import vocabulary as schema
from timeline.server.routes import ENDPOINTS, OPENAPI, PAGE, VERSION, Endpoint, Parameter
from timeline.server.snapshot import program

JSON = "application/json"
_TEXT = {"type": "string"}
_INSTANT = {
    "type": ["string", "null"],
    "description": "RFC 3339, in the time zone of the city; null for no limit.",
}
_ORIGIN: dict[str, Any] = {
    "type": "object",
    "description": "What answers come from.",
    "required": ["city", "cut", "policy", "log"],
    "properties": {
        "city": _TEXT,
        "cut": {
            "type": "object",
            "required": ["at", "known", "recorded"],
            "properties": {"at": _INSTANT, "known": _INSTANT, "recorded": _INSTANT},
        },
        "policy": _TEXT,
        "log": {"$ref": "#/components/schemas/Log"},
        "hypothetical": {
            "type": "object",
            "description": "What was supposed; absent for the log as it is.",
        },
    },
}


def document() -> dict[str, Any]:
    """Return the OpenAPI document, as JSON values."""
    described = {
        one.path: {"get": _operation(one), "head": _operation(one, head=True)} for one in ENDPOINTS
    }
    described[VERSION] = {
        "get": _plain(
            "version", "Which version of the log is served; its ETag changes with it.", "Version"
        )
    }
    described[OPENAPI] = {"get": _plain("openapi", "This document.", "Document")}
    described[PAGE.path] = {"get": _operation(PAGE)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "conflict-timeline",
            "version": program(),
            "summary": "Who held which district when, as it was known when, who says so and who disputes it.",
            "description": "Every body is that of the command line's --json. Every answer has a strong ETag of the log and the question.",
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "paths": described,
        "components": {"schemas": _schemas()},
    }


def _operation(endpoint: Endpoint, *, head: bool = False) -> dict[str, Any]:
    name = endpoint.path.rpartition("/")[2] or "page"
    operation = _plain(f"{name}Head" if head else name, endpoint.summary, endpoint.body)
    refused = {
        "400": "The question makes no sense as it was put.",
        "404": "The place, the event, or what was asked about is not there.",
    }
    operation["responses"] |= {code: _response(words, "Error") for code, words in refused.items()}
    if head:
        operation["responses"] = {
            code: {"description": one["description"]}
            for code, one in operation["responses"].items()
        }
    return operation | {"parameters": [_parameter(one) for one in endpoint.parameters]}


def _plain(name: str, summary: str, body: str) -> dict[str, Any]:
    responses = {
        "200": _response(summary, body),
        "304": {
            "description": "The answer is still the one with the ETag that If-None-Match names."
        },
        "503": _response("The log, or its city file, cannot be read.", "Error"),
    }
    return {"operationId": name, "summary": summary, "responses": responses}


def _response(words: str, body: str) -> dict[str, Any]:
    if body == "Page":
        return {"description": words, "content": {"text/html": {"schema": _TEXT}}}
    return {
        "description": words,
        "content": {JSON: {"schema": {"$ref": f"#/components/schemas/{body}"}}},
    }


def _parameter(one: Parameter) -> dict[str, Any]:
    kind = _TEXT | ({"enum": list(one.choices)} if one.choices else {})
    described = {"name": one.name, "in": "query", "description": one.help, "required": one.required}
    return described | {"schema": {"type": "array", "items": kind} if one.several else kind}


def _schemas() -> dict[str, Any]:
    """Return the schemas of all bodies; those of events are the ones that `timeline types --json` prints."""
    events = json.loads(
        json.dumps(schema.json_schema()).replace("#/$defs/", "#/components/schemas/")
    )
    listed = {"type": "array", "items": {"type": "object"}}
    return {
        "Log": _object(
            events={"type": "integer", "minimum": 0},
            sha256={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        ),
        "Origin": _ORIGIN,
        "State": {"anyOf": [_of(state_sha256=_TEXT), _of(disagreements=listed)]},
        "History": _of(along=_TEXT, changes=listed),
        "Explanations": _of(explained=listed),
        "Events": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}},
        "Event": {"oneOf": events["oneOf"]},
        "Version": _object(
            version=_TEXT,
            city=_TEXT,
            log={"$ref": "#/components/schemas/Log"},
            torn={"type": ["string", "null"]},
            program=_TEXT,
        ),
        "Document": _object(openapi={"const": "3.1.0"}, paths={"type": "object"}),
        "Problem": _object(
            message=_TEXT, found=_TEXT, expected=_TEXT, path=_TEXT, where=_TEXT, hint=_TEXT
        ),
        "Error": _object(
            error=_TEXT,
            problems={"type": "array", "items": {"$ref": "#/components/schemas/Problem"}},
        ),
        **events["$defs"],
    }


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _of(**properties: Any) -> dict[str, Any]:
    """Return the schema of answers that come with what they come from."""
    return {"allOf": [{"$ref": "#/components/schemas/Origin"}, _object(**properties)]}
