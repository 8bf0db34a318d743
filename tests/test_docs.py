"""What the guides show is what happens: every block of code in them runs, and prints that."""

import doctest
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import kg

ROOT = Path(kg.__file__).parent.parent
DOCS = ROOT / "docs"
GUIDES = [
    DOCS / "tutorial.md",
    DOCS / "how-to" / "use-from-python.md",
    DOCS / "how-to" / "compare-localities.md",
]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_RUN = {"sh"}
"""Commands that install the package; everything else runs."""


def blocks(page):
    return FENCE.findall(page.read_text(encoding="utf-8"))


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder of one's own, with `kg` on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "kg"
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m kg "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(block):
    """Yield each command with the output that is shown below it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def fits(shown, printed):
    """Tell whether an output is the one shown: `…` stands for any lines, or the rest of one."""
    pattern = ""
    for line in shown.splitlines():
        if line == "…":
            pattern += r"(?:.*\n)*"
        elif line.endswith("…"):
            pattern += re.escape(line[:-1].rstrip()) + r".*\n"
        else:
            pattern += re.escape(line) + r"\n"
    return re.fullmatch(pattern, printed) is not None


def python_of(page):
    return "".join(f"{body}\n" for language, body in blocks(page) if language == "pycon")


def doctest_of(text, name):
    found = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
    said = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(found, out=said.append)
    return runner.summarize(verbose=False), "".join(said)


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_commands_print_what_is_shown(page, place):
    ran = 0
    for language, body in blocks(page):
        assert language in {"console", "pycon", *NOT_RUN}
        if language != "console":
            continue
        for command, shown in told(body):
            done = subprocess.run(
                ["bash", "-c", command], capture_output=True, text=True, check=False
            )
            printed = done.stdout + done.stderr
            assert "error[" not in printed
            assert fits(shown, printed), f"{command}\n--- shown\n{shown}--- printed\n{printed}"
            ran += 1
    assert ran or page.stem == "use-from-python"


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.stem)
def test_python_says_what_is_shown(page, place):
    result, said = doctest_of(python_of(page), page.name)
    assert result.attempted >= 6
    assert not result.failed, said


def test_a_wrong_figure_in_a_guide_is_found(place):
    """The checks themselves can fail: a figure that is changed, a line that is left out."""
    text = next(body for language, body in blocks(GUIDES[0]) if language == "pycon")
    assert "[10, 8, 4, 16, 3, 3], 44, 0" in text
    result, _ = doctest_of(text.replace("16, 3, 3], 44", "15, 3, 3], 44"), "changed")
    assert result.failed == 1
    assert fits("a\n…\nd …\n", "a\nb\nc\nd e\n")
    assert not fits("a\nc\n", "a\nb\nc\n")
    assert not fits("a\n", "a\nb\n")
    assert not fits("a\n…\nx\n", "a\nb\n")


def test_what_is_not_run_only_installs():
    for page in GUIDES:
        for language, body in blocks(page):
            if language in NOT_RUN:
                assert set(re.findall(r"^\S+", body, re.MULTILINE)) <= {"python3", "pip"}


@pytest.mark.parametrize(
    "page", sorted(DOCS.rglob("*.md")), ids=lambda p: p.relative_to(DOCS).as_posix()
)
def test_links_lead_somewhere(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        assert other.exists(), target
        if anchor and other.suffix == ".md":
            heads = re.findall(r"^#+ (.*)$", other.read_text(encoding="utf-8"), re.MULTILINE)
            made = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
            assert anchor in made, target


def test_references_are_up_to_date(monkeypatch, capsys):
    """The pages say what the code says: `.ci/make_reference.py` would write nothing new."""
    monkeypatch.setattr(sys, "argv", ["make_reference.py", "--check"])
    made = runpy.run_path(str(ROOT / ".ci" / "make_reference.py"))
    assert made["main"]() == 0, capsys.readouterr().out


def test_references_name_everything():
    made = runpy.run_path(str(ROOT / ".ci" / "make_reference.py"))
    page = (DOCS / "reference" / "python.md").read_text(encoding="utf-8")
    for name in kg.__all__:
        assert f"### kg.{name}\n" in page or f"### {name}\n" in page or name == "__version__"
    from kg.cli import COMMANDS

    shown = made["cli_page"]()
    for name in COMMANDS:
        assert f"\n## kg {name}\n" in shown


ELSEWHERE = {
    "ask-why": "test_why",
    "decide-about-links": "test_claims",
    "excuse-a-finding": "test_suspects",
    "gate-a-pull-request": "test_outputs",
    "open-in-other-tools": "test_table_exports",
    "review-suspect-links": "test_suspects",
    "see-what-changed": "test_diff",
    "write-an-assurance-report": "test_assurance",
}
"""Guides that other tests follow from step to step, on tables of their own."""
HERE = [
    "ask-a-question",
    "ask-as-of-a-date",
    "audit-your-own-plan",
    "cite-and-reuse",
    "keep-releases",
]
PLAN = "id,level,text,serves,lead,date\no1,objective,Be well,,,\na17,action,Walk,o1,Ann Lee,2027\n"
STANDS_FOR = {" ACTION ": " telford-2011/action/1 ", " NAME": " $(cat .kg/current)"}
"""What the words for the reader's own names stand for here; what is shown of ACTION is made up,
for none of the documents supports New Horizons, and test_as_of makes such an action."""


def commands_of(page):
    """Return the commands that stand by themselves, each with the lines shown below it."""
    found = []
    for line in page.read_text(encoding="utf-8").splitlines():
        said = re.match(r"^    (?:\$ )?(kg .*)$", line)
        if said:
            found.append((said[1], []))
        elif line.startswith("    $ "):  # another program's command
            found.append((None, []))
        elif line.startswith("    ") and found:
            found[-1][1].append(line[4:])
        elif line.strip() and found:
            found.append((None, []))
    return [(command, shown) for command, shown in found if command]


@pytest.mark.parametrize("name", HERE)
def test_commands_of_other_guides_run(name, place):
    (place / "plan.csv").write_text(PLAN)
    commands = commands_of(DOCS / "how-to" / f"{name}.md")
    if name == "keep-releases":
        # There must be a release before to go back to.
        commands = [("kg build -q", []), ("kg build -q --data plan.csv", []), *commands]
    assert commands or name == "ask-a-question"
    for command, shown in commands:
        own = command.partition("  #")[0]
        for word, meant in STANDS_FOR.items():
            own = own.replace(word, meant)
        done = subprocess.run(["bash", "-c", own], capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), f"{own}\n{done.stderr}"
        printed = " ".join((done.stdout + done.stderr).split())
        for line in shown if " ACTION " not in command else ():
            for part in filter(None, (" ".join(p.split()) for p in line.split("…"))):
                assert part in printed, (
                    f"{own}\n--- shown\n{line}\n--- printed\n{done.stdout[:3000]}"
                )


def test_every_guide_is_followed():
    mine = {page.stem for page in GUIDES}
    for page in (DOCS / "how-to").glob("*.md"):
        if page.stem in ELSEWHERE:
            test = (ROOT / "tests" / f"{ELSEWHERE[page.stem]}.py").read_text(encoding="utf-8")
            assert page.stem in test
        # Servers are started by test_servers; notebooks are run by test_notebooks and .ci/run.
        elif page.stem not in {"use-a-sparql-server", "run-the-notebooks"}:
            assert page.stem in mine.union(HERE), f"no test runs {page.stem}"
