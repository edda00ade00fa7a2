"""The beam of a search over CTC emissions: the likeliest prefixes after each frame.

A *prefix* is a possible text up to a frame, with the total probability of all label paths that print it
(Graves 2012, Hannun 2017). Probabilities are stored linearly, not as logarithms, so that adding paths is a
plain sum; they are rescaled when they become very small or very large.

Prefixes whose language model and hotword contexts are equal get the same future scores, so they are merged
at the next word. Their shares are kept, and the merged texts are separated again at the end.

Hotwords are rewarded letter by letter, in advance. This loan keeps a prefix in the beam, but does not
affect others: prefixes are compared with the best score without its loan.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from asr_desktop.recognition.hypothesis_merging import texts_of
from asr_desktop.recognition.text_scores import Context, PartialWord, TextScores

CREDIT = math.exp(5.0)
"""A prefix that only its loan keeps in the beam has to be better by this factor than one without a loan."""

BORROWERS = 0.5
"""How many of those there may be beside a full beam, in shares of its width."""

AUDIBLE = math.exp(-6.5)
"""How probable a label must be to bring a hotword forward that has been begun: the loan of a long phrase
would pay for letters that nobody said."""

_SMALLEST, _LARGEST = 1e-100, 1e100  # beyond, probabilities are rescaled

Tried = list[tuple[int, float]]  # labels of a frame and their probabilities


class Prefix:
    """A text up to a frame: words, and the letters of one that is not finished.

    begun: the prefix that its last word began with (itself where it is that one). last: the last label.
    by_blank, by_label: the probability of the paths that end in a blank, and in `last`; total is both, and
    arriving what comes to it in the present frame. following: label → (prefix, factor of the score).

    Of prefixes that a word begins with: sources, the prefixes that end the word before, which may be
    several, and the share that each has, last brought up to date in frame shared_in; count, how many words
    there are before.
    """

    __slots__ = (
        "arriving",
        "begun",
        "by_blank",
        "by_label",
        "context",
        "count",
        "following",
        "last",
        "part",
        "share",
        "shared_in",
        "sources",
        "total",
    )

    def __init__(self, begun: Prefix | None, last: int, part: PartialWord, context: Context) -> None:
        self.begun = begun or self
        self.last = last
        self.part = part
        self.context = context
        self.following: dict[int, tuple[Prefix, float]] = {}
        self.by_blank = self.by_label = self.total = self.arriving = self.share = 0.0
        if begun is None:
            self.sources: list[Prefix] = []
            self.count = 0
            self.shared_in = -1

    def is_out(self) -> bool:
        """Whether it is not in the beam, and nothing has come to it in the present frame."""
        return self.total == 0.0 and self.arriving == 0.0

    def drop(self) -> None:
        """Leave the beam."""
        self.by_blank = self.by_label = self.total = 0.0


class PrefixBeam:
    """The prefixes that remain after each frame.

    width: how many. window: what is less probable than the best one times this is dropped.
    """

    def __init__(self, scores: TextScores, width: int, window: float) -> None:
        self._scores = scores
        self._width = width
        self._window = window
        self._in_silence = False  # the frame before was nothing but blank
        self._offset = 0.0  # logarithm of what the probabilities have been rescaled by
        context = scores.start()
        self._best = Prefix(None, -1, context.root, context)
        self._best.by_blank = self._best.total = 1.0
        self._prefixes = [self._best]
        self._all = [self._best]
        self._newest: dict[tuple[Context, int, int], Prefix] = {}

    def hear_silence(self, blank: float) -> None:
        """Go on by a frame in which only the blank is to be tried, and has this probability."""
        self._offset += math.log(blank)
        if not self._in_silence:
            self._in_silence = True
            for prefix in self._prefixes:
                prefix.by_blank = prefix.total
                prefix.by_label = 0.0

    def hear(self, frame: int, blank: float, beginning: Tried, continuing: Tried) -> None:
        """Go on by a frame.

        blank: the blank's probability. beginning, continuing: labels to try that begin a word, and that go
        on with one.
        """
        self._in_silence = False
        staying = dict(continuing + beginning).get
        best = self._best
        # Of what is to be found; what cannot come near it is not looked at.
        best_total = (best.total * blank + best.by_label * staying(best.last, 0.0)) * best.part.unlent
        arrived: list[Prefix] = []
        if continuing:
            best_total = self._continue(continuing, best_total, arrived)
        for label, probability in beginning:
            best_total = self._begin_word(frame, label, probability, blank, best_total, arrived)
        self._settle(arrived, staying, blank, best_total)

    def _continue(self, continuing: Tried, best_total: float, arrived: list[Prefix]) -> float:
        """Lengthen the last words, note what is new in the beam in `arrived`, and give the best total."""
        cut = best_total * self._window
        for prefix in self._prefixes:
            wanted = prefix.part.wanted
            owes = prefix.part.unlent != 1.0
            for label, probability in continuing:
                if owes and probability < AUDIBLE and label in wanted:
                    continue
                arriving = (prefix.by_blank if label == prefix.last else prefix.total) * probability
                if arriving < cut and label not in wanted:
                    continue
                known = prefix.following.get(label) or self._lengthened(prefix, label, arriving, cut)
                if known is None:
                    continue
                longer, gain = known
                arriving *= gain
                if arriving < cut:
                    continue
                unlent = longer.part.unlent
                if unlent != 1.0 and arriving * unlent < cut and arriving < cut * CREDIT:
                    continue
                if longer.total == 0.0 and longer.arriving == 0.0:
                    arrived.append(longer)
                longer.arriving += arriving
                if arriving > best_total and arriving * unlent > best_total:
                    best_total = arriving * unlent
                    cut = best_total * self._window
        return best_total

    def _begin_word(
        self,
        frame: int,
        label: int,
        probability: float,
        blank: float,
        best_total: float,
        arrived: list[Prefix],
    ) -> float:
        """End the last words by a label that begins another; the best total so far."""
        cut = best_total * self._window
        scores = self._scores
        most_gain = scores.word_gain * (scores.label_gain if scores.letters[label] else 1.0)
        for prefix in self._prefixes:
            arriving = (prefix.by_blank if label == prefix.last else prefix.total) * probability
            if arriving * most_gain < cut:
                continue
            next_word, gain = prefix.following.get(label) or self._next_word(prefix, label)
            arriving *= gain
            if arriving < cut:
                continue
            if next_word is prefix:
                prefix.arriving += arriving
                continue
            if next_word.begun is next_word:
                next_word = self._shared(prefix, label, next_word, arriving, (frame, blank, probability))
            if next_word.total == 0.0 and next_word.arriving == 0.0:
                arrived.append(next_word)
            next_word.arriving += arriving
            unlent = next_word.part.unlent
            if arriving > best_total and arriving * unlent > best_total:
                best_total = arriving * unlent
                cut = best_total * self._window
        return best_total

    def _lengthened(
        self, prefix: Prefix, label: int, arriving: float, cut: float
    ) -> tuple[Prefix, float] | None:
        """`prefix` with one more label in its last word, and the factor of the score; None where what is
        arriving does not reach `cut` by it."""
        part = prefix.part
        longer, gain = part.edges.get(label) or self._scores.lengthened(prefix.context, part, label)
        if arriving * gain < cut:
            return None
        known = (self._made(Prefix(prefix.begun, label, longer, prefix.context)), gain)
        prefix.following[label] = known
        return known

    def _next_word(self, prefix: Prefix, label: int) -> tuple[Prefix, float]:
        """`prefix` with its word ended by a label that begins another, and the factor of the score."""
        scores = self._scores
        part, context = prefix.part, prefix.context
        begins_with_letters = bool(scores.letters[label])
        if not part.text:
            if not begins_with_letters:
                return prefix, 1.0  # a second space is the first one
            part, gain = part.edges.get(label) or scores.lengthened(context, part, label)
            known = (self._made(Prefix(prefix.begun, label, part, context)), gain)
        else:
            gain, context = context.following.get(part) or scores.finished(context, part)
            part = context.root
            if begins_with_letters:
                part, further_gain = part.edges.get(label) or scores.lengthened(context, part, label)
                gain *= further_gain
            count = prefix.begun.count + 1
            begun = self._newest.get((context, label, count))
            if begun is None or begun.following or (begun.sources and begun.is_out()):
                begun = self._made(Prefix(None, label, part, context))
                begun.count = count
                self._newest[context, label, count] = begun
            known = (begun, gain)
        prefix.following[label] = known
        return known

    def _made(self, prefix: Prefix) -> Prefix:
        self._all.append(prefix)
        return prefix

    def _shared(
        self, source: Prefix, label: int, begun: Prefix, arriving: float, step: tuple[int, float, float]
    ) -> Prefix:
        """`begun`, or another one in its place, once it is noted that `arriving` comes to it from `source`.

        step: number of the frame, and the probabilities of the blank and of `label` in it.
        """
        sources = begun.sources
        # What goes on from a prefix has the shares that its sources had until then: for others it is closed.
        if sources and (begun.is_out() or (begun.following and source not in sources)):
            del source.following[label]
            begun = self._next_word(source, label)[0]
            sources = begun.sources
        if not sources:
            sources.append(source)
        elif not begun.following and (len(sources) > 1 or source is not sources[0]):
            frame, blank, probability = step
            if begun.shared_in != frame or len(sources) == 1:
                begun.shared_in = frame
                left = begun.total * blank + begun.by_label * probability
                if len(sources) == 1:
                    sources[0].share = left + begun.arriving
                else:
                    scale = left / sum(other.share for other in sources)
                    for other in sources:
                        other.share *= scale
            if source not in sources:
                sources.append(source)
                source.share = 0.0
            source.share += arriving
        return begun

    def _settle(
        self, arrived: list[Prefix], staying: Callable[[int, float], float], blank: float, best_total: float
    ) -> None:
        """Work out the totals after a frame, and keep the prefixes that are good enough."""
        cut = best_total * self._window
        left: list[Prefix] = []
        best = self._best
        best_total = 0.0
        for prefix in self._prefixes + arrived:
            prefix.by_label = by_label = prefix.by_label * staying(prefix.last, 0.0) + prefix.arriving
            prefix.by_blank = by_blank = prefix.total * blank
            prefix.arriving = 0.0
            total = by_blank + by_label
            unlent = prefix.part.unlent
            if total < cut or (unlent != 1.0 and total * unlent < cut and total < cut * CREDIT):
                prefix.by_blank = prefix.by_label = prefix.total = 0.0
                continue
            prefix.total = total
            left.append(prefix)
            if total > best_total and total * unlent > best_total:
                best_total = total * unlent
                best = prefix
        if len(left) > self._width:
            left = self._narrowed(left)
        if not _SMALLEST < best_total < _LARGEST:
            self._offset += math.log(best_total)
            for prefix in left:
                prefix.by_blank /= best_total
                prefix.by_label /= best_total
                prefix.total /= best_total
        # The best one first: what comes of it tells what is not worth looking at.
        if left[0] is not best:
            place = left.index(best)
            left[0], left[place] = best, left[0]
        self._prefixes, self._best = left, best

    def _narrowed(self, prefixes: list[Prefix]) -> list[Prefix]:
        """The best of more prefixes than the beam is wide."""
        prefixes.sort(key=lambda prefix: -prefix.total * prefix.part.unlent)
        kept, others = prefixes[: self._width], prefixes[self._width :]
        borrowers = [prefix for prefix in others if prefix.part.unlent != 1.0]
        borrowers.sort(key=lambda prefix: -prefix.total)
        del borrowers[int(BORROWERS * self._width) :]
        staying = set(borrowers)
        for prefix in others:
            if prefix not in staying:
                prefix.drop()
        return kept + borrowers

    def texts(self, count: int) -> list[tuple[str, float]]:
        """Up to `count` texts, each with a space before each word, and their scores, best first."""
        final = []
        for prefix in self._prefixes:
            gain, context = 1.0, prefix.context
            if prefix.part.text:
                known = context.following.get(prefix.part) or self._scores.finished(context, prefix.part)
                gain, context = known
            final.append((prefix.total * gain * self._scores.ended(context), prefix))
        return [
            (text, math.log(probability) + self._offset)
            for probability, text in texts_of(final, count, self._window)
        ]

    def clear(self) -> None:
        """Drop all prefixes: their references are cyclic and would wait for the garbage collector."""
        for prefix in self._all:
            del prefix.following, prefix.begun
        self._all.clear()
        self._prefixes.clear()
