from __future__ import annotations

from pathlib import Path

import pytest

from trainer.recipe import RecipeError, read_recipe

RECIPES = Path(__file__).parents[2] / "trainer" / "recipes"


@pytest.mark.parametrize("path", sorted(RECIPES.glob("starter-*.toml")), ids=lambda path: path.stem)
def test_every_recipe_in_the_repository_is_valid(path: Path) -> None:
    recipe = read_recipe(path)
    assert recipe.training.steps > 0


def test_settings_on_the_command_line_win(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text('[training]\nsteps = 10\n[data]\ntrain = ["a"]\n')
    recipe = read_recipe(path, ("training.steps=20", "training.precision=bf16", 'data.train=["b", "c"]'))
    assert recipe.training.steps == 20
    assert recipe.training.precision == "bf16"
    assert recipe.data.train == ("b", "c")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[training]\nstepz = 3\n", "training.stepz"),
        ("[training]\nsteps = 'many'\n", "training.steps"),
        ("[training]\nsteps = true\n", "training.steps"),
        ("[data]\ntrain = 'a'\n", "square brackets"),
        ("training = 3\n", "table"),
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
