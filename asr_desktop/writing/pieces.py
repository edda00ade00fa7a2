"""Pieces of written text, as made by the rules, each with the spoken words that it stands for."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Piece:
    """`text`, without spaces, stands for the spoken words first … stop-1; for none where first == stop.

    is_word: the text is a word as it was spoken, and the network decides its capitals; otherwise a rule has
    written its final form. is_joined: the form continues in the next piece, so no mark may be put between
    them.
    """

    text: str
    first: int
    stop: int
    is_word: bool = False
    is_joined: bool = False


def listed(words: str) -> tuple[str, ...]:
    """The words of a list that is written with spaces between them."""
    return tuple(words.split())


def spoken_pieces(words: list[str], first: int, stop: int) -> list[Piece]:
    """These words, each as it was spoken."""
    return [Piece(words[index], index, index + 1, is_word=True) for index in range(first, stop)]


def laid_over(texts: list[str], first: int, stop: int) -> list[Piece]:
    """Several written words over the spoken words first … stop-1, in order.

    One spoken word each if the counts are equal; more spoken words are distributed in order; with fewer, the
    last written words get none.
    """
    count, spoken = len(texts), stop - first
    if not count:
        return []
    if count <= spoken:
        borders = [first + number * spoken // count for number in range(count + 1)]
    else:
        borders = [*range(first, stop), *[stop] * (count - spoken + 1)]
    return joined([Piece(text, borders[number], borders[number + 1]) for number, text in enumerate(texts)])


def joined(pieces: list[Piece]) -> list[Piece]:
    """These pieces, marked as one form."""
    return [*(replace(piece, is_joined=True) for piece in pieces[:-1]), *pieces[-1:]]
