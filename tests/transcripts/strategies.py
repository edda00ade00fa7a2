"""Random words and transcripts for the property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from asr_desktop.transcripts.document import Segment, Transcript, Word

ORDINARY = st.sampled_from(
    ["a", "the", "of", "and", "I", "said", "Jimmie", "Dale", "Mr.", "house.", "Really?", "yes;", "42", "it's"]
)
LONG = st.text("abcdefgh", min_size=44, max_size=140)
CHINESE_AND_JAPANESE = st.text("今日は世界。、「」ー中文字幕abc", min_size=1, max_size=60)
ANYTHING = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp", "Zs")), min_size=1, max_size=20
)
TEXTS = st.one_of(ORDINARY, ORDINARY, ORDINARY, LONG, CHINESE_AND_JAPANESE, ANYTHING).filter(
    lambda text: text == text.strip()
)
# Text that no subtitle parser takes for markup or for a cue's number.
HARMLESS_TEXTS = st.one_of(ORDINARY.filter(lambda text: text != "42"), LONG, CHINESE_AND_JAPANESE)

# On the grid of 16 kHz samples, as the recogniser's times are.
_SAMPLES = st.integers(min_value=0, max_value=16_000)
_CONFIDENCES = st.integers(min_value=0, max_value=1_000_000).map(lambda millionths: millionths / 1_000_000)


@st.composite
def words(
    draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS, min_size: int = 0, max_size: int = 40
) -> list[Word]:
    """Words in order: anything from all at one moment to seconds of silence between them."""
    spoken = draw(
        st.lists(st.tuples(texts, _SAMPLES, _SAMPLES, _CONFIDENCES), min_size=min_size, max_size=max_size)
    )
    # Fast, ordinary and slow speech; a rare long silence.
    pace = draw(st.sampled_from([0, 1, 4, 16]))
    sample = draw(_SAMPLES)
    result = []
    for text, pause, length, confidence in spoken:
        sample += pause * pace // 16 * (20 if pause % 10 == 0 else 1)
        end = sample + length * pace // 16
        result.append(Word(text, sample / 16_000, end / 16_000, confidence))
        sample = end
    return result


@st.composite
def transcripts(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> Transcript:
    spoken = draw(words(texts))
    segments: list[list[Word]] = []
    for word in spoken:
        if not segments or draw(st.integers(0, 5)) == 0:
            segments.append([])
        segments[-1].append(word)
    return Transcript(
        source=draw(st.sampled_from(["talk.mp3", "/home/björk/Gespräch 1.wav", "C:\\talks\\one.mp4"])),
        duration_seconds=spoken[-1].end_seconds if spoken else 0.0,
        model="starter-en",
        segments=tuple(Segment(tuple(s), is_confirmed=draw(st.booleans())) for s in segments),
        is_corrected=draw(st.booleans()),
    )
