"""Words, brackets and triple patterns of a query: enough to look for traps, no parser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(
    r"""
      (?P<skip>\s+ | \#[^\r\n]*)
    | (?P<text>\"{3}(?:[^"\\]|\\.|"(?!"{2}))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!'{2}))*'{3}
              | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
    | (?P<iri><[^<>"{}|^`\\\s]*>)
    | (?P<variable>[?$]\w+)
    | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<name>(?:[^\W\d][\w.-]*)?:
              (?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\.)(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*(?<!\.))?)
    | (?P<number>(?:(?<=\s)[+-])?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[^\W\d]\w*)
    | (?P<sign>\^\^|\|\||&&|!=|<=|>=|.)
    """,
    re.DOTALL | re.VERBOSE,
)
_TERMS: Final = frozenset({"iri", "name", "variable", "text", "number"})
_EXPRESSION: Final = frozenset({"FILTER", "BIND", "HAVING"})
_CLAUSES: Final = frozenset({"OPTIONAL", "UNION", "MINUS", "GRAPH", "EXISTS", "NOT", "VALUES"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a query, and where it stands."""

    kind: str
    text: str
    place: int
    """Its number among the tokens."""
    line: int
    column: int
    tested: bool = False
    """Whether it stands in an expression, which tests values and binds none."""

    @property
    def word(self) -> str:
        """The keyword, in capitals."""
        return self.text.upper() if self.kind in ("word", "sign") else ""

    @property
    def name(self) -> str:
        """The name of a variable, without its sign."""
        return self.text[1:] if self.kind == "variable" else ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A triple pattern: its ends, its path, and the groups that it stands in."""

    subject: Token
    predicate: tuple[Token, ...]
    object: Token
    groups: tuple[int, ...]
    """Places of the brackets that open them, the outermost first."""

    @property
    def group(self) -> int:
        """The innermost group."""
        return self.groups[-1]

    @property
    def repeats(self) -> tuple[Token, ...]:
        """The + and * of its path."""
        return tuple(token for token in self.predicate if token.text in ("+", "*"))


def tokens_of(text: str) -> tuple[Token, ...]:
    """Split a query into words, without its spaces and comments.

    Example:
        >>> [token.text for token in tokens_of("ASK { ?s lin:p+ 'a # b' } # no")]
        ['ASK', '{', '?s', 'lin:p', '+', "'a # b'", '}']
    """
    found: list[Token] = []
    line, begin = 1, 0
    opened: list[bool] = []
    for match in _TOKEN.finditer(text):
        kind, words = match.lastgroup or "sign", match[0]
        if kind != "skip":
            if words == "(":
                opened.append(_in_expression(found) or any(opened))
            token = Token(
                kind, words, len(found), line, match.start() - begin + 1, tested=any(opened)
            )
            found.append(token)
            if words == ")" and opened:
                opened.pop()
        line += words.count("\n")
        if "\n" in words:
            begin = match.end() - len(words.rpartition("\n")[2])
    return tuple(found)


def _in_expression(before: list[Token]) -> bool:
    """Tell whether a bracket that opens now holds an expression: it follows a keyword.

    A path is written behind a term or another sign of a path; FILTER may name a function first.
    """
    if not before:
        return False
    if before[-1].kind == "word" and before[-1].text != "a":
        return True
    return len(before) > 1 and before[-2].word in _EXPRESSION


def patterns_of(tokens: tuple[Token, ...]) -> tuple[Pattern, ...]:
    """Find the triple patterns of a query.

    Statements with blank nodes in square brackets and with lists are passed over.

    Example:
        >>> found = patterns_of(tokens_of("ASK { ?s a lin:X ; lin:p+ ?o FILTER(?o > 1) }"))
        >>> [(one.subject.text, len(one.repeats), one.object.text) for one in found]
        [('?s', 0, 'lin:X'), ('?s', 1, '?o')]
    """
    found: list[Pattern] = []
    for groups, run in _runs(tokens):
        found += _statements(run, groups)
    return tuple(found)


def _runs(tokens: tuple[Token, ...]) -> Iterator[tuple[tuple[int, ...], list[Token]]]:
    """Yield what stands between brackets and clauses of a group, expressions left out."""
    groups: list[int] = []
    run: list[Token] = []
    skip = False
    for token in tokens:
        if token.text in "{}" or token.word in _EXPRESSION | _CLAUSES:
            if groups and run and not skip:
                yield tuple(groups), run
            run = []
            skip = token.word in ("VALUES", "GRAPH", "SELECT")
            if token.text == "{":
                # The rows of VALUES are terms side by side, and no statement.
                values = _is_values(tokens, token.place)
                groups.append(token.place)
                skip = values
            elif token.text == "}" and groups:
                groups.pop()
        elif token.tested:
            if run and run[-1].text != ".":
                run.append(Token("sign", ".", token.place, token.line, token.column))
        else:
            run.append(token)


def _is_values(tokens: tuple[Token, ...], place: int) -> bool:
    before = list(tokens[max(0, place - 40) : place])
    while before and (before[-1].kind == "variable" or before[-1].text in "()"):
        before.pop()
    return bool(before) and before[-1].word == "VALUES"


def _statements(run: list[Token], groups: tuple[int, ...]) -> Iterator[Pattern]:
    subject: Token | None = None
    predicate: list[Token] = []
    part: list[Token] = []
    for token in [*run, Token("sign", ".", -1, 0, 0)]:
        if token.kind == "sign" and token.text in (".", ";", ","):
            if any(one.text in ("[", "]") for one in part):
                subject, predicate = None, []
            elif part:
                made, subject, predicate = _one(part, subject, predicate, groups)
                yield from made
            if token.text == ".":
                subject, predicate = None, []
            elif token.text == ";":
                predicate = []
            part = []
        else:
            part.append(token)


def _one(
    part: list[Token], subject: Token | None, predicate: list[Token], groups: tuple[int, ...]
) -> tuple[list[Pattern], Token | None, list[Token]]:
    """Read a subject, a path and an object, as far as they are not those of the part before."""
    rest = [token for token in part if token.kind != "language"]
    if subject is None:
        if not rest or rest[0].kind not in _TERMS:
            return [], None, []
        subject, rest = rest[0], rest[1:]
    if not predicate:
        predicate, rest = rest[:-1], rest[-1:]
    if not predicate or not rest or rest[-1].kind not in _TERMS | {"word"}:
        return [], subject, predicate
    return [Pattern(subject, tuple(predicate), rest[-1], groups)], subject, predicate


def optionals_of(tokens: tuple[Token, ...]) -> Iterator[tuple[int, tuple[Token, ...]]]:
    """Yield the tokens of each OPTIONAL group, with the group that it stands in."""
    groups: list[int] = []
    for place, token in enumerate(tokens):
        if token.text == "{":
            if tokens[place - 1].word == "OPTIONAL" and groups:
                yield groups[-1], tokens[place : closing(tokens, place, "{", "}") + 1]
            groups.append(place)
        elif token.text == "}" and groups:
            groups.pop()


def filters_of(
    tokens: tuple[Token, ...],
) -> Iterator[tuple[tuple[int, int], tuple[Token, ...]]]:
    """Yield the tokens of each FILTER in round brackets, with its group and its place."""
    groups: list[int] = []
    for place, token in enumerate(tokens):
        if token.text == "{":
            groups.append(place)
        elif token.text == "}" and groups:
            groups.pop()
        elif token.word == "FILTER" and groups and tokens[place + 1].text == "(":
            end = closing(tokens, place + 1, "(", ")")
            yield (groups[-1], place), tokens[place + 1 : end + 1]


def closing(tokens: tuple[Token, ...], place: int, start: str, end: str) -> int:
    """Return the place of the bracket that closes the one at a place; the last one if none does.

    Example:
        >>> closing(tokens_of("{ { } } ."), 0, "{", "}")
        3
    """
    depth = 0
    for number in range(place, len(tokens)):
        depth += {start: 1, end: -1}.get(tokens[number].text, 0)
        if depth == 0:
            return number
    return len(tokens) - 1
