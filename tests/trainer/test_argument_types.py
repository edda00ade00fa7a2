from __future__ import annotations

from collections.abc import Callable

import pytest
import typer

from trainer.commands.options import number_from_0, positive_count, positive_number, share


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (positive_number, {"0.5": 0.5, "1e3": 1000.0}, ["0", "-1", "nan", "inf", "two", ""]),
        (number_from_0, {"0": 0.0, "2.5": 2.5}, ["-1", "nan", "inf", "few"]),
        (positive_count, {"1": 1, "12": 12}, ["0", "-3", "1.5", "many"]),
        (share, {"0": 0.0, "0.25": 0.25, "1": 1.0}, ["-0.1", "1.1", "nan", "half"]),
    ],
)
def test_what_counts_as_one(kind: Callable[[str], float], good: dict[str, float], bad: list[str]) -> None:
    assert {text: kind(text) for text in good} == good
    for text in bad:
        with pytest.raises(typer.BadParameter, match=r"must be|is not a number"):
            kind(text)
