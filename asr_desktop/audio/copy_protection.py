"""Detects files whose sound is encrypted, such as those sold by shops and streaming services.

FFmpeg opens such a file and then reports only damage. The container states the encryption: ISO/IEC 23001-7
(Common Encryption) and Apple's and Audible's schemes have sample entries of their own, Windows Media an
object in its header, and Matroska and WebM an element of each track (RFC 9559).
"""

from __future__ import annotations

from collections.abc import Iterator

from asr_desktop.audio.watched_file import WatchedFile

_ENCRYPTED_ENTRIES = frozenset({b"enca", b"drms", b"drmi", b"aavd"})
_PATH_TO_ENTRIES = (b"mdia", b"minf", b"stbl", b"stsd")
_STSD_BYTES = 8  # version, flags and the number of entries
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_ENCRYPTION = (
    bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e"),
    bytes.fromhex("14e68a292226174cb935dae07ee9289c"),
)
_ASF_HEADER_BYTES = 64 * 1024
_EBML = bytes.fromhex("1a45dfa3")
_SEGMENT, _TRACKS, _TRACK, _TRACK_TYPE = 0x18538067, 0x1654AE6B, 0xAE, 0x83
_CLUSTER = 0x1F43B675
_PATH_TO_ENCRYPTION = (0x6D80, 0x6240, 0x5035)  # ContentEncodings, ContentEncoding, ContentEncryption
_MATROSKA_SOUND = 2
_MOST_BOXES = 10_000


def is_copy_protected(file: WatchedFile, start: bytes) -> bool:
    """Whether every audio track of the file is encrypted; False where that cannot be determined."""
    if start.startswith(_ASF):
        header = file.peek_at(0, _ASF_HEADER_BYTES)
        return any(mark in header for mark in _ASF_ENCRYPTION)
    if start[4:8] in (b"ftyp", b"moov", b"styp", b"mdat", b"wide", b"free", b"skip"):
        sound = [kinds for kinds in _entries_of_sound_tracks(file) if kinds]
        return bool(sound) and all(kinds & _ENCRYPTED_ENTRIES for kinds in sound)
    if start.startswith(_EBML):
        encrypted = list(_sound_tracks_of_matroska(file))
        return bool(encrypted) and all(encrypted)
    return False


def _entries_of_sound_tracks(file: WatchedFile) -> Iterator[set[bytes]]:
    """The kinds of sample entries of each audio track of an MP4 or QuickTime file."""
    for name, begin, end in _boxes(file, 0, file.size_at_opening):
        if name != b"moov":
            continue
        for track, track_begin, track_end in _boxes(file, begin, end):
            if track == b"trak" and _is_sound(file, track_begin, track_end):
                yield _entries(file, track_begin, track_end)


def _is_sound(file: WatchedFile, begin: int, end: int) -> bool:
    for _, media_begin, media_end in _named(file, begin, end, b"mdia"):
        for _, handler, _ in _named(file, media_begin, media_end, b"hdlr"):
            return file.peek_at(handler + 8, 4) == b"soun"
    return False


def _entries(file: WatchedFile, begin: int, end: int) -> set[bytes]:
    places = [(begin, end)]
    for name in _PATH_TO_ENTRIES:
        places = [
            (inner, until) for start, stop in places for _, inner, until in _named(file, start, stop, name)
        ]
    return {kind for inner, until in places for kind, _, _ in _boxes(file, inner + _STSD_BYTES, until)}


def _named(file: WatchedFile, begin: int, end: int, name: bytes) -> Iterator[tuple[bytes, int, int]]:
    return (box for box in _boxes(file, begin, end) if box[0] == name)


def _boxes(file: WatchedFile, begin: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, where its content begins, where it ends) of the boxes between two places."""
    for _ in range(_MOST_BOXES):
        header = file.peek_at(begin, 16)
        if begin + 8 > end or len(header) < 8:
            return
        size, content = int.from_bytes(header[:4], "big"), 8
        if size == 1:
            size, content = int.from_bytes(header[8:16], "big"), 16
        if size == 0:
            size = end - begin
        if size < content:
            return
        yield header[4:8], begin + content, min(begin + size, end)
        begin += size


def _sound_tracks_of_matroska(file: WatchedFile) -> Iterator[bool]:
    """Of each audio track, whether it is encrypted."""
    for segment, begin, end in _elements(file, 0, file.size_at_opening):
        if segment != _SEGMENT:
            continue
        for part, tracks, tracks_end in _elements(file, begin, end):
            if part == _CLUSTER:
                return  # the sound itself; tracks are described before it
            if part != _TRACKS:
                continue
            for track, inner, until in _elements(file, tracks, tracks_end):
                if track == _TRACK and _is_sound_of_matroska(file, inner, until):
                    yield _holds(file, inner, until, _PATH_TO_ENCRYPTION)


def _is_sound_of_matroska(file: WatchedFile, begin: int, end: int) -> bool:
    return any(
        element == _TRACK_TYPE and file.peek_at(inner, until - inner)[-1:] == bytes([_MATROSKA_SOUND])
        for element, inner, until in _elements(file, begin, end)
    )


def _holds(file: WatchedFile, begin: int, end: int, path: tuple[int, ...]) -> bool:
    """Whether there is an element at the end of this path."""
    return not path or any(
        element == path[0] and _holds(file, inner, until, path[1:])
        for element, inner, until in _elements(file, begin, end)
    )


def _elements(file: WatchedFile, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(number, where its content begins, where it ends) of the EBML elements between two places."""
    for _ in range(_MOST_BOXES):
        head = file.peek_at(begin, 12)
        if begin >= end or len(head) < 2:
            return
        id_length = 9 - head[0].bit_length()
        size_length = 9 - head[min(id_length, len(head) - 1)].bit_length()
        content = begin + id_length + size_length
        if id_length > 4 or size_length > 8 or id_length + size_length > len(head):
            return
        mask = (1 << (7 * size_length)) - 1
        size = int.from_bytes(head[id_length : id_length + size_length], "big") & mask
        until = end if size == mask else min(content + size, end)  # all ones: as long as it takes
        yield int.from_bytes(head[:id_length], "big"), content, until
        begin = until
