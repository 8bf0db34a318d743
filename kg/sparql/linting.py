"""Traps in SPARQL that run, and then are slow, unstable or not what was meant.

The rules look at words and brackets, never at data, and speak only where these alone decide.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.errors import QueryError
from kg.model.identifiers import NAMESPACE
from kg.model.table import TRACING
from kg.sparql.patterns import (
    Pattern,
    Token,
    closing,
    filters_of,
    optionals_of,
    patterns_of,
    tokens_of,
)
from kg.store.dataset import refuse_outside, run_query
from kg.terms import TERMS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

_ALONE: Final = (frozenset({NAMESPACE + "partOf"}), frozenset({NAMESPACE + "supersedes"}))
_LEAST: Final = frozenset(
    NAMESPACE + name for name in ("contributesTo", "restates", "supportsInstrument", "drawsOn")
)
"""Steps that together walk as far as lin:tracesTo: the others are kinds of these."""
_STEPS: Final = frozenset(NAMESPACE + name for name in TRACING)
_PLACEHOLDER: Final = re.compile(r"%\(?\w*\)?s\b|\{\{?\s*[A-Za-z_]\w*\s*\}\}?|\$\{\w+\}")
_PREFIX: Final = re.compile(r"PREFIX\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE)
_TESTED: Final = frozenset({"BOUND", "COALESCE", "IF", "EXISTS", "||"})
"""What lets a filter hold although a variable has no value."""


@dataclass(frozen=True, slots=True)
class LintRule:
    """One trap, with an example that falls into it and one that does not."""

    id: str
    sentence: str
    why: str
    fix: str
    dirty: str
    clean: str


@dataclass(frozen=True, slots=True)
class LintFinding:
    """A trap at a place of a query."""

    rule: LintRule
    line: int
    column: int
    words: str


_X: Final = "PREFIX lin: <https://w3id.org/policy-lineage/ns#> "
RULES: Final = {
    rule.id: rule
    for rule in (
        LintRule(
            "placeholder",
            "A placeholder of a programming language stands in the query.",
            "Values pasted into a text can change what it asks; a forgotten one asks nothing.",
            "Bind values as terms: a parameter of a stored question, or VALUES.",
            "SELECT ?s { ?s ?p '%s' } ORDER BY ?s",
            "SELECT ?s { VALUES ?o { 'text' } ?s ?p ?o } ORDER BY ?s",
        ),
        LintRule(
            "outside",
            "SERVICE or FROM leaves the dataset.",
            "The graph is asked alone, so that an answer can be given again.",
            "Leave it out; named graphs are reached with GRAPH.",
            "SELECT ?s { SERVICE <http://example.org/> { ?s ?p ?o } } ORDER BY ?s",
            "SELECT ?s { GRAPH ?g { ?s ?p ?o } } ORDER BY ?s",
        ),
        LintRule(
            "path-star",
            "A path with * also leads from everything to itself, in no step.",
            "Where both ends are open it lists every term of the graph.",
            "Write +, and add the start itself where it is wanted.",
            _X + "SELECT DISTINCT ?s { ?s lin:premise* <http://e/> } ORDER BY ?s",
            _X + "SELECT DISTINCT ?s { ?s lin:premise+ <http://e/> } ORDER BY ?s",
        ),
        LintRule(
            "path-repeats",
            "A path with + or * is selected without DISTINCT.",
            "Some engines give a row for every way that a path can take.",
            "Write SELECT DISTINCT.",
            _X + "SELECT ?s { ?s lin:premise+ <http://e/> } ORDER BY ?s",
            _X + "SELECT DISTINCT ?s { ?s lin:premise+ <http://e/> } ORDER BY ?s",
        ),
        LintRule(
            "path-open",
            "Nothing else binds either end of a path with + or *.",
            "The engine then walks from every node of the graph.",
            "Bind one end, or ask for the closure that is there ready made.",
            _X + "SELECT DISTINCT ?s ?o { ?s lin:premise+ ?o } ORDER BY ?s ?o",
            _X + "SELECT DISTINCT ?s ?o { ?s lin:subject <http://e/> ; lin:premise+ ?o } "
            "ORDER BY ?s ?o",
        ),
        LintRule(
            "closure-at-hand",
            "A path walks links whose closure is there ready made.",
            "lin:tracesTo, lin:within and lin:succeeds are one look-up each, at any depth.",
            "Ask for lin:tracesTo, lin:within (partOf) or lin:succeeds (supersedes).",
            _X + "SELECT DISTINCT ?s { ?s lin:partOf+ <http://e/> } ORDER BY ?s",
            _X + "SELECT DISTINCT ?s { ?s lin:within <http://e/> } ORDER BY ?s",
        ),
        LintRule(
            "class-beside-path",
            "The class of a path's end is tested by a pattern beside the path.",
            "The engine may list all members of the class and walk from each.",
            "Test it with FILTER EXISTS { ?x a lin:Class }.",
            _X + "SELECT DISTINCT ?s { ?s a lin:Claim . ?s lin:premise+ <http://e/> } ORDER BY ?s",
            _X + "SELECT DISTINCT ?s { ?s lin:premise+ <http://e/> "
            "FILTER EXISTS { ?s a lin:Claim } } ORDER BY ?s",
        ),
        LintRule(
            "negated-join",
            "NOT EXISTS holds more than one pattern.",
            "Some engines run the join again for every row.",
            "Write OPTIONAL with FILTER(!BOUND(...)), or MINUS.",
            _X + "SELECT ?s { ?s a lin:Action FILTER NOT EXISTS { ?s lin:serves ?o . "
            "?o a lin:Objective } } ORDER BY ?s",
            _X + "SELECT ?s { ?s a lin:Action OPTIONAL { ?s lin:serves ?o . ?o a lin:Objective } "
            "FILTER(!BOUND(?o)) } ORDER BY ?s",
        ),
        LintRule(
            "optional-filtered",
            "A filter needs a variable that only an OPTIONAL before it binds.",
            "Rows without it are dropped, as if the pattern were not optional.",
            "Move the filter into the OPTIONAL, or leave the OPTIONAL out.",
            _X + "SELECT ?s { ?s a lin:Action OPTIONAL { ?s lin:number ?n } FILTER(?n > 3) } "
            "ORDER BY ?s",
            _X + "SELECT ?s { ?s a lin:Action OPTIONAL { ?s lin:number ?n FILTER(?n > 3) } } "
            "ORDER BY ?s",
        ),
        LintRule(
            "never-bound",
            "A variable is selected that nothing in the query can bind.",
            "Its column is empty in every row; mostly it is misspelt.",
            "Correct the name, or leave it out.",
            _X + "SELECT ?s ?lable { ?s lin:verbatim ?label } ORDER BY ?s",
            _X + "SELECT ?s ?label { ?s lin:verbatim ?label } ORDER BY ?s",
        ),
        LintRule(
            "unknown-term",
            "A name in the namespace of the ontology is no term of it.",
            "The pattern matches nothing, which looks like an answer; mostly it is misspelt.",
            "Correct the name; kg terms lists them.",
            _X + "SELECT ?s { ?s lin:servesPrimarly ?o } ORDER BY ?s",
            _X + "SELECT ?s { ?s lin:servesPrimarily ?o } ORDER BY ?s",
        ),
        LintRule(
            "no-order",
            "Rows come in no order.",
            "Two runs, or two engines, may list them differently; LIMIT then cuts other rows.",
            "Write ORDER BY.",
            "SELECT ?s { ?s ?p ?o } LIMIT 5",
            "SELECT ?s { ?s ?p ?o } ORDER BY ?s LIMIT 5",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class _Query:
    text: str
    tokens: tuple[Token, ...]
    patterns: tuple[Pattern, ...]
    bound: frozenset[str]
    prefixes: dict[str, str]

    @property
    def body(self) -> int:
        """Place of the bracket that opens the outermost group."""
        return next((n for n, t in enumerate(self.tokens) if t.text == "{"), len(self.tokens))

    @property
    def head(self) -> tuple[Token, ...]:
        """The projection: what stands between SELECT and the outermost group."""
        head = self.tokens[: self.body]
        starts = [n for n, token in enumerate(head) if token.word == "SELECT"]
        return head[starts[0] + 1 :] if starts else ()

    @property
    def inside(self) -> tuple[Token, ...]:
        """The outermost group: what can bind a variable."""
        return self.tokens[self.body : closing(self.tokens, self.body, "{", "}") + 1]

    @property
    def paths(self) -> list[Pattern]:
        return [one for one in self.patterns if one.repeats]

    def iri(self, token: Token) -> str:
        if token.kind == "iri":
            return token.text[1:-1]
        prefix, _, local = token.text.partition(":")
        return self.prefixes.get(prefix, prefix + ":") + local


def lint(
    text: str, *, shown: str = "the query", bound: Collection[str] = ()
) -> tuple[LintFinding, ...]:
    """Look for traps in a query, in the order in which they stand.

    Args:
        text: The query.
        shown: What errors call it.
        bound: Variables that are bound when it is asked: parameters of a stored question.

    Raises:
        QueryError: If it is no SPARQL 1.1; the place is that of the error.

    Example:
        >>> [found.rule.id for found in lint("SELECT ?s { ?s ?p ?o } LIMIT 5")]
        ['no-order']
    """
    pasted = list(_placeholders(text))
    outside = list(_outside(text, shown))
    if not pasted and not outside:
        run_query(ox.Store(), text, shown=shown)
    tokens = tokens_of(text)
    query = _Query(
        text,
        tokens,
        patterns_of(tokens),
        frozenset(bound),
        {found[1]: found[2] for found in _PREFIX.finditer(text)},
    )
    found = [*pasted, *outside]
    for name, check in _CHECKS.items():
        found += [_finding(name, token) for token in check(query)]
    return tuple(sorted(set(found), key=lambda one: (one.line, one.column, one.rule.id)))


def _finding(name: str, token: Token) -> LintFinding:
    return LintFinding(RULES[name], token.line, token.column, token.text)


def _placeholders(text: str) -> Iterator[LintFinding]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.lstrip().startswith("#"):
            for match in _PLACEHOLDER.finditer(line):
                yield LintFinding(RULES["placeholder"], number, match.start() + 1, match[0])


def _outside(text: str, shown: str) -> Iterator[LintFinding]:
    try:
        refuse_outside(text, shown)
    except QueryError as error:
        place = error.place
        if place is not None:
            words = text.splitlines()[place.line - 1][place.column - 1 :].split()[0]
            yield LintFinding(RULES["outside"], place.line, place.column, words)


def _star(query: _Query) -> Iterator[Token]:
    for path in query.paths:
        yield from (token for token in path.predicate if token.text == "*")


def _repeats(query: _Query) -> Iterator[Token]:
    words = {token.word for token in query.head}
    if query.head and not words & {"DISTINCT", "REDUCED"}:
        yield from (path.repeats[0] for path in query.paths)


def _open(query: _Query) -> Iterator[Token]:
    for path in query.paths:
        ends = [path.subject, path.object]
        if all(end.kind == "variable" for end in ends):
            names = {end.name for end in ends}
            elsewhere = {
                token.name
                for token in query.inside
                if token.kind == "variable" and token not in ends and not token.tested
            }
            for other in query.patterns:
                if other is not path:
                    elsewhere |= {other.subject.name, other.object.name} - {""}
            if not names & (elsewhere | query.bound):
                yield path.repeats[0]


def _closure(query: _Query) -> Iterator[Token]:
    for path in query.paths:
        names = [token for token in path.predicate if token.kind in ("name", "iri")]
        rest = {token.text for token in path.predicate if token not in names}
        steps = frozenset(map(query.iri, names))
        ready = steps in _ALONE or _LEAST <= steps <= _STEPS
        # A path of one step repeated, or of several such steps to choose from: nothing else.
        if ready and rest <= {"+", "*", "(", ")", "|"}:
            yield names[0]


def _class(query: _Query) -> Iterator[Token]:
    for path in query.paths:
        ends = {end.text for end in (path.subject, path.object) if end.kind == "variable"}
        for other in query.patterns:
            words = [token.text for token in other.predicate]
            if other.group == path.group and words == ["a"] and other.subject.text in ends:
                yield other.subject


def _negated(query: _Query) -> Iterator[Token]:
    for place, token in enumerate(query.tokens):
        if token.word == "NOT" and query.tokens[place + 1].word == "EXISTS":
            opening = query.tokens[place + 2]
            inside = [one for one in query.patterns if opening.place in one.groups]
            if len(inside) > 1:
                yield token


def _optional(query: _Query) -> Iterator[Token]:
    for group, optional in optionals_of(query.tokens):
        only = {token.name for token in optional if token.kind == "variable"}
        first, last = optional[0].place, optional[-1].place
        for place, inside in filters_of(query.tokens):
            if place[0] != group or inside[0].place < last:
                continue
            if _TESTED & {token.word for token in inside}:
                continue
            own = {token.place for token in inside}
            others = {
                token.name
                for token in query.inside
                if token.kind == "variable"
                and not first <= token.place <= last
                and token.place not in own
            }
            for token in inside:
                if token.kind == "variable" and token.name in only - others - query.bound:
                    yield token


def _never(query: _Query) -> Iterator[Token]:
    inside = {token.name for token in query.inside}
    made = {query.head[n + 1].name for n, token in enumerate(query.head[:-1]) if token.word == "AS"}
    for token in query.head:
        if token.kind == "variable" and token.name not in inside | made:
            yield token


def _unknown(query: _Query) -> Iterator[Token]:
    for token in query.tokens:
        if token.kind in ("name", "iri"):
            iri = query.iri(token)
            name = iri.removeprefix(NAMESPACE)
            # The bare namespace is that of a PREFIX; a name with escapes is not looked at.
            if name not in ("", iri) and name.isidentifier() and name not in TERMS:
                yield token


def _order(query: _Query) -> Iterator[Token]:
    words = [token.word for token in query.tokens]
    ordered = ("ORDER", "BY") in itertools.pairwise(words)
    one_row = query.head and query.head[0].text == "(" and "GROUP" not in words
    if query.head and not ordered and not one_row:
        yield next(token for token in query.tokens if token.word == "SELECT")


_CHECKS: Final[dict[str, Callable[[_Query], Iterator[Token]]]] = {
    "path-star": _star,
    "path-repeats": _repeats,
    "path-open": _open,
    "closure-at-hand": _closure,
    "class-beside-path": _class,
    "negated-join": _negated,
    "optional-filtered": _optional,
    "never-bound": _never,
    "unknown-term": _unknown,
    "no-order": _order,
}
