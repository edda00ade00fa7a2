"""Settings: what is stored comes back, and nothing that the user wrote is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asr_desktop.base import settings
from asr_desktop.base.settings import DictationProfile, Settings, SettingsError, load, save

PLAIN = st.one_of(
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
)
NESTED = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_without_a_file_there_are_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "absent.toml") == (Settings(), None)


@given(remembered=st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), NESTED, max_size=4))
def test_what_is_stored_comes_back(
    tmp_path_factory: pytest.TempPathFactory, remembered: dict[str, object]
) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.toml"
    stored = Settings(
        theme="dark",
        hotwords=('O"Neill\\', "Ürümqi:12"),
        overlay_opacity=0.5,
        threads=3,
        remembered=remembered,
    )
    save(stored, path)
    assert load(path) == (stored, None)


def test_every_setting_can_be_stored(tmp_path: Path) -> None:
    others = {}
    for setting in fields(Settings):
        match getattr(Settings(), setting.name):
            case bool(value):
                others[setting.name] = not value
            case int(value) | float(value):
                others[setting.name] = type(value)(value + 1)
            case str():
                others[setting.name] = "light"
            case tuple() if setting.name == "dictation_profiles":
                others[setting.name] = (DictationProfile("Code", ("kate",)), DictationProfile("Mail"))
            case tuple():
                others[setting.name] = ("one", "two")
            case _:
                others[setting.name] = {"name.of it": "value"}
    del others["unknown"]
    stored = Settings(**others)
    save(stored, tmp_path / "s.toml")
    assert load(tmp_path / "s.toml") == (stored, None)


def test_what_a_newer_version_wrote_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text('theme = "dark"\nfrom_the_future = [1, {when = 2030-01-02}]\n')
    loaded, sentence = load(path)
    assert (loaded.theme, sentence) == ("dark", None)
    save(loaded.changed(theme="light"), path)
    again, _ = load(path)
    assert again.theme == "light"
    assert again.unknown == loaded.unknown != {}


def test_a_broken_file_is_set_aside_and_named(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"theme = \xff")
    loaded, sentence = load(path)
    assert loaded == Settings()
    (kept,) = tmp_path.iterdir()
    assert kept.read_bytes() == b"theme = \xff"
    assert str(kept) in str(sentence)


@pytest.mark.parametrize(
    "line",
    [
        "theme = 3",
        'theme = "purple"',
        "threads = 1.5",
        "threads = true",
        'hotwords = "one"',
        "hotwords = [1]",
        "shortcuts = {a = 1}",
        "remembered = 1",
        'hangover_ms = "long"',
    ],
)
def test_a_value_of_the_wrong_type_has_its_default_again(tmp_path: Path, line: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"overlay_lines = 3\n{line}\n")
    loaded, sentence = load(path)
    assert loaded == Settings(overlay_lines=3)
    assert line.split()[0] in str(sentence)


def test_a_disk_that_refuses_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file where the folder should be")
    with pytest.raises(SettingsError, match="cannot be saved"):
        save(Settings(), tmp_path / "folder" / "settings.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_the_file_is_the_program_s_own(home: Path) -> None:
    settings.save(Settings(theme="dark"))
    assert (home / "settings.toml").read_text() == 'theme = "dark"\n'


@pytest.mark.parametrize(
    "line",
    [
        "threads = inf",
        "threads = -1",
        "threads = 1000000000",
        "threads = 1" + "0" * 400,
        "hangover_ms = nan",
        "voice_threshold = inf",
        "overlay_lines = 1000000000",
    ],
)
def test_a_number_out_of_all_range_costs_only_its_own_setting(tmp_path: Path, line: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f'{line}\nlanguage = "de"\n')
    settings, sentence = load(path)
    assert settings == Settings(language="de")
    assert sentence is not None
    assert line.split()[0] in sentence


def test_what_a_page_remembers_is_never_infinite(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("[remembered]\na = inf\nb = [1, nan]\nc = 2\n")
    assert load(path) == (Settings(remembered={"c": 2}), None)


@pytest.mark.parametrize(
    "content",
    [b"a = " + b"[" * 5000 + b"]" * 5000, b"a" + b".a" * 5000 + b" = 1", b"\xff\xfe", b"#" * 20_000_000],
)
def test_a_file_that_nobody_could_have_written_is_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(content)
    settings, sentence = load(path)
    assert settings == Settings()
    assert sentence is not None
    assert not path.exists()
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_place_of_the_settings_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    os.mkfifo(path)
    settings, sentence = load(path)
    assert settings == Settings()
    assert sentence is not None
    save(settings.changed(language="de"), path)
    assert load(path)[0].language == "de"


def test_settings_are_read_without_what_takes_long_to_import(tmp_path: Path) -> None:
    """The window waits for them."""
    path = tmp_path / "settings.toml"
    others = Settings(theme="dark", threads=3, hangover_ms=500.0, hotwords=("Ada:12",), shortcuts={"a": "b"})
    save(others.changed(remembered={"files.width": 3}), path)
    program = "import sys; from asr_desktop.base.settings import *; from pathlib import Path\n"
    program += f"print(load(Path({str(path)!r}))[0].threads, 'cattrs' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "3 False\n"


def test_a_profile_loses_nothing_to_another_one(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(
        '[[dictation_profiles]]\nname = "Code"\nprograms = ["kate"]\nfrom_the_future = {x = 1}\n'
        '[[dictation_profiles]]\nname = "Mail"\nhotwords = "one"\nway = "typed"\n'
        '[[dictation_profiles]]\nname = "Chat"\n'
    )
    loaded, sentence = load(path)

    assert [profile.name for profile in loaded.dictation_profiles] == ["Code", "Mail", "Chat"]
    assert loaded.dictation_profiles[0].programs == ("kate",)
    assert loaded.dictation_profiles[1] == DictationProfile("Mail", way="typed")
    assert str(sentence).endswith("were reset to their defaults: dictation_profiles[1].hotwords.")

    save(loaded.changed(theme="light"), path)
    again, nothing = load(path)
    assert (again.dictation_profiles, nothing) == (loaded.dictation_profiles, None)
    assert again.dictation_profiles[0].unknown == {"from_the_future": {"x": 1}}
    assert hash(again.dictation_profiles[0]) == hash(loaded.dictation_profiles[0])


@pytest.mark.parametrize(("value", "named"), [("3", "dictation_profiles"), ("[3]", "dictation_profiles[0]")])
def test_what_is_no_profile_is_named(tmp_path: Path, value: str, named: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"overlay_lines = 3\ndictation_profiles = {value}\n")
    loaded, sentence = load(path)
    assert loaded == Settings(overlay_lines=3)
    assert str(sentence).endswith(f": {named}.")


@pytest.mark.parametrize("minutes", ["-1", "601", "1e12", "nan"])
def test_a_model_stays_for_no_longer_than_can_be_waited(tmp_path: Path, minutes: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"model_idle_minutes = {minutes}\n")
    loaded, sentence = load(path)
    assert loaded == Settings()
    assert "model_idle_minutes" in str(sentence)
