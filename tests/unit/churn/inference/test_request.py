"""Requests for inference: everything that cannot be answered is refused with a sentence that names the place."""

from __future__ import annotations

import json
from time import process_time
from typing import Any

import numpy as np
import pytest

from keepwell.churn.inference.answer import encode_answer
from keepwell.churn.inference.model import MOST_ROWS, BadTensor, TooManyRows
from keepwell.churn.inference.request import InferenceRequest, read_request
from keepwell.platform.errors import KeepwellError

PLACES = {"age": 0, "use": 1}


def read(body: bytes, *, header: str | None = None, takes_rows: bool = True) -> InferenceRequest:
    return read_request(body, header_length=header, places=PLACES, takes_rows=takes_rows)


def tensor(
    name: str = "rows", *, shape: Any = (1, 2), data: Any = (1.0, 2.0), **others: Any
) -> dict[str, Any]:
    sent = {"name": name, "shape": shape, "datatype": "FP64", "data": data, **others}
    return {key: value for key, value in sent.items() if value is not None}


def sent(*tensors: dict[str, Any], **others: Any) -> bytes:
    return json.dumps({"inputs": tensors, **others}).encode()


def binary(size: Any = 16, *, shape: Any = (1, 2), behind: bytes = b"") -> tuple[bytes, str]:
    text = sent(tensor(shape=shape, data=None, parameters={"binary_data_size": size}))
    return text + behind, str(len(text))


@pytest.mark.parametrize(
    "body",
    [
        sent(tensor(shape=[2, 2], data=[1, 2.5, 3, None])),
        sent(tensor(shape=[2, 2], data=[[1, 2.5], [3, None]])),
        b'{"inputs": [{"name": "rows", "shape": [2, 2], "datatype": "FP64", "data":   [  [1, 2.5], [3, NaN]]}]}',
        sent(tensor("use", shape=[2], data=[2.5, None]), tensor("age", shape=[2, 1], data=[[1], [3]])),
    ],
    ids=["flat", "nested", "as Python writes NaN", "by column, in any order"],
)
def test_rows_are_read_in_the_order_of_the_columns_and_null_is_unknown(body: bytes) -> None:
    assert np.array_equal(read(body).rows, [[1, 2.5], [3, np.nan]], equal_nan=True)


def test_binary_tensors_are_taken_one_after_another() -> None:
    one, two = np.array([1.0, np.nan]), np.array([1e308, -0.0])
    columns = [
        tensor(name, shape=[2], data=None, parameters={"binary_data_size": 16}) for name in ("use", "age")
    ]
    text = sent(*columns)
    found = read(text + one.tobytes() + two.tobytes(), header=str(len(text)))
    assert np.array_equal(found.rows, [[1e308, 1.0], [-0.0, np.nan]], equal_nan=True)


DEEP = b"[" * 100_000
TOO_MANY = MOST_ROWS + 1
REFUSED: dict[str, tuple[bytes, str | None, str]] = {
    "nothing": (b"", None, "not JSON"),
    "no object": (b"[]", None, "Expected `object`"),
    "no inputs": (b"{}", None, "inputs"),
    "an empty list of inputs": (sent(), None, "inputs: there are none"),
    "half of it": (sent(tensor())[:-20], None, "not JSON"),
    "no UTF-8": (b'{"inputs": [{"name": "\xff"}]}', None, "not JSON"),
    "nested too deeply": (b'{"other": ' + DEEP, None, "too deeply"),
    "nested too deeply beside NaN": (b'{"other": [NaN, ' + DEEP, None, "too deeply"),
    "data nested too deeply": (
        b'{"inputs": [{"name": "rows", "shape": [1, 2], "datatype": "FP64", "data": ' + DEEP,
        None,
        "too deeply",
    ),
    "an unknown name": (sent(tensor("height", shape=[1], data=[1])), None, "height: the model has no such"),
    "a name of a megabyte": (sent(tensor("h" * 1_000_000, shape=[1], data=[1])), None, "hhh: the model"),
    "a column twice": (sent(*[tensor("age", shape=[1], data=[1])] * 2), None, "age: it is there twice"),
    "a column too few": (sent(tensor("age", shape=[1], data=[1])), None, "use not sent"),
    "columns of two lengths": (
        sent(tensor("age", shape=[1], data=[1]), tensor("use", shape=[2], data=[1, 2])),
        None,
        "use: it has 2 rows, and age has 1",
    ),
    "another datatype": (sent(tensor(datatype="FP32")), None, "'FP32', and the model takes FP64"),
    "a datatype of nobody's": (sent(tensor(datatype="")), None, "''"),
    "a shape of no dimension": (sent(tensor(shape=[], data=[])), None, r"its shape is \[\]"),
    "a shape of three": (sent(tensor(shape=[1, 2, 1])), None, r"\[rows, 2\]"),
    "a shape of one column": (sent(tensor(shape=[2, 1])), None, r"\[rows, 2\]"),
    "no row": (sent(tensor(shape=[0, 2], data=[])), None, "its shape"),
    "a negative shape": (sent(tensor(shape=[-1, 2])), None, r"\[-1, 2\]"),
    "two negative numbers": (sent(tensor(shape=[-1, -2])), None, r"\[-1, -2\]"),
    "a shape whose product overflows": (sent(tensor(shape=[2**63, 2])), None, "at most 10,000"),
    "a shape of 400 digits": (sent(tensor(shape=[10**400, 2])), None, "at most 10,000"),
    "half a row": (sent(tensor(shape=[1.5, 2])), None, "Expected `int`, got `float`"),
    "a shape of text": (sent(tensor(shape=["1", 2])), None, "Expected `int`"),
    "too few numbers": (sent(tensor(data=[1])), None, "it has 1 numbers"),
    "too many numbers": (sent(tensor(data=[1, 2, 3])), None, "it has 3 numbers"),
    "rows of two lengths": (sent(tensor(shape=[2, 2], data=[[1, 2, 3], [4]])), None, "do not have the shape"),
    "no data": (sent(tensor(data=None)), None, "it has no data"),
    "data of null": (b'{"inputs":[{"name":"rows","shape":[1,2],"datatype":"FP64","data":null}]}', None, "data"),
    "text for a number": (sent(tensor(data=["1", 2])), None, "Expected `float | null`, got `str`"),
    "a boolean": (sent(tensor(data=[True, 2])), None, "got `bool`"),
    "an object": (sent(tensor(data={"0": 1})), None, "Expected `array`"),
    "infinity": (sent(tensor(data=[float("inf"), 2])), None, "not JSON"),
    "infinity beside NaN": (sent(tensor(data=[float("-inf"), float("nan")])), None, "-Infinity is not a number"),
    "more than a double": (sent(tensor(data=[1, 2])).replace(b"2]}", b"1e309]}"), None, "out of range"),
    "10,001 rows": (
        sent(tensor(shape=[TOO_MANY, 2], data=[0] * 2 * TOO_MANY)), None, "10001 rows, and at most 10,000",
    ),
    "an unknown output": (sent(tensor(), outputs=[{"name": "logits"}]), None, "outputs: the model has no 'logits'"),
    "too many explanations": (
        sent(tensor(shape=[1_001, 2], data=[0] * 2_002), outputs=[{"name": "contributions"}]),
        None,
        "at most 1,000 rows are explained",
    ),
    "shared memory": (
        sent(tensor(data=None, parameters={"shared_memory_region": "r"})), None, "shared memory",
    ),
    "an infinite binary number": (*binary(behind=np.array([1, -np.inf]).tobytes()), "use: row 0 is -infinite"),
    "a truncated binary part": (*binary(behind=bytes(15)), "16, and 15 bytes are left"),
    "bytes that no tensor names": (*binary(behind=bytes(17)), "1 bytes more"),
    "a size that is no multiple": (*binary(15, behind=bytes(15)), "is 15, and its shape makes 16 bytes"),
    "a negative size": (*binary(-16, behind=bytes(16)), "is -16"),
    "a size beyond the body": (*binary(2**62, behind=bytes(16)), "its shape makes 16 bytes"),
    "a size without a header": (binary()[0], None, "0 bytes are left"),
    "data in both places": (
        sent(tensor(parameters={"binary_data_size": 16})) + bytes(16),
        str(len(sent(tensor(parameters={"binary_data_size": 16})))),
        "data in the JSON and behind it",
    ),
    "a header that is longer than the body": (sent(tensor()), "1000000", "is more than the body"),
    "a header in the middle of the JSON": (sent(tensor()), "20", "not JSON"),
    "a header of zero": (sent(tensor()), "0", "not JSON"),
    "a negative header": (sent(tensor()), "-1", "not a number of bytes"),
    "a header of text": (sent(tensor()), "ten", "not a number of bytes"),
    "a header of 400 digits": (sent(tensor()), "1" * 400, "not a number of bytes"),
    "a header in another script": (sent(tensor()), "٣٣", "not a number of bytes"),
    "five thousand tensors": (
        sent(*[tensor("age", shape=[1], data=[1])] * 5_000), None, "the model has 2 inputs, and these are many more",
    ),
    "NaN in a long text": (sent(tensor(data=[float("nan")] + [1.5] * 100_000)), None, "not JSON"),
    "eight megabytes of JSON": (b" " * 8_000_001, None, "8,000,001 bytes"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "header", "said"), REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_answered_is_refused_by_name(body: bytes, header: str | None, said: str) -> None:
    with pytest.raises(KeepwellError, match=said) as caught:
        read(body, header=header)
    assert isinstance(caught.value, BadTensor | TooManyRows)
    assert 400 <= caught.value.http_status < 500
    assert len(caught.value.message) < 1_000


@pytest.mark.parametrize(
    ("shape", "data", "said"),
    [
        ("[10000,2]", "[" + "[]," * 2_600_000 + "[]]", "2600001 numbers"),
        ("[10000,2]", "[" + "[]," * 19_999 + "[]]", "its rows do not have the shape"),
        ("[10000,2]", "[" + "1," * 3_990_000 + "1]", "3990001 numbers"),
        ("[" + "1," * 3_900_000 + "1]", "[1]", "length <= 8"),
        ("[10000,2]", "[" + ",".join(["5e-324"] * 20_000) + "]", "exponent of three digits"),
        ("[10000,2]", "[" + "NaN," * 60_000 + "NaN]", "beyond 200,000 bytes, NaN is not read"),
        ("[1,2]", "[1," + "9" * 300 + "]", "301 characters"),
    ],
    ids=["empty rows", "as many empty rows", "numbers", "a shape", "extreme numbers", "NaN", "digits"],
)
def test_what_takes_long_to_read_is_refused_before_it_is_read(shape: str, data: str, said: str) -> None:
    body = f'{{"inputs":[{{"name":"rows","shape":{shape},"datatype":"FP64","data":{data}}}]}}'.encode()
    start = process_time()
    with pytest.raises(BadTensor, match=said):
        read(body)
    assert process_time() - start < 0.4


def test_whole_rows_are_refused_where_a_newer_version_may_have_other_columns() -> None:
    with pytest.raises(BadTensor, match="may be replaced") as caught:
        read(sent(tensor()), takes_rows=False)
    assert "/versions/N/infer" in caught.value.hint


def test_the_largest_finite_numbers_are_taken() -> None:
    assert read(sent(tensor(data=[1e308, -1e308]))).rows.tolist() == [[1e308, -1e308]]


@pytest.mark.parametrize(
    ("others", "outputs"),
    [
        ({}, {"probability": False}),
        ({"outputs": []}, {"probability": False}),
        ({"parameters": {"binary_data_output": True}}, {"probability": True}),
        ({"outputs": [{"name": "probability", "parameters": {"binary_data": True}}]}, {"probability": True}),
        (
            {
                "parameters": {"binary_data_output": True},
                "outputs": [
                    {"name": "contributions"},
                    {"name": "probability", "parameters": {"binary_data": False}},
                ],
            },
            {"contributions": True, "probability": False},
        ),
    ],
)
def test_outputs_are_binary_as_the_request_says_for_each_or_for_all(
    others: dict[str, Any], outputs: dict[str, bool]
) -> None:
    assert read(sent(tensor(), **others)).outputs == outputs


def test_an_answer_has_its_binary_tensors_behind_the_json_in_the_order_of_its_outputs() -> None:
    asked = InferenceRequest(np.zeros((2, 2)), {"contributions": True, "probability": True}, "r-1")
    added, chances = np.arange(4.0).reshape(2, 2), np.array([0.1, 0.2])
    answer = encode_answer(asked, {"probability": chances, "contributions": added}, version=3)
    assert answer.header_length is not None
    described = json.loads(answer.body[: answer.header_length])
    assert (described["id"], described["model_version"]) == ("r-1", "3")
    assert [each["parameters"]["binary_data_size"] for each in described["outputs"]] == [32, 16]
    assert answer.body[answer.header_length :] == added.tobytes() + chances.tobytes()
