"""The module of each verb, imported when the verb runs, so that `--help` does not load the server."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

import click

from keepwell.platform.cli.texts import require_utf8


class Verb(NamedTuple):
    """A command's module and attribute, and its line in the list."""

    module: str
    attribute: str
    summary: str


VERBS = {
    "demo": Verb("keepwell.app.demo.cli", "demo", "A sample business with scores, and its dashboard."),
    "up": Verb("keepwell.app.serve.cli", "up", "The dashboard and the API on your own data."),
    "serve": Verb("keepwell.app.serve.cli", "serve_command", "As `up`, without doing due work."),
    "worker": Verb("keepwell.app.serve.cli", "worker", "Due work alone, beside `serve`."),
    "import": Verb("keepwell.importing.cli", "import_command", "Import an export by a mapping file."),
    "metrics": Verb(
        "keepwell.revenue.cli",
        "metrics",
        "Revenue figures: MRR, movements, retention, churn, cohorts; exchange rates.",
    ),
    "churn": Verb("keepwell.churn.cli", "churn", "Train the churn model, and state how good it is."),
    "score": Verb("keepwell.app.serve.scores_cli", "score", "Answer what a model says of rows, over HTTP."),
    "notebook": Verb(
        "keepwell.app.notebook.cli",
        "notebook",
        "What the data tell, models and mistakes: a page for an analyst.",
    ),
    "save-list": Verb(
        "keepwell.churn.save_list_cli", "save_list_command", "Accounts by revenue at risk, with reasons."
    ),
    "cases": Verb(
        "keepwell.churn.cases.cli", "cases", "Accounts at risk, the contacts made, and their ends."
    ),
    "outcomes": Verb(
        "keepwell.churn.outcomes.cli", "outcomes_command", "What following up was worth, against a holdout."
    ),
    "tail": Verb(
        "keepwell.intake.follow.cli", "tail_command", "Follow files, and keep each row exactly once."
    ),
    "lake": Verb("keepwell.intake.lake.cli", "lake", "Rows as Parquet by day, and SQL over them."),
    "crawl": Verb("keepwell.crawl.cli", "crawl_command", "Read websites politely, and say what they show."),
    "verify": Verb(
        "keepwell.intake.journal.cli", "verify_command", "Prove that every accepted row is unchanged."
    ),
    "convert": Verb(
        "keepwell.intake.convert.cli", "convert_command", "Convert between CSV, JSON, JSON Lines and YAML."
    ),
    "drill": Verb("keepwell.intake.drill.cli", "drill", "Cause the faults that Keepwell must survive."),
    "dead-letters": Verb(
        "keepwell.intake.dead_letters.cli", "dead_letters", "Rejected rows, with the reason."
    ),
    "account": Verb("keepwell.app.erasure.cli", "account", "Erase the person behind an account."),
    "audit": Verb("keepwell.identity.audit.cli", "audit", "Who changed what, with proof."),
    "webhooks": Verb(
        "keepwell.webhooks.cli", "webhooks", "Endpoints notified of changes, and failed deliveries."
    ),
    "site": Verb("keepwell.app.site.cli", "site", "A static, read-only demo of the dashboard, as files."),
    "sample": Verb("keepwell.sample.cli", "sample", "The files of the sample business, not imported."),
    "work": Verb("keepwell.app.work.cli", "work", "What workers have to do, and what fails."),
    "digest": Verb(
        "keepwell.app.digest.cli", "digest", "The last week: MRR, its movements, the five to save."
    ),
    "mail": Verb(
        "keepwell.app.mail.cli", "mail", "Mails: what was sent, what was not, and sending one again."
    ),
    "sign-in": Verb("keepwell.identity.sessions.cli", "sign_in", "A link that signs a browser in once."),
    "write-key": Verb("keepwell.identity.write_keys.cli", "write_key", "Keys for products that send events."),
    "member": Verb("keepwell.identity.members.cli", "member", "Who may sign in, and with which role."),
    "rotate-signing-key": Verb(
        "keepwell.identity.access_tokens.cli", "rotate_signing_key", "Sign access tokens with a new key."
    ),
    "workspace": Verb(
        "keepwell.identity.workspace_settings.cli", "workspace", "Time zone, sender, policy and holdout."
    ),
    "token": Verb("keepwell.identity.api_tokens.cli", "token", "API tokens for scripts."),
}


# Verbs of the bootstrap script `./keepwell`, which run other modules.
_SCRIPT_VERBS = ("play", "bots", "test", "bench")


class LazyVerbs(click.Group):
    """A group that loads its commands on demand."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click, but it suggests the nearest verb, although none is loaded yet."""
        if args[0] not in VERBS and not args[0].startswith("-"):
            raise click.NoSuchCommand(args[0], possibilities=[*VERBS, *_SCRIPT_VERBS], ctx=ctx)
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Every verb, in the order in which a newcomer needs them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """The command of a verb; None if there is none."""
        verb = VERBS.get(cmd_name)
        if verb is None:
            return None
        command: click.Command = getattr(import_module(verb.module), verb.attribute)
        require_utf8(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        """List the verbs without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, verb.summary) for name, verb in VERBS.items()])
