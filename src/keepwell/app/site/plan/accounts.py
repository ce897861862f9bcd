"""What the save list, the accounts and the page of one ask for."""

from __future__ import annotations

from keepwell.app.site.recorder import Recorder

_ACCOUNTS_OF_A_PAGE = {"limit": 100}
_SAVE_LIST_OF_A_PAGE = {"limit": 20}
_SORTS = ("mrr", "name", "-name", "-since", "since", "-churned_on", "churned_on")
_TIMELINE_PAGES = 3
_CASES_OF_AN_ACCOUNT = 5
# Events are read from files, which takes longer: the static demo has them in the whole timeline only.
_TIMELINE_CHIPS = (
    ["invoice", "charge", "refund"],
    ["subscription"],
    ["contact"],
    ["score"],
    ["signal"],
    ["case"],
)
_STATUSES = ("active", "trial", "churned", "prospect")


async def record_save_list(recorder: Recorder) -> None:
    """The whole list, and each kind, each with its CSV."""
    for shown in ({}, {"kind": "voluntary"}, {"kind": "involuntary"}):
        await recorder.ask_list("/v1/save-list", {**shown, **_SAVE_LIST_OF_A_PAGE})
        await recorder.ask("/v1/save-list.csv", shown)


async def record_left_alone(recorder: Recorder) -> None:
    """The accounts that are left alone, by name."""
    await recorder.ask_list("/v1/save-list", _SAVE_LIST_OF_A_PAGE)
    await recorder.ask_list("/v1/save-list/left-alone", _SAVE_LIST_OF_A_PAGE)


async def record_accounts(recorder: Recorder) -> None:
    """The list with each filter and order by itself, its totals and its CSV, and the pages of its accounts."""
    await recorder.ask("/v1/accounts/facets")
    for shown in ({}, *({"status": status} for status in _STATUSES)):
        await recorder.ask("/v1/accounts/totals", shown)
        await recorder.ask("/v1/accounts.csv", shown)
    listed = await recorder.ask_list("/v1/accounts", _ACCOUNTS_OF_A_PAGE)
    for sort in _SORTS:
        await recorder.ask_list("/v1/accounts", {"sort": sort, **_ACCOUNTS_OF_A_PAGE}, most_pages=2)
    for status in _STATUSES:
        await recorder.ask_list("/v1/accounts", {"status": status, **_ACCOUNTS_OF_A_PAGE})
    for account in listed[: recorder.account_pages]:
        await _record_account(recorder, account["id"])


async def _record_account(recorder: Recorder, account_id: str) -> None:
    await recorder.ask(f"/v1/accounts/{account_id}")
    await recorder.ask_list("/v1/invoices", {"account_id": account_id, "limit": 200})
    charges = {"account_id": account_id, "status": "succeeded", "limit": 200}
    await recorder.ask_list("/v1/charges", charges)
    for path in ("/v1/contacts", "/v1/payment-methods"):
        await recorder.ask(path, {"account_id": account_id, "limit": 50})
    cases = await recorder.ask("/v1/save-cases", {"account_id": account_id, "limit": _CASES_OF_AN_ACCOUNT})
    for case in cases["items"]:
        if case["outcome"] == "open":
            await recorder.ask(f"/v1/save-cases/{case['id']}")
    timeline = f"/v1/accounts/{account_id}/timeline"
    await recorder.ask(timeline, {"kinds": ["score", "charge"], "limit": 100})
    await recorder.ask_list(timeline, {"limit": 50}, most_pages=_TIMELINE_PAGES)
    for kinds in _TIMELINE_CHIPS:
        await recorder.ask_list(timeline, {"kinds": kinds, "limit": 50}, most_pages=_TIMELINE_PAGES)
