"""The description of all paths as OpenAPI 3.1, made from the very table that answers them."""

import json
from typing import Any

from timeline.replay.state import SCHEMA
from timeline.reports.vocabulary import json_schema
from timeline.server.routes import ENDPOINTS, OPENAPI, PAGE, VERSION, Endpoint, Parameter
from timeline.server.snapshot import program

JSON = "application/json"
_SUMMARY = "Who held which district when, as it was known when, who says so and who disputes it."
_DESCRIPTION = (
    "Every body is that of the command line's --json. "
    "Every answer has a strong ETag of the log and the question."
)
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
    paths = {
        endpoint.path: {"get": _operation(endpoint), "head": _operation(endpoint, head=True)}
        for endpoint in ENDPOINTS
    }
    which = "Which version of the log is served; its ETag changes with it."
    paths[VERSION] = {"get": _plain("version", which, "Version")}
    paths[OPENAPI] = {"get": _plain("openapi", "This document.", "Document")}
    paths[PAGE.path] = {"get": _operation(PAGE)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "conflict-timeline",
            "version": program(),
            "summary": _SUMMARY,
            "description": _DESCRIPTION,
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": _schemas()},
    }


def _operation(endpoint: Endpoint, *, head: bool = False) -> dict[str, Any]:
    name = endpoint.path.rpartition("/")[2] or "page"
    operation = _plain(f"{name}Head" if head else name, endpoint.summary, endpoint.body)
    refused = {
        "400": "The question makes no sense as it was put.",
        "404": "The place, the event, or what was asked about is not there.",
    }
    responses = operation["responses"]
    responses |= {code: _response(words, "Error") for code, words in refused.items()}
    if head:
        for code, response in responses.items():
            responses[code] = {"description": response["description"]}
    return operation | {"parameters": [_parameter(one) for one in endpoint.parameters]}


def _plain(name: str, summary: str, body: str) -> dict[str, Any]:
    same = "The answer is still the one with the ETag that If-None-Match names."
    responses = {
        "200": _response(summary, body),
        "304": {"description": same},
        "503": _response("The log, or its city file, cannot be read.", "Error"),
    }
    return {"operationId": name, "summary": summary, "responses": responses}


def _response(words: str, body: str) -> dict[str, Any]:
    if body == "Page":
        return {"description": words, "content": {"text/html": {"schema": _TEXT}}}
    schema = {"$ref": f"#/components/schemas/{body}"}
    return {"description": words, "content": {JSON: {"schema": schema}}}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {**_TEXT}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if parameter.several:
        schema = {"type": "array", "items": schema}
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.help,
        "required": parameter.required,
        "schema": schema,
    }


def _schemas() -> dict[str, Any]:
    """Return the schemas of all bodies; those of events are the log's JSON Schema."""
    text = json.dumps(json_schema())
    events = json.loads(text.replace("#/$defs/", "#/components/schemas/"))
    listed = {"type": "array", "items": {"type": "object"}}
    return {
        "Log": _object(
            events={"type": "integer", "minimum": 0},
            sha256={"type": "string", "pattern": "^[0-9a-f]{64}$"},
        ),
        "Origin": _ORIGIN,
        "State": {
            "anyOf": [_of(schema={"const": SCHEMA}, state_sha256=_TEXT), _of(disagreements=listed)]
        },
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
    """Return the schema of answers that are given with their origin."""
    return {"allOf": [{"$ref": "#/components/schemas/Origin"}, _object(**properties)]}
