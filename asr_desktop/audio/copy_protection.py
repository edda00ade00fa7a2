"""Whether a file's sound is encrypted, as shops and streaming services sell it.

FFmpeg opens such a file and then finds nothing but damage. The container says what it is: ISO/IEC 23001-7
(Common Encryption) and Apple's and Audible's schemes have sample entries of their own, Windows Media an
object in its header.
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
_MOST_BOXES = 10_000


def is_copy_protected(file: WatchedFile, start: bytes) -> bool:
    """Whether no audio track of the file can be heard without a key; False where that cannot be known."""
    if start.startswith(_ASF):
        header = file.peek_at(0, _ASF_HEADER_BYTES)
        return any(mark in header for mark in _ASF_ENCRYPTION)
    if start[4:8] in (b"ftyp", b"moov", b"styp", b"mdat", b"wide", b"free", b"skip"):
        sound = [kinds for kinds in _entries_of_sound_tracks(file) if kinds]
        return bool(sound) and all(kinds & _ENCRYPTED_ENTRIES for kinds in sound)
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
