"""Clusters by average linkage, and the best pairs of two sets: the two combinatorial algorithms that
diarization needs, in NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


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
