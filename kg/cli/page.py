"""A page of text for people that fits the terminal: nodes, hops, quotations, reasons."""

from __future__ import annotations

import re
import shutil
import textwrap
from typing import TYPE_CHECKING, Final

from kg.cli.rendering import plural
from kg.terms import TERMS

if TYPE_CHECKING:
    from kg.lineage.explaining import Reached
    from kg.lineage.reasons import Reason
    from kg.lineage.tracing import Path
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Node, Passage

_NARROWEST: Final = 40
_LABEL: Final = 90


class Page:
    """Lines of text that fit the terminal.

    Args:
        graph: The graph that is spoken of.
    """

    def __init__(self, graph: KnowledgeGraph) -> None:
        self.graph = graph
        self.width = max(_NARROWEST, shutil.get_terminal_size((100, 24)).columns)
        self.lines: list[str] = []
        self._shown: set[str] = set()

    def say(self, text: str, indent: int = 0, *, hanging: int = 0) -> None:
        """Add a paragraph, wrapped at spaces only."""
        before = " " * indent
        self.lines += textwrap.wrap(
            plain(text),
            self.width,
            initial_indent=before,
            subsequent_indent=before + " " * hanging,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]

    def gap(self) -> None:
        """Add an empty line, unless there is one."""
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def quote(self, passage: Passage, indent: int) -> None:
        """Add a quotation and where it stands."""
        self.say(f"“{passage.words}” {where(self.graph, passage)}", indent, hanging=2)

    def node(self, node: Node) -> None:
        """Add what is asked about: its id, words and places."""
        self.say(f"{node.id} ({kind(node)})")
        self.say(f"“{node.text or node.label}”", 2, hanging=2)
        for passage in node.passages:
            self.say(where(self.graph, passage), 2)

    def end(self, name: str, word: str, indent: int) -> None:
        """Add one end of a hop."""
        self.say(f"{word} {called(self.graph, name)}", indent, hanging=2)

    def hop(self, claim: Claim, indent: int, number: str = "") -> None:
        """Add a hop with its evidence, and what an inferred one rests on, down to quotations."""
        from kg.lineage.chains import premises_of

        waiting = [(claim, indent, number)]
        while waiting:
            held, deep, label = waiting.pop()
            self.say(f"{label}{predicate(held.predicate)} [{held.basis.word}]", deep)
            deep += 3
            self.end(held.subject, "from", deep)
            self.end(held.object, "to", deep)
            if held.id in self._shown:
                self.say("Its words are shown above.", deep)
                continue
            self._shown.add(held.id)
            if held.rule:
                self.say(f"by rule {held.rule}: {rule(held.rule)} It rests on:", deep, hanging=2)
                premises = premises_of(self.graph, held)
                waiting += [(one, deep + 2, "") for one in reversed(premises)]
            elif held.by:
                self.say(f"read by {held.by}" + (f" on {held.on}" if held.on else ""), deep)
            if held.rationale:
                self.say(
                    f"because: {held.rationale} (confidence {held.confidence})", deep, hanging=2
                )
            if held.note:
                self.say(f"note: {held.note}", deep, hanging=2)
            for passage in held.evidence:
                self.quote(passage, deep)

    def chain(self, path: Path, indent: int) -> None:
        """Add every hop of a chain."""
        for number, claim in enumerate(path.hops, 1):
            self.gap()
            self.hop(claim, indent, f"{number}. ")

    def reached(self, one: Reached, number: int) -> None:
        """Add a target and its chains."""
        self.gap()
        self.say(f"{number}. {called(self.graph, one.target.id)}", hanging=3)
        for path in one.chains:
            name = (
                "The shortest chain, and the strongest"
                if len(one.chains) == 1
                else "The shortest chain"
                if path is one.shortest
                else "The strongest chain"
            )
            hops = plural(len(path.hops), "hop")
            self.gap()
            self.say(f"{name}: {hops}, weakest basis {path.basis.word}.", 3)
            self.chain(path, 3)

    def reason(self, reason: Reason, indent: int) -> None:
        """Add a reason with the words that show it."""
        sentence = reason.sentence
        if sentence.split(" ", 1)[0] not in self.graph.nodes:  # an id keeps its letters
            sentence = sentence[:1].upper() + sentence[1:]
        self.say(f"{sentence} [{reason.code}].", indent, hanging=2)
        for passage in reason.passages:
            self.quote(passage, indent + 2)

    def section(self, heading: str) -> None:
        """Add a heading."""
        self.gap()
        self.say(heading)


def kind(node: Node) -> str:
    """Return a node's class, with the finer kind where it says more.

    Example:
        >>> from kg.model.records import Node
        >>> kind(Node("a", "Commitment", "A", kind="shift"))
        'Commitment: shift'
    """
    finer = node.kind.replace("-", " ")
    same = {node.cls.lower(), " ".join(re.findall("[A-Z][a-z]*", node.cls)).lower(), "body", ""}
    return node.cls if finer.lower() in same else f"{node.cls}: {finer}"


def called(graph: KnowledgeGraph, name: str) -> str:
    """Return a node's id, class and label on one line."""
    node = graph.nodes.get(name)
    if node is None:
        return name
    label = " ".join(node.label.split())
    if len(label) > _LABEL:
        label = label[:_LABEL].rsplit(" ", 1)[0] + "…"
    return f"{name} ({kind(node)}) “{label}”" if label != name else f"{name} ({kind(node)})"


def predicate(name: str) -> str:
    """Return the words of a link.

    Example:
        >>> predicate("servesPrimarily")
        'serves primarily'
    """
    return TERMS[name].label if name in TERMS else name


def rule(name: str) -> str:
    """Return what a rule says, in one sentence.

    Example:
        >>> rule("r2")
        'Who serves an intent supports the instrument that sets it out; not the reverse.'
    """
    from kg.resources import ontology_folder

    for path in sorted((ontology_folder() / "rules").glob(f"{name}-*.rq")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("#+ summary:"):
                return line.partition(":")[2].strip()
    return ""


def where(graph: KnowledgeGraph, passage: Passage) -> str:
    """Return document and lines of a passage."""
    document = graph.documents.get(passage.document)
    return f"{document.path if document else passage.document}:{passage.lines}"


def plain(text: str) -> str:
    r"""Fold white space and take control characters away, so that a text cannot move the cursor.

    Example:
        >>> plain("a\x1b[2J b")
        'a[2J b'
    """
    return "".join(c for c in " ".join(text.split()) if c.isprintable())
