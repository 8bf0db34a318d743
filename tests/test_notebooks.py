"""The notebooks: tidy in git, true when they run, and readable as pages without a network."""

import itertools
import json
import os
import re
import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / ".ci" / "make_notebooks.py"
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = ROOT / "docs" / "notebooks"
NEEDED = ("ipykernel", "matplotlib", "nbclient", "nbconvert")
ABSENT = [name for name in NEEDED if find_spec(name) is None]

every = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def making():
    return runpy.run_path(str(PROGRAM))


def cells(path, kind):
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] == kind]


def run(folder, *arguments):
    names = ("notebooks", "docs/notebooks", ".ci")
    for name in names:
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / ".ci" / PROGRAM.name).write_bytes(PROGRAM.read_bytes())
    return subprocess.run(
        [sys.executable, folder / ".ci" / PROGRAM.name, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=150,
        # As pytest itself does, a checkout that is not installed is found; so is a wheel.
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, filter(None, sys.path)))},
    )


def small(*sources):
    made = [
        {"cell_type": kind, "id": "a", "metadata": {}, "source": source}
        | ({"execution_count": None, "outputs": []} if kind == "code" else {})
        for kind, source in sources
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_there_are_the_five_that_are_promised():
    assert [path.stem[3:] for path in NOTEBOOKS] == [
        "officers-tour",
        "auditors-rerun",
        "sparql-course",
        "comparing-localities",
        "sensitivity",
    ]


@every
def test_git_holds_no_outputs_and_no_metadata_of_an_editor(path, making):
    text = path.read_text(encoding="utf-8")
    assert making["tidy"](text) == text
    assert '"outputs": []' in text


def test_outputs_and_metadata_are_noticed_and_taken_away(making):
    whole = json.loads(small(("markdown", "# T"), ("code", "1")))
    whole["metadata"] = {"widgets": {"state": 1}}
    whole["cells"][1] |= {
        "execution_count": 3,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "secret"}],
        "metadata": {"collapsed": True},
    }
    text = making["tidy"](json.dumps(whole))
    assert "secret" not in text
    assert "widgets" not in text
    assert "collapsed" not in text
    assert [cell["id"] for cell in json.loads(text)["cells"]] == ["cell-01", "cell-02"]
    assert making["tidy"](text) == text


@every
def test_each_opens_by_itself_states_checks_and_shows_pictures_with_numbers(path):
    code = "\n".join(cells(path, "code"))
    prose = "\n".join(cells(path, "markdown"))
    assert "graph = kg.load()" in code
    assert code.count("assert ") >= 8
    pictures = len(re.findall(r"^picture\(", code, flags=re.MULTILINE))
    assert pictures >= 1
    assert prose.count("What the picture does not show") == pictures
    for cell in cells(path, "code"):
        drawn = re.search(r"^picture\(", cell, flags=re.MULTILINE)
        assert not drawn or re.search(r"^(table\(|rows = ask\()", cell, flags=re.MULTILINE)


def test_the_officers_tour_needs_no_sparql():
    text = NOTEBOOKS[0].read_text(encoding="utf-8")
    assert "SELECT" not in text
    assert "kg.query" not in text


def test_the_course_has_twelve_exercises_each_with_a_hint_and_a_checked_answer():
    text = json.loads(NOTEBOOKS[2].read_text(encoding="utf-8"))["cells"]
    numbers = []
    for cell, after in itertools.pairwise(text):
        source = "".join(cell["source"])
        found = re.findall(r"^## (\d+)\. ", source, flags=re.MULTILINE)
        if found:
            numbers += map(int, found)
            assert "*Hint: " in source
            answer = "".join(after["source"])
            assert after["cell_type"] == "code"
            assert "ask(" in answer
            assert "assert " in answer
    assert numbers == list(range(1, 13))


@every
def test_the_page_has_the_text_of_its_notebook_and_fetches_nothing(path, making):
    assert making["page_faults"](path) == []


@every
def test_the_page_shows_its_pictures_with_words_for_those_who_do_not_see_them(path):
    text = (PAGES / f"{path.stem}.html").read_text(encoding="utf-8")
    images = re.findall(r"<img\b[^>]*>", text, flags=re.DOTALL)
    code = "\n".join(cells(path, "code"))
    assert len(images) == len(re.findall(r"^picture\(", code, flags=re.MULTILINE))
    for image in images:
        words = re.search(r'alt="([^"]+)"', image)
        assert words
        assert words[1][:20] in code


def test_the_list_of_pages_names_each_notebook(making):
    text = (PAGES / "index.html").read_text(encoding="utf-8")
    assert text == making["index_page"](NOTEBOOKS)
    assert all(f'href="{path.stem}.html"' in text for path in NOTEBOOKS)


def test_no_path_of_a_machine_stands_in_a_page():
    for page in PAGES.glob("*.html"):
        assert not re.search(r"/(tmp|home|root|Users)/", page.read_text(encoding="utf-8"))


def test_a_changed_notebook_and_a_page_that_fetches_are_noticed(tmp_path, making):
    faults = making["page_faults"]
    faults.__globals__["PAGES"] = tmp_path
    try:
        path = NOTEBOOKS[0]
        whole = (PAGES / f"{path.stem}.html").read_text(encoding="utf-8")
        page = tmp_path / f"{path.stem}.html"
        assert faults(path) == [f"{page.name}: not rendered"]
        page.write_text(whole.replace("A blank cell is not the same", "A blank cell is the same"))
        assert len(faults(path)) == 1
        page.write_text(whole.replace("</main>", '<img src="https://example.org/a.png"></main>'))
        assert faults(path) == [f"{page.name}: would fetch https://example.org/a.png"]
        page.write_text(whole.replace("</main>", '<script src="a.js"></script></main>'))
        assert len(faults(path)) == 2
        page.write_text(whole + " " * making["LARGEST"])
        assert faults(path) == [f"{page.name}: larger than 600000 bytes"]
    finally:
        faults.__globals__["PAGES"] = PAGES


def needs_kernel():
    if ABSENT and not os.environ.get("CI"):
        pytest.skip(f"the extra 'notebooks' is not installed: {', '.join(ABSENT)}")
    assert not ABSENT


def test_every_notebook_runs_from_top_to_bottom():
    needs_kernel()
    done = subprocess.run(
        [sys.executable, PROGRAM, "--check"],
        check=False,
        capture_output=True,
        text=True,
        timeout=280,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, filter(None, sys.path)))},
    )
    assert done.returncode == 0, done.stderr


def test_a_wrong_statement_fails_and_a_right_one_is_rendered_alike_each_time(tmp_path):
    needs_kernel()
    wrong = tmp_path / "notebooks" / "1.ipynb"
    wrong.parent.mkdir()
    wrong.write_text(small(("markdown", "# T\n\nText."), ("code", "assert 1 == 2, 'a wrong fact'")))
    done = run(tmp_path)
    assert done.returncode == 1
    assert "a wrong fact" in done.stderr
    assert not (tmp_path / "docs/notebooks/1.html").exists()
    wrong.write_text(small(("markdown", "# T\n\nText."), ("code", "print('<b>' + 'shown')")))
    page = tmp_path / "docs/notebooks/1.html"
    assert run(tmp_path).returncode == 0
    first = page.read_bytes()
    assert b"&lt;b&gt;shown" in first
    assert run(tmp_path).returncode == 0
    assert page.read_bytes() == first
    assert run(tmp_path, "none-such").returncode == 2
