"""Readers of the exports, written from their documentation and not from their writers."""

import csv
import json
import re

from kg.errors import Place
from kg.model.bases import WORDS
from kg.model.graph import KnowledgeGraph
from kg.model.records import Claim, Decision, Document, Fact, Node, Passage, Problem

FORMULA = ("=", "+", "-", "@", "\t", "\r")
ORIGIN = ("recorded_in", "recorded_line", "recorded_column")


def words(cell):
    """Take away the apostrophe that keeps a cell from running."""
    bare = cell.lstrip("'")
    return cell[1:] if cell.startswith("'") and bare.startswith(FORMULA) else cell


def read_table(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, strict=True):
            assert None not in row
            assert not any(cell.startswith(FORMULA) for cell in row.values())
            yield {key: words(cell) for key, cell in row.items()}


def origin(row):
    return Place(row[ORIGIN[0]], int(row[ORIGIN[1]]), int(row[ORIGIN[2]]))


def lists(folder, name, key, value):
    found = {}
    for row in read_table(folder, name):
        found.setdefault(row[key], []).append(value(row))
        assert int(row["place"]) == len(found[row[key]])
    return found


def read_csvw(folder, *, flat=False):
    quoted = {}
    for row in read_table(folder, "quotations"):
        numbers = [int(row[n]) for n in ("start", "end", "first_line", "last_line")]
        passage = Passage(row["document"], *numbers, row["exact"])
        quoted.setdefault((row["of"], row["id"]), []).append(passage)
    names = lists(folder, "names", "node", lambda r: r["name"])
    members = lists(folder, "members", "set", lambda r: r["member"])
    premises = lists(folder, "premises", "claim", lambda r: r["premise"])
    decided = lists(
        folder,
        "decisions",
        "claim",
        lambda r: Decision(r["decision"], r["by"], r["on"], r["reason"], origin(r)),
    )
    nodes, claims, values = {}, [], {}
    for row in read_table(folder, "nodes"):
        plain = {k: v for k, v in row.items() if k not in {*ORIGIN, "iri", "class", "repaired"}}
        nodes[row["id"]] = Node(
            cls=row["class"],
            **plain,
            repaired={"true": True, "false": False}[row["repaired"]],
            passages=tuple(quoted.get(("node", row["id"]), ())),
            alternatives=tuple(names.get(row["id"], ())),
            members=tuple(members.get(row["id"], ())),
            origin=origin(row),
        )
    for row in read_table(folder, "claims"):
        left = {*ORIGIN, "iri", "basis", "support", "strength"}
        claim = Claim(
            **{k: v for k, v in row.items() if k not in left},
            basis=WORDS[row["basis"]],
            support=frozenset(WORDS[word] for word in row["support"].split()),
            evidence=tuple(quoted.get(("claim", row["id"]), ())),
            premises=tuple(premises.get(row["id"], ())),
            decisions=tuple(decided.get(row["id"], ())),
            origin=origin(row),
        )
        assert claim.strength.word == row["strength"]
        claims.append(claim)
    for row in read_table(folder, "values"):
        values.setdefault(row["fact"], {})[row["name"]] = row["value"]
    facts = [
        Fact(
            row["id"],
            row["kind"],
            row["subject"],
            values.get(row["id"], {}),
            tuple(quoted.get(("fact", row["id"]), ())),
            WORDS[row["basis"]],
            row["note"],
            origin(row),
        )
        for row in read_table(folder, "facts")
    ]
    documents = {row["id"]: Document(**row) for row in read_table(folder, "documents")}
    problems = [
        Problem(row["rule"], row["node"], row["message"], origin(row))
        for row in read_table(folder, "problems")
    ]
    return KnowledgeGraph(nodes, claims, facts, documents, problems, flat=flat)


def read_json(path):
    content = json.loads(path.read_text(encoding="utf-8"))

    def place(found):
        return Place(found["path"], found["line"], found["column"]) if found else Place("")

    def passages(record, name):
        return tuple(Passage(**found) for found in record.pop(name, ()))

    nodes, claims, facts = {}, [], []
    for record in content["nodes"]:
        del record["iri"]
        node = Node(
            cls=record.pop("class"),
            label=record.pop("label", ""),
            passages=passages(record, "passages"),
            alternatives=tuple(record.pop("alternatives", ())),
            members=tuple(record.pop("members", ())),
            origin=place(record.pop("origin", None)),
            **record,
        )
        nodes[node.id] = node
    for record in content["claims"]:
        del record["iri"]
        decided = tuple(
            Decision(
                d["decision"],
                d.get("by", ""),
                d.get("on", ""),
                d.get("reason", ""),
                place(d.get("origin")),
            )
            for d in record.pop("decisions", ())
        )
        claims.append(
            Claim(
                basis=WORDS[record.pop("basis")],
                support=frozenset(WORDS[word] for word in record.pop("support", ())),
                premises=tuple(record.pop("premises", ())),
                evidence=passages(record, "evidence"),
                decisions=decided,
                origin=place(record.pop("origin", None)),
                **record,
            )
        )
    for record in content["facts"]:
        quoted, origin_ = passages(record, "passages"), place(record.pop("origin", None))
        basis = WORDS[record.pop("basis")]
        facts.append(Fact(passages=quoted, origin=origin_, basis=basis, **record))
    documents = {d["id"]: Document(**{"path": "", "sha256": "", **d}) for d in content["documents"]}
    problems = [
        Problem(p["rule"], p.get("node", ""), p.get("message", ""), place(p.get("place")))
        for p in content["problems"]
    ]
    return KnowledgeGraph(nodes, claims, facts, documents, problems, flat=content["flat"])


def assert_same(found, graph):
    """Compare every record of two graphs."""
    assert list(found.nodes) == list(graph.nodes)
    for ours, theirs in zip(found.nodes.values(), graph.nodes.values(), strict=True):
        assert ours == theirs
    for name in ("claims", "facts", "problems"):
        assert list(getattr(found, name)) == list(getattr(graph, name))
    assert dict(found.documents) == dict(graph.documents)
    assert found.flat == graph.flat


HEADER = re.compile(r"([A-Za-z_]\w*)?(?::(ID|LABEL|START_ID|END_ID|TYPE|string\[\]|int|boolean))?")
KINDS = {
    "int": re.compile(r"-?\d+"),
    "boolean": re.compile(r"true|false"),
    "string[]": re.compile(r".*", re.DOTALL),
}


class Neo4jError(ValueError):
    """What the bulk import would refuse, by its documented rules."""


def read_neo4j_file(path):
    """Read a file of the bulk import strictly: header, fields, types."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream, strict=True)
        header = next(rows)
        fields = [HEADER.fullmatch(name) for name in header]
        if not all(fields) or len(set(header)) != len(header):
            raise Neo4jError(f"bad header: {header}")  # noqa: TRY003 - a reader of tests
        kinds = [field[2] for field in fields]
        for line, row in enumerate(rows, 2):
            if len(row) != len(header):
                raise Neo4jError(f"{path.name}:{line}: {len(row)} fields")  # noqa: TRY003 - a reader of tests
            found = {}
            for name, kind, cell in zip(header, kinds, row, strict=True):
                if kind in KINDS and cell and not KINDS[kind].fullmatch(cell):
                    raise Neo4jError(f"{path.name}:{line}: {cell!r} is no {kind}")  # noqa: TRY003 - a reader of tests
                value = cell.split(";") if kind in {"LABEL", "string[]"} else cell
                found[name] = [] if value == [""] else value
            yield found


def read_neo4j(folder):
    """Import a folder as the tool would: ids are unique, both ends of a relationship exist."""
    nodes, links = {}, []
    for name in ("nodes", "facts", "documents"):
        for row in read_neo4j_file(folder / f"{name}.csv"):
            if not row[":ID"] or row[":ID"] in nodes:
                raise Neo4jError(f"{name}.csv: {row[':ID']!r} is empty or not unique")  # noqa: TRY003 - a reader of tests
            if not row[":LABEL"] or not all(row[":LABEL"]):
                raise Neo4jError(f"{name}.csv: {row[':ID']!r} has no label")  # noqa: TRY003 - a reader of tests
            nodes[row[":ID"]] = row
    for name in ("links", "about", "members"):
        for row in read_neo4j_file(folder / f"{name}.csv"):
            for end in (":START_ID", ":END_ID"):
                if row[end] not in nodes:
                    raise Neo4jError(f"{name}.csv: no node {row[end]!r}")  # noqa: TRY003 - a reader of tests
            if not row[":TYPE"]:
                raise Neo4jError(f"{name}.csv: a relationship has no type")  # noqa: TRY003 - a reader of tests
            links.append(row)
    return nodes, links
