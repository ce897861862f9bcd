"""Which module each verb is in: imported when it is run, so that `--help` need not load the server."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

import click


class Verb(NamedTuple):
    """Where a command is, and its line in the list."""

    module: str
    attribute: str
    summary: str


VERBS = {
    "demo": Verb(
        "keepwell.app.server_cli", "demo", "A sample business with scores, and the dashboard on it."
    ),
    "up": Verb("keepwell.app.server_cli", "up", "The dashboard and the API on your own data."),
    "import": Verb("keepwell.importing.cli", "import_command", "Import an export as a mapping file says."),
    "metrics": Verb("keepwell.revenue.cli", "metrics", "Revenue figures: mrr, movements."),
    "churn": Verb("keepwell.churn.cli", "churn", "Train the model of who leaves, and say how good it is."),
    "save-list": Verb(
        "keepwell.churn.cli", "save_list_command", "Accounts by revenue at risk, with the reasons."
    ),
    "tail": Verb("keepwell.intake.tail_cli", "tail_command", "Follow files, and keep each row exactly once."),
    "lake": Verb("keepwell.intake.lake_cli", "lake", "Rows as Parquet by day, and SQL over them."),
    "verify": Verb(
        "keepwell.intake.verify_cli", "verify_command", "Prove that every row taken is unchanged."
    ),
    "convert": Verb(
        "keepwell.intake.convert_cli", "convert_command", "CSV, JSON, JSON Lines and YAML into one another."
    ),
    "drill": Verb("keepwell.intake.drill_cli", "drill", "Cause the faults that Keepwell must survive."),
    "dead-letters": Verb(
        "keepwell.intake.cli", "dead_letters", "Rows that could not be taken, with the reason."
    ),
    "audit": Verb("keepwell.identity.audit.cli", "audit", "Who changed what, and whether the log is intact."),
    "webhooks": Verb("keepwell.webhooks.cli", "webhooks", "Webhook endpoints, and deliveries to replay."),
    "sign-in": Verb("keepwell.identity.sessions.cli", "sign_in", "A link that signs a browser in once."),
    "write-key": Verb(
        "keepwell.identity.write_keys.cli", "write_key", "Keys with which a product sends events."
    ),
    "member": Verb("keepwell.identity.members.cli", "member", "Who may sign in, and as what."),
    "rotate-signing-key": Verb(
        "keepwell.identity.access_tokens.cli", "rotate_signing_key", "Sign access tokens with a new key."
    ),
    "token": Verb("keepwell.identity.api_tokens.cli", "token", "API tokens for scripts."),
}


class LazyVerbs(click.Group):
    """A group whose commands are loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Every verb, in the order in which a newcomer meets them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """The command behind a verb; None where there is none."""
        verb = VERBS.get(cmd_name)
        if verb is None:
            return None
        command: click.Command = getattr(import_module(verb.module), verb.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        """The list of verbs, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.summary) for name, verb in VERBS.items()])
