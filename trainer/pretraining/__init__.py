"""Continued self-supervised pre-training of a wav2vec2 model on untranscribed sound.

    options     every setting of a TOML recipe
    sound       splits sound files into pieces of similar length
    network     a checkpoint with its quantiser, the masked frames, and the figures of a step
    loop        the training: resumable, logged, can be stopped at any time
    state       what is saved to resume it

After Baevski et al. 2020, "wav2vec 2.0": part of the encoder's input is masked, and the network must
distinguish the quantised sound of each masked frame from that of other frames (contrastive loss), with evenly
used code books (diversity loss). The result is a pre-trained checkpoint for `asr-trainer train --from`.
"""
