"""Spoken form to written form: what was recognised as people say it, as people write it.

    writer = Writer(WritingOptions(), language="en", punctuator=Punctuator(folder))
    written = writer.write(words, closed=True)

Words come in as the decoder spells them ("he came at twenty five past three"), and go out as they are sent
("He came at 3:25."). A written word keeps the words it was spoken in, with their times and confidences, so
that whatever plays, aligns, counts or teaches goes on with those.
"""
