"""From voiceprints to speakers, on made voices: their number found or given, and two of a window kept
apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import squareform

from asr_desktop.speakers import clustering
from asr_desktop.speakers.clustering import MOST_MERGED, average_linkage, best_pairs, cluster
from asr_desktop.speakers.turns import SpeakerCount

AUTOMATIC = SpeakerCount()


def voices(
    speakers: int, of_each: int, spread: float = 0.6, seed: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Voiceprints that are about as like one another as real ones, and whose they are, in turn."""
    chance = np.random.default_rng(seed)
    centres = unit(chance.standard_normal((speakers, 192)))
    whose = np.arange(speakers * of_each) % speakers
    prints = unit(centres[whose] + spread * unit(chance.standard_normal((len(whose), 192))))
    return prints.astype(np.float32), whose


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def are_same(labels: NDArray[np.int64], whose: NDArray[np.int64]) -> bool:
    pairs = set(zip(labels.tolist(), whose.tolist(), strict=True))
    return len(pairs) == len(set(labels.tolist())) == len(set(whose.tolist()))


def long(count: int) -> NDArray[np.float32]:
    return np.full(count, 3.0, np.float32)


def alone(count: int) -> NDArray[np.int64]:
    """Nobody else in any window."""
    return np.zeros(count, np.int64)


@pytest.mark.parametrize("speakers", [1, 2, 5, 12])
def test_the_number_of_speakers_is_found(speakers: int) -> None:
    prints, whose = voices(speakers, 20)
    labels, centres = cluster(
        prints, long(len(prints)), np.arange(len(prints)), alone(len(prints)), AUTOMATIC
    )
    assert are_same(labels, whose)
    assert len(centres) == speakers
    assert np.allclose(np.linalg.norm(centres, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("wanted", [1, 2, 3, 6])
def test_the_number_that_is_given_is_kept(wanted: int) -> None:
    prints, _ = voices(4, 15)
    count = SpeakerCount(wanted, wanted)
    labels, centres = cluster(prints, long(len(prints)), np.arange(len(prints)), alone(len(prints)), count)
    assert len(centres) == wanted
    assert set(labels.tolist()) == set(range(wanted))


def test_a_range_bounds_what_is_found() -> None:
    prints, _ = voices(4, 15)
    windows = np.arange(len(prints))
    assert len(cluster(prints, long(60), windows, alone(60), SpeakerCount(2, 3))[1]) == 3
    assert len(cluster(prints, long(60), windows, alone(60), SpeakerCount(5, 9))[1]) == 5
    assert len(cluster(prints, long(60), windows, alone(60), SpeakerCount(2, 9))[1]) == 4


def test_more_speakers_than_voices_are_as_many_as_there_are() -> None:
    prints, _ = voices(2, 1)
    labels, _ = cluster(prints, long(2), np.arange(2), alone(2), SpeakerCount(5, 5))
    assert len(set(labels.tolist())) == 2


def test_two_who_were_told_apart_in_one_window_are_two_people_however_like() -> None:
    prints, _ = voices(1, 2, spread=0.3)
    windows = np.zeros(2, np.int64)
    assert len(cluster(prints, long(2), windows, np.array([0, 1]), AUTOMATIC)[1]) == 2
    assert len(cluster(prints, long(2), windows, np.array([0, 0]), AUTOMATIC)[1]) == 1


def test_the_same_sound_over_and_over_is_one_speaker() -> None:
    prints = np.repeat(voices(1, 1)[0], 40, axis=0) * np.float32(1.0000002)
    labels, centres = cluster(prints, long(40), np.arange(40), alone(40), AUTOMATIC)
    assert set(labels.tolist()) == {0}
    assert len(centres) == 1


def test_a_short_stretch_makes_no_speaker_of_its_own() -> None:
    prints, _ = voices(2, 20)
    stray, _ = voices(1, 1, seed=9)
    all_prints = np.concatenate([prints, stray])
    seconds = np.concatenate([long(40), np.array([2.0], np.float32)])
    labels, centres = cluster(all_prints, seconds, np.arange(41), alone(41), AUTOMATIC)
    assert len(centres) == 2
    assert set(labels[:40].tolist()) == {0, 1}


def test_a_long_recording_merges_no_more_pairs_than_a_shorter_one(monkeypatch: pytest.MonkeyPatch) -> None:
    merged: list[int] = []
    once = clustering._merged
    monkeypatch.setattr(
        clustering, "_merged", lambda prints, *rest: (merged.append(len(prints)), once(prints, *rest))[1]
    )
    monkeypatch.setattr(clustering, "MOST_MERGED", 200)
    prints, whose = voices(3, 300)
    labels, _ = cluster(prints, long(len(prints)), np.arange(len(prints)), alone(len(prints)), AUTOMATIC)
    assert merged == [200]
    assert are_same(labels, whose)
    assert MOST_MERGED >= 1000  # two hours of conversation are clustered whole


@pytest.mark.parametrize("count", [SpeakerCount(), SpeakerCount(2, 2), SpeakerCount(1, 3)])
def test_a_cough_takes_no_speakers_place(count: SpeakerCount) -> None:
    prints, whose = voices(2, 30)
    cough = unit(np.random.default_rng(9).standard_normal((1, 192)))
    prints = np.concatenate([prints, cough]).astype(np.float32)
    seconds = np.append(long(60), np.float32(1.6))
    labels, _ = cluster(prints, seconds, np.arange(61), alone(61), count)
    assert are_same(labels[:60], whose)


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
