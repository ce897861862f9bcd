"""The commands that import from Stripe and accept its webhooks."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import click
import msgspec

from keepwell.identity import service as identity
from keepwell.importing.cli_output import currency_code, open_import, report_dry_run, report_import
from keepwell.importing.service import ImportContext
from keepwell.importing.stripe.connection.keys import ApiKeys
from keepwell.importing.stripe.events.webhook import Secrets
from keepwell.importing.stripe.http.client import StripeApi
from keepwell.importing.stripe.sync import dry_run_stripe, import_stripe
from keepwell.platform.cli.command_line import (
    Target,
    json_option,
    print_json,
    run,
    targets_workspace,
)
from keepwell.platform.database_server import open_database
from keepwell.platform.errors import DataValidationError, NotFound
from keepwell.platform.secrets import secret_of
from keepwell.platform.telemetry.prometheus import counted_into, metrics_file_option

Result = TypeVar("Result")

_KEY = re.compile(r"(sk|rk)_\w{4,250}")
_SIGNING_SECRET = re.compile(r"whsec_[\w+/=]{8,250}")
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class WebhookAddress(msgspec.Struct, frozen=True):
    """The path that Stripe sends events to."""

    path: str


@click.command("stripe")
@click.option(
    "--api-key-file",
    type=click.Path(path_type=Path),
    help="A file with nothing but a secret or restricted key; read permission is enough. By default the key by which "
    "the workspace is connected.",
)
@click.option("--api-base", metavar="URL", help="The address of the API, if not Stripe's own.")
@click.option("--full", is_flag=True, help="Read everything again, not only what changed.")
@click.option("--currency", metavar="CODE", help="The report currency of a new workspace.")
@click.option("--dry-run", is_flag=True, help="Show what would change without changing it.")
@metrics_file_option
@json_option
@targets_workspace
def stripe_command(
    target: Target,
    *,
    api_key_file: Path | None,
    api_base: str | None,
    full: bool,
    currency: str | None,
    dry_run: bool,
    metrics_file: Path | None,
    as_json: bool,
) -> None:
    """Import customers, plans, subscriptions, invoices, charges and refunds from Stripe's API.

    The first import reads everything, later ones read what changed. An interrupted import resumes where it stopped.
    The exit code is 3 if all objects were rejected.

    Example: ./keepwell import stripe --api-key-file stripe.key --currency EUR
    """
    key = None if api_key_file is None else read_key(api_key_file)
    options = _ImportOptions(key, _base(api_base), full, currency_code(currency))
    if dry_run:
        found = run(_run(target, options, dry_run_stripe))
        report_dry_run(found, as_json=as_json)
        return
    with counted_into(metrics_file):
        summary = run(_run(target, options, import_stripe))
    report_import(summary, as_json=as_json)


@click.command("stripe-webhook")
@click.option(
    "--secret-file",
    required=True,
    type=click.Path(path_type=Path),
    help="A file with nothing but the endpoint's signing secret, whsec_...",
)
@json_option
@targets_workspace
def stripe_webhook_command(target: Target, *, secret_file: Path, as_json: bool) -> None:
    """Accept webhooks from Stripe, so that changes arrive within seconds.

    Create an endpoint at Stripe with the address that this prints and the events customer.*, invoice.*, charge.*
    and refund.*. A new secret replaces the previous one.

    Example: ./keepwell import stripe-webhook --secret-file stripe-webhook.secret
    """
    secret = _read_line(secret_file, _SIGNING_SECRET, what="a signing secret, which begins with whsec_")
    address = run(_set_secret(target, secret))
    if as_json:
        print_json(address)
    else:
        click.echo(f"The address for Stripe: https://YOUR-SERVER{address.path}")


class _ImportOptions(msgspec.Struct, frozen=True):
    key: str | None
    base: str | None
    full: bool
    currency: str | None


def read_key(path: Path) -> str:
    """The key in the file; raises DataValidationError, which names the file but never its contents."""
    return _read_line(path, _KEY, what="a Stripe key, which begins with sk_ or rk_")


def _read_line(path: Path, pattern: re.Pattern[str], *, what: str) -> str:
    try:
        text = path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise DataValidationError(f"Cannot read {path}: {reason}.", hint="Name another file.") from None
    if not pattern.fullmatch(text):
        raise DataValidationError(
            f"{path} does not contain {what}.", hint="Write only the key to the file, on one line."
        )
    return text


def _base(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise DataValidationError(
            f"--api-base: {url} is not https://.",
            hint="Without TLS anyone on the network could read the key.",
        )
    return url


async def _run(target: Target, options: _ImportOptions, work_on: Callable[..., Awaitable[Result]]) -> Result:
    async with open_import(target, currency=options.currency) as work:
        key = options.key or await connected_key(work)
        async with StripeApi.open(key, base=options.base or target.settings.stripe_api_base) as api:
            return await work_on(work, api, full=options.full)


async def connected_key(work: ImportContext) -> str:
    """The key by which the workspace is connected; raises NotFound if it is not."""
    keys = ApiKeys(secret_of(work.settings.secret_file))
    async with work.database.transaction() as connection:
        workspace = await identity.get_workspace(connection, work.slug)
    async with work.database.workspace(workspace.id) as connection:
        key = await keys.load(connection, workspace_id=workspace.id)
    if key is None:
        raise NotFound("Stripe is not connected.", hint="Name a file with a key: --api-key-file.")
    return key


async def _set_secret(target: Target, signing_secret: str) -> WebhookAddress:
    secrets = Secrets(secret_of(target.settings.secret_file))
    async with open_database(target.settings) as database:
        async with database.transaction() as connection:
            workspace = await identity.get_workspace(connection, target.workspace)
        async with database.workspace(workspace.id) as connection:
            await secrets.store(connection, signing_secret, workspace_id=workspace.id)
    return WebhookAddress(f"/v1/stripe-webhooks/{workspace.id}")
