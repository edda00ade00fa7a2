"""Whatever is wrong with a file, a person reads one sentence that says what and what to do."""

from __future__ import annotations

import errno
import io
import os
import re
import socket
from pathlib import Path

import numpy as np
import pytest

from asr_desktop.audio import media_file
from asr_desktop.audio.copy_protection import is_copy_protected
from asr_desktop.audio.media import probe
from asr_desktop.audio.read import read_all, read_blocks
from asr_desktop.audio.watched_file import WatchedFile, shown_name
from asr_desktop.base.errors import MediaError
from tests.fixtures import make_media


def sentence(path: Path | str) -> str:
    """What both verbs say; the same, in one sentence that ends in advice."""
    with pytest.raises(MediaError) as probing:
        probe(path)
    with pytest.raises(MediaError) as reading:
        read_all(path)
    said = str(reading.value)
    assert said == str(probing.value)
    assert re.fullmatch(r'".*" [^\n]+: [^\n]+\.', said), said
    assert not re.search(r"\. [A-Z]", said), said
    return said


CONTENTS = {
    "empty.wav": (b"", "is empty (0 bytes)"),
    "minutes.mp3": (b"Minutes of the meeting, taken down by hand.\n" * 50, "is a text file"),
    "page.mp3": (b"<!DOCTYPE html>\n<html><body>404</body></html>", "is a web page"),
    "indented.mp3": (b"\n\n  <html lang=de><body>Nicht gefunden</body></html>", "is a web page"),
    "list.mp3": (b"#EXTM3U\nhttp://192.0.2.1/radio.mp3\n", "is a playlist"),
    "concat.wav": (b"ffconcat version 1.0\nfile /etc/passwd\n", "is a playlist"),
    "random.mp3": (np.random.default_rng(5).bytes(60_000), "is not an audio or video file"),
    "zeros.wav": (bytes(20_000), "starts with zeros only"),
    "archive.zip": (b"PK\x03\x04" + np.random.default_rng(6).bytes(9_000), "is not an audio or video file"),
    "letter.docx": (b"PK\x03\x04\x14\x00\x06\x00" + bytes(3_000), "is not an audio or video file"),
    "paper.pdf": (
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + np.random.default_rng(7).bytes(9_000),
        "is not an audio or video file",
    ),
    "short.mp4": (b"\x00\x00\x00\x20ftypisom" + bytes(20), "is incomplete: its index"),
    "riff.wav": (b"RIFF\x00\x00\x00\x00WAVE", "is not an audio or video file"),
    "one.wav": (b"R", "is a text file"),
}
CONTENTS["umlaut.wav"] = (("Grüße aus Köln, wörtlich.\n" * 300).encode(), "is a text file")


@pytest.mark.parametrize("name", CONTENTS)
def test_files_that_are_no_recording(name: str, tmp_path: Path) -> None:
    content, expected = CONTENTS[name]
    (tmp_path / name).write_bytes(content)
    assert sentence(tmp_path / name).startswith(f'"{name}" {expected}')


def test_a_file_that_does_not_exist(tmp_path: Path) -> None:
    assert sentence(tmp_path / "gone.mp3").startswith('"gone.mp3" does not exist')
    (tmp_path / "file").write_bytes(b"x")
    assert sentence(tmp_path / "file" / "inside.mp3").startswith('"inside.mp3" does not exist')
    (tmp_path / "link.mp3").symlink_to(tmp_path / "nowhere.mp3")
    assert sentence(tmp_path / "link.mp3").startswith('"link.mp3" does not exist')


def test_names_that_no_file_can_have(tmp_path: Path) -> None:
    assert sentence(f"{tmp_path}/{'x' * 300}.mp3").startswith('"xxx')
    assert "cannot be opened" in sentence(f"{tmp_path}/nul\0.mp3")
    (tmp_path / "loop.mp3").symlink_to(tmp_path / "loop.mp3")
    assert "cannot be opened" in sentence(tmp_path / "loop.mp3")


def test_a_folder(tmp_path: Path) -> None:
    assert sentence(tmp_path).endswith("is a folder, not a recording: choose the files in it.")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are a POSIX thing")
def test_pipes_sockets_and_devices_are_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    assert "is a pipe, socket or device" in sentence(tmp_path / "pipe.wav")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.wav"))
        assert "is a pipe, socket or device" in sentence(tmp_path / "socket.wav")
    assert "is a pipe, socket or device" in sentence("/dev/zero")


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_media.write(tmp_path / "secret.wav", make_media.sine(440, 0.2, 8_000), 8_000)

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    # The tests may run as root, whom no permission bits stop.
    monkeypatch.setattr(media_file, "open", refuse, raising=False)
    assert sentence(path).startswith('"secret.wav" is not readable by this user')


def test_a_film_without_sound_and_a_picture(tmp_path: Path) -> None:
    assert "is a video without an audio track" in sentence(make_media.silent_film(tmp_path / "silent.mp4"))
    assert "is a picture" in sentence(make_media.png_picture(tmp_path / "cover.png"))
    assert "is a picture" in sentence(
        make_media.png_picture(tmp_path / "cover.png").rename(tmp_path / "talk.mp3")
    )


def test_a_track_without_a_single_sample(tmp_path: Path) -> None:
    path = tmp_path / "nothing.wav"
    make_media.wav_with_sizes(path, np.zeros(0, np.float32), 16_000, 36, 0)
    with pytest.raises(MediaError, match=r'^The audio track of "nothing\.wav" is empty: choose another'):
        read_all(path)


def test_an_impossible_sample_rate(tmp_path: Path) -> None:
    path = make_media.wav_with_sizes(
        tmp_path / "slow.wav", make_media.sine(440, 1, 8_000), 8_000, 16_036, 16_000
    )
    header = bytearray(path.read_bytes())
    header[24:28] = (3).to_bytes(4, "little")
    path.write_bytes(header)
    with pytest.raises(MediaError, match="impossible sample rate of 3 Hz"):
        read_all(path)


def test_a_movie_cut_before_its_index(tmp_path: Path) -> None:
    whole = make_media.write(tmp_path / "whole.m4a", make_media.speech_like(2, 44_100), 44_100)
    assert "is incomplete: its index" in sentence(make_media.cut(whole, tmp_path / "cut.m4a", 0.5))


class DyingFile(io.FileIO):
    """A file on a drive that is pulled out once so many bytes were read."""

    def __init__(self, path: str | Path, dies_at: int, code: int) -> None:
        super().__init__(path, "rb")
        self._dies_at, self._code = dies_at, code

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() >= self._dies_at:
            raise OSError(self._code, os.strerror(self._code))
        return super().read(-1 if size is None else size) or b""


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".m4a", ".webm", ".opus", ".flac"])
def test_a_disk_that_vanishes_while_reading(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_media.write(tmp_path / f"long{suffix}", make_media.speech_like(20, 48_000), 48_000)
    dies_at = path.stat().st_size * 2 // 3
    monkeypatch.setattr(media_file, "open", lambda p, mode: DyingFile(p, dies_at, errno.EIO), raising=False)
    with pytest.raises(MediaError) as caught:
        list(read_blocks(path))
    assert str(caught.value).startswith(
        f'"long{suffix}" could not be read to its end (Input/output error): check'
    )


def test_a_disk_that_fails_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_media.write(tmp_path / "talk.flac", make_media.sine(440, 1, 16_000), 16_000)
    monkeypatch.setattr(media_file, "open", lambda p, mode: DyingFile(p, 0, errno.ESTALE), raising=False)
    assert "(Stale file handle): check" in sentence(path)


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".opus"])
def test_a_file_that_is_shortened_while_reading(suffix: str, tmp_path: Path) -> None:
    signal = make_media.speech_like(20, 48_000)
    path = make_media.write(tmp_path / f"long{suffix}", signal, 48_000)
    blocks = read_blocks(path)
    next(blocks)
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(MediaError, match="could not be read to its end"):
        list(blocks)


def test_a_file_that_is_deleted_while_reading_is_still_read(tmp_path: Path) -> None:
    path = make_media.write(tmp_path / "long.wav", make_media.sine(440, 20, 16_000), 16_000)
    blocks = read_blocks(path)
    samples = next(blocks).size
    path.unlink()
    assert samples + sum(block.size for block in blocks) == 20 * 16_000


@pytest.mark.parametrize(
    "name",
    [
        'it\'s "quoted".wav',
        "http:x.wav",
        "concat:a|b.wav",
        "-y.wav",
        "a%03d.wav",
        "ünïcode 音声.wav",
        "line\nbreak.wav",
        "*?.wav",
        " .wav",
    ],
)
def test_any_name_can_be_read_and_shown(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_media.write(tmp_path / "plain.wav", make_media.sine(440, 0.5, 16_000), 16_000).rename(
        tmp_path / name
    )
    assert read_all(tmp_path / name).size == 8_000
    monkeypatch.chdir(tmp_path)
    assert read_all(name).size == 8_000
    assert "\n" not in shown_name(tmp_path / name)


@pytest.mark.skipif(os.name == "nt", reason="names on Windows are Unicode")
def test_names_that_are_not_utf_8(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.wav")
    make_media.write(tmp_path / "plain.wav", make_media.sine(440, 0.5, 16_000), 16_000).rename(
        tmp_path / name
    )
    assert read_all(tmp_path / name).size == 8_000
    os.truncate(tmp_path / name, 0)
    said = sentence(tmp_path / name)
    assert said.startswith('"caf\\xe9.wav" is empty')
    said.encode("utf-8")


def test_tags_that_are_not_utf_8_do_not_matter(tmp_path: Path) -> None:
    path = make_media.write(tmp_path / "tagged.wav", make_media.sine(440, 0.5, 16_000), 16_000)
    tag = b"INFOINAM\x06\x00\x00\x00caf\xe9\xff\x00"
    path.write_bytes(path.read_bytes() + b"LIST" + len(tag).to_bytes(4, "little") + tag)
    assert read_all(path).size == 8_000


def test_a_playlist_in_disguise_opens_no_other_file(tmp_path: Path) -> None:
    """With a byte in front that keeps it from looking like text, FFmpeg must still not follow it."""
    make_media.write(tmp_path / "private.wav", make_media.sine(440, 0.5, 16_000), 16_000)
    listing = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\nprivate.wav\n#EXT-X-ENDLIST\n"
    (tmp_path / "list.m3u8").write_bytes(listing.encode() + b"\x01")
    with pytest.raises(MediaError):
        read_all(tmp_path / "list.m3u8")


def test_an_encrypted_film_is_called_copy_protected(tmp_path: Path) -> None:
    """Common Encryption, as streaming services use it; FFmpeg would call it damaged."""
    key = {"encryption_key": "76a6c65c5ea762046bd749a2e632ccbb", "encryption_kid": 16 * "a7"}
    voice = make_media.speech_like(1.0, 44_100)
    encrypted = make_media.write_tracks(
        tmp_path / "film.mp4",
        [make_media.Track(voice, 44_100, "aac")],
        video_seconds=1.0,
        container_options={"encryption_scheme": "cenc-aes-ctr", **key},
    )
    for read in (read_all, probe):
        with pytest.raises(MediaError, match=r'"film\.mp4" is copy-protected'):
            read(encrypted)
    clear = make_media.write_tracks(tmp_path / "clear.mp4", [make_media.Track(voice, 44_100, "aac")])
    assert read_all(clear).size > 0


def test_a_track_of_windows_media_that_is_encrypted(tmp_path: Path) -> None:
    path = make_media.write(tmp_path / "a.wma", make_media.speech_like(1.0, 44_100), 44_100)
    sound = bytearray(path.read_bytes())
    # In the place of an object of the header that only describes.
    place = sound.find(bytes.fromhex("40a4d0d207e3d21197f000a0c95ea850"))
    assert place > 0
    sound[place : place + 16] = bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e")
    path.write_bytes(sound)
    with pytest.raises(MediaError, match="copy-protected"):
        read_all(path)


@pytest.mark.parametrize("encrypted", [True, False])
def test_an_encrypted_track_of_matroska(encrypted: bool, tmp_path: Path) -> None:
    def element(number: str, content: bytes) -> bytes:
        return bytes.fromhex(number) + (len(content) | 1 << 28).to_bytes(4, "big") + content

    encryption = element("6d80", element("6240", element("5035", element("47e1", b"\x05"))))
    picture = element("ae", element("d7", b"\x01") + element("83", b"\x01"))
    sound = element("ae", element("d7", b"\x02") + element("83", b"\x02") + encryption * encrypted)
    path = tmp_path / "film.webm"
    header = element("1a45dfa3", element("4282", b"webm"))
    path.write_bytes(header + bytes.fromhex("18538067ff") + element("1654ae6b", picture + sound))
    with path.open("rb") as file:
        watched = WatchedFile(file, path)
        assert is_copy_protected(watched, watched.peek_at(0, 64)) == encrypted
