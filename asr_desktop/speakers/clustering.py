"""Clusters voiceprints into speakers; the number of speakers is estimated or given.

Agglomerative clustering with average linkage on the angle between voiceprints, as in pyannote's pipeline
(Bredin 2023) and others. Only voiceprints of long stretches form the clusters, because those of a second of
speech are unreliable; the others then join the nearest cluster. At most MOST_MERGED voiceprints are merged
pair by pair, so that time and memory stay linear in the length of a recording.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asr_desktop.speakers.turns import MOST_SPEAKERS, SpeakerCount


@dataclass(frozen=True, slots=True)
class Tree:
    """Merges in ascending order of height: [n - 1, 2] one leaf of each side, and [n - 1] their mean
    distance."""

    leaves: NDArray[np.int64]
    heights: NDArray[np.float64]

    def below(self, height: float) -> NDArray[np.int64]:
        """Labels [n] from 0 of the clusters after all merges up to this height."""
        return self._after(int(np.searchsorted(self.heights, height, side="right")))

    def of(self, clusters: int) -> NDArray[np.int64]:
        """Labels [n] from 0 of this many clusters; one per leaf where there are fewer leaves."""
        return self._after(max(0, len(self.heights) + 1 - clusters))

    def _after(self, merges: int) -> NDArray[np.int64]:
        label = np.arange(len(self.heights) + 1)
        for first, second in self.leaves[:merges]:
            label[label == label[second]] = label[first]
        return np.unique(label, return_inverse=True)[1].astype(np.int64)


def average_linkage(distances: NDArray[np.float64]) -> Tree:
    """The tree over [n, n] distances: merges the two clusters with the smallest mean distance between members
    (UPGMA).

    Uses nearest-neighbour chains (Murtagh 1983), so that time grows with n² and not with n³.
    """
    count = len(distances)
    apart = distances.astype(np.float64)
    np.fill_diagonal(apart, np.inf)
    sizes = np.ones(count)
    leaves = np.zeros((max(0, count - 1), 2), np.int64)
    heights = np.zeros(max(0, count - 1))
    chain: list[int] = []
    for merge in range(count - 1):
        if not chain:
            chain.append(int(np.argmax(sizes > 0)))
        while True:
            nearest = int(np.argmin(apart[chain[-1]]))
            # Prefer the previous one on a tie; otherwise a chain might not end.
            if len(chain) > 1 and apart[chain[-1], chain[-2]] <= apart[chain[-1], nearest]:
                break
            chain.append(nearest)
        gone, kept = chain.pop(), chain.pop()
        leaves[merge], heights[merge] = (kept, gone), apart[kept, gone]
        mean = (sizes[kept] * apart[kept] + sizes[gone] * apart[gone]) / (sizes[kept] + sizes[gone])
        mean[[kept, gone]] = np.inf
        apart[kept], apart[:, kept] = mean, mean
        apart[gone], apart[:, gone] = np.inf, np.inf
        sizes[kept] += sizes[gone]
        sizes[gone] = 0.0
    order = np.argsort(heights, kind="stable")
    return Tree(leaves[order], heights[order])


def best_pairs(cost: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The assignment of rows to columns of [rows, columns] with the least total cost; as many pairs as
    possible, each row and column at most once.

    Shortest augmenting paths with potentials (the Hungarian method, Jonker and Volgenant 1987).
    """
    if cost.shape[0] > cost.shape[1]:
        columns, rows = best_pairs(cost.T)
        order = np.argsort(rows)
        return rows[order], columns[order]
    rows_count, columns_count = cost.shape
    of_row, of_column = np.zeros(rows_count), np.zeros(columns_count)
    row_of = np.full(columns_count, -1)
    for start in range(rows_count):
        least = np.full(columns_count, np.inf)
        before = np.full(columns_count, -1)
        seen = np.zeros(columns_count, bool)
        row, at = start, -1
        while True:
            price = cost[row] - of_row[row] - of_column
            is_better = ~seen & (price < least)
            least[is_better], before[is_better] = price[is_better], at
            step = int(np.argmin(np.where(seen, np.inf, least)))
            by = least[step]
            # Update of the potentials: reached columns keep a reduced cost of 0, all others get nearer by
            # `by`.
            of_row[start] += by
            of_row[row_of[seen]] += by
            of_column[seen] -= by
            least[~seen] -= by
            seen[step] = True
            at = step
            if row_of[step] < 0:
                break
            row = row_of[step]
        while at >= 0:
            previous = int(before[at])
            row_of[at] = row_of[previous] if previous >= 0 else start
            at = previous
    found = np.flatnonzero(row_of >= 0)
    order = np.argsort(row_of[found])
    return row_of[found][order].astype(np.int64), found[order]


MOST_MERGED = 2000
LONG_SECONDS = 1.5
"""Minimum seconds of speech for a voiceprint that forms clusters."""
SAME_SPEAKER = 0.2
"""Clusters whose voiceprints have a mean dot product below this are different people."""
LEAST_SHARE_SECONDS = 4.0
"""When the number of speakers is estimated, a cluster with less speech than this in its long stretches is not
a speaker."""
TOLD_APART = 1.0
"""Minimum distance between two people whom the segmentation separated within one window."""


def cluster(
    voiceprints: NDArray[np.float32],
    seconds: NDArray[np.float32],
    windows: NDArray[np.int64],
    places: NDArray[np.int64],
    count: SpeakerCount,
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Labels [n] from 0 for voiceprints [n, 192] of length 1, and the speakers' mean voices [speakers, 192].

    seconds: of speech in each voiceprint. windows, places: the segmentation separated two places of one
    window where they spoke at once, so they are not merged. There are fewer speakers than asked for only
    where there are fewer voiceprints.
    """
    chosen = _chosen(seconds)
    labels = _merged(voiceprints[chosen], seconds[chosen], windows[chosen], places[chosen], count)
    centres = mean_voices(voiceprints[chosen], seconds[chosen], labels)
    for _ in range(3):
        labels = (voiceprints @ centres.T).argmax(axis=1)
        refined = mean_voices(voiceprints, seconds, labels, of=len(centres))
        # A speaker without remaining voiceprints keeps the previous mean voice.
        centres = np.where(np.any(refined != 0, axis=1, keepdims=True), refined, centres)
    return labels, centres


def mean_voices(
    voiceprints: NDArray[np.float32],
    seconds: NDArray[np.float32],
    labels: NDArray[np.int64],
    of: int | None = None,
) -> NDArray[np.float32]:
    """[speakers, 192] of length 1: the mean of each speaker's voiceprints, weighted by their seconds of
    speech."""
    means = np.zeros((labels.max() + 1 if of is None else of, voiceprints.shape[1]), np.float32)
    np.add.at(means, labels, voiceprints * np.minimum(seconds, 5.0)[:, None])
    return means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-6)


def _chosen(seconds: NDArray[np.float32]) -> NDArray[np.int64]:
    """Indices of the voiceprints that form the clusters: the long ones or the longest available, spread over
    the recording."""
    long = np.flatnonzero(seconds >= LONG_SECONDS)
    if len(long) < min(len(seconds), 2 * MOST_SPEAKERS):
        long = np.sort(np.argsort(-seconds, kind="stable")[: 2 * MOST_SPEAKERS])
    if len(long) > MOST_MERGED:
        long = long[np.linspace(0, len(long) - 1, MOST_MERGED).round().astype(int)]
    return long


def _merged(
    voiceprints: NDArray[np.float32],
    seconds: NDArray[np.float32],
    windows: NDArray[np.int64],
    places: NDArray[np.int64],
    count: SpeakerCount,
) -> NDArray[np.int64]:
    if len(voiceprints) < 2:
        return np.zeros(len(voiceprints), np.int64)
    # Rounding makes some products a little more than 1.
    distances = np.maximum(0.0, 1.0 - voiceprints.astype(np.float64) @ voiceprints.T.astype(np.float64))
    told_apart = (windows[:, None] == windows[None, :]) & (places[:, None] != places[None, :])
    distances[told_apart] = np.maximum(distances[told_apart], TOLD_APART)
    tree = average_linkage(distances)
    labels = tree.below(1.0 - SAME_SPEAKER)
    lowest, highest = min(count.lowest, len(voiceprints)), count.highest or MOST_SPEAKERS
    if labels.max() + 1 < lowest:
        labels = tree.of(lowest)
    said = np.bincount(labels, weights=seconds)
    speakers = max(lowest, int((said >= min(LEAST_SHARE_SECONDS, said.max())).sum()))
    # The clusters with the most speech are the speakers, so a cough, unlike any voice, does not become one.
    is_kept = np.isin(labels, np.argsort(-said, kind="stable")[:speakers])
    if speakers > highest:
        labels[is_kept] = average_linkage(distances[np.ix_(is_kept, is_kept)]).of(highest)
    labels[~is_kept] = np.bincount(labels[is_kept], weights=seconds[is_kept]).argmax()
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)
