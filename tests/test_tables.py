"""Tables for people: in columns where they can be read, else a block a row; nothing is lost."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.cli import main
from kg.cli.rendering import render
from kg.model.tables import ResultTable

GOLDEN = Path(__file__).parent / "golden" / "tables"
WIDTHS = [60, 80, 100, 140]
COMMANDS = {
    "claims": ["claim", "list", "telford-2011/action/4"],
    "impact": ["impact", "no-health-without-mental-health/objective/2"],
    "count": ["matrix", "--from", "telford-2011", "--to", "no-health-without-mental-health"],
}
COMMANDS["count"].append("--count")


def printed(capsys, monkeypatch, name, width, form="table"):
    monkeypatch.setenv("COLUMNS", str(width))
    assert main([*COMMANDS[name], "-f", form]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", COMMANDS)
def test_tables_at_the_widths_of_terminals(capsys, monkeypatch, name, width):
    out = printed(capsys, monkeypatch, name, width)
    assert max(map(len, out.splitlines())) <= width
    assert out == (GOLDEN / f"{name}-{width}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["claims", "impact"])
def test_a_table_that_does_not_fit_is_a_block_a_row_and_says_the_same(capsys, monkeypatch, name):
    header, *rows = printed(capsys, monkeypatch, name, 80, "tsv").splitlines()
    blocks = printed(capsys, monkeypatch, name, 80).split("\n\n")
    assert len(blocks) == len(rows) > 3
    for block, row in zip(blocks, rows, strict=True):
        cells = row.split("\t")
        expected = []
        for column, cell in zip(header.split("\t"), cells, strict=True):
            expected += [f"{column}:", *cell.split()]
        assert block.split() == expected  # no word or id is broken


def test_a_table_without_rows_still_names_its_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    names = ("claim", "subject", "predicate", "object", "decision", "reason")
    assert render(ResultTable(names, ()), "table").split() == [n.upper() for n in names]


def test_how_narrow_columns_may_become(monkeypatch):
    # Widths that can be read: 16 of the steps of a name, 24 of a word; 42 with the gap.
    row = ("a" * 14 + "/" + "b" * 14, "c" * 24)
    table = ResultTable(("name", "word"), (row,))
    monkeypatch.setenv("COLUMNS", "41")
    assert render(table, "table") == f"NAME             WORD\n{'a' * 14}/  {row[1]}\n{'b' * 14}\n"
    monkeypatch.setenv("COLUMNS", "40")
    assert render(table, "table") == f"name: {row[0]}\nword: {row[1]}\n"


CELLS = st.text(alphabet="ab/-. ", max_size=40)


@given(
    st.integers(1, 6).flatmap(lambda n: st.lists(st.tuples(*[CELLS] * n), min_size=1, max_size=4)),
    st.integers(30, 120),
)
def test_nothing_is_lost_and_nothing_is_wider_than_the_terminal(rows, width):
    names = tuple("uvwxyz"[: len(rows[0])])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(width))
        out = render(ResultTable(names, tuple(rows)), "table")
    assert max(map(len, out.splitlines()), default=0) <= width
    for sign in "ab/-.":
        assert out.count(sign) == sum(cell.count(sign) for row in rows for cell in row)
