"""Self-supervised pre-training of a wav2vec2, continued on sound that nobody has transcribed.

    options     every setting, as a TOML recipe has them
    sound       files of sound → pieces of near-equal length
    network     a checkpoint with its quantiser, the frames that are hidden, and the step's figures
    loop        the training: resumable, logged, stopped at any moment
    command     `asr-trainer pretrain`

After Baevski et al. 2020, "wav2vec 2.0": some of the encoder's input is hidden, and the network has to tell
the quantised sound of each hidden frame from that of other frames (contrastive loss), with a code book that
is used evenly (diversity loss). What comes out is a pre-trained checkpoint for `asr-trainer train --from`.
"""
