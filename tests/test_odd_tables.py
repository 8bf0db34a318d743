"""Tables as people make them: stray marks, odd separators, names with spaces, other line ends."""

import pytest

import kg
from kg.building.build import build
from kg.cli import main
from kg.errors import KgError, LoadError

HEADER = "id,level,text,serves\n"


def table(tmp_path, text, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def test_an_inch_mark_swallows_nothing(tmp_path):
    rows = ['a0,Action,5" pipe,o', *(f"a{n},Action,x,o" for n in range(1, 200)), 'z,Action,6",o']
    path = table(tmp_path, HEADER + "o,Objective,x,\n" + "\n".join(rows) + "\n")
    graph = kg.load(path)
    assert not graph.problems
    assert len(graph.nodes) == 202
    assert graph.nodes["a0"].text == '5" pipe'


def test_a_broken_row_takes_no_other_with_it(tmp_path):
    path = table(
        tmp_path,
        HEADER + 'o,Objective,x,\na,Action,"open,o\nb,Action,x,o\nc,Action,x,o\nd,Action,"y"z,o\n',
    )
    graph = kg.load(path)
    assert [(p.rule, p.place.line) for p in graph.problems] == [
        ("unreadable-row", 3),
        ("unreadable-row", 6),
    ]
    assert list(graph.nodes) == ["o", "b", "c"]


def test_a_cell_of_several_lines_with_marks_in_it(tmp_path):
    path = table(tmp_path, HEADER + 'o,Objective,"one\n""two""\nthree",\na,Action,x,o\n')
    graph = kg.load(path)
    assert not graph.problems
    assert graph.nodes["o"].text == 'one "two" three'
    assert graph.nodes["o"].passages[0].lines == "2-4"
    assert graph.nodes["a"].passages[0].lines == "5"


def test_lines_that_end_in_carriage_returns_are_counted(tmp_path):
    path = table(tmp_path, 'id,level,text,serves\ro,Objective,"x\ry",\ra,Action,x,none\r')
    graph = kg.load(path)
    assert graph.nodes["o"].passages[0].lines == "2-3"
    assert [(p.rule, p.place.line) for p in graph.problems] == [("dangling-link", 4)]


@pytest.mark.parametrize("char", ["\u2028", "\u0085", "\u2029", "\x0b", "\x1c"])
def test_what_other_programs_take_for_a_line_end_is_a_letter(tmp_path, char):
    import pyoxigraph as ox

    path = table(tmp_path, f"{HEADER}o,Objective,x{char}y,\na,Action,x,o\n")
    assert not kg.load(path).problems
    release = build(path, tmp_path / "home")
    for form in ("nq", "ttl", "trig", "jsonld"):
        target = kg.export(tmp_path / f"x.{form}", path=tmp_path / "home")
        assert list(ox.parse(path=str(target), format=ox.RdfFormat.from_extension(form)))
    assert (tmp_path / "x.nq").read_bytes() == release.quads.read_bytes()


def test_a_table_and_its_release_are_the_same_triples(tmp_path):
    path = table(tmp_path, HEADER + "o,Objective,x,\nw,Workstream,x,o\na,Action,x,w\n")
    build(path, tmp_path / "home")
    direct = kg.export(tmp_path / "direct.nq", path=path).read_bytes()
    assert direct == kg.export(tmp_path / "release.nq", path=tmp_path / "home").read_bytes()
    assert b"tracesTo" in direct


def test_ids_with_spaces_and_semicolons_are_found(tmp_path):
    path = table(
        tmp_path,
        HEADER + "A 1,Objective,x,\n1,Objective,x,\n2;3,Objective,x,\n"
        "a,Action,x,A 1\nb,Action,x,A 1; 1\nc,Action,x,2;3\nd,Action,x,1 2;3\n",
    )
    graph = kg.load(path)
    links = [(c.subject, c.object) for c in graph.claims]
    assert links == [("a", "A 1"), ("b", "A 1"), ("b", "1"), ("c", "2;3"), ("d", "1")]
    assert [p.rule for p in graph.problems] == ["dangling-link", "dangling-link"]


def test_a_lead_never_takes_the_place_of_an_item(tmp_path):
    path = table(
        tmp_path,
        "id,level,text,serves,lead\no,Objective,x,,\nbody/nhs,Action,x,o,NHS\na,Action,x,o,NHS\n",
    )
    build(path, tmp_path / "home")
    for graph in (kg.load(path), kg.load(tmp_path / "home")):
        assert {(r["action"], r["objective"]) for r in kg.matrix(graph)} == {
            ("body/nhs", "o"),
            ("a", "o"),
        }
        # Nothing is wrong with the rows; but one body leads all that the objective has.
        assert {f.rule for f in kg.audit(graph)} == {"single-thread"}
        assert graph.nodes["body/nhs-lead"].cls == "Organization"


@pytest.mark.parametrize(
    "text",
    [
        '"id"x,level,text\na,Action,x\n',
        "id,level,Text,text,serves\na,Action,x,,\n",
        "ID,id,level,text\na,b,Action,x\n",
    ],
)
def test_a_header_that_cannot_be_trusted_is_refused(tmp_path, text):
    with pytest.raises(LoadError, match="load-csv"):
        kg.load(table(tmp_path, text))


def test_unnamed_columns_and_blank_first_lines_are_passed_over(tmp_path):
    path = table(tmp_path, "\n\nid,level,text,serves,,\no,Objective,x,,,\na,Action,x,o,,\n")
    graph = kg.load(path)
    assert not graph.problems
    assert graph.nodes["a"].passages[0].lines == "5"


def test_impossible_paths_are_no_bug_of_ours(tmp_path, capsys):
    long = "x" * 300
    for command in (["audit", "-g", long], ["build", "--data", long, "-o", str(tmp_path / "h")]):
        assert main(command) == 2
        assert "error[load-file]" in capsys.readouterr().err
    assert main(["build", "--data", "", "-o", str(tmp_path / "h")]) == 2
    assert main(["build", "--data", "/dev/null", "-o", str(tmp_path / "h")]) == 2


def test_impact_of_what_serves_nothing_costs_nobody_anything(tmp_path):
    path = table(tmp_path, HEADER + "o,Objective,x,\nb1,Priority,x,\nb2,Action,x,b1\n")
    rows = list(kg.impact(kg.load(path), "b1"))
    assert [(row["node"], row["only_this_way"]) for row in rows] == [("b2", False)]


def test_errors_carry_a_hint(tmp_path):
    with pytest.raises(KgError) as caught:
        kg.load(table(tmp_path, ""))
    assert caught.value.hint
