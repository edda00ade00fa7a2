"""The labels (columns) of the emissions, read from a model folder's vocabulary and tokenizer files.

Nothing is assumed about the labels: any alphabet, any case, any position of the blank. The rules are those of
transformers' `Wav2Vec2CTCTokenizer` (its pad token is the CTC blank), applied to the files without
importing it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from asr_desktop.base.errors import ModelFolderError
from asr_desktop.base.json_object import read_json_object, read_optional_json_object
from asr_desktop.base.sentences import Sentence

_BLANK_NAMES = ("<pad>", "[PAD]", "<blank>", "[BLANK]", "<blk>")
_SPECIAL_NAMES = frozenset(
    {*_BLANK_NAMES, "<s>", "</s>", "<unk>", "[UNK]", "<mask>", "[MASK]", "[CLS]", "[SEP]", "<bos>", "<eos>"}
)
MOST_LABELS = 300_000
"""Large vocabularies of pieces of words have 250,000; a network's last layer grows with them."""
_SPECIAL_ROLES = ("pad", "unk", "bos", "eos", "mask", "cls", "sep")


@dataclass(frozen=True)
class Labels:
    """The labels of one model.

    tokens: `tokens[i]` is label i as it comes out; the empty string where the vocabulary has a hole.
    blank_id: the CTC blank.
    word_delimiter: the token between words (often "|"), or None where words are not delimited (Chinese,
        phonemes).
    special_ids: labels that are never text: the blank, unknown, sentence start and end, holes.
    """

    tokens: tuple[str, ...]
    blank_id: int
    word_delimiter: str | None
    special_ids: frozenset[int]

    def __len__(self) -> int:
        return len(self.tokens)

    def can_fit(self, size: int) -> bool:
        """Whether a network of `size` outputs can have these labels.

        Tokenizers often count sentence marks that were added after the network was made (pyctcdecode's <s>
        and </s>), so special labels past the network's last output do no harm.
        """
        surplus = range(size, len(self.tokens))
        return self.blank_id < size <= len(self.tokens) and self.special_ids.issuperset(surplus)

    def fitted(self, size: int) -> Labels:
        """The first `size` of these labels; only where `can_fit(size)`."""
        kept = frozenset(label for label in self.special_ids if label < size)
        return replace(self, tokens=self.tokens[:size], special_ids=kept)


def writes_itself(labels: Labels) -> bool:
    """Whether the model itself writes capitals, punctuation or digits; its text is then left unchanged."""
    special = {labels.tokens[label] for label in labels.special_ids}
    printed = "".join(token for token in labels.tokens if token not in special)
    has_both_cases = any(sign.islower() for sign in printed) and any(sign.isupper() for sign in printed)
    return has_both_cases or any(sign in ".,?!" or sign.isdigit() for sign in printed)


def read_tokenizer(folder: Path) -> dict[str, Any]:
    """What special_tokens_map.json and tokenizer_config.json (which wins) say, and added_tokens.json."""
    return {
        **read_optional_json_object(folder / "special_tokens_map.json"),
        **read_optional_json_object(folder / "tokenizer_config.json"),
        "added_tokens": read_optional_json_object(folder / "added_tokens.json"),
    }


def read_labels(folder: Path, tokenizer: Mapping[str, Any], config: Mapping[str, Any]) -> Labels:
    """The labels of the model in `folder`; ModelFolderError where they are damaged or the blank is not named.

    tokenizer: from `read_tokenizer`; config: config.json.
    """
    id_to_token = _invert(_vocabulary(folder, tokenizer), folder)
    special_ids: set[int] = set()
    for token, label, special in _added_tokens(tokenizer):
        # Added tokens stand behind the vocabulary; inside it, the vocabulary's own word counts.
        if id_to_token.setdefault(label, token) == token and special:
            special_ids.add(label)
    tokens = [id_to_token.get(label, "") for label in range(max(id_to_token) + 1)]

    delimiter = _word_delimiter(tokens, tokenizer)
    blank_id = _blank(tokens, tokenizer, config, folder)
    special_tokens = _SPECIAL_NAMES | {_text(tokenizer.get(f"{role}_token")) for role in _SPECIAL_ROLES}
    special_tokens |= {_text(token) for token in _list(tokenizer.get("additional_special_tokens"))}
    special_ids.update(label for label, token in enumerate(tokens) if token == "" or token in special_tokens)
    special_ids.add(blank_id)
    if delimiter is not None:
        special_ids.discard(tokens.index(delimiter))

    if tokenizer.get("do_lower_case"):
        tokens = _lower_cased(tokens, special_ids)
    labels = Labels(tuple(tokens), blank_id, delimiter, frozenset(special_ids))
    outputs = config.get("vocab_size")
    return labels.fitted(outputs) if isinstance(outputs, int) and labels.can_fit(outputs) else labels


def _vocabulary(folder: Path, tokenizer: Mapping[str, Any]) -> dict[str, Any]:
    """vocab.json; of MMS's vocabularies by language, the one that the tokenizer's target_lang names."""
    content = read_json_object(folder / "vocab.json")
    if not any(isinstance(value, dict) for value in content.values()):
        return content
    language = tokenizer.get("target_lang")
    chosen = content.get(language) if isinstance(language, str) else None
    if isinstance(chosen, dict):
        return chosen
    known = ", ".join(sorted(content)[:12]) + (", …" if len(content) > 12 else "")
    raise ModelFolderError(
        Sentence(
            "vocab.json in {folder} contains the vocabularies of several languages ({known}); set "
            "target_lang in tokenizer_config.json to the one the network was saved with.",
            folder=folder,
            known=known,
        )
    )


def _invert(vocabulary: Mapping[str, Any], folder: Path) -> dict[int, str]:
    id_to_token: dict[int, str] = {}
    for token, label in vocabulary.items():
        if not isinstance(label, int) or isinstance(label, bool) or label < 0:
            raise ModelFolderError(
                Sentence(
                    "vocab.json in {folder} gives {token!r} the label {label}; it must be a whole number.",
                    folder=folder,
                    token=token,
                    label=repr(label),
                )
            )
        if label in id_to_token:
            first = id_to_token[label]
            raise ModelFolderError(
                Sentence(
                    "vocab.json in {folder} gives {first!r} and {token!r} the same label {label}.",
                    folder=folder,
                    first=first,
                    token=token,
                    label=label,
                )
            )
        id_to_token[label] = token
    if not id_to_token:
        raise ModelFolderError(
            Sentence("vocab.json in {folder} is empty; it must list the model's labels.", folder=folder)
        )
    if len(id_to_token) > MOST_LABELS:
        raise ModelFolderError(
            Sentence(
                "vocab.json in {folder} lists {count:,} labels, more than any model has ({most:,}); "
                "download or create it again.",
                folder=folder,
                count=len(id_to_token),
                most=MOST_LABELS,
            )
        )
    # A few holes are common (removed tokens); a label far outside is damage and would cost memory.
    if max(id_to_token) > 2 * len(id_to_token) + 1000:
        raise ModelFolderError(
            Sentence(
                "vocab.json in {folder} has {count} tokens, but labels up to {highest}; download or "
                "create it again.",
                folder=folder,
                count=len(id_to_token),
                highest=max(id_to_token),
            )
        )
    return id_to_token


def _added_tokens(tokenizer: Mapping[str, Any]) -> list[tuple[str, int, bool]]:
    """(token, label, is special) of added_tokens.json and of tokenizer_config.json's added_tokens_decoder."""
    found = [
        (token, label, token in _SPECIAL_NAMES)
        for token, label in tokenizer["added_tokens"].items()
        if isinstance(label, int) and 0 <= label < MOST_LABELS
    ]
    decoder = tokenizer.get("added_tokens_decoder")
    for label, entry in decoder.items() if isinstance(decoder, Mapping) else ():
        token = _text(entry)
        if token is not None and label.isdecimal() and int(label) < MOST_LABELS:
            is_special = isinstance(entry, Mapping) and bool(entry.get("special"))
            found.append((token, int(label), is_special or token in _SPECIAL_NAMES))
    return found


def _word_delimiter(tokens: Sequence[str], tokenizer: Mapping[str, Any]) -> str | None:
    # Absent means transformers' default; an explicit null (phoneme tokenizers) means that words are not
    # delimited.
    stated = _text(tokenizer.get("word_delimiter_token", "|"))
    if stated is not None and stated in tokens:
        return stated
    return " " if " " in tokens else None


def _blank(
    tokens: Sequence[str], tokenizer: Mapping[str, Any], config: Mapping[str, Any], folder: Path
) -> int:
    stated = _text(tokenizer.get("pad_token"))
    if stated is not None and stated in tokens:
        return tokens.index(stated)
    by_name = next((tokens.index(name) for name in _BLANK_NAMES if name in tokens), None)
    pad_id: Any = config.get("pad_token_id")
    in_range = isinstance(pad_id, int) and not isinstance(pad_id, bool) and 0 <= pad_id < len(tokens)
    # pad_token_id defaults to 0, which is often a letter, so a token named "pad" takes precedence.
    if in_range and (by_name is None or tokens[pad_id] in _BLANK_NAMES):
        return int(pad_id)
    if by_name is not None:
        return by_name
    raise ModelFolderError(
        Sentence(
            "{folder} does not define the CTC blank label; set pad_token in tokenizer_config.json or "
            "pad_token_id in config.json.",
            folder=folder,
        )
    )


def _lower_cased(tokens: Sequence[str], special_ids: set[int]) -> list[str]:
    """do_lower_case: an upper-case vocabulary whose text comes out in lower case."""
    # A letter that the vocabulary has in both cases keeps its own, or text could not be spelt in labels.
    known = frozenset(tokens)
    return [
        token if label in special_ids or token.lower() in known else token.lower()
        for label, token in enumerate(tokens)
    ]


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _text(token: Any) -> str | None:
    """A token's text; tokenizer files write it plainly, or as an object with its `content`."""
    if isinstance(token, Mapping):
        token = token.get("content")
    return token if isinstance(token, str) and token else None
