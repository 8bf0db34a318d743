"""Findings for people, and what every other form of them needs: rules, places, safe text."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from kg.checks.catalogue import RULES
from kg.model.findings import OPEN, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.model.findings import Finding

SHAPE: Final = "shape"
_HIDDEN: Final = frozenset(
    {
        *range(0x20),
        *range(0x7F, 0xA0),
        *range(0x202A, 0x202F),  # these turn the direction of what follows
        *range(0x2066, 0x206A),
        *range(0xD800, 0xE000),
        0xFFFE,
        0xFFFF,
    }
    - {0x09, 0x0A}
)
"""Code points that no person sees, or that terminals and XML do not bear; not tab and new line."""
_VISIBLE: Final = {
    code: f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - one byte
    for code in _HIDDEN
}
_LEAST: Final = 40
_INDENT: Final = "  "


class RuleText(NamedTuple):
    """What is said of a rule where findings are listed."""

    id: str
    severity: Severity
    sentence: str
    fix: str


_SHAPE_RULE: Final = RuleText(
    SHAPE,
    Severity.ERROR,
    "It violates a shape of the ontology.",
    "Mend the register row that it comes from, and build again.",
)


def rule_texts(rules: Iterable[str] | None = None) -> list[RuleText]:
    """Return what is said of some rules, in the order of the catalogue.

    Args:
        rules: The ids of the rules; all audit rules when left out or empty.

    Example:
        >>> rule_texts(["cycle"])[0].sentence
        'It stands on a circle of upward links.'
    """
    wanted = set(rules or RULES)
    known = [
        RuleText(rule.id, rule.severity, rule.sentence, rule.fix)
        for rule in RULES.values()
        if rule.id in wanted
    ]
    return [*known, _SHAPE_RULE] if SHAPE in wanted else known


@dataclass(frozen=True)
class Root:
    """Where the files are that findings name, and from where they are looked at.

    Example:
        >>> Root(Path("/repo/data"), Path("/repo")).path("sources/a.txt")
        'data/sources/a.txt'
    """

    folder: Path | None = None
    """What paths of findings start from: the data folder; none where it is not known."""
    here: Path = field(default_factory=Path.cwd)
    """Where commands run: of a pipeline, the root of its checkout."""

    @property
    def base(self) -> Path | None:
        """What relative paths start from; none where it is not known."""
        if self.folder is None:
            return None
        folder = self.here / self.folder
        return self.here if folder.is_relative_to(self.here) else folder

    def path(self, file: str) -> str:
        """Return a finding's file as a path from `base`, with slashes; one beyond it is whole."""
        return _path(self, file)

    def uri(self, file: str) -> str:
        """Return a finding's file as a relative URI reference, or as a whole URI beyond `base`.

        Example:
            >>> Root(Path("/repo"), Path("/repo")).uri("my plan#2.csv")
            'my%20plan%232.csv'
        """
        path = self.path(file)
        if not Path(path).is_absolute():
            return quote(_bytes(path), safe="/-._~")
        return f"file:///{quote(_bytes(path.removeprefix('/')), safe='/-._~:')}"


@lru_cache(maxsize=1024)
def _path(root: Root, file: str) -> str:
    """Find the path of a file, of which a million findings name a few."""
    if root.folder is None:
        return PurePath(file).as_posix()
    whole = root.here / root.folder / file
    base = root.base
    return (whole.relative_to(base) if base and whole.is_relative_to(base) else whole).as_posix()


def _bytes(path: str) -> bytes:
    """Return the bytes of a path, those of a name that is no UTF-8 among them."""
    try:
        return path.encode(errors="surrogateescape")
    except UnicodeEncodeError:
        return path.encode(errors="surrogatepass")


def visible(text: str) -> str:
    r"""Write characters that nobody sees as their numbers; tabs and line ends stay.

    Example:
        >>> print(visible("a\x1b[2Jb\u202e"))
        a\x1b[2Jb\u202e
    """
    return text.translate(_VISIBLE)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun in the singular or plural.

    Example:
        >>> counted(1, "finding"), counted(0, "error")
        ('1 finding', 'no errors')
    """
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def place(finding: Finding) -> str:
    """Return where a finding stands, as editors write it."""
    return f"{finding.file}:{finding.line}" if finding.line else finding.file


def table(findings: Sequence[Finding], width: int = 100) -> Iterator[str]:
    """Write findings for people: by rule, the same words once, what does not count last.

    Args:
        findings: The findings, worst first.
        width: The width of the terminal.

    Yields:
        Text, line ends included.

    Example:
        >>> from kg.model.findings import Finding
        >>> one = Finding("cycle", Severity.ERROR, "a", "it runs a > b > a", "Cut it.", "p.csv", 2)
        >>> print("".join(table([one])), end="")
        ERROR cycle: It stands on a circle of upward links. 1 finding
          To do: Cut it.
        <BLANKLINE>
          it runs a > b > a
            a  p.csv:2
    """
    if not findings:
        yield "No findings.\n"
        return
    sentences = {rule.id: rule.sentence for rule in rule_texts([*RULES, SHAPE])}
    groups: dict[tuple[str, Severity, str], list[Finding]] = {}
    for finding in sorted(findings, key=lambda f: not f.counts):
        groups.setdefault((finding.status, finding.severity, finding.rule), []).append(finding)
    before = ""
    for (status, severity, rule), group in groups.items():
        mark = "" if status == OPEN else f" ({status})"
        sentence = f": {sentences[rule]}" if rule in sentences else ":"
        title = f"{severity.word.upper()}{mark} {rule}{sentence} {counted(len(group), 'finding')}"
        yield before + "".join(_wrapped(title, width, ""))
        yield from _group(group, width)
        before = "\n"


def _group(group: list[Finding], width: int) -> Iterator[str]:
    """Write the findings of one rule, each message once over the nodes that it is said of."""
    same_fix = len({finding.fix for finding in group}) == 1
    if same_fix:
        yield from _wrapped(f"To do: {group[0].fix}", width, _INDENT)
    yield "\n"
    by_words: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in group:
        key = (finding.message, finding.fix, finding.excuse)
        by_words.setdefault(key, []).append(finding)
    longest = max(len(_line(finding.node)) for finding in group)
    for (message, fix, excuse), found in by_words.items():
        yield from _wrapped(message, width, _INDENT)
        if not same_fix:
            yield from _wrapped(f"To do: {fix}", width, _INDENT)
        if excuse:
            yield from _wrapped(f"Excused: {excuse}", width, _INDENT)
        for finding in found:
            node, where = _line(finding.node), _line(place(finding))
            column = longest if longest + len(where) + 3 * len(_INDENT) <= width else len(node)
            yield f"{_INDENT * 2}{node:<{column}}{_INDENT}{where}".rstrip() + "\n"


def _line(text: str) -> str:
    return visible(" ".join(text.split()))


def _wrapped(text: str, width: int, indent: str) -> Iterator[str]:
    for line in textwrap.wrap(
        _line(text),
        max(width, _LEAST),
        initial_indent=indent,
        subsequent_indent=indent or _INDENT,
        break_on_hyphens=False,
    ):
        yield line + "\n"


def summary(findings: Iterable[Finding], noun: str = "finding", of: str = "") -> list[str]:
    """Return what was found in a few lines: how much by severity, then by rule.

    Args:
        findings: The findings.
        noun: What one of them is called.
        of: What was looked at, to end the first line.

    Example:
        >>> from kg.model.findings import Finding
        >>> summary([Finding("cycle", Severity.ERROR, "a", "m", "f")], of=" on 3 nodes")
        ['1 finding on 3 nodes: 1 error', '  error    cycle  1']
        >>> summary([Finding("cycle", Severity.ERROR, "a", "m", "f", status="waived")])[0]
        'no findings that count'
    """
    count = Counter((f.status, f.severity, f.rule) for f in findings)
    severities: Counter[Severity] = Counter()
    for (status, severity, _), number in count.items():
        if status == OPEN:
            severities[severity] += number
    said = ", ".join(
        f"{severities[s]} info" if s is Severity.INFO else counted(severities[s], s.word)
        for s in reversed(Severity)
        if severities[s]
    )
    excused = " that count" if count and not severities else ""
    first = f"{counted(severities.total(), noun)}{excused}{of}{f': {said}' if said else ''}"
    longest = max((len(rule) for _, _, rule in count), default=0)
    lines = [first]
    for (status, severity, rule), number in sorted(
        count.items(), key=lambda item: (item[0][0] != OPEN, item[0][0], -item[0][1], -item[1])
    ):
        mark = "" if status == OPEN else f" {status}, does not count"
        lines.append(f"  {severity.word:<7}  {rule:<{longest}}  {number}{mark}")
    return lines
