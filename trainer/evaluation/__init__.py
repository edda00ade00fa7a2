"""Measures models on transcribed speech and compares them.

    recognise        recognises utterances with the app's engine, and normalises transcripts for comparison
    figures          error rates by decoder, speaker and file, confusions, confidence intervals
    comparison       two models on the same speech, paired; the gate for a new one; figures as text
    decoder_weights  tunes the weights of language model and word count on speech

Nothing is imported here, so that the command line works on a training machine without the app's packages.
"""
