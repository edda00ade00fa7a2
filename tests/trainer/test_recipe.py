from __future__ import annotations

from pathlib import Path

import pytest

from trainer.finetune.options import FinetuneRecipe
from trainer.recipe import RecipeError, build, read_tables


def read_recipe(path: Path, overrides: tuple[str, ...] = ()) -> FinetuneRecipe:
    recipe: FinetuneRecipe = build(FinetuneRecipe, read_tables(path, overrides))
    return recipe


def test_settings_on_the_command_line_win(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text('[schedule]\nsteps = 10\n[tracking]\ntrackers = ["a"]\n')
    settings = ("schedule.steps=20", "optimisation.precision=bf16", 'tracking.trackers=["b", "c"]')
    recipe = read_recipe(path, settings)
    assert recipe.schedule.steps == 20
    assert recipe.optimisation.precision == "bf16"
    assert recipe.tracking.trackers == ("b", "c")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[schedule]\nstepz = 3\n", "schedule.stepz"),
        ("[schedule]\nsteps = 'many'\n", "schedule.steps"),
        ("[schedule]\nsteps = true\n", "schedule.steps"),
        ("[tracking]\ntrackers = 'a'\n", "square brackets"),
        ("schedule = 3\n", "table"),
        ("steps = = 3", "TOML"),
    ],
)
def test_what_is_wrong_with_a_recipe_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "r.toml"
    path.write_text(text)
    with pytest.raises(RecipeError, match=named):
        read_recipe(path)


def test_a_missing_recipe_and_a_setting_without_table_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="cannot be read"):
        read_recipe(tmp_path / "none.toml")
    path = tmp_path / "r.toml"
    path.write_text("")
    with pytest.raises(RecipeError, match=r"table\.key=value"):
        read_recipe(path, ("steps=3",))
