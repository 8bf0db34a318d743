"""Execute the notebooks, and write them as pages in docs/notebooks.

A notebook in git holds no outputs. This program runs each from top to bottom in an empty folder,
with the interpreter that runs the program itself and the package that this interpreter imports
(the installed wheel, in continuous integration), and renders it as one page that needs no other
file and no network. With `--check` nothing is written; the exit code is 1 when a cell fails, a
notebook is not tidy, or a page does not have the text of its notebook. With `--tidy` outputs and
editors' metadata are taken away, and nothing is executed.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import re
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
PAGES = ROOT / "docs" / "notebooks"
SECONDS = 120
LARGEST = 600_000
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
STYLE = """
body{font:16px/1.55 Georgia,serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#111}
h1,h2,h3,nav{font-family:system-ui,sans-serif;line-height:1.25}
pre,code{font:13px/1.45 ui-monospace,Consolas,monospace}
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0}
.jp-InputArea,.input_area,.highlight{background:#f4f4f4}
.highlight{border-left:3px solid #767676;padding:.5rem .75rem;margin:.5rem 0}
.prompt,.jp-InputPrompt,.jp-OutputPrompt,.anchor-link{display:none}
table{border-collapse:collapse;font:14px/1.4 system-ui,sans-serif;margin:.75rem 0}
td,th{border:1px solid #949494;padding:.2rem .5rem;text-align:left;vertical-align:top}
caption{text-align:left;font-weight:bold;padding:.25rem 0}
img{max-width:100%;height:auto}
blockquote{border-left:3px solid #767676;margin:.5rem 0;padding:0 1rem}
"""
PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}{colours}</style>
</head>
<body>
<nav><a href="index.html">All notebooks</a></nav>
<main>
{body}
</main>
</body>
</html>
"""  # noqa: E501 - a policy is one line


def notebooks() -> list[Path]:
    """List the notebooks in their order."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def tidy(text: str) -> str:
    """Take outputs, counts and editors' metadata away, and number the cells."""
    cells = []
    for number, cell in enumerate(json.loads(text)["cells"], start=1):
        source = cell["source"]
        lines = (source if isinstance(source, str) else "".join(source)).strip("\n")
        kept: dict[str, Any] = {
            "cell_type": cell["cell_type"],
            "id": f"cell-{number:02}",
            "metadata": {},
            "source": lines.splitlines(keepends=True),
        }
        if cell["cell_type"] == "code":
            kept |= {"execution_count": None, "outputs": []}
        cells.append(dict(sorted(kept.items())))
    whole = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def title_of(notebook: Any) -> str:  # noqa: ANN401 - a tree of JSON
    """Return the first heading."""
    source = notebook["cells"][0]["source"]
    first = (source if isinstance(source, str) else "".join(source)).splitlines()[0]
    return first.removeprefix("# ")


def execute(path: Path, folder: str) -> Any:  # noqa: ANN401 - nbformat has no types
    """Run a notebook in a folder, and return it with its outputs."""
    import nbformat  # noqa: PLC0415 - reading pages needs none of these
    from jupyter_client.kernelspec import KernelSpecManager  # noqa: PLC0415 - the same
    from jupyter_client.manager import AsyncKernelManager  # noqa: PLC0415 - the same
    from nbclient import NotebookClient  # noqa: PLC0415 - the same

    notebook = nbformat.read(path, as_version=4)
    # Kernels that are installed for the user may belong to another Python; this one is ours.
    specs = KernelSpecManager(kernel_dirs=[], ensure_native_kernel=True)
    kernel = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=specs)
    client = NotebookClient(
        notebook, km=kernel, timeout=SECONDS, resources={"metadata": {"path": folder}}
    )
    client.owns_km = True  # so that the kernel ends with the notebook, whatever happens in it
    client.execute()
    return notebook


def render(notebook: Any) -> str:  # noqa: ANN401 - nbformat has no types
    """Write an executed notebook as one page."""
    from nbconvert import HTMLExporter  # noqa: PLC0415 - the same
    from pygments.formatters import HtmlFormatter  # noqa: PLC0415 - the same

    body, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    return PAGE.format(
        title=html.escape(title_of(notebook)),
        style=STYLE,
        colours=HtmlFormatter(style="bw").get_style_defs(".highlight"),
        body=re.sub(r"[ \t]+$", "", body.strip(), flags=re.MULTILINE),
    )


def index_page(paths: list[Path]) -> str:
    """Write the list of pages."""
    items = []
    for path in paths:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        said = "".join(notebook["cells"][0]["source"]).split("\n\n")[1]
        items.append(
            f'<li><a href="{path.stem}.html">{html.escape(title_of(notebook))}</a><br>'
            f"{html.escape(said)}</li>"
        )
    body = "<h1>Notebooks</h1>\n<ol>\n" + "\n".join(items) + "\n</ol>"
    page = PAGE.format(title="Notebooks", style=STYLE, colours="", body=body)
    return page.replace('<nav><a href="index.html">All notebooks</a></nav>\n', "")


class PageText(HTMLParser):
    """The words of a page, without its markup."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.words: list[str] = []
        self.requests: list[str] = []
        self._skip = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a browser would fetch."""
        self._skip += tag in {"style", "script"}
        if tag == "script":
            self.requests.append("script")
        self.requests += [
            value or ""
            for name, value in attrs
            if name in {"src", "srcset", "data", "poster"} and not (value or "").startswith("data:")
        ]
        if tag == "link":
            self.requests.append("link")

    def handle_endtag(self, tag: str) -> None:
        """Leave what holds no words."""
        self._skip -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        if not self._skip:
            self.words.append(data)


def letters(text: str) -> str:
    """Keep letters and figures only, so that markup and white space do not matter."""
    return re.sub(r"[\W_]+", "", text)


def _plain(cell: dict[str, Any]) -> str:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return re.sub(r"\]\([^)]*\)", "]", source)  # an address is shown as its words
    return source


def page_faults(path: Path) -> list[str]:
    """Say in what a page differs from its notebook, and what it would fetch."""
    page = PAGES / f"{path.stem}.html"
    if not page.is_file():
        return [f"{page.name}: not rendered"]
    text = page.read_text(encoding="utf-8")
    parser = PageText()
    parser.feed(text)
    shown = letters("".join(parser.words))
    faults = [f"{page.name}: would fetch {address}" for address in parser.requests]
    if len(text.encode()) > LARGEST:
        faults.append(f"{page.name}: larger than {LARGEST} bytes")
    place = 0
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        wanted = letters(_plain(cell))
        found = shown.find(wanted, place)
        if found < 0:
            faults.append(f"{page.name}: has not the text of {cell['id']} of {path.name}")
        else:
            place = found + len(wanted)
    return faults


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(text, encoding="utf-8", newline="\n")
    aside.replace(path)


def run(paths: list[Path], *, check: bool) -> list[str]:
    """Execute notebooks; write their pages, or look whether those there still hold."""
    from nbclient.exceptions import CellExecutionError  # noqa: PLC0415 - the same

    faults = []
    with tempfile.TemporaryDirectory(prefix="policy-lineage-notebooks-") as folder:
        os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
        os.environ["IPYTHONDIR"] = os.environ["MPLCONFIGDIR"] = folder
        for path in paths:
            try:
                notebook = execute(path, folder)
            except CellExecutionError as error:
                faults.append(f"{path.name}: {error}")
                continue
            if check:
                faults += page_faults(path)
            else:
                write(PAGES / f"{path.stem}.html", render(notebook))
    return faults


def main(arguments: list[str]) -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description="Execute the notebooks and render their pages.")
    parser.add_argument("names", nargs="*", help="the first letters of their names; all if none")
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--tidy", action="store_true", help="clear outputs, execute nothing")
    options = parser.parse_args(arguments)
    paths = [p for p in notebooks() if not options.names or p.stem.startswith(tuple(options.names))]
    if not paths:
        print("no notebook has such a name", file=sys.stderr)
        return 2
    faults = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        if tidy(text) != text:
            if options.check:
                faults.append(f"{path.name}: not tidy; run .ci/make_notebooks.py --tidy")
            else:
                write(path, tidy(text))
    if not options.tidy:
        PAGES.mkdir(exist_ok=True)
        faults += run(paths, check=options.check)
        if not options.check:
            write(PAGES / "index.html", index_page(notebooks()))
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
