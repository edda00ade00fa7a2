"""Everything about one's own speech that needs no PyTorch; `trainer` learns from it.

dataset          an utterance and its sound; data.*: transcribed speech in any of the usual layouts
scoring          word and letter errors; listening: does a recording say what its transcript says
check            what is wrong with training data, before hours are spent on it
wizard           sentences that are read aloud, one take after the other
corrections      a corrected transcript → pairs of sound and text: pieces, recorded_sound, pair_folder
material         where a person's speech lies, what is held out of it, how long teaching takes
history          what each training gained
"""
