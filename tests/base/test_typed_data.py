"""Values of other types, odd numbers and nestings end in one sentence with their place."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_desktop.base.sentences import Sentence
from asr_desktop.base.typed_data import Shape, TypedData, TypedDataError, Within

HUGE = 10**400


@dataclass(frozen=True, slots=True)
class Layer:
    width: Annotated[int, Within(1, 64)] = 8
    rates: tuple[float, ...] = ()
    shape: Literal["linear", "constant"] = "linear"
    note: str | None = None

    def __post_init__(self) -> None:
        if self.note == "impossible":
            raise ValueError("there is no such layer")


@dataclass(frozen=True, slots=True)
class Network:
    name: str
    steps: int = 1
    rate: float = 0.5
    is_frozen: bool = False
    head: Layer = field(default_factory=Layer)
    layers: tuple[Layer, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    anything: Any = None


@dataclass(frozen=True, slots=True)
class Begun:
    at: int


@dataclass(frozen=True, slots=True)
class Ended:
    why: str


@dataclass(frozen=True, slots=True)
class Said:
    event: Begun | Ended


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "name is missing"),
        ({"steps": 2, "name": 5}, "name is 5; it must be a text"),
        ({"steps": True}, "steps is True; it must be a whole number"),
        ({"steps": HUGE}, "steps is 1000000000"),
        ({"steps": 10**5000}, "steps is a huge number; it must be a whole number"),
        ({"steps": 1.5}, "steps is 1.5; it must be a whole number"),
        ({"rate": True}, "rate is True; it must be a number"),
        ({"rate": "0.5"}, "rate is '0.5'; it must be a number"),
        ({"rate": float("nan")}, "rate is nan; it must be a number"),
        ({"rate": float("-inf")}, "rate is -inf; it must be a number"),
        ({"rate": HUGE}, "rate is 100000000000000000000000000000000000000…; it must be a number"),
        ({"rate": 10**5000}, "rate is a huge number; it must be a number"),
        ({"is_frozen": 1}, "is_frozen is 1; it must be true or false"),
        ({"head": 3}, "head is 3; it must be a table of settings"),
        ({"head": {"width": 65}}, "head.width is 65; it must be a whole number from 1 to 64"),
        ({"head": {"width": HUGE}}, "head.width is 1000000000000000"),
        ({"head": {"widht": 3}}, "head.widht does not exist; choose from width, rates, shape, note"),
        ({"head": {"shape": "round"}}, "head.shape is 'round'; it must be one of linear, constant"),
        ({"head": {"note": []}}, "head.note is []; it must be a text"),
        ({"layers": "abc"}, "layers is 'abc'; it must be a list, in square brackets"),
        ({"layers": [{}, {"rates": [1, "2"]}]}, "layers[1].rates[1] is '2'; it must be a number"),
        ({"layers": [{"note": "impossible"}]}, "layers[0]: there is no such layer"),
        ({"keys": {"up": 3}}, "keys.up is 3; it must be a text"),
        ({"keys": ["up"]}, "keys is ['up']; it must be a table of settings"),
        ([], "the content is []; it must be a table of settings"),
        (None, "the content is None; it must be a table of settings"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(values: Any, sentence: str) -> None:
    if isinstance(values, dict) and values:
        values = {"name": "n", **values}
    with pytest.raises(TypedDataError) as refused:
        TypedData().read(values, Network)
    assert str(refused.value).startswith(sentence)
    assert isinstance(refused.value.args[0], Sentence)


def test_what_was_written_is_read_again() -> None:
    made = Network("n", 3, 1.0, True, Layer(2, (0.5, 1.0)), (Layer(note="x"),), {"a": "b"}, [1, {"c": None}])
    assert TypedData().read(json.loads(json.dumps(TypedData().write(made))), Network) == made


def test_keys_of_newer_versions_are_passed_over_where_that_is_asked_for() -> None:
    values = {"name": "n", "newer": 1, "head": {"newer": 2}}
    assert TypedData(passes_over_unknown=True).read(values, Network) == Network("n")


def test_a_union_says_which_of_its_classes_it_is() -> None:
    data = TypedData(unions=[Begun | Ended])
    written = data.write(Said(Ended("all read")))
    assert written == {"event": {"type": "Ended", "why": "all read"}}
    assert data.read(written, Said) == Said(Ended("all read"))
    for wrong in ({"type": "Said"}, {"type": ["Ended"]}, {"why": "x"}, "Ended"):
        with pytest.raises(TypedDataError, match=r"^event is .*; it must be one of Begun, Ended$"):
            data.read({"event": wrong}, Said)


def test_a_class_may_have_a_form_of_its_own() -> None:
    shapes = {Begun: Shape(lambda begun: begun.at, lambda value: Begun(int(str(value))))}
    data = TypedData(shapes=shapes, unions=[Begun | Ended])
    assert data.read(data.write(Begun(5)), Begun) == Begun(5)
    with pytest.raises(TypedDataError, match="invalid literal"):
        data.read("five", Begun)


ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.sampled_from([HUGE, -HUGE])
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["name", "steps", "rate", "is_frozen", "head", "layers", "keys", "anything", "width", "rates"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(ODD)
def test_odd_values_are_read_or_refused_in_one_sentence(value: object) -> None:
    for data in (TypedData(), TypedData(passes_over_unknown=True)):
        said: object = Sentence("It was read.")
        try:
            read = data.read(value, Network)
        except TypedDataError as refused:
            said = refused.args[0]
        else:
            assert type(read.steps) is int
            assert type(read.rate) is float
            assert math.isfinite(read.rate)
        assert isinstance(said, Sentence)
        assert "\n" not in said
