"""Annotations: which of them say `Any`, also by an alias that stands for it."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple


class Annotation(NamedTuple):
    """An annotation of a parameter, of what is returned, or of a variable."""

    place: str
    says_any: bool


def annotations(root: Path) -> Iterator[Annotation]:
    """Every annotation below a package's folder; a string of one counts as what it says."""
    modules = {
        _name(file, root): _Module(ast.parse(file.read_text(encoding="utf-8")))
        for file in sorted(root.rglob("*.py"))
    }
    hiding = _hiding(modules)
    for name, module in modules.items():
        for node in _annotations(module.tree):
            says_any = any(module.whole(each, name) in hiding for each in _names(node))
            yield Annotation(f"{name}:{node.lineno}", says_any)


def _name(file: Path, root: Path) -> str:
    parts = file.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class _Module:
    """A module and the names that it imports."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self._imported = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    def whole(self, name: str, module: str) -> str:
        """A name with the module that it is declared in."""
        first, _, rest = name.partition(".")
        known = self._imported.get(first, f"{module}.{first}")
        return f"{known}.{rest}" if rest else known


def _hiding(modules: Mapping[str, _Module]) -> set[str]:
    """`Any`, and the aliases that stand for something with it."""
    aliases = [
        (f"{name}.{alias}", {module.whole(each, name) for each in _names(value)})
        for name, module in modules.items()
        for alias, value in _aliases(module.tree)
    ]
    hiding, before = {"typing.Any"}, 0
    while len(hiding) > before:
        before = len(hiding)
        hiding |= {alias for alias, names in aliases if names & hiding}
    return hiding


def _aliases(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(node, ast.AnnAssign) and "TypeAlias" in set(_names(node.annotation)):
            target = node.target
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        # A call makes a value; a subscript, a union or a name stands for a type.
        if isinstance(target, ast.Name) and value and not isinstance(value, ast.Call):
            yield target.id, value


def _annotations(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns:
            yield node.returns


def _names(node: ast.AST) -> Iterator[str]:
    for below in ast.walk(node):
        if isinstance(below, ast.Name):
            yield below.id
        elif isinstance(below, ast.Attribute) and isinstance(below.value, ast.Name):
            yield f"{below.value.id}.{below.attr}"
        elif isinstance(below, ast.Constant) and isinstance(below.value, str):
            yield from _quoted(below.value)


def _quoted(text: str) -> Iterator[str]:
    try:
        yield from _names(ast.parse(text, mode="eval"))
    except (SyntaxError, ValueError):  # A text inside of Annotated or Literal is no type.
        return
