"""What can be broken in a source, one place at a time."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

RAN = "__line_ran__"
"""What a recorded source calls."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One place of a source, and what is done to it."""

    kind: str
    line: int
    column: int
    statement: int
    """The line of the statement that it is in."""

    def breaks(self, node: ast.AST, kind: str) -> bool:
        """Tell whether it is about a node."""
        return (
            kind == self.kind
            and isinstance(node, (ast.expr, ast.stmt))
            and (node.lineno, node.col_offset) == (self.line, self.column)
        )


class Breaker(ast.NodeTransformer):
    """Breaks one place, or, without a mutation, lists what it could break."""

    SWAPPED: ClassVar[dict[type[ast.cmpop], type[ast.cmpop]]] = {
        ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt,
        ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.In: ast.NotIn, ast.NotIn: ast.In,
        ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    }  # fmt: skip

    def __init__(self, mutation: Mutation | None = None) -> None:
        self.mutation = mutation
        self.found: list[Mutation] = []
        self._statement = 0

    def visit(self, node: ast.AST) -> ast.AST:
        """Remember which statement its parts are in."""
        if not isinstance(node, ast.stmt):
            return self._visited(node)
        before, self._statement = self._statement, node.lineno
        visited = self._visited(node)
        self._statement = before
        return visited

    def _visited(self, node: ast.AST) -> ast.AST:
        visited = super().visit(node)
        assert isinstance(visited, ast.AST)
        return visited

    def _is_to_break(self, node: ast.expr | ast.stmt, kind: str) -> bool:
        self.found.append(Mutation(kind, node.lineno, node.col_offset, self._statement))
        return self.mutation is not None and self.mutation.breaks(node, kind)

    def visit_If(self, node: ast.If) -> ast.AST:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return node
        if self._is_to_break(node, "condition turned round"):
            node.test = ast.UnaryOp(op=ast.Not(), operand=node.test)
        return self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        if self._is_to_break(node, "comparison changed"):
            node.ops[0] = self.SWAPPED[type(node.ops[0])]()
        return self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        if self._is_to_break(node, "and/or changed"):
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> ast.AST:
        is_none = isinstance(node.value, ast.Constant) and node.value.value is None
        if (
            node.value is not None
            and not is_none
            and self._is_to_break(node, "return dropped")
        ):
            return ast.copy_location(ast.Expr(value=node.value), node)
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        match node.value:
            case ast.Call() if self._is_to_break(node, "call dropped"):
                return ast.copy_location(ast.Pass(), node)
            case ast.Yield() | ast.YieldFrom() if self._is_to_break(
                node, "yield dropped"
            ):
                return ast.copy_location(ast.Pass(), node)
        return self.generic_visit(node)


class NumberBreaker(Breaker):
    """Breaks the numbers of a module that has nothing else."""

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        match node.value:
            case ast.Constant(value=int(number)) if self._is_to_break(
                node, "number changed"
            ):
                node.value = ast.copy_location(ast.Constant(number + 1), node.value)
        return node


def mutations(source: str) -> list[Mutation]:
    """List all that can be broken."""
    for kind in (Breaker, NumberBreaker):
        breaker = kind()
        breaker.visit(ast.parse(source))
        if breaker.found:
            return breaker.found
    return []


def broken(source: str, mutation: Mutation) -> ast.Module:
    """Break one place."""
    tree = ast.parse(source)
    is_number = mutation.kind == "number changed"
    (NumberBreaker if is_number else Breaker)(mutation).visit(tree)
    return ast.fix_missing_locations(tree)


class Recorder(ast.NodeTransformer):
    """Makes each statement of a function say its line before it runs."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        for inner in ast.walk(node):
            for name in ("body", "orelse", "finalbody"):
                statements = getattr(inner, name, None)
                if isinstance(statements, list) and not isinstance(inner, ast.ClassDef):
                    setattr(inner, name, [*self._told(statements)])
        return node

    def _told(self, statements: list[ast.stmt]) -> Iterator[ast.stmt]:
        for statement in statements:
            line = ast.Constant(value=statement.lineno)
            say = ast.Call(
                func=ast.Name(id=RAN, ctx=ast.Load()), args=[line], keywords=[]
            )
            yield ast.copy_location(ast.Expr(value=say), statement)
            yield statement


def recorded(source: str) -> ast.Module:
    """Let the functions of a source call `RAN` with each line that runs."""
    tree = ast.parse(source)
    Recorder().visit(tree)
    return ast.fix_missing_locations(tree)
