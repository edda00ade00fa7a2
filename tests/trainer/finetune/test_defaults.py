from __future__ import annotations

from typing import Any

import pytest

from trainer.finetune.options import FinetuneRecipe, defaults_for, lay_over
from trainer.recipe import RecipeError, build


def recipe(minutes: float, parameters: float = 95e6, **settings: Any) -> FinetuneRecipe:
    options = {"new_head": False, "on_cpu": False, **settings}
    made: FinetuneRecipe = build(FinetuneRecipe, dict(defaults_for(60 * minutes, int(parameters), **options)))
    return made


@pytest.mark.parametrize(
    ("minutes", "rate", "steps"),
    [
        (5, (0.9e-5, 1.1e-5), (300, 800)),
        (30, (2e-5, 3e-5), (1000, 3000)),
        (300, (5e-5, 5e-5), (5000, 10_000)),
    ],
)
def test_large_networks_get_what_the_literature_says(
    minutes: float, rate: tuple[float, float], steps: tuple[int, int]
) -> None:
    schedule = recipe(minutes).schedule
    assert rate[0] <= schedule.learning_rate <= rate[1]
    assert steps[0] <= schedule.steps <= steps[1]


def test_more_speech_never_means_fewer_steps_or_a_smaller_rate() -> None:
    rows = [recipe(minutes).schedule for minutes in (1, 5, 9.9, 10, 30, 59, 60, 300, 1000)]
    assert [row.steps for row in rows] == sorted(row.steps for row in rows)
    assert [row.learning_rate for row in rows] == sorted(row.learning_rate for row in rows)


def test_a_new_head_learns_alone_at_first() -> None:
    made = recipe(120, new_head=True)
    assert made.trainable.head_only_share == 0.1
    assert made.masks.time_share == 0.65
    assert 13_000 <= made.schedule.steps <= 20_000


def test_small_networks_move_further() -> None:
    assert recipe(10, 7e6).schedule.learning_rate > 5 * recipe(10).schedule.learning_rate


def test_a_voice_is_taught_to_the_upper_layers_of_whispers_encoder_on_a_processor() -> None:
    voice = recipe(10, 20e6, family="whisper-ctc", on_cpu=True)
    assert voice.trainable.way == "top"
    assert recipe(10, 20e6, family="whisper-ctc", on_cpu=False).trainable.way == "whole"
    assert recipe(90, 20e6, family="whisper-ctc", on_cpu=True).trainable.way == "whole"
    assert voice.trainable.top_layers == 4
    # A smaller encoder may have fewer layers than that.
    assert recipe(10, 20e6, family="whisper-ctc", on_cpu=True, layers=2).trainable.top_layers == 2
    # Upper layers bear more than the whole network does.
    whole = recipe(10, 20e6, family="whisper-ctc", on_cpu=True, way="whole")
    assert whole.trainable.way == "whole"
    assert voice.schedule.learning_rate > whole.schedule.learning_rate


def test_the_less_speech_the_more_stays_of_whispers_encoder() -> None:
    two, ten = (recipe(minutes, 20e6, family="whisper-ctc", on_cpu=True) for minutes in (2, 10))
    assert two.checkpoints.start_share > ten.checkpoints.start_share
    assert two.schedule.steps < ten.schedule.steps


def test_whispers_encoder_is_trained_in_bfloat16_where_the_processor_multiplies_it() -> None:
    def precision(**settings: Any) -> str:
        return recipe(10, 20e6, on_cpu=True, **settings).optimisation.precision

    assert precision(family="whisper-ctc", cpu_has_bf16=True) == "bf16"
    assert precision(family="whisper-ctc") == "none"
    assert precision(cpu_has_bf16=True) == "none"  # not measured


def test_a_small_network_hears_most_of_a_little_speech_unmasked_and_in_small_steps() -> None:
    small, large = recipe(10, 7e6, on_cpu=True), recipe(10, on_cpu=True)
    assert small.masks.time_share < large.masks.time_share
    assert small.masks.channel_share == 0.0
    assert small.batches.seconds < large.batches.seconds
    assert small.evaluation.patience == 0  # it is not stopped before the rate has fallen
    assert small.checkpoints.choose == "last"  # a few utterances' luck does not choose its weights
    assert recipe(10, 7e6, new_head=True).checkpoints.choose == "best"
    assert small.optimisation.consistency > 0  # everything is heard twice, so that less is learnt by heart
    for other in (large, recipe(10, 7e6, way="lora"), recipe(10, 7e6, new_head=True), recipe(300, 7e6)):
        assert other.optimisation.consistency == 0.0
    # Hours of speech are no longer few steps.
    assert recipe(300, 7e6, on_cpu=True).batches.seconds == large.batches.seconds


@pytest.mark.parametrize("minutes", [0.5, 2, 5, 10, 20, 59, 60, 600])
@pytest.mark.parametrize("parameters", [3e5, 7e6, 59e6])
def test_a_small_network_never_gets_more_than_it_can_bear(minutes: float, parameters: float) -> None:
    schedule = recipe(minutes, parameters).schedule
    assert 1e-5 < schedule.learning_rate <= 8e-4
    assert 300 <= schedule.steps <= 20_000


def test_lora_learns_faster_than_the_whole_network() -> None:
    for parameters in (7e6, 95e6):
        whole = recipe(10, parameters).schedule.learning_rate
        assert recipe(10, parameters, way="lora").schedule.learning_rate > 2 * whole


def test_a_recipe_lies_over_the_defaults_setting_by_setting() -> None:
    merged = lay_over(
        {"schedule": {"steps": 5, "learning_rate": 1.0}},
        {"schedule": {"steps": 7}, "masks": {"time_share": 0.0}},
    )
    assert merged == {"schedule": {"steps": 7, "learning_rate": 1.0}, "masks": {"time_share": 0.0}}


@pytest.mark.parametrize(
    "tables",
    [
        {"schedule": {"shape": "square"}},
        {"trainable": {"way": "some"}},
        {"masks": {"time_share": 1.5}},
        {"optimisation": {"precision": "int4"}},
        {"batches": {"seconds": 0.0}},
        {"evaluation": {"measure": "bleu"}},
        {"checkpoints": {"nonsense": 1}},
        {"nonsense": {}},
        {"cache": {"use": True}},
    ],
)
def test_what_cannot_be_is_refused_by_name(tables: dict[str, Any]) -> None:
    with pytest.raises(RecipeError, match=r"\w+") as refused:
        build(FinetuneRecipe, tables)
    table = next(iter(tables))
    assert (next(iter(tables[table]), table)) in str(refused.value)
