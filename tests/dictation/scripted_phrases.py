"""What people say while they dictate: phrases that are commands, and sentences that hold their words.

`python -m benchmarks.spoken_commands` has the same phrases spoken by synthetic voices.
"""

from __future__ import annotations

from asr_desktop.dictation.spoken_commands import Act

Acts = list[tuple[Act, str]]

_ALONE = {
    "new line": (Act.TEXT, "\n"), "next line": (Act.TEXT, "\n"), "newline": (Act.TEXT, "\n"),
    "new paragraph": (Act.TEXT, "\n\n"), "next paragraph": (Act.TEXT, "\n\n"),
    "comma": (Act.TEXT, ","), "full stop": (Act.TEXT, "."), "period": (Act.TEXT, "."),
    "question mark": (Act.TEXT, "?"), "exclamation mark": (Act.TEXT, "!"),
    "exclamation point": (Act.TEXT, "!"),
    "colon": (Act.TEXT, ":"), "semicolon": (Act.TEXT, ";"), "dash": (Act.TEXT, "–"),
    "hyphen": (Act.TEXT, "-"),
    "ellipsis": (Act.TEXT, "…"), "dot dot dot": (Act.TEXT, "…"),
    "open quote": (Act.TEXT, "“"), "close quote": (Act.TEXT, "”"), "unquote": (Act.TEXT, "”"),
    "open bracket": (Act.TEXT, "("), "close bracket": (Act.TEXT, ")"),
    "scratch that": (Act.SCRATCH, ""), "delete that": (Act.SCRATCH, ""), "undo that": (Act.UNDO, ""),
    "select that": (Act.SELECT, ""), "press enter": (Act.KEY, "Return"), "press tab": (Act.KEY, "Tab"),
    "stop listening": (Act.STOP, ""), "stop dictation": (Act.STOP, ""),
    "best regards": (Act.TEXT, "Best regards,\nAda"), "send it": (Act.KEY, "Ctrl+Return"),
}  # fmt: skip

_SENTENCES = (
    "the meeting starts at ten", "dear professor", "i will see you on monday", "have you seen the report",
)  # fmt: skip

COMMAND_PHRASES: list[tuple[tuple[str, ...], Acts]] = [
    *(((phrase,), [does]) for phrase, does in _ALONE.items()),
    *(
        ((sentence, phrase), [(Act.WORDS, sentence), does])
        for number, (phrase, does) in enumerate(_ALONE.items())
        for sentence in (_SENTENCES[number % 4],)
    ),
    *(
        ((phrase, sentence), [does, (Act.WORDS, sentence)])
        for number, (phrase, does) in enumerate(_ALONE.items())
        for sentence in (_SENTENCES[(number + 1) % 4],)
    ),
    (("full stop new paragraph",), [(Act.TEXT, "."), (Act.TEXT, "\n\n")]),
    (("question mark new line",), [(Act.TEXT, "?"), (Act.TEXT, "\n")]),
    (("comma open quote",), [(Act.TEXT, ","), (Act.TEXT, "“")]),
    (("close quote full stop",), [(Act.TEXT, "”"), (Act.TEXT, ".")]),
    (("all caps urgent",), [(Act.CAPITALS, "urgent")]),
    (("this is", "all caps very important"), [(Act.WORDS, "this is"), (Act.CAPITALS, "very important")]),
    (("scratch that scratch that",), [(Act.SCRATCH, ""), (Act.SCRATCH, "")]),
    (
        ("dear ada", "comma", "new line", "how are you", "question mark"),
        [
            (Act.WORDS, "dear ada"), (Act.TEXT, ","), (Act.TEXT, "\n"),
            (Act.WORDS, "how are you"), (Act.TEXT, "?"),
        ],
    ),
]  # fmt: skip

TEXT_PHRASES = (
    "the new line of cars was shown in geneva", "they opened a new line to the airport",
    "draw a new line under the total", "a new line of defence", "he read the next line aloud",
    "wait for the next line to load", "she began a new paragraph in her life",
    "see the next paragraph for details", "put a comma after the date",
    "the comma butterfly lives in woods", "a comma can change everything",
    "the train came to a full stop", "he never comes to a full stop", "the period of calm was short",
    "for a period of ten years", "the victorian period", "during that period prices rose",
    "there is a question mark over the plan", "a big question mark remains", "he drew a question mark",
    "use an exclamation mark with care", "no exclamation mark please", "the colon is part of the gut",
    "colon cancer is common", "a colon or a semicolon", "the semicolon is hardly used",
    "dash to the shop for me", "a dash of salt", "they made a dash for the door",
    "the hundred metre dash", "is it written with a hyphen", "the hyphen was missing",
    "an ellipsis stands for what is left out", "i connected dot dot dot and gave up",
    "the open quote was missing", "an open quote from the builder", "close quote marks are curly",
    "the quote unquote expert", "he is a quote unquote genius", "the open bracket on the shelf is loose",
    "a close bracket of years", "the tax bracket", "scratch that itch", "do not scratch that table",
    "you must not scratch that car", "please delete that file", "can you delete that message",
    "delete that line", "you cannot undo that mistake", "how do i undo that change",
    "nothing will undo that", "i would select that one", "you can select that option in the menu",
    "please select that box", "if you press enter the form is sent", "press enter to go on",
    "do not press tab twice", "press tab and type your name", "he would not stop listening",
    "please stop listening to him", "i cannot stop listening to this song",
    "stop dictation with the red button", "please send it tomorrow", "did you send it", "send it to me",
    "give her my best regards", "with best regards from all of us", "best regards to your mother",
    "he wrote it in all caps", "all caps is rude", "no all caps please", "why did they stop",
    "the full report is out", "stop at the next light", "a point of order", "what is the question",
    "mark my words", "the exclamation startled him", "leave a mark on history",
    "line up behind the others", "the line was busy", "a paragraph about nothing",
    "write one more paragraph", "there are three commas here", "periods of rain", "questions and marks",
    "semi colons in code", "the dashboard is down", "dashes and dots", "open the door",
    "open the quote book", "close the window", "close to the bracket", "quote me on this",
    "i need a quote", "scratch marks on the floor", "that is a scratch", "delete the old files",
    "undo the damage", "that was undone", "select the best", "that selection was poor", "listen to me",
    "listening is an art", "enter the room", "tabs are better than spaces", "keep the tab open",
    "caps are sold here", "all of the caps", "all hats and caps", "new lines of thought",
    "renew line two", "the newest paragraph", "in the new paragraph he explains why",
    "one comma two commas", "coma patients", "common sense", "the fullest stop", "stop fully",
    "a periodic table", "the mark of a good question", "the next lines were cut", "lines and new ideas",
    "a hyphenated name", "stop listing all of them", "dictation is fast", "the dictation stopped",
    "regards from the coast", "warm regards and best wishes", "it was sent", "sending it again",
    "press on", "press the button", "enter return", "please return it",
)  # fmt: skip
