"""Dataclasses from what JSON and TOML hold, and back, for settings, recipes, models' files and messages.

    options = TypedData().read(table, TrainingOptions)  # raises TypedDataError
    json.dumps(TypedData().write(options))

cattrs walks through the types; what fits is decided here, and more strictly than Python does: a truth value
is no number, a number no text, a text no list, and neither NaN nor infinity nor what a float cannot hold is a
number. A whole number does for a float. `Annotated[int, Within(1, 64)]` has bounds, `Literal` a choice.

Whatever does not fit is one sentence that names its place, what was found there, and what has to be there:

    schedule.steps is 'many'; it must be a whole number
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from asr_desktop.base.errors import AsrDesktopError
from asr_desktop.base.sentences import Sentence
from asr_desktop.base.small_file import is_sane_number

if typing.TYPE_CHECKING:
    from cattrs import Converter

_MOST_SIGNS = 40


class TypedDataError(ValueError):
    """A value that does not fit. The message is a Sentence without its full stop, to stand alone or to
    complete "… cannot be read (…)".

    key: the place in the whole, "schedule.steps" or "words[2].start"; "" for the whole itself.
    say: makes the sentence of the place's name.
    """

    def __init__(self, say: Callable[[str], str], key: str = "") -> None:
        super().__init__(say(key or Sentence("the content")))
        self.key = key
        self._say = say

    def sentence(self, place: str) -> str:
        """The message with another name for the place."""
        return self._say(place)

    def below(self, key: str) -> TypedDataError:
        """The same, in what lies at `key`: "name" or "[2]"."""
        joined = key + (self.key if not self.key or not key or self.key.startswith("[") else f".{self.key}")
        return TypedDataError(self._say, joined)


class Within(NamedTuple):
    """For `Annotated`: the bounds of a number, both of which it may be."""

    least: float
    most: float


class Shape(NamedTuple):
    """A form of its own for a class. read: raises ValueError for what is none."""

    write: Callable[[Any], object]
    read: Callable[[object], Any]


class TypedData:
    """Reads and writes dataclasses.

    passes_over_unknown: keys that a class has no field for are passed over, as in files of others and of
        newer versions; otherwise they are refused.
    shapes: classes that are not written field by field.
    unions: of dataclasses, any of which may stand in a field of that type; "type" says which.
    """

    def __init__(
        self,
        *,
        passes_over_unknown: bool = False,
        shapes: Mapping[Any, Shape] | None = None,
        unions: Iterable[object] = (),
    ) -> None:
        self._passes_over_unknown = passes_over_unknown
        self._shapes = shapes or {}
        self._unions = tuple(unions)

    def read(self, value: object, kind: Any) -> Any:
        """`value` as a `kind`: a dataclass, or any type that a field of one may have. Raises TypedDataError,
        and the errors for the user that a dataclass raises itself."""
        try:
            return self._reader(kind)(value, kind)
        except Exception as error:
            raise _explained(error) from None

    def write(self, value: object) -> Any:
        """What JSON can hold."""
        return self._converter.unstructure(value)

    def read_one_of(self, value: object, kinds: Sequence[type]) -> Any:
        """The dataclass among `kinds` that a table says it is, with its class's name as "type"."""
        members = {kind.__name__: kind for kind in kinds}
        tag = value.get("type") if isinstance(value, Mapping) else None
        if not isinstance(value, Mapping) or not isinstance(tag, str) or tag not in members:
            raise _wrong(value, Sentence("one of {choices}", choices=", ".join(members)))
        return self.read({name: field for name, field in value.items() if name != "type"}, members[tag])

    def write_one_of(self, value: object) -> dict[str, Any]:
        """What `read_one_of` reads."""
        return {"type": type(value).__name__, **self.write(value)}

    def _reader(self, kind: Any) -> Callable[[object, Any], Any]:
        """Without cattrs where there is no dataclass to walk through: it takes 25 ms to import, and the
        window waits for its settings and the models' folders, which have none."""
        if kind in _EXPECTED and kind not in self._shapes:
            return _read_plain
        if kind is Any:
            return lambda value, _: value
        for fits, read in ((_is_bounded, _read_bounded), (_is_literal, _read_literal)):
            if fits(kind):
                return read
        if _is_optional(kind):
            [inner] = [choice for choice in typing.get_args(kind) if choice is not types.NoneType]
            read_inner = self._reader(inner)
            return lambda value, _: None if value is None else read_inner(value, inner)
        if _is_tuple(kind):
            return self._tuple_hook(kind)
        if _is_mapping(kind):
            return self._mapping_hook(kind)
        return self._converter.get_structure_hook(kind)

    @cached_property
    def _converter(self) -> Converter:
        from cattrs import Converter

        converter = Converter()
        for plain in _EXPECTED:
            converter.register_structure_hook(plain, _read_plain)
        converter.register_structure_hook_func(_is_bounded, _read_bounded)
        converter.register_structure_hook_func(_is_literal, _read_literal)
        converter.register_structure_hook_factory(_is_tuple, self._tuple_hook)
        converter.register_structure_hook_factory(_is_mapping, self._mapping_hook)
        converter.register_structure_hook_factory(dataclasses.is_dataclass, self._dataclass_hook)
        for kind, shape in self._shapes.items():
            converter.register_structure_hook(kind, _reading(shape))
            converter.register_unstructure_hook(kind, shape.write)
        for union in self._unions:
            converter.register_structure_hook(
                union, lambda value, asked: self.read_one_of(value, typing.get_args(asked))
            )
            converter.register_unstructure_hook(union, self.write_one_of)
        return converter

    def _tuple_hook(self, kind: Any) -> Callable[[object, Any], tuple[Any, ...]]:
        item, _ = typing.get_args(kind)
        read = self._reader(item)

        def read_all(value: object, _: Any) -> tuple[Any, ...]:
            if not isinstance(value, list | tuple):
                raise _wrong(value, Sentence("a list, in square brackets"))
            done = []
            for number, entry in enumerate(value):
                try:
                    done.append(read(entry, item))
                except Exception as error:
                    raise _explained(error).below(f"[{number}]") from None
            return tuple(done)

        return read_all

    def _mapping_hook(self, kind: Any) -> Callable[[object, Any], dict[str, Any]]:
        _, item = typing.get_args(kind)
        read = self._reader(item)

        def read_all(value: object, _: Any) -> dict[str, Any]:
            if not isinstance(value, Mapping):
                raise _wrong(value, Sentence("a table of settings"))
            done = {}
            for key, entry in value.items():
                try:
                    done[key] = read(entry, item)
                except Exception as error:
                    raise _explained(error).below(str(key)) from None
            return done

        return read_all

    def _dataclass_hook(self, kind: type) -> Callable[[object, Any], Any]:
        from cattrs.gen import make_dict_structure_fn

        # Where annotations are text, cattrs would read them without what `Annotated` adds.
        hints = typing.get_type_hints(kind, include_extras=True)
        for stated in dataclasses.fields(kind):
            stated.type = hints[stated.name]
        build: Callable[[Mapping[str, Any], Any], Any] = make_dict_structure_fn(
            kind, self._converter, _cattrs_forbid_extra_keys=not self._passes_over_unknown
        )

        def read(value: object, asked: Any) -> Any:
            if not isinstance(value, Mapping):
                raise _wrong(value, Sentence("a table of settings"))
            return build(value, asked)

        return read


def _reading(shape: Shape) -> Callable[[object, Any], Any]:
    return lambda value, _: shape.read(value)


def _read_plain(value: object, kind: type) -> object:
    if kind is float and is_sane_number(value):
        return float(typing.cast(float, value))
    if type(value) is kind and kind is not float and (kind is not int or is_sane_number(value)):
        return value
    raise _wrong(value, _EXPECTED[kind])


_EXPECTED: Mapping[type, str] = {
    bool: Sentence("true or false"),
    str: Sentence("a text"),
    int: Sentence("a whole number"),
    float: Sentence("a number"),
}


def _is_bounded(kind: Any) -> bool:
    return any(isinstance(note, Within) for note in getattr(kind, "__metadata__", ()))


def _read_bounded(value: object, kind: Any) -> object:
    plain, *notes = typing.get_args(kind)
    bounds = next(note for note in notes if isinstance(note, Within))
    try:
        number = typing.cast(float, _read_plain(value, plain))
    except TypedDataError:
        number = None
    if number is None or not bounds.least <= number <= bounds.most:
        template = (
            Sentence("a whole number from {least} to {most}", least=bounds.least, most=bounds.most)
            if plain is int
            else Sentence("a number from {least} to {most}", least=bounds.least, most=bounds.most)
        )
        raise _wrong(value, template)
    return number


def _is_literal(kind: Any) -> bool:
    return typing.get_origin(kind) is typing.Literal


def _read_literal(value: object, kind: Any) -> object:
    choices = typing.get_args(kind)
    for choice in choices:
        if type(value) is type(choice) and value == choice:
            return choice
    raise _wrong(value, Sentence("one of {choices}", choices=", ".join(map(str, choices))))


def _is_optional(kind: Any) -> bool:
    choices = typing.get_args(kind)
    is_union = typing.get_origin(kind) in (types.UnionType, typing.Union)
    return is_union and len(choices) == 2 and types.NoneType in choices


def _is_tuple(kind: Any) -> bool:
    return typing.get_origin(kind) is tuple and typing.get_args(kind)[1:] == (...,)


def _is_mapping(kind: Any) -> bool:
    return typing.get_origin(kind) in (dict, Mapping)


def _wrong(value: object, expected: str) -> TypedDataError:
    try:
        text = repr(value)
    except ValueError:  # Python writes no number of more than some thousand digits
        text = str(Sentence("a huge number"))
    shown = text if len(text) <= _MOST_SIGNS else text[: _MOST_SIGNS - 1] + "…"
    return TypedDataError(
        lambda key: Sentence(
            "{key} is {value}; it must be {expected}", key=key, value=shown, expected=expected
        )
    )


def _explained(error: BaseException) -> TypedDataError:
    """The first thing that is wrong, with its place: cattrs groups a dataclass's errors, and notes on each in
    which field it was."""
    if isinstance(error, TypedDataError):
        return error
    from cattrs import BaseValidationError, ForbiddenExtraKeysError
    from cattrs.errors import AttributeValidationNote, StructureHandlerNotFoundError

    match error:
        case StructureHandlerNotFoundError() | AsrDesktopError():
            raise error
        case BaseValidationError():
            first = error.exceptions[0]
            for note in getattr(first, "__notes__", ()):
                if isinstance(note, AttributeValidationNote):
                    if isinstance(first, KeyError):
                        return TypedDataError(_missing, note.name)
                    return _explained(first).below(note.name)
            return _explained(first)
        case ForbiddenExtraKeysError():
            names = ", ".join(field.name for field in dataclasses.fields(typing.cast(Any, error.cl)))
            unknown = min(error.extra_fields, key=str)
            return TypedDataError(
                lambda key: Sentence("{key} does not exist; choose from {names}", key=key, names=names),
                str(unknown),
            )
    reason = str(error)
    return TypedDataError(lambda key: Sentence("{key}: {reason}", key=key, reason=reason))


def _missing(key: str) -> str:
    return Sentence("{key} is missing", key=key)
