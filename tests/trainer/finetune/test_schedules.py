from __future__ import annotations

import itertools

import pytest

from trainer.finetune.options import ScheduleOptions
from trainer.training import learning_rate

SHAPES = ("cosine", "linear", "tri-stage", "one-cycle", "constant")


def rates(shape: str, count: int = 1001) -> list[float]:
    options = ScheduleOptions(learning_rate=2.0, shape=shape, warmup_share=0.1, final_share=0.05)
    return [learning_rate(number / (count - 1), options) for number in range(count)]


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_warms_up_to_its_peak_and_never_jumps(shape: str) -> None:
    values = rates(shape)
    assert 0 < values[0] < 0.1
    assert max(values) == pytest.approx(2.0)
    assert values.index(max(values)) == pytest.approx(100, abs=1)
    assert max(abs(a - b) for a, b in itertools.pairwise(values)) < 0.05


@pytest.mark.parametrize(
    ("shape", "end"),
    [
        ("cosine", 0.1),
        ("linear", 0.1),
        ("tri-stage", 0.1),
        ("one-cycle", 2.0 * 0.05 / 400),
        ("constant", 2.0),
    ],
)
def test_every_shape_ends_where_it_should(shape: str, end: float) -> None:
    assert rates(shape)[-1] == pytest.approx(end)


def test_tri_stage_holds_its_peak() -> None:
    values = rates("tri-stage")
    assert values[150] == values[450] == 2.0
    assert values[700] < 1.0


def test_one_cycle_agrees_with_torch() -> None:
    import torch

    parameter = torch.nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.SGD([parameter], lr=1.0)
    steps, final = 1001, 0.05
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, 2.0, total_steps=steps, pct_start=0.1, final_div_factor=400 / final / 25
    )
    found = []
    for _ in range(steps):
        found.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        if len(found) < steps:
            theirs.step()
    for number in (0, 50, 100, 500, 1000):
        assert rates("one-cycle")[number] == pytest.approx(found[number], rel=0.05, abs=0.01)


def test_what_lies_outside_the_training_is_its_edge() -> None:
    options = ScheduleOptions()
    assert learning_rate(1.7, options) == learning_rate(1.0, options)
    assert learning_rate(-1.0, options) == learning_rate(0.0, options)
