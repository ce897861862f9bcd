"""The fields of an entity that a mapping file can fill, and the schema of mapping files that follows from them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import jsonschema_rs
import msgspec


class EntityFields(msgspec.Struct, frozen=True, kw_only=True):
    """An entity by its name in mapping files, with its `required` and `optional` fields.

    A field of `needs` requires the fields that it names. A field of `forms` is not written as a column or a constant, but
    as that definition of the schema says.
    """

    name: str
    required: Sequence[str]
    optional: Sequence[str] = ()
    needs: Mapping[str, Sequence[str]] = {}
    forms: Mapping[str, str] = {}

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the entity's part of a mapping file."""
        fields = {
            field: {"$ref": f"#/$defs/{self.forms.get(field, 'field')}"}
            for field in (*self.required, *self.optional)
        }
        return {
            "type": "object",
            "additionalProperties": False,
            "required": ["file", "fields"],
            "properties": {
                "file": {"$ref": "#/$defs/file"},
                "file_aliases": {"type": "array", "items": {"$ref": "#/$defs/file"}, "uniqueItems": True},
                "optional": {"type": "boolean"},
                "delimiter": {"$ref": "#/$defs/delimiter"},
                "skip": {"$ref": "#/$defs/skip"},
                "fields": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": list(self.required),
                    "dependentRequired": {name: list(needed) for name, needed in self.needs.items()},
                    "properties": fields,
                },
            },
        }


def mapping_schema(entities: Sequence[EntityFields]) -> jsonschema_rs.Draft202012Validator:
    """The schema of a mapping file in which the `entities` may occur."""
    text = (
        files("keepwell.importing.mapping")
        .joinpath("schemas/mapping.schema.json")
        .read_text(encoding="utf-8")
    )
    schema = json.loads(text)
    schema["properties"]["entities"]["properties"] = {each.name: each.schema() for each in entities}
    return jsonschema_rs.Draft202012Validator(schema)


PLANS = EntityFields(
    name="plans",
    required=("id",),
    optional=("name", "amount", "amount_per", "currency"),
    needs={"amount": ("amount_per",)},
)

ACCOUNTS = EntityFields(
    name="accounts", required=("id",), optional=("name", "industry", "country", "signed_up_on")
)

CONTACTS = EntityFields(
    name="contacts",
    required=("id", "account"),
    optional=(
        *("name", "email", "phone", "locale", "time_zone", "website", "is_billing", "unsubscribed_at"),
    ),
)

SUBSCRIPTIONS = EntityFields(
    name="subscriptions",
    required=("id", "account", "plan", "amount", "amount_per", "interval", "starts_on"),
    optional=(
        *("seats", "interval_count", "currency", "ends_on"),
        *("is_trial", "trial_starts_on", "trial_ends_on"),
        *("status", "period_starts_on", "period_ends_on", "ends_with_period", "cancelled_on", "end_reason"),
    ),
)

PAYMENT_METHODS = EntityFields(
    name="payment_methods",
    required=("id", "account"),
    optional=(
        *("brand", "last4", "exp_month", "exp_year"),
        *("gateway", "gateway_reference", "is_default", "created_at"),
    ),
)

INVOICES = EntityFields(
    name="invoices",
    required=("id", "account", "status", "total", "issued_on"),
    optional=("number", "currency", "tax", "amount_paid", "amount_refunded", "due_on", "paid_on"),
)

CHARGES = EntityFields(
    name="charges",
    required=("id", "account", "status", "amount", "charged_at"),
    optional=("invoice", "currency", "decline_code", "advice_code", "payment_method"),
)

REFUNDS = EntityFields(
    name="refunds",
    required=("id", "charge", "amount", "refunded_at"),
    optional=("currency", "reason"),
)

# Not among the registered ones: events go to the journal, and no table has them.
EVENTS = EntityFields(
    name="events",
    required=("id", "account", "event", "at"),
    optional=("properties",),
    forms={"account": "account_of_event", "properties": "columns"},
)
