"""Random schemas, within the first tier's subset and a little beyond, with rows that almost fit them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

names = st.sampled_from(["a", "b", "", "é", 'quo"te', "with space", "slash/tilde~"])
texts = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(
    ["a\n", "\u0663", "😀", "a.b", "\r", "ab"]
)
numbers = (
    st.integers(-5, 5)
    | st.sampled_from([1.0, 0.1, 1e300, -0.0, 2**53, 2**53 + 1, 2**63, 2**64, 10**30, 1e-5, 2.5])
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
)
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=5,
)
patterns = st.sampled_from(
    [
        "^a$",
        "^[ab.]+$",
        r"^\d{1,3}$",
        r"^\w*$",
        "^.$",
        "a",
        "^(a|b)$",
        "^(?:ab){2}$",
        "[^a]",
        r"^a\.b$",
        r"^[^\d.]$",
        r"^[^\w]?$",
        "(?=a)",
        "a*b*",
        r"\s",
    ]
)
bounds = st.integers(-5, 5) | st.sampled_from([0.5, 2**53, -(2**60), 1e300])


def lengths(minimum: str, maximum: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={minimum: st.integers(0, 3), maximum: st.integers(0, 4)})


def typed(name: str, rest: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return rest.map(lambda keywords: {"type": name, **keywords})


numeric = st.fixed_dictionaries(
    {},
    optional={
        "minimum": bounds,
        "maximum": bounds,
        "exclusiveMinimum": bounds,
        "exclusiveMaximum": bounds,
        "multipleOf": st.sampled_from([0.1, 1, 3]),
    },
)
leaves = (
    st.sampled_from([True])
    | st.just({})
    | typed("string", lengths("minLength", "maxLength"))
    | typed("string", st.fixed_dictionaries({"pattern": patterns}))
    | typed("number", numeric)
    | typed("integer", numeric)
    | st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["string", "null"]}])
    | st.lists(scalars, min_size=1, max_size=3, unique_by=repr).map(lambda each: {"enum": each})
    | scalars.map(lambda value: {"const": value})
    | st.sampled_from([{"$ref": "#/$defs/a"}, {"type": "string", "format": "date-time"}])
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "type": st.sampled_from(["object", ["object", "null"]]),
            "properties": st.dictionaries(names, inner, max_size=3),
        },
        optional={
            "required": st.lists(names, max_size=2, unique=True),
            "additionalProperties": st.booleans(),
        },
    )


schemas = st.recursive(
    leaves,
    lambda inner: (
        objects(inner)
        | typed("array", st.fixed_dictionaries({"items": inner}) | lengths("minItems", "maxItems"))
    ),
    max_leaves=5,
)


@st.composite
def almost_rows(draw: st.DrawFn, document: Any) -> Any:
    """A value that often fits `document`."""
    if draw(st.integers(0, 9)) == 0 or not isinstance(document, dict):
        return draw(values)
    if "enum" in document:
        return draw(st.sampled_from(document["enum"]))
    if "properties" in document:
        members = {
            name: draw(almost_rows(each))
            for name, each in document["properties"].items()
            if draw(st.integers(0, 4))
        }
        return members | draw(st.dictionaries(names, values, max_size=1))
    if document.get("type") == "array":
        return draw(st.lists(almost_rows(document.get("items", True)), max_size=4))
    kinds = {
        "string": texts,
        "number": numbers,
        "integer": numbers,
        "boolean": st.booleans(),
        "null": st.none(),
    }
    return draw(kinds.get(str(document.get("type")), values))


@st.composite
def schemas_and_rows(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    document = draw(objects(schemas))
    return {
        **document,
        "$defs": {"a": draw(leaves.filter(lambda each: each != {"$ref": "#/$defs/a"}))},
    }, draw(almost_rows(document))
