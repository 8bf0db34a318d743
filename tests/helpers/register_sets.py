"""Makes register sets: instruments with documents, elements, links and facts, all quoted."""

import csv
import hashlib
import shutil
from pathlib import Path

from kg.resources import data_folder

READER = "some-reader"
COLUMNS = {
    "readers": ("id", "label", "class", "note"),
    "documents": ("id", "path", "sha256", "title", "instrument", "read_by", "read_on"),
    "instruments": (
        [
            "id",
            "title",
            "kind",
            "level",
            "jurisdiction",
            "issued",
            "supersedes",
            "quote",
            "document",
            "source_quote",
        ]
    ),
    "bodies": ("id", "label", "class", "quote", "document"),
    "elements": ("id", "class", "kind", "label", "quote"),
    "sets": ("id", "label", "members", "quote"),
    "links": (
        [
            "subject",
            "predicate",
            "object",
            "basis",
            "quote",
            "document",
            "decision",
            "rationale",
            "confidence",
        ]
    ),
    "decisions": ("subject", "predicate", "object", "basis", "decision", "by", "on", "reason"),
    "periods": ("subject", "role", "words", "edtf", "precision", "undated", "basis", "quote"),
    "allocations": (
        [
            "id",
            "subject",
            "amount_words",
            "amount",
            "currency",
            "edtf",
            "stream",
            "nature",
            "basis",
            "quote",
        ]
    ),
    "absences": ("subject", "applies_to", "property", "kind", "quote", "folded_into"),
    "defects": ("id", "subject", "kind", "description", "quote"),
}


class Register:
    """Rows of one CSV with known columns."""

    def __init__(self, path, table):
        path.parent.mkdir(parents=True, exist_ok=True)
        self.stream = path.open("w", newline="", encoding="utf-8")
        self.writer = csv.writer(self.stream, lineterminator="\n")
        self.columns = COLUMNS[table]
        self.writer.writerow(self.columns)

    def add(self, **cells):
        assert set(cells) <= set(self.columns), cells
        self.writer.writerow([cells.get(column, "") for column in self.columns])

    def close(self):
        self.stream.close()


def write_data(folder, plans, *, bodies=(), read_on="2026-01-01"):
    """Write a data folder.

    Args:
        folder: Where; it must not exist.
        plans: By name of the instrument a dictionary: `instrument` (cells), `elements` (id,
            class), `sets` (id, members), `links`, `periods` and `allocations` (cells),
            `decisions` (number of the link, decision), `absences` (subjects, or cells),
            `defects` (id, subject, or cells) and `folder`, whether it has one.
        bodies: Ids of bodies, or an id and a class.
        read_on: The date of the reading.
    """
    shutil.copytree(data_folder() / "schemas", folder / "schemas")
    for name in ("code-lists.csv",):
        shutil.copyfile(data_folder() / name, folder / name)
    (folder / "sources").mkdir()
    (folder / "registers").mkdir()
    tables = {t: Register(folder / f"{t}.csv", t) for t in list(COLUMNS)[:4]}
    tables["readers"].add(id=READER, label="A reader", **{"class": "Person"})
    texts = {"bibliography": ["The bibliography."]}
    for name, plan in plans.items():
        texts[name] = [f"The instrument {name}."]
        cells = {"kind": "plan", "level": "local", **plan.get("instrument", {})}
        if cells.get("issued") or cells.get("supersedes"):
            texts["bibliography"].append(f"Entry of {name}.")
            cells["source_quote"] = f"Entry of {name}."
        quote = f"The instrument {name}."
        tables["instruments"].add(id=name, title=name, quote=quote, document=name, **cells)
        if plan.get("folder", True):
            write_plan(folder, name, plan, texts[name])
    for entry in bodies:
        body, cls = (entry, "Organization") if isinstance(entry, str) else entry
        texts["bibliography"].append(f"The body {body}.")
        tables["bodies"].add(
            id=body,
            label=body,
            quote=f"The body {body}.",
            document="bibliography",
            **{"class": cls},
        )
    for name, lines in texts.items():
        content = ("\n".join(lines) + "\n").encode()
        (folder / "sources" / f"{name}.txt").write_bytes(content)
        tables["documents"].add(
            id=name,
            path=f"sources/{name}.txt",
            sha256=hashlib.sha256(content).hexdigest(),
            title=name,
            instrument=name if name in plans else "",
            read_by=READER,
            read_on=read_on,
        )
    for table in tables.values():
        table.close()
    return folder


def write_plan(folder, name, plan, lines):
    """Write the folder of one instrument; the words that it quotes are added to its document."""
    place = folder / "registers" / name
    place.mkdir()

    def words(text):
        lines.append(text)
        return text

    elements = Register(place / "elements.csv", "elements")
    for key, cls in plan.get("elements", ()):
        cells = {"id": key, "class": cls, "kind": cls.lower(), "label": f"Label of {key}"}
        elements.add(**cells, quote=words(f"It sets out {key} as such;"))
    elements.close()
    if plan.get("sets"):
        sets = Register(place / "sets.csv", "sets")
        for key, members in plan["sets"]:
            sets.add(id=key, label=key, members=members, quote=words(f"It lists {key} there;"))
        sets.close()
    links = Register(place / "links.csv", "links")
    for number, cells in enumerate(plan.get("links", ())):
        own = {"basis": "stated", "decision": "accepted", **cells}
        if own["basis"] == "interpreted":
            own = {"rationale": "it seems so", "confidence": "0.5", **own}
        if "quote" not in own:
            own["quote"] = words(f"Sentence {number} of {name} says so;")
        links.add(**own)
    links.close()
    _write_decisions(place, plan)
    title = f"The instrument {name}."
    for table, usual in (("periods", {}), ("allocations", {"amount_words": "some money"})):
        if plan.get(table):
            register = Register(place / f"{table}.csv", table)
            for cells in plan[table]:
                own = {"basis": "stated", **usual, **cells}
                if "quote" not in own:
                    own["quote"] = words(f"It says {' '.join(map(str, cells.values()))} there;")
                register.add(**own)
            register.close()
    _write_gaps(place, plan, title)


def _write_decisions(place, plan):
    if plan.get("decisions"):
        decisions = Register(place / "decisions.csv", "decisions")
        for number, decision in plan["decisions"]:
            link = {"basis": "stated", **plan["links"][number]}
            cells = {part: link[part] for part in ("subject", "predicate", "object", "basis")}
            said = {"by": "Ann Other", "on": "2026-01-03", "reason": "so it is"}
            decisions.add(**cells, decision=decision, **said)
        decisions.close()


def _write_gaps(place, plan, title):
    if plan.get("absences"):
        absences = Register(place / "absences.csv", "absences")
        for entry in plan["absences"]:
            cells = entry if isinstance(entry, dict) else {"subject": entry}
            absences.add(**{"property": "ledBy", "kind": "blank", "quote": title, **cells})
        absences.close()
    if plan.get("defects"):
        defects = Register(place / "defects.csv", "defects")
        for entry in plan["defects"]:
            cells = (
                entry
                if isinstance(entry, dict)
                else dict(zip(("id", "subject"), entry, strict=True))
            )
            usual = {"kind": "noise", "description": "noise", "quote": title}
            defects.add(**{**usual, **cells})
        defects.close()


def many(folder, plans, rows):
    """Write many instruments that serve one national framework, and return the count of rows.

    Args:
        folder: Where.
        plans: How many instruments there are.
        rows: How many actions each has; there are two links an action.
    """
    national = {
        "instrument": {"level": "national"},
        "elements": [(f"nat/objective/{n}", "Objective") for n in range(6)],
    }
    found = {"nat": national}
    for number in range(plans):
        name = f"plan-{number:05}"
        elements = [(f"{name}/workstream/0", "Workstream")]
        links = []
        for n in range(rows):
            action = f"{name}/action/{n}"
            elements.append((action, "Action"))
            links.append({"subject": action, "predicate": "partOf", "object": elements[0][0]})
            target = f"nat/objective/{n % 6}"
            links.append({"subject": action, "predicate": "serves", "object": target})
        found[name] = {"elements": elements, "links": links}
    write_data(Path(folder), found)
    return 6 + plans * (1 + 3 * rows)
