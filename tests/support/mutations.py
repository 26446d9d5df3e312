"""What can be broken in a source, one place at a time."""

import ast
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Mutation:
    """One place of a source, and what is done to it."""

    kind: str
    line: int
    column: int

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

    def _is_to_break(self, node: ast.expr | ast.stmt, kind: str) -> bool:
        self.found.append(Mutation(kind, node.lineno, node.col_offset))
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


def mutations(source: str) -> list[Mutation]:
    """List all that can be broken."""
    breaker = Breaker()
    breaker.visit(ast.parse(source))
    return breaker.found


def broken(source: str, mutation: Mutation) -> ast.Module:
    """Break one place."""
    tree = ast.parse(source)
    Breaker(mutation).visit(tree)
    return ast.fix_missing_locations(tree)
