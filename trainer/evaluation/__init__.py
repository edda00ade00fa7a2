"""How good a model is on transcribed speech, whether another is better.

    recognise        utterances through the app's own engine, and what of a transcript is compared
    figures          error rates by decoder, speaker and file, confusions, how far chance may carry them
    comparison       two models on the same speech, paired; the gate for a new one; figures as text
    decoder_weights  how much language model and word count are worth, found on speech
    commands         `asr-trainer evaluate`, `compare`, `rollback`

Nothing is imported here: a training machine without the app's packages has the command line, too.
"""
