"""What a rule makes of some spoken words: pieces of written text, each with the spoken words that it stands
for."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Piece:
    """`text`, without spaces, stands for the spoken words first … stop-1; for none where first == stop.

    is_word: the text is a word as it was spoken, so that its capitals are the network's business; otherwise a
    rule has written it as it has to be.
    is_joined: the form goes on with the next piece, so that no mark comes between.
    """

    text: str
    first: int
    stop: int
    is_word: bool = False
    is_joined: bool = False


def listed(words: str) -> tuple[str, ...]:
    """Words apart by spaces, as the lists of a language's words are easiest to read."""
    return tuple(words.split())


def spoken_pieces(words: list[str], first: int, stop: int) -> list[Piece]:
    """These words, each as it was spoken."""
    return [Piece(words[index], index, index + 1, is_word=True) for index in range(first, stop)]


def laid_over(texts: list[str], first: int, stop: int) -> list[Piece]:
    """Several written words over the spoken words first … stop-1, in order.

    One each where they are as many; of more spoken words each gets its share, in order, and of fewer the last
    written ones get none.
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
    """Pieces of one form."""
    return [*(replace(piece, is_joined=True) for piece in pieces[:-1]), *pieces[-1:]]
