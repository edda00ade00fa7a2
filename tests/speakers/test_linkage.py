"""Clusters and pairs, held against scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import squareform

from asr_desktop.speakers.linkage import average_linkage, best_pairs


def distances(count: int, seed: int) -> NDArray[np.float64]:
    points = np.random.default_rng(seed).normal(size=(count, 3))
    return np.linalg.norm(points[:, None] - points[None, :], axis=2)


def as_partition(labels: NDArray[np.int64]) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)}


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 40), st.integers(0, 10**6))
def test_the_tree_is_scipy_s(count: int, seed: int) -> None:
    apart = distances(count, seed)
    theirs = linkage(squareform(apart, checks=False), "average")
    tree = average_linkage(apart)
    np.testing.assert_allclose(tree.heights, theirs[:, 2], rtol=1e-9)
    for height in (0.5, 1.0, 2.0):
        assert as_partition(tree.below(height)) == as_partition(fcluster(theirs, height, "distance"))
    for clusters in (1, 2, 3, count, count + 1):
        assert as_partition(tree.of(clusters)) == as_partition(fcluster(theirs, clusters, "maxclust"))


def test_it_leaves_the_distances_alone_and_labels_count_from_0() -> None:
    apart = distances(12, 3)
    before = apart.copy()
    assert sorted(set(average_linkage(apart).of(5))) == [0, 1, 2, 3, 4]
    np.testing.assert_array_equal(apart, before)


def test_a_number_of_clusters_is_kept_where_distances_are_equal() -> None:
    equal = np.ones((6, 6)) - np.eye(6)
    assert [len(set(average_linkage(equal).of(clusters))) for clusters in range(1, 7)] == [1, 2, 3, 4, 5, 6]


def test_one_alone() -> None:
    tree = average_linkage(np.zeros((1, 1)))
    assert tree.of(3).tolist() == tree.below(1.0).tolist() == [0]


@settings(max_examples=120, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 10**6), st.booleans())
def test_pairs_cost_as_little_as_scipy_s(rows: int, columns: int, seed: int, is_coarse: bool) -> None:
    cost = np.random.default_rng(seed).normal(size=(rows, columns))
    if is_coarse:  # many of the same
        cost = np.round(cost)
    ours, theirs = best_pairs(cost), linear_sum_assignment(cost)
    assert len(ours[0]) == min(rows, columns)
    assert len(set(ours[0].tolist())) == len(set(ours[1].tolist())) == min(rows, columns)
    assert ours[0].tolist() == sorted(ours[0].tolist())
    assert cost[ours].sum() == pytest.approx(cost[theirs].sum())
