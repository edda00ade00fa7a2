from __future__ import annotations

import csv
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr_desktop.audio.session import create_session
from asr_desktop.teaching.data import FORMATS, read, read_dataset
from asr_desktop.teaching.dataset import DataError, TrainingUtterance
from asr_desktop.transcripts.document import Segment, Transcript, Word
from asr_desktop.transcripts.export.json import render
from tests.fixtures.make_media import write
from tests.teaching.singing import sung, sung_talk, write_sung

TEXTS = ("abba cab bead", "dace face egg", "bead abba dace")


def transcripts(utterances: list[TrainingUtterance]) -> list[str]:
    return [utterance.transcript for utterance in utterances]


def lj_speech(folder: Path) -> Path:
    lines = []
    for number, text in enumerate(TEXTS):
        name = f"LJ00{number // 2 + 1}-000{number}"
        write_sung(folder / "wavs" / f"{name}.wav", text, rate=22_050)
        lines.append(f"{name}|{text.upper()}, 3rd|{text}\n")
    (folder / "metadata.csv").write_text("".join(lines), encoding="utf-8")
    return folder


def librispeech(folder: Path) -> Path:
    for number, text in enumerate(TEXTS):
        speaker, chapter = ("12", "7") if number < 2 else ("34", "9")
        name = f"{speaker}-{chapter}-000{number}"
        place = folder / "dev-clean" / speaker / chapter
        write_sung(place / f"{name}.flac", text)
        with (place / f"{speaker}-{chapter}.trans.txt").open("a") as table:
            table.write(f"{name} {text.upper()}\n")
    return folder


def common_voice(folder: Path) -> Path:
    rows = ["client_id\tpath\tsentence\tup_votes"]
    (folder / "clips").mkdir(parents=True)
    for number, text in enumerate(TEXTS):
        write(folder / "clips" / f"clip_{number}.mp3", sung(text), 16_000)
        rows.append(f'hash{number}\tclip_{number}.mp3\t"{text}"\t2')
    (folder / "train.tsv").write_text("\n".join(rows[:3]) + "\n", encoding="utf-8")
    (folder / "test.tsv").write_text("\n".join([rows[0], rows[3]]) + "\n", encoding="utf-8")
    return folder


def kaldi(folder: Path) -> Path:
    folder.mkdir(parents=True)
    sound, starts = sung_talk(TEXTS[:2])
    write(folder / "long.wav", sound, 16_000)
    write_sung(folder / "single.flac", TEXTS[2])
    ends = [starts[1] - 0.8, len(sound) / 16_000 - 0.4]
    (folder / "wav.scp").write_text("rec1 long.wav\nrec2 flac -c -d -s single.flac |\n")
    (folder / "text").write_text("".join(f"utt{n} {text}\n" for n, text in enumerate(TEXTS)))
    (folder / "segments").write_text(
        f"utt0 rec1 {starts[0]:.2f} {ends[0]:.2f}\nutt1 rec1 {starts[1]:.2f} {ends[1]:.2f}\n"
        "utt2 rec2 0.0 -1\n"
    )
    (folder / "utt2spk").write_text("utt0 anna\nutt1 anna\nutt2 ben\n")
    return folder


def text_beside_sound(folder: Path) -> Path:
    for number, text in enumerate(TEXTS):
        place = folder / ("anna" if number < 2 else "ben")
        write_sung(place / f"take.{number}.wav", text)
        (place / f"take.{number}.txt").write_text(f"{text}\n")
    return folder


def audiofolder(folder: Path) -> Path:
    rows = []
    for number, text in enumerate(TEXTS):
        write_sung(folder / "train" / "audio" / f"{number}.wav", text)
        rows.append({"file_name": f"audio/{number}.wav", "transcription": text, "speaker_id": number % 2})
    with (folder / "train" / "metadata.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    return folder


def manifest_jsonl(folder: Path) -> Path:
    lines = []
    for number, text in enumerate(TEXTS):
        write_sung(folder / f"{number}.wav", text)
        lines.append(json.dumps({"audio_filepath": f"{number}.wav", "text": text, "duration": 2.0}))
    (folder / "manifest.jsonl").write_text("\n".join(lines) + "\n")
    return folder


LAYOUTS = {
    "lj-speech": lj_speech,
    "librispeech": librispeech,
    "kaldi": kaldi,
    "folder": text_beside_sound,
    "huggingface": audiofolder,
    "manifest": manifest_jsonl,
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_is_known_by_itself_and_read_whole(layout: str, tmp_path: Path) -> None:
    place = LAYOUTS[layout](tmp_path / "data")
    found = read_dataset(place)
    assert [text.lower() for text in transcripts(found)] == list(TEXTS)
    assert transcripts(read_dataset(place, format=layout)) == transcripts(found)
    assert read(place).format.startswith(layout)
    for utterance in found:
        samples = utterance.samples()
        assert samples.dtype == np.float32
        assert np.abs(samples).max() > 0.1
        if layout != "manifest":  # which states its own lengths
            assert len(samples) / 16_000 == pytest.approx(utterance.seconds, abs=0.01)


def test_lj_speech_is_read_as_spoken_and_by_chapters(tmp_path: Path) -> None:
    found = read_dataset(lj_speech(tmp_path / "LJSpeech-1.1"))
    assert [u.session for u in found] == ["LJ001", "LJ001", "LJ002"]
    assert {u.speaker for u in found} == {"LJSpeech-1.1"}
    assert len(found[0].samples()) == pytest.approx(16_000 * found[0].seconds, abs=2)  # from 22.05 kHz


def test_librispeech_names_speakers_and_chapters(tmp_path: Path) -> None:
    found = read_dataset(librispeech(tmp_path))
    assert [(u.speaker, u.session) for u in found] == [("12", "12-7"), ("12", "12-7"), ("34", "34-9")]


def test_common_voice_reads_its_training_split_or_the_named_one(tmp_path: Path) -> None:
    place = common_voice(tmp_path / "cv")
    said: list[str] = []
    found = read_dataset(place, report=said.append)
    assert transcripts(found) == [f'"{text}"' for text in TEXTS[:2]]
    assert [u.speaker for u in found] == ["hash0", "hash1"]
    assert any("choose test.tsv" in line for line in said)
    assert transcripts(read_dataset(place / "test.tsv")) == [f'"{TEXTS[2]}"']
    assert len(found[0].samples()) / 16_000 == pytest.approx(found[0].seconds, abs=0.1)  # mp3


def test_kaldi_segments_are_stretches_of_their_recordings(tmp_path: Path) -> None:
    first, second, third = read_dataset(kaldi(tmp_path / "data"))
    assert first.path == second.path
    assert second.start_seconds > 1.0
    assert [u.speaker for u in (first, second, third)] == ["anna", "anna", "ben"]
    whole = TrainingUtterance(first.path, None, 0.0, "").samples()
    start = round(second.start_seconds * 16_000)
    np.testing.assert_array_equal(second.samples(), whole[start : start + len(second.samples())])


def test_kaldi_commands_are_never_run(tmp_path: Path) -> None:
    place = kaldi(tmp_path / "data")
    (place / "segments").unlink()
    trap = tmp_path / "was-run"
    (place / "wav.scp").write_text(f"utt0 touch {trap} |\nutt1 long.wav\nutt2 single.flac\n")
    reading = read(place)
    assert not trap.exists()
    assert [entry.item for entry in reading.left_out] == ["utt0"]
    assert "commands are not run" in reading.left_out[0].reason


def test_a_data_set_saved_by_hugging_face_is_read(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    files = [str(write_sung(tmp_path / f"{n}.wav", text, n)) for n, text in enumerate(TEXTS)]
    table = datasets.Dataset.from_dict({"audio": files, "sentence": list(TEXTS), "speaker_id": [1, 1, 2]})
    table = table.cast_column("audio", datasets.Audio(decode=False))
    stored = table.map(
        lambda row: {"audio": {"bytes": Path(row["audio"]["path"]).read_bytes(), "path": "x.wav"}}
    )
    datasets.DatasetDict({"test": stored.select([2]), "train": stored.select([1, 0])}).save_to_disk(
        tmp_path / "saved"
    )
    for file in files:
        Path(file).unlink()  # only the stored bytes are left
    found = read_dataset(tmp_path / "saved")
    assert transcripts(found) == [TEXTS[1], TEXTS[0]]
    assert [u.speaker for u in found] == ["1", "1"]
    np.testing.assert_allclose(found[1].samples(), sung(TEXTS[0], 0), atol=1e-4)
    assert transcripts(read_dataset(tmp_path / "saved" / "test")) == [TEXTS[2]]


def test_parquet_files_are_read(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = []
    for number, text in enumerate(TEXTS):
        sound = write_sung(tmp_path / f"{number}.flac", text).read_bytes()
        rows.append({"audio": {"bytes": sound, "path": f"{number}.flac"}, "text": text})
    (tmp_path / "set" / "data").mkdir(parents=True)
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "set/data/train-00000-of-00001.parquet")
    assert transcripts(read_dataset(tmp_path / "set")) == list(TEXTS)


def words_at(text: str, start: float) -> tuple[Word, ...]:
    words = []
    for word in text.split():
        end = start + 0.12 * len(word)
        words.append(Word(word, start, end, 1.0))
        start = end + 0.12
    return tuple(words)


def test_a_corrected_transcript_is_cut_at_pauses_and_by_speaker(tmp_path: Path) -> None:
    sound, starts = sung_talk(TEXTS, pause_seconds=2.0)
    write(tmp_path / "talk.wav", sound, 16_000)
    segments = tuple(
        Segment(words_at(text, start), speaker, is_confirmed=True)
        for text, start, speaker in zip(TEXTS, starts, ("Anna", "Ben", None), strict=True)
    )
    transcript = Transcript("talk.wav", len(sound) / 16_000, "model", segments)
    (tmp_path / "talk.json").write_bytes(render(transcript))
    found = read_dataset(tmp_path / "talk.json")
    assert transcripts(found) == list(TEXTS)
    assert [u.speaker for u in found] == ["Anna", "Ben", None]
    assert {u.session for u in found} == {"talk"}
    for utterance, start in zip(found, starts, strict=True):
        assert 0.0 < start - utterance.start_seconds <= 0.5


def test_of_a_transcript_only_what_somebody_corrected_or_confirmed_is_used(tmp_path: Path) -> None:
    sound, starts = sung_talk(TEXTS, pause_seconds=2.0)
    write(tmp_path / "talk.wav", sound, 16_000)
    segments = tuple(
        Segment(words_at(text, start), is_confirmed=number == 1)
        for number, (text, start) in enumerate(zip(TEXTS, starts, strict=True))
    )
    transcript = Transcript("talk.wav", len(sound) / 16_000, "model", segments)
    (tmp_path / "talk.json").write_bytes(render(transcript))
    reading = read(tmp_path / "talk.json")
    assert transcripts(reading.utterances) == [TEXTS[1]]
    assert {entry.reason for entry in reading.left_out} == {"nobody has corrected or confirmed it"}


def test_an_uncorrected_session_gives_only_what_was_sure(tmp_path: Path) -> None:
    session = create_session(tmp_path)
    sound, starts = sung_talk(TEXTS[:2])
    soundfile.write(session.part_path(1), sound, 16_000, subtype="PCM_16")
    session.append_event("started", 0.0)
    for number, (text, confidence) in enumerate(zip(TEXTS, (0.97, 0.5), strict=False)):
        words = [
            {"text": w.text, "start": w.start_seconds, "end": w.end_seconds, "confidence": confidence}
            for w in words_at(text, starts[number])
        ]
        start = starts[number]
        session.append_utterance(
            {"utterance": number, "text": text, "start": start, "end": start + 2.0, "words": words}
        )
    reading = read(session.path)
    assert transcripts(reading.utterances) == [TEXTS[0]], reading.left_out
    assert "not sure" in reading.left_out[0].reason
    assert any("has not been corrected" in note for note in reading.notes)


def test_a_packed_data_set_is_unpacked_once(tmp_path: Path, home: Path) -> None:
    lj_speech(tmp_path / "voice")
    with tarfile.open(tmp_path / "voice.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "voice", "voice")
    found = read_dataset(tmp_path / "voice.tar.gz")
    assert transcripts(found) == list(TEXTS)
    assert found[0].path.is_relative_to(home)
    again = read_dataset(tmp_path / "voice.tar.gz")
    assert [u.path for u in again] == [u.path for u in found]
    (tmp_path / "bad.tar").write_bytes(b"no archive")
    with pytest.raises(DataError, match="cannot be unpacked"):
        read_dataset(tmp_path / "bad.tar")


def test_what_cannot_be_used_is_left_out_by_name_and_reason(tmp_path: Path) -> None:
    write_sung(tmp_path / "good.wav", TEXTS[0])
    (tmp_path / "broken.wav").write_bytes(b"RIFF and then nothing")
    rows = [
        ("good.wav", TEXTS[0]),
        ("good.wav", "in 1998 he left"),
        ("good.wav", " - "),
        ("gone.wav", "gone"),
        ("broken.wav", "broken"),
    ]
    lines = ["file\ttranscript", *("\t".join(row) for row in rows)]
    (tmp_path / "manifest.tsv").write_text("\n".join(lines) + "\n")
    said: list[str] = []
    assert transcripts(read_dataset(tmp_path, report=said.append)) == [TEXTS[0]]
    told = "\n".join(said)
    for reason in ("digits", "no words", "missing (gone.wav)", "cannot be read"):
        assert reason in told


def test_nothing_usable_and_nothing_known_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        read_dataset(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"supported layouts: .*LJ Speech.*Kaldi") as caught:
        read_dataset(tmp_path / "empty")
    for layout in FORMATS.values():
        assert layout.DESCRIPTION in str(caught.value)
    with pytest.raises(DataError, match="There is no layout “elan”"):
        read_dataset(tmp_path / "empty", format="elan")
    (tmp_path / "empty" / "manifest.tsv").write_text("file\ttranscript\ngone.wav\thello\n")
    with pytest.raises(DataError, match=r"no usable utterance .*gone\.wav"):
        read_dataset(tmp_path / "empty")


@pytest.mark.parametrize("layout", FORMATS)
def test_a_layout_that_is_asked_for_and_not_there_is_a_sentence(layout: str, tmp_path: Path) -> None:
    with pytest.raises(DataError):
        read(tmp_path, format=layout)


def test_a_number_that_is_none_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "manifest.tsv").write_text("file\ttranscript\tseconds\na.wav\thello\tlong\n")
    with pytest.raises(DataError, match="line 2: “long” is not a number"):
        read_dataset(tmp_path)


def test_real_packs_are_read(shared_speech: Path) -> None:
    said: list[str] = []
    found = read_dataset(shared_speech / "commonvoice-dev.tar", report=said.append)
    assert len(found) == 25
    assert len({u.speaker for u in found}) > 5
    assert len(found[0].samples()) / 16_000 == pytest.approx(found[0].seconds, abs=0.05)
