"""API v1 as a script uses it, on an imported export."""

from __future__ import annotations

from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path

import httpx
import msgspec
import pytest

from keepwell.app.import_entities import IMPORT_ENTITIES
from keepwell.app.listeners import event_bus
from keepwell.app.middleware.proxies import behind_proxies
from keepwell.identity import service as identity
from keepwell.identity.model import Principal, Workspace
from keepwell.identity.sessions import service as sessions
from keepwell.identity.sessions.cookies import SESSION_COOKIE
from keepwell.importing.mapping.mapping_file import read_mapping
from keepwell.importing.service import ImportContext, import_export
from keepwell.platform.config import Settings
from keepwell.platform.database import Database
from keepwell.platform.progress import SilentProgress
from keepwell.platform.runtime import system_runtime
from tests.app_client import AppClient
from tests.integration.apps import create_app
from tests.integration.exports import Export
from tests.integration.records import token_of

pytestmark = pytest.mark.anyio

Client = AppClient


@pytest.fixture
def settings_of_test(shared_settings: Settings) -> Settings:
    return shared_settings


@pytest.fixture
async def principal(database: Database, workspace: Workspace) -> Principal:
    async with database.workspace(workspace.id) as connection:
        member = await identity.owner(connection, workspace.id)
    return Principal(workspace.id, member.id)


@pytest.fixture
async def anonymous(database: Database, settings_of_test: Settings) -> AsyncIterator[Client]:
    app = create_app(database, settings=settings_of_test, runtime=system_runtime())
    async with AppClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
async def client(
    anonymous: Client,
    database: Database,
    principal: Principal,
    workspace: Workspace,
    settings_of_test: Settings,
    tmp_path: Path,
) -> Client:
    export = Export(tmp_path / "export")
    folder = export.write()
    work = ImportContext(
        database=database,
        settings=settings_of_test,
        slug=workspace.slug,
        runtime=system_runtime(),
        bus=event_bus(system_runtime()),
        registry=IMPORT_ENTITIES,
        progress=SilentProgress(),
    )
    await import_export(work, read_mapping(export.mapping_file, IMPORT_ENTITIES.fields), folder=folder)
    token = await token_of(database, workspace, runtime=system_runtime())
    anonymous.headers["Authorization"] = f"Bearer {token}"
    return anonymous


async def test_mrr_has_currency_accounts_and_policy(client: Client) -> None:
    assert (await client.get("/v1/metrics/mrr", params={"on": "2024-04-30"})).json() == {
        "on": "2024-04-30",
        "mrr": "130.00",
        "arr": "1560.00",
        "arpa": "65.00",
        "currency": "USD",
        "accounts": 2,
        "unrated": [],
        "policy": "default",
        "rows": "/v1/movements?policy=default&to=2024-04-30",
    }


async def test_monthly_movements_add_up_from_opening_to_closing(client: Client) -> None:
    answer = await client.get("/v1/metrics/movements", params={"from": "2024-04-01", "to": "2024-05-31"})
    report = answer.json()
    april, may = report["periods"]
    assert (report["from"], report["to"], report["by"]) == ("2024-04-01", "2024-05-31", "month")
    assert (april["opening"], april["expansion"], april["closing"]) == ("110.00", "20.00", "130.00")
    assert (may["opening"], may["churn"], may["closing"]) == ("130.00", "-10.00", "120.00")


async def test_a_reversed_date_range_is_rejected_with_a_hint(client: Client) -> None:
    answer = await client.get("/v1/metrics/movements", params={"from": "2024-05-01", "to": "2024-04-01"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "to: 2024-04-01 is before from: 2024-05-01."
    assert answer.json()["hint"] == "Swap the two days."


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/metrics/mrr?on=tomorrow", "on"),
        ("/v1/metrics/movements?to=2024-01-01", "from"),
        ("/v1/metrics/movements?from=0001-01-01&to=2024-01-01", "from"),
        ("/v1/metrics/movements?from=2024-01-01&to=9999-12-31", "to"),
        ("/v1/accounts?limit=0", "limit"),
        ("/v1/accounts?limit=1000", "limit"),
        ("/v1/accounts?sort=colour", "sort"),
        ("/v1/accounts?status=asleep", "status"),
        ("/v1/accounts?q=%00", "NUL"),
        ("/v1/accounts.csv?q=%00", "NUL"),
        ("/v1/subscriptions.csv?plan=a%00b", "NUL"),
        ("/v1/invoices.csv?%00=a", "NUL"),
        ("/v1/invoices?from=2026-01-02&to=2026-01-01", "to"),
        ("/v1/invoices.csv?from=2026-01-02&to=2026-01-01", "to"),
        ("/v1/invoices?to=later", "to: "),
        ("/v1/metrics/movements?from=soon&to=2024-01-01", "from: "),
        ("/v1/movements?from=2026-01-02&to=2026-01-01", "to"),
        ("/v1/metrics/cohorts?from=2026-01-02&to=2026-01-01", "to"),
        ("/v1/metrics/cohorts?from=1900-01-01&to=2199-12-31", "25 years"),
        ("/v1/audit-entries?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to"),
        ("/v1/audit-entries?from=2026-01-02T00:00:00", "zone"),
        ("/v1/audit-entries?to=9999-12-31T23:59:59-12:00", "to"),
    ],
)
async def test_a_bad_parameter_is_named(client: Client, path: str, field: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 400
    assert field in answer.json()["detail"]


async def test_accounts_are_sorted_by_mrr_with_todays_status(client: Client) -> None:
    items = (await client.get("/v1/accounts")).json()["items"]
    found = [(item["external_id"], item["status"], item["mrr"]) for item in items]
    assert found[0] == ("A-1", "active", "100.00")
    assert set(found[1:]) == {("A-2", "churned", "0.00"), ("A-3", "trial", "0.00")}


@pytest.mark.parametrize("sort", ["name", "-name", "mrr", "-mrr", "since", "-since"])
async def test_pages_of_one_row_add_up_to_the_whole_list_in_every_order(client: Client, sort: str) -> None:
    whole = (await client.get("/v1/accounts", params={"sort": sort})).json()["items"]
    paged = []
    url: str | None = f"/v1/accounts?sort={sort}&limit=1"
    while url:
        answer = await client.get(url)
        paged += answer.json()["items"]
        url = answer.links["next"]["url"] if "next" in answer.links else None
    assert len(paged) == 3
    assert paged == whole


async def test_search_status_and_plan_narrow_the_list(client: Client) -> None:
    async def ids(**parameters: str) -> list[str]:
        answer = await client.get("/v1/accounts", params=parameters)
        return [item["external_id"] for item in answer.json()["items"]]

    assert await ids(q="bet") == ["A-2"]
    assert await ids(q="%") == []
    assert await ids(status="trial") == ["A-3"]
    assert await ids(plan="Pro") == ["A-1"]


@pytest.mark.parametrize("cursor", ["nonsense", "eyJzb3J0IjoxfQ", "%00"])
async def test_a_forged_cursor_is_rejected(client: Client, cursor: str) -> None:
    answer = await client.get(f"/v1/accounts?cursor={cursor}")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("cursor:")


async def test_a_cursor_of_another_order_is_rejected(client: Client) -> None:
    cursor = (await client.get("/v1/accounts?sort=name&limit=1")).json()["next"]
    answer = await client.get("/v1/accounts", params={"sort": "-mrr", "cursor": cursor})
    assert answer.status_code == 400


async def test_an_account_shows_its_subscriptions_movements_and_activity(client: Client) -> None:
    listed = (await client.get("/v1/accounts", params={"q": "A-1"})).json()["items"][0]
    account = (await client.get(f"/v1/accounts/{listed['id']}")).json()
    assert listed.items() <= account.items()
    assert [each["external_id"] for each in account["subscriptions"]] == ["S-4", "S-1"]
    assert [(each["on"], each["kind"], each["amount"]) for each in account["movements"]] == [
        ("2024-06-01", "contraction", "-20.00"),
        ("2024-04-01", "expansion", "20.00"),
        ("2024-01-01", "new", "100.00"),
    ]
    assert [each["event"] for each in account["activity"]["recent"]] == ["export", "login"]
    assert account["risk"] is None


async def test_an_unknown_account_is_a_404_problem(client: Client) -> None:
    answer = await client.get("/v1/accounts/018f0000-0000-7000-8000-000000000000")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_an_id_that_is_not_a_uuid_is_a_404_problem(client: Client) -> None:
    assert (await client.get("/v1/accounts/first")).status_code == 404


async def test_an_untrained_workspace_has_an_empty_save_list(client: Client) -> None:
    save_list = (await client.get("/v1/save-list")).json()
    assert (save_list["model"], save_list["items"]) == (None, [])


async def test_a_sign_in_link_opens_a_session_by_cookie_and_signing_out_ends_it(
    anonymous: Client, database: Database, principal: Principal
) -> None:
    async with database.workspace(principal.workspace_id) as connection:
        link = await sessions.create_sign_in_link(connection, principal, runtime=system_runtime())
    entered = await anonymous.get(f"/sign-in?token={link}", follow_redirects=False)
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert "httponly" in entered.headers["set-cookie"].lower()
    session = await anonymous.get("/v1/session")
    assert session.json()["workspace"]["id"] == str(principal.workspace_id)
    assert (await anonymous.post("/v1/session/end")).status_code == 204
    assert (await anonymous.get("/v1/session")).status_code == 401


async def test_a_session_that_begins_or_ends_deletes_the_browsers_note_of_whose_data_it_keeps(
    anonymous: Client, database: Database, principal: Principal
) -> None:
    async with database.workspace(principal.workspace_id) as connection:
        link = await sessions.create_sign_in_link(connection, principal, runtime=system_runtime())
    begun = await anonymous.get(f"/sign-in?token={link}", follow_redirects=False)
    ended = await anonymous.post("/v1/session/end")
    for answer in (begun, ended):
        (note,) = (
            each for each in answer.headers.get_list("set-cookie") if each.startswith("keepwell_kept_for")
        )
        assert "max-age=0" in note.lower()


async def test_signing_out_is_idempotent(anonymous: Client, database: Database, principal: Principal) -> None:
    async with database.workspace(principal.workspace_id) as connection:
        link = await sessions.create_sign_in_link(connection, principal, runtime=system_runtime())
    await anonymous.get(f"/sign-in?token={link}", follow_redirects=False)
    cookie = {"Cookie": f"{SESSION_COOKIE}={anonymous.cookies[SESSION_COOKIE]}", "Idempotency-Key": "out-1"}
    anonymous.cookies.clear()
    answers = [await anonymous.post("/v1/session/end", headers=cookie) for _ in range(2)]
    assert [(each.status_code, "max-age=0" in each.headers["set-cookie"].lower()) for each in answers] == [
        (204, True),
        (204, True),
    ]
    assert (await anonymous.get("/v1/session", headers=cookie)).status_code == 401


async def test_behind_a_trusted_proxy_the_cookie_is_secure_and_limits_are_per_client(
    database: Database, principal: Principal, settings_of_test: Settings
) -> None:
    settings = msgspec.structs.replace(settings_of_test, sign_ins_per_minute=2)
    async with database.workspace(principal.workspace_id) as connection:
        links = [
            await sessions.create_sign_in_link(connection, principal, runtime=system_runtime())
            for _ in range(5)
        ]
    app = create_app(database, settings=settings, runtime=system_runtime())
    proxied = behind_proxies(app, trusted=(ip_network("10.0.0.7"),))

    async def signed_in(peer: str, forwarded_for: str) -> httpx.Response:
        headers = {"X-Forwarded-For": forwarded_for, "X-Forwarded-Proto": "https"}
        transport = httpx.ASGITransport(proxied, client=(peer, 1))  # type: ignore[arg-type]  # Litestar's and httpx's ASGI types
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.get(f"/sign-in?token={links.pop()}", headers=headers)

    async with app.lifespan():
        by_proxy = [await signed_in("10.0.0.7", "203.0.113.9") for _ in range(3)]
        other = await signed_in("10.0.0.7", "203.0.113.10")
        direct = await signed_in("192.0.2.1", "203.0.113.9")
    assert [each.status_code for each in by_proxy] == [303, 303, 429]
    assert other.status_code == 303
    assert "secure" in other.headers["set-cookie"].lower()
    assert "secure" not in direct.headers["set-cookie"].lower()
    # Nobody but this host can set a cookie with this prefix.
    assert other.headers["set-cookie"].startswith(f"__Host-{SESSION_COOKIE}=")
    assert "max-age=" in other.headers["strict-transport-security"]
    assert "strict-transport-security" not in direct.headers


async def test_a_used_link_says_how_to_get_another(
    anonymous: Client, database: Database, principal: Principal
) -> None:
    async with database.workspace(principal.workspace_id) as connection:
        link = await sessions.create_sign_in_link(connection, principal, runtime=system_runtime())
    await anonymous.get(f"/sign-in?token={link}", follow_redirects=False)
    again = await anonymous.get(f"/sign-in?token={link}", follow_redirects=False)
    assert again.status_code == 401
    assert "./keepwell sign-in" in again.text


async def test_health_needs_no_sign_in_and_readiness_checks_the_database(anonymous: Client) -> None:
    assert (await anonymous.get("/health/live")).json() == {"status": "live"}
    assert (await anonymous.get("/health/ready")).json() == {"status": "ready"}


async def test_openapi_describes_every_route_with_a_stable_operation_id(anonymous: Client) -> None:
    schema = (await anonymous.get("/openapi.json")).json()
    operations = {item["get"]["operationId"] for path, item in schema["paths"].items() if "get" in item}
    for item in (item for path, item in schema["paths"].items() if path.startswith("/v1/")):
        for operation in item.values():
            assert "application/problem+json" in operation["responses"]["400"]["content"]
            assert operation["description"]
    assert schema["openapi"].startswith("3.1")
    assert {"getMrr", "getMovements", "listAccounts", "getAccount", "getSaveList"} <= operations


async def test_an_unknown_path_under_v1_is_a_problem_not_a_page(anonymous: Client) -> None:
    answer = await anonymous.get("/v1/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["%00", "a%00.js", "a" * 5000])
async def test_an_impossible_asset_name_is_a_404(anonymous: Client, name: str) -> None:
    assert (await anonymous.get(f"/assets/{name}")).status_code == 404


async def test_every_response_has_the_security_headers(anonymous: Client) -> None:
    for path in ("/", "/health/live", "/v1/accounts", "/openapi.json"):
        headers = (await anonymous.get(path)).headers
        policy = headers["content-security-policy"]
        assert ("default-src 'self'" if path == "/" else "default-src 'none'") in policy, path
        assert "unsafe-inline" not in policy
        assert headers["x-content-type-options"] == "nosniff", path


@pytest.mark.parametrize("body", [b'{"external_id": "\xff"}', b'{"\xff": 1}', b"\xff\xfe{\x00}\x00"])
async def test_a_body_that_is_not_utf8_is_rejected(client: Client, body: bytes) -> None:
    answer = await client.post("/v1/accounts", content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-data")
    assert "UTF-8" in answer.json()["detail"]


@pytest.mark.parametrize(
    "end", ["2030-01-01T00:00:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"]
)
async def test_a_token_that_ends_at_no_definite_time_is_rejected(client: Client, end: str) -> None:
    answer = await client.post("/v1/tokens", json={"name": "script", "expires_at": end})
    assert answer.status_code == 400
    assert "expires_at" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["OPTIONS", "PUT"])
async def test_allow_names_every_method_of_the_path(anonymous: Client, method: str) -> None:
    answer = await anonymous.request(method, "/v1/accounts")
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


async def test_a_refused_duplicate_names_no_constraint(client: Client) -> None:
    body = {"external_id": "twice", "name": "Twice"}
    assert (await client.post("/v1/accounts", json=body)).status_code == 201
    answer = await client.post("/v1/accounts", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert not any(word in answer.text for word in ("constraint", "accounts_", "Database", "unique"))
