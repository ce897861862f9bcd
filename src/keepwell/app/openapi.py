"""The OpenAPI 3.1 description: what Litestar derives from the handlers, completed by what it cannot know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Server
from litestar.routes import HTTPRoute

from keepwell.app.examples import EXAMPLES
from keepwell.app.problem_list import problem_codes, problem_list

Document = dict[str, Any]

# For each route with a body.
_BODY_PROBLEMS = {
    "408": "The body did not arrive in time.",
    "413": "The body is too large.",
    "415": "The route does not accept this content type.",
}
_WITH_BODY = ("post", "put", "patch")
_REQUEST_ID = {"description": "The request's id, as in the server's log.", "schema": {"type": "string"}}
_IF_MATCH = {"type": "string", "maxLength": 200, "description": "The ETag of what you saw last, or `*`."}
_NEXT_PAGE = {"description": "RFC 8288: the next page, if there is one.", "schema": {"type": "string"}}
_ETAG = {"description": "The version of the writable fields.", "schema": {"type": "string"}}
_LOCATION = {"description": "The URL of what was created.", "schema": {"type": "string"}}
_KEY_REUSED = "The Idempotency-Key was used for another request."
_HEADERS = {"list": {"Link": _NEXT_PAGE}, "get": {}, "create": {"ETag": _ETAG, "Location": _LOCATION}}

# Exact decimals, sent as strings so that no client parses them as floats; `format: decimal` marks them.
DECIMALS = frozenset(
    {
        *("mrr", "arr", "arpa", "policy_mrr", "other_mrr", "revenue_at_risk", "lifetime_value"),
        *("opening", "new", "expansion", "contraction", "churn", "reactivation", "fx", "closing"),
        *("churned", "voluntary", "involuntary", "gross", "net", "movement_net", "quick_ratio"),
        *("account_rate", "account_rate_monthly", "revenue_rate", "revenue_rate_monthly"),
        *(
            "voluntary_mrr",
            "involuntary_mrr",
            "voluntary_at_risk",
            "involuntary_at_risk",
            "revenue_at_risk_before",
        ),
        *("mrr_before", "mrr_after", "mrr_change", "revenue_at_risk_change", "share_of_mrr"),
        *("converted", "need_person_amount", "revenue_lost"),
        *("mrr_at_horizon", "mrr_lost", "amount_low", "amount_high", "cost", "contact_cost"),
        *("amount", "annual_amount", "list_amount", "total", "tax", "amount_paid", "amount_refunded"),
    }
)

# OpenAPI links: what one operation creates is the parameter of others; "/name" is a field of their body instead.
LINKS: Mapping[str, Mapping[str, str]] = {
    "createAccount": {
        "createSubscription": "/account_id",
        "createInvoice": "/account_id",
        "createContact": "/account_id",
        "getAccount": "account_id",
        "updateAccount": "account_id",
        "deleteAccount": "account_id",
        "listAccountSignals": "account_id",
        "listSubscriptions": "account_id",
        "listInvoices": "account_id",
        "listContacts": "account_id",
    },
    "createPlan": {"getPlan": "plan_id", "updatePlan": "plan_id"},
    "createSubscription": {
        "getSubscription": "subscription_id",
        "updateSubscription": "subscription_id",
        "deleteSubscription": "subscription_id",
    },
    "createWebhookEndpoint": {
        "getWebhookEndpoint": "webhook_endpoint_id",
        "updateWebhookEndpoint": "webhook_endpoint_id",
        "rotateWebhookSecret": "webhook_endpoint_id",
        "testWebhookEndpoint": "webhook_endpoint_id",
        "replayFailedWebhooks": "webhook_endpoint_id",
        "deleteWebhookEndpoint": "webhook_endpoint_id",
    },
    "createContact": {
        "getContact": "contact_id",
        "updateContact": "contact_id",
        "deleteContact": "contact_id",
    },
    "createInvoice": {"getInvoice": "invoice_id", "updateInvoice": "invoice_id"},
}


def openapi_config(public_url: str | None) -> OpenAPIConfig:
    """What Litestar derives the description with; clients send requests to `public_url`, or to where they read it."""
    return OpenAPIConfig(
        title="Keepwell",
        use_handler_docstrings=True,
        version="1",
        servers=[Server(url=public_url or "/")],
        description=(
            "Which paying customers are about to leave, why, and what their revenue is.\n\n"
            "A query parameter or a field of a JSON body that is not described is refused with 400, and a method that a path "
            "does not have with 405, whose `Allow` lists the others."
        ),
        security=[{"token": []}],
        components=Components(
            security_schemes={
                "token": SecurityScheme(
                    type="http", scheme="bearer", description="`./keepwell token create` creates one."
                ),
                "writeKey": SecurityScheme(
                    type="http",
                    scheme="basic",
                    description="The user name is a write key (`./keepwell write-key create`), without a password.",
                ),
            }
        ),
        # Litestar's own copy; `static_files` serves the completed one at /openapi.json without sign-in.
        path="/docs/schema",
        render_plugins=[JsonRenderPlugin()],
    )


def described(app: Litestar) -> Document:
    """The complete description of `app`."""
    document: Document = app.openapi_schema.to_schema()
    public = _operations_with(app, "public")
    deprecated = _operations_with(app, "sunset")
    rules = {handler.operation_id: handler.opt for handler in _handlers(app)}
    for method, operation in _with_methods(document):
        _complete(operation, method)
        _name_rules(operation, rules[operation["operationId"]])
        # Litestar drops an empty list, as if a token were required: https://github.com/litestar-org/litestar/issues/4016
        if operation["operationId"] in public:
            operation.setdefault("security", [])
        if operation["operationId"] in deprecated:
            operation["deprecated"] = True
    schemas = document["components"]["schemas"]
    request_bodies, strict = _request_bodies(document), _strict_bodies(app)
    for name, schema in schemas.items():
        if name in strict:
            schema["additionalProperties"] = False
        properties = schema.get("properties", {})
        _name_decimals(properties)
        # Responses contain fields with a default as well.
        if properties and name not in request_bodies:
            schema["required"] = sorted(properties)
    schemas["Problem"]["properties"]["code"]["enum"] = problem_codes()
    document["x-problems"] = problem_list()
    for name, example in EXAMPLES.items():
        if name in schemas:
            schemas[name]["examples"] = [example]
    return document


def _request_bodies(document: Document) -> set[str]:
    """The names of the schemas that are used in request bodies."""
    contents = (each.get("requestBody", {}).get("content", {}) for each in operations(document))
    references = (media["schema"].get("$ref", "") for content in contents for media in content.values())
    return {reference.rpartition("/")[2] for reference in references}


def _strict_bodies(app: Litestar) -> set[str]:
    """The names of the bodies that refuse unknown fields, which Litestar does not describe."""
    bodies = (handler.parsed_data_field for handler in _handlers(app))
    types = {body.annotation for body in bodies if body is not None}
    return {each.__name__ for each in types if getattr(each, "__struct_config__", None) and _is_strict(each)}


def _is_strict(body: type[msgspec.Struct]) -> bool:
    return body.__struct_config__.forbid_unknown_fields


def _name_decimals(properties: Document) -> None:
    """Mark decimals, which are plain strings to Litestar."""
    for name in DECIMALS & properties.keys():
        figure = properties[name].get("items", properties[name])
        # A nullable figure is a `oneOf` with null.
        for schema in figure.get("oneOf", [figure]):
            if schema.get("type") == "string":
                schema["format"] = "decimal"


def _operations_with(app: Litestar, mark: str) -> set[str]:
    return {
        handler.operation_id
        for handler in _handlers(app)
        if handler.opt.get(mark) and isinstance(handler.operation_id, str)
    }


def _handlers(app: Litestar) -> Iterator[HTTPRouteHandler]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            yield from (handler for handler, _ in route.route_handler_map.values())


def operations(document: Document) -> Iterator[Document]:
    """Every operation in `document`."""
    for _, operation in _with_methods(document):
        yield operation


def _with_methods(document: Document) -> Iterator[tuple[str, Document]]:
    for item in document["paths"].values():
        yield from (pair for pair in item.items() if isinstance(pair[1], dict) and "operationId" in pair[1])


def _complete(operation: Document, method: str) -> None:
    name, responses = operation["operationId"], operation["responses"]
    for parameter in operation.get("parameters", []):
        if parameter["name"] == "If-Match":
            # Not so in the handler, which answers 428 if it is missing.
            parameter |= {"required": True, "schema": _IF_MATCH}
    expected = dict(_BODY_PROBLEMS) if method in _WITH_BODY else {}
    if any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", [])):
        expected["409"] = _KEY_REUSED
    for status, description in expected.items():
        responses.setdefault(status, {**responses["400"], "description": description})
    # A response without a body has no content type.
    operation["responses"].get("204", {}).pop("content", None)
    for status, response in operation["responses"].items():
        headers = response.setdefault("headers", {})
        headers["X-Request-Id"] = _REQUEST_ID
        if int(status) < HTTPStatus.BAD_REQUEST:
            headers.update(_headers_of(name))
            _any_of(response)
    created = operation["responses"].get("201")
    if created and name in LINKS:
        created["links"] = {other: _link(other, place) for other, place in LINKS[name].items()}


def _name_rules(operation: Document, opt: Mapping[str, Any]) -> None:
    """What OpenAPI has no words for: the permission that the route requires, and the limit that its requests count in."""
    if not opt.get("public"):
        operation["x-permission"] = str(opt["permission"])
    operation["x-limit"] = opt.get("rate_limit", "requests")


def _link(operation_id: str, place: str) -> Document:
    created = "$response.body#/id"
    use = {"requestBody": {place[1:]: created}} if place.startswith("/") else {"parameters": {place: created}}
    return {"operationId": operation_id, **use}


def _headers_of(operation_id: str) -> Document:
    return next((each for verb, each in _HEADERS.items() if operation_id.startswith(verb)), {})


def _any_of(response: Document) -> None:
    """A full page also matches the schema of a page of selected fields, which `oneOf` rejects; CSV and events are strings."""
    for media_type, content in response.get("content", {}).items():
        schema = content.get("schema", {})
        if media_type in {"text/csv", "text/event-stream"}:
            schema["type"] = "string"
        if "oneOf" in schema:
            schema["anyOf"] = schema.pop("oneOf")
