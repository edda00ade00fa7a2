"""Converts recognised words from spoken to written form: numbers, punctuation and capitals.

    writer = Writer(WritingOptions(), language="en", punctuator=Punctuator(folder))
    written = writer.write(words, closed=True)

The input is the decoder's spelling ("he came at twenty five past three"), the output the written form ("He
came at 3:25."). A written word keeps its spoken words with their times and confidences, which playback,
alignment, scoring and training use.
"""
