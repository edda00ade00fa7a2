"""Which profile holds for the program in front, and what the settings keep of profiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from asr_desktop.base.settings import DictationProfile, Settings, load, save
from asr_desktop.dictation.desktop import Target
from asr_desktop.dictation.insertion import WAYS
from asr_desktop.dictation.profiles import PRESETS, profile_for, program_names
from asr_desktop.writing.options import PARTS

CODE = DictationProfile("Code", ("code", "kate"), writing_off=("marks",))
LETTERS = DictationProfile("Letters", ("thunderbird", "kate"), "german", "paste", hotwords=("Siobhan",))


@pytest.mark.parametrize(
    ("program", "name"), [("code", "Code"), ("kate", "Code"), ("Thunderbird", "Letters"), ("xterm", "")]
)
def test_the_first_profile_with_the_program_holds(program: str, name: str) -> None:
    assert profile_for(Target("0x1", program), (CODE, LETTERS)).name == name


def test_where_no_program_is_known_no_profile_holds() -> None:
    everything = DictationProfile("Nothing", ("",))
    assert profile_for(None, (everything,)) == DictationProfile()
    assert profile_for(Target(""), (everything,)) == DictationProfile()


def test_presets_are_what_the_program_knows() -> None:
    for preset in PRESETS.values():
        assert preset.programs == program_names(", ".join(preset.programs))
        assert set(preset.writing_off) <= set(PARTS)
        assert preset.way in ("", *WAYS)
    programs = [program for preset in PRESETS.values() for program in preset.programs]
    assert len(programs) == len(set(programs))


def test_names_are_typed_in_any_case_with_spaces() -> None:
    assert program_names(" Code, kate ,,code") == ("code", "kate")


def test_profiles_are_stored(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    save(Settings(dictation_profiles=(CODE, LETTERS)), file)
    assert load(file) == (Settings(dictation_profiles=(CODE, LETTERS)), None)
