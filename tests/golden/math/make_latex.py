"""What each LaTeX expression of latex_expressions.jsonl is worth, by SymPy: its value where its symbols have the values
below, or what kind of thing it is. The expressions are those of the tests of latex2sympy2_extended (MIT).

tests/tasks/math_latex_test.cc holds that Millet reads the same. Run: python make_latex.py LATEX_EXPRESSIONS.jsonl
(needs sympy alone).
"""
import json
import pathlib
import sys

from sympy import *  # noqa: F403  the expressions are written in its names
from sympy.core.function import AppliedUndef

HERE = pathlib.Path(__file__).parent
NAMES = {}
exec("from sympy import *", NAMES)
for letter in "abcnkxyzt":
    NAMES[letter] = Symbol(letter, real=True)
NAMES["theta"] = Symbol("theta", real=True)
NAMES["_Add"] = lambda *a: Add(*a, evaluate=False)
NAMES["_Mul"] = lambda *a: Mul(*a, evaluate=False)
NAMES["_Pow"] = lambda *a: Pow(*a, evaluate=False)
NAMES["_Abs"] = lambda *a: Abs(*a, evaluate=False)
NAMES["_factorial"] = lambda *a: factorial(*a, evaluate=False)
NAMES["_log"] = lambda *a: log(*a, evaluate=False)
AT = {"a": 0.7, "b": 1.3, "c": 2.0, "n": 1.1, "x": 0.4, "y": 2.5, "z": -0.6, "t": 0.9, "theta": 0.35,
      "bar{x}_n": 1.9, "bar{x}": 2.2, "x_a": -1.4, "h_{\\theta}": 0.55}


def calculus(name, variable, parts):
    return {"kind": "function", "name": name, "variable": str(variable), "parts": [described(p) for p in parts]}


def described(expression):
    if isinstance(expression, (int, float)):
        return {"value": [float(expression), 0.0]}
    if isinstance(expression, (MatrixBase, MatrixExpr)):
        matrix = Matrix(expression.doit().as_explicit() if isinstance(expression, MatrixExpr) else expression)
        return {"matrix": [described(e) for e in matrix], "columns": matrix.shape[1]}
    if isinstance(expression, FiniteSet):
        return {"kind": "finite_set", "size": len(expression)}
    if expression is S.EmptySet:
        return {"kind": "empty"}
    if expression in (oo, -oo):
        return {"kind": "infinity"}
    if isinstance(expression, (Integral, Sum, Product)):
        variable, *bounds = expression.limits[0]
        return calculus(type(expression).__name__.lower(), variable, [expression.function, *bounds])
    if isinstance(expression, Limit):
        body, variable, to, side = expression.args
        above = to in (oo, -oo) or str(side) == "+"  # SymPy turns the side round at infinity
        return calculus("limit", variable, [body, to, Integer(1 if above else -1)])
    if isinstance(expression, Derivative):
        return calculus("derivative", expression.variables[0], [expression.expr])
    if expression.is_Relational:
        return {"kind": "relation", "name": expression.rel_op}
    if expression.atoms(AppliedUndef):
        return {"kind": "add"}
    values = {s: AT[str(s)] for s in expression.free_symbols}
    if expression.has(UnevaluatedExpr):
        return {"kind": "function"}
    value = complex(expression.subs(values).doit().evalf(17))
    return {"value": [value.real, value.imag]}


def main():
    lines = [json.dumps({"at": AT})]
    for line in open(sys.argv[1], encoding="utf-8"):
        case = json.loads(line)
        out = {"latex": case["latex"], "ok": case["ok"]}
        if case["ok"]:
            out.update(described(eval(case["sympy"], dict(NAMES))))
        lines.append(json.dumps(out, ensure_ascii=False))
    (HERE / "latex.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
