"""Projects as text: trees of modules, and graphs in the formats of Graphviz and Mermaid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pyautoload_wasm._results.project import Graph, Registry

if TYPE_CHECKING:
    from collections.abc import Callable

#: How the lines of an edge that is not an ordinary import look in Graphviz.
_STYLES = {"deferred": "dashed", "type_checking": "dotted", "attribute": "dashed", "observed": "bold"}
_ARROWS = {"deferred": "-.->", "type_checking": "-.->", "attribute": "-.->", "observed": "==>"}


def tree(registry: Registry) -> str:
    """Module names, indented, each with its attribute and its file."""
    rows = [(record.name, record.attribute or "", record.path) for record in registry.values()]
    names = ["  " * name.count(".") + name.rpartition(".")[2] for name, _, _ in rows]
    width = max((len(name) for name in names), default=0)
    attributes = max((len(attribute) for _, attribute, _ in rows), default=0)
    lines = [
        f"{name:{width}}  {attribute:{attributes}}  {path}"
        for name, (_, attribute, path) in zip(names, rows, strict=True)
    ]
    return "\n".join(lines)


def text(graph: Graph) -> str:
    """A line for each import: file, line, importer, imported."""
    return "\n".join(
        f"{edge.path}:{edge.line}: {edge.importer} imports {edge.imported}"
        + (f" ({', '.join(edge.names)})" if edge.names else "")
        + ("" if edge.kind == "import" else f" [{edge.kind}]")
        for edge in graph.edges
        if edge.kind != "parent"
    )


def dot(graph: Graph) -> str:
    """The graph in Graphviz's language, but for edges to parents."""
    lines = ["digraph imports {", "  rankdir=LR;", "  node [shape=box];"]
    lines += [f"  {json.dumps(name)};" for name in graph.nodes]
    for importer, imported, kind in _edges(graph):
        style = f" [style={_STYLES[kind]}]" if kind in _STYLES else ""
        lines.append(f"  {json.dumps(importer)} -> {json.dumps(imported)}{style};")
    return "\n".join([*lines, "}"])


def mermaid(graph: Graph) -> str:
    """The graph as a Mermaid flowchart, but for edges to parents."""
    ids = {name: f"n{number}" for number, name in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    lines += [f'  {ids[name]}["{name}"]' for name in graph.nodes]
    lines += [
        f"  {ids[importer]} {_ARROWS.get(kind, '-->')} {ids[imported]}" for importer, imported, kind in _edges(graph)
    ]
    return "\n".join(lines)


def plain(graph: Graph) -> str:
    """The graph as JSON: nodes and edges."""
    return json.dumps({"nodes": graph.nodes, "edges": [edge._asdict() for edge in graph.edges]}, indent=2)


def _edges(graph: Graph) -> list[tuple[str, str, str]]:
    """Each pair of modules once, with the first kind of edge between them."""
    pairs: dict[tuple[str, str], str] = {}
    for edge in graph.edges:
        if edge.kind != "parent":
            pairs.setdefault((edge.importer, edge.imported), edge.kind)
    return [(importer, imported, kind) for (importer, imported), kind in pairs.items()]


FORMATS: dict[str, Callable[[Graph], str]] = {"text": text, "dot": dot, "mermaid": mermaid, "json": plain}
