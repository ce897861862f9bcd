"""The OpenAPI description is complete: reading it is enough to use the API."""

from __future__ import annotations

import asyncio
import re
from datetime import date
from typing import Any, cast

import jsonschema_rs
import pytest
from httpx import ASGITransport, AsyncClient
from litestar import get

from keepwell.app import http
from keepwell.app.examples import EXAMPLES
from keepwell.app.openapi import DECIMALS, described, operations
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.http.routes import PUBLIC, deprecated
from keepwell.platform.runtime import system_runtime

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    return shared_settings


@pytest.fixture(scope="module")
def document(settings_of_module: Settings) -> dict[str, Any]:
    # Nothing is asked of the database.
    database = Database(cast(Any, None), "")
    return described(http.create_app(database, settings=settings_of_module, runtime=system_runtime()))


async def test_it_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"components": document["components"], **schema})


async def test_other_requests_go_on_while_the_first_one_has_it_put_together(
    database: Database, settings_of_test: Settings
) -> None:
    # One that no other test has asked.
    app = http.create_app(database, settings=settings_of_test, runtime=system_runtime())
    async with AsyncClient(transport=ASGITransport(cast(Any, app)), base_url="http://here") as anonymous:
        await anonymous.get("/health/live")
        asked = asyncio.create_task(anonymous.get("/openapi.json"))
        answered = 0
        while not asked.done():
            (await anonymous.get("/health/live")).raise_for_status()
            answered += 1
            await asyncio.sleep(0)
    assert (await asked).json()["openapi"] == "3.1.0"
    assert answered >= 5


async def test_every_operation_has_a_description_and_its_problems(document: dict[str, Any]) -> None:
    for operation in operations(document):
        assert operation["summary"], operation["operationId"]
        assert operation["description"], operation["operationId"]
        assert operation["tags"], operation["operationId"]


async def test_every_path_id_is_named_after_its_resource(document: dict[str, Any]) -> None:
    for path in document["paths"]:
        assert "id" not in re.findall(r"\{(\w+)\}", path), path


async def test_every_request_body_has_an_example(document: dict[str, Any]) -> None:
    for operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        reference = content["schema"].get("$ref", "") if content else ""
        if reference:
            assert reference.rpartition("/")[2] in EXAMPLES, operation["operationId"]


async def test_every_example_matches_its_schema(document: dict[str, Any]) -> None:
    for name, example in EXAMPLES.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        jsonschema_rs.validator_for(schema, validate_formats=True).validate(example)


async def test_every_figure_in_a_response_is_a_decimal(document: dict[str, Any]) -> None:
    decimals = {
        name
        for schema in document["components"]["schemas"].values()
        for name, property_ in schema.get("properties", {}).items()
        if "'format': 'decimal'" in str(property_)
    }
    assert decimals == DECIMALS
    properties = document["components"]["schemas"]["CohortLine"]["properties"]
    assert properties["mrr"]["items"]["oneOf"] == [{"type": "string", "format": "decimal"}, {"type": "null"}]


async def test_response_schemas_require_every_field(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert "auc" in schemas["Evaluation"]["required"]
    assert "country" not in schemas["NewAccount"]["required"]


async def test_a_route_with_a_sunset_is_deprecated(database: Database, settings_of_test: Settings) -> None:
    @get("/v1/old", operation_id="getOld", opt=PUBLIC | deprecated(date(2027, 1, 1), sunset=date(2028, 1, 1)))
    async def old() -> None: ...

    # An application of its own: the other tests must not find the route in the one that they share.
    app = http.create_app(database, settings=settings_of_test, runtime=system_runtime())
    app.register(old)
    marked = [each["operationId"] for each in operations(described(app)) if each.get("deprecated")]
    assert marked == ["getOld"]


async def test_every_problem_code_is_listed(document: dict[str, Any]) -> None:
    codes = document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert {"idempotency-key-reused", "precondition-failed", "rate-limited", "not-found"} <= set(codes)


async def test_every_link_names_an_operation_with_that_parameter_or_field(
    document: dict[str, Any],
) -> None:
    schemas = document["components"]["schemas"]
    members = {
        operation["operationId"]: {
            name
            for media in operation.get("requestBody", {}).get("content", {}).values()
            for name in schemas[media["schema"]["$ref"].rpartition("/")[2]]["properties"]
            if "$ref" in media["schema"]
        }
        for operation in operations(document)
    }
    parameters = {
        operation["operationId"]: {each["name"] for each in operation.get("parameters", [])}
        for operation in operations(document)
    }
    links = [
        link
        for operation in operations(document)
        for response in operation["responses"].values()
        for link in response.get("links", {}).values()
    ]
    assert links
    for link in links:
        assert set(link.get("parameters", {})) <= parameters[link["operationId"]]
        assert set(link.get("requestBody", {})) <= members[link["operationId"]]


async def test_the_description_says_which_headers_and_fields_the_server_insists_on(
    document: dict[str, Any],
) -> None:
    changes = [each for path in document["paths"].values() for name, each in path.items() if name == "patch"]
    assert changes
    for operation in changes:
        [if_match] = [each for each in operation["parameters"] if each["name"] == "If-Match"]
        assert if_match["required"] is True
        body = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert document["components"]["schemas"][body]["additionalProperties"] is False
    assert "`Allow`" in document["info"]["description"]


async def test_it_names_the_permission_and_the_limit_of_each_operation_and_explains_each_problem(
    document: dict[str, Any],
) -> None:
    by_id = {each["operationId"]: each for each in operations(document)}
    assert by_id["createAccount"]["x-permission"] == "write"
    assert by_id["signIn"].get("x-permission") is None
    assert (by_id["createAccount"]["x-limit"], by_id["signIn"]["x-limit"]) == ("requests", "sign-in")
    listed = {each["code"]: each for each in document["x-problems"]}
    assert sorted(listed) == document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert listed["wrong-password"] == {
        "code": "wrong-password",
        "status": 401,
        "meaning": "No member has this e-mail and password.",
        "retryable": False,
    }
