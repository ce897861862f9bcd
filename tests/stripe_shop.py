"""A shop at the fake Stripe: its customers, plans and subscriptions, created over the API."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

KEY = "sk_test_canary_4242"


class StripeShop:
    """Calls the fake Stripe as the shop's own software would."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {KEY}"}, timeout=20)

    def create(self, path: str, **fields: Any) -> dict[str, Any]:
        """The created object."""
        return self._answer(self.http.post(f"/v1/{path}", json=fields))

    def change(self, path: str, **fields: Any) -> dict[str, Any]:
        """The changed object."""
        return self.create(path, **fields)

    def delete(self, path: str) -> dict[str, Any]:
        """The deleted object."""
        return self._answer(self.http.delete(f"/v1/{path}"))

    def listed(self, path: str) -> list[dict[str, Any]]:
        """The newest ten objects."""
        found: list[dict[str, Any]] = self._answer(self.http.get(f"/v1/{path}"))["data"]
        return found

    def fail(self, path: str, kind: str, *, times: int = 1) -> None:
        """Make the next requests for the path fail."""
        self._answer(self.http.post("/_fault", json={"path": path, "kind": kind, "times": times}))

    def send_events_in(self, version: str) -> None:
        """Send events in a later version of the API."""
        self._answer(self.http.post("/_version", json={"version": version}))

    def wait(self, seconds: float) -> None:
        """Put Stripe's clock forward instead of waiting."""
        self._answer(self.http.post("/_clock", json={"seconds": seconds}))

    def empty(self) -> None:
        """Make it the empty shop that it was when it started."""
        self._answer(self.http.post("/_empty"))

    def requests(self, path: str) -> int:
        """The number of requests for the path."""
        return int(self._answer(self.http.get("/_requests")).get(path, 0))

    def plan(self, name: str, amount: int, **fields: Any) -> str:
        """Create a monthly plan; its id."""
        made = {"currency": "usd", "interval": "month", "product": {"name": name}, "amount": amount, **fields}
        return str(self.create("plans", **made)["id"])

    def customer(self, name: str, **fields: Any) -> str:
        """Create a customer with a valid card; the id."""
        card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        token = self.create("tokens", card=card)
        return str(self.create("customers", name=name, source=token["id"], **fields)["id"])

    def subscribe(self, customer: str, plan: str, *, quantity: int = 1, **fields: Any) -> dict[str, Any]:
        """Create a subscription of one plan."""
        items = [{"plan": plan, "quantity": quantity}]
        return self.create("subscriptions", customer=customer, items=items, **fields)

    @staticmethod
    def _answer(answer: httpx.Response) -> dict[str, Any]:
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found


@contextmanager
def running_shop() -> Iterator[StripeShop]:
    """An empty shop with its own fake Stripe."""
    command = [sys.executable, str(Path(__file__).with_name("stripe_peer.py"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            shop = StripeShop(f"http://127.0.0.1:{int(process.stdout.readline())}")
            with shop.http:
                yield shop
        finally:
            process.kill()
