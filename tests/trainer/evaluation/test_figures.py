from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from asr_desktop.recognition.labels import Labels
from asr_desktop.teaching.dataset import DataError
from asr_desktop.teaching.scoring import comparable, score
from tests.fixtures.make_models import model_folder
from trainer.cli import main
from trainer.evaluation.comparison import evaluation_lines
from trainer.evaluation.figures import Confusion, confusions, evaluate, figures_of
from trainer.evaluation.recognise import BEAM, GREEDY, Recognised, read_spoken, recognise

CHINESE = Labels(("<pad>", "你", "好"), 0, None, frozenset({0}))
GERMAN = Labels(("<pad>", "|", *"abcdefghijklmnopqrstuvwxyzäöüß"), 0, "|", frozenset({0}))


def test_confusions_are_counted_with_the_most_frequent_first() -> None:
    found = confusions(["the cat sat", "the cat", "a dog ran"], ["the hat sat", "the hat", "dog ran off"])
    assert found == (Confusion("cat", "hat", 2), Confusion("", "off", 1), Confusion("a", "", 1))


def test_figures_add_up_by_speaker_and_by_file(packs: Path) -> None:
    utterances = read_spoken(packs / "held-out")
    references = tuple(utterance.text for utterance in utterances)
    hypotheses = tuple(" ".join(text.split()[1:]) for text in references)
    heard = Recognised("tiny", references, {BEAM: hypotheses, GREEDY: references}, 60.0, 3.0, 6.0)
    result = figures_of(heard, utterances, "held-out")
    beam, greedy = result.decoders
    assert beam.score == score(references, hypotheses)
    assert beam.wer.value == pytest.approx(1 / 3)
    assert beam.wer.low <= beam.wer.value <= beam.wer.high
    assert greedy.score.word_errors == 0
    assert {part.name for part in beam.speakers} == {"speaker0", "speaker1"}
    for parts in (beam.speakers, beam.files):
        assert sum(part.score.word_errors for part in parts) == beam.score.word_errors
        assert sum(part.score.words for part in parts) == beam.score.words
    assert beam.files[0].hypothesis == hypotheses[0]
    assert (result.real_time_factor, result.cpu_factor) == (0.05, 0.1)
    said = "\n".join(evaluation_lines(result))
    assert "beam search     33.3%  33.3%–33.3%" in said
    assert "speaker0" in said


def test_texts_are_compared_without_case_and_punctuation() -> None:
    assert comparable("»Schöne Grüße«, sagt’s!", GERMAN) == "schöne grüsse sagt's"
    assert comparable("你好。", CHINESE) == "你 好"


def test_recognition_says_what_the_app_says(packs: Path) -> None:
    from asr_desktop.recognition.beam_search import make_decoder
    from asr_desktop.recognition.emissions import load_emissions
    from asr_desktop.recognition.model_folder import ModelFolder
    from asr_desktop.recognition.recogniser import Recogniser

    folder = ModelFolder.load(model_folder("wav2vec2-group"))
    utterances = read_spoken(packs / "held-out")[:3]
    heard = recognise(folder.path, utterances)
    assert heard.decoders == (BEAM, GREEDY)
    emissions = load_emissions(folder)
    for decoder in heard.decoders:
        app = Recogniser(emissions, make_decoder(emissions.folder, decoder)[0])
        words = [" ".join(word.text for word in app.words(each.samples())) for each in utterances]
        assert [comparable(text, folder.labels) for text in words] == list(heard.hypotheses[decoder])
    assert any(heard.hypotheses[GREEDY])


def test_torch_and_onnx_say_the_same(packs: Path) -> None:
    utterances = read_spoken(packs / "held-out")[:2]
    folder = model_folder("wav2vec2-group")
    in_torch = recognise(folder, utterances, providers=["torch:cpu"])
    assert in_torch.hypotheses[GREEDY] == recognise(folder, utterances).hypotheses[GREEDY]


def test_the_command_prints_json_and_needs_no_torch(packs: Path) -> None:
    program = (
        "import sys; from trainer.cli import main; status = main(sys.argv[1:]); "
        "assert not {'torch', 'transformers'} & set(sys.modules), 'torch was loaded'; sys.exit(status)"
    )
    arguments = ["evaluate", str(model_folder("hubert")), str(packs / "held-out"), "--json"]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    [result] = json.loads(done.stdout)
    assert result["utterances"] == 6
    assert {figures["decoder"] for figures in result["decoders"]} == {BEAM, GREEDY}
    assert result["decoders"][0]["score"]["words"] == 18


def test_the_command_prints_a_table(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(model_folder("hubert")), str(packs / "held-out")]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("hubert on held-out: 6 utterances")
    assert "most frequent confusions (said → heard):" in printed


def test_what_cannot_be_measured_is_a_sentence(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "no-such-model", str(packs / "held-out")]) == 1
    assert "There is no model “no-such-model”" in capsys.readouterr().err
    with pytest.raises(DataError, match="no transcribed utterances"):
        evaluate(model_folder("hubert"), [])
