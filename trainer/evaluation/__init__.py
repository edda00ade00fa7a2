"""How good a model is on transcribed speech, whether another is better, and the way back.

    texts        what of a transcript is compared
    recognise    utterances through the app's own engine
    bootstrap    how far a figure may be off by chance
    figures      error rates by decoder, speaker and file, confusions
    comparison   two models on the same speech, paired; the gate for a new one
    versions     earlier versions of a model, and which is in use
    report       figures as text
    commands     `asr-trainer evaluate`, `compare`, `rollback`

Nothing is imported here: a training machine without the app's packages has the command line, too.
"""
