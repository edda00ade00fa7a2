"""Preparation of the user's own speech for training, without PyTorch; `trainer` trains on it.

dataset          an utterance and its sound; data.*: transcribed speech in any of the usual layouts
scoring          word and character error rates; listening: whether a recording matches its transcript
check            problems of training data, found before the training
wizard           reading sentences aloud
corrections      a corrected transcript → pairs of sound and text: pieces, pair_folder
own_voice        the folders of the user's speech, its held-out part, estimates of the training time, and the
                 results of earlier trainings
"""
