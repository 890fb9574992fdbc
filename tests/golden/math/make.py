"""How Math-Verify 0.9.0 judges many pairs of answers, kind by kind: cases.jsonl.

tests/tasks/math_cases_test.cc holds that Millet judges the same but where that test names the reason. Run: python make.py
(needs math-verify==0.9.0 and latex2sympy2_extended==1.11.0).
"""
import json
import logging
import pathlib

from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify

HERE = pathlib.Path(__file__).parent
logging.disable(logging.CRITICAL)
CONFIGS = {"latex": LatexExtractionConfig(), "expr": ExprExtractionConfig()}
BOTH, LATEX, EXPR = ["latex", "expr"], ["latex"], ["expr"]

# Every gold against every prediction of its row.
CROSS = {
    "numbers": [(EXPR, ["42", "-7", "1000.99", "0.5", "1,234,567", "3/4"],
                 ["42", "-7", "it is 42.", "42.0", "042", "= 42", "costs $42", "42 km", "1,000.99", "1 000.99", "1000,99",
                  ".5", "0,5", "1/2", "2/4", "1234567", "1 234 567", "1,234,567.0", "1.234.567", "0.75", "(3/4)", "3 / 4",
                  "6/8", "**42**", "x42", "-7.0", "- 7", "€1,000.99", "the answer is 40 + 2", "(40 + 2)", "2^5 + 10",
                  "answer: 41, then 42", "50%", "0.5%", "Final answer is 42. I hope it is correct.", "7 - 14"])],
    "anchors": [(BOTH, ["$8$", "$\\frac{3}{8}$"],
                 ["The final answer is $8$. I hope it is correct. $9$", "final answer is: $8$", "Answer: $8$ $9$",
                  "the answer should be 8, not 9", "\\boxed{8} and then 9", "\\boxed{9} the final answer is 8",
                  "9 $8$", "$9$ 8", "so $x = 9$, answer: 8", "ANSWER: 8 or $9$", "answer 9 = 8", "answer = 9 = 8",
                  "we get \\[8\\] or (9)", "it is [ 8 ] here", "\\frac{3}{8} 9", "-\\frac{3}{8}", "8/3 then \\frac{3}{8}",
                  "$\\boxed{9}$, $\\boxed{8}$", "\\fbox{8}", "$8$ and $9$", "$8$, $8$", "$8$ or $8$ and $8$",
                  "\\boxed 8", "\\boxed{\\text{8}}", "answer\n\n8", "3/8", "0.375", "37.5%", "37.5 percent",
                  "$\\boxed{8", "\\boxed{8}}", "$$8$$ $$9$$", "\\(8\\) \\(9\\)"])],
    "fractions": [(BOTH, ["$\\frac{1}{2}$", "$-\\frac{7}{3}$", "$2\\frac{1}{2}$", "$\\frac{a}{b}$"],
                   ["$\\frac12$", "$\\dfrac{1}{2}$", "$\\tfrac 12$", "$\\cfrac{1}{2}$", "$1/2$", "$.5$", "$0.50$", "$2/4$",
                    "$\\frac{2}{4}$", "$\\frac{-7}{3}$", "$-7/3$", "$-2.333333$", "$-2.3333$", "$\\frac{7}{-3}$", "$-\\frac73$",
                    "$2.5$", "$5/2$", "$\\frac{5}{2}$", "$2 \\frac12$", "$2+\\frac12$", "$a/b$", "$a b^{-1}$", "$\\frac ab$",
                    "$\\frac{2a}{2b}$", "$-2\\frac{1}{3}$", "$\\frac{\\frac{1}{2}}{1}$", "$1 \\div 2$", "$1:2$", "$50\\%$",
                    "$\\frac{1}{2}\\text{ cm}$", "$\\frac{1}{2} m$", "$\\frac{10}{20} = \\frac{1}{2}$"])],
    "roots and powers": [(LATEX, ["$\\sqrt{2}$", "$3\\sqrt{5}$", "$\\sqrt[3]{4}$", "$x^2$", "$2^{10}$", "$e^{2}$"],
                          ["$\\sqrt2$", "$\\sqrt 2$", "$2^{1/2}$", "$2^{0.5}$", "$\\frac{2}{\\sqrt{2}}$", "$1.41421356$",
                           "$1.414214$", "$1.4142$", "$\\sqrt{45}$", "$3 \\cdot \\sqrt 5$", "$\\sqrt{5}\\cdot 3$", "$4^{1/3}$",
                           "$\\sqrt[3]4$", "$2^{2/3}$", "$x \\cdot x$", "$xx$", "$x^{2}$", "$x^{1+1}$", "$y^2$", "$1024$",
                           "$4^5$", "$32^2$", "$e^2$", "$\\exp(2)$", "$e \\cdot e$", "$7.389056$", "$\\sqrt{e^4}$",
                           "$\\sqrt{x^4}$", "$|x|^2$", "$(-x)^2$", "$\\sqrt{8}/2$", "$2\\sqrt{3}$"])],
    "functions": [(LATEX, ["$\\ln 2$", "$\\log_2 8$", "$\\sin x$", "$\\sin^2 x$", "$\\pi$", "$f(x)$", "$5!$", "$\\binom{5}{2}$",
                           "$|x|$", "$\\lfloor 2.5 \\rfloor$"],
                   ["$\\ln(2)$", "$\\log_e 2$", "$\\log 2$", "$\\log_{10} 2$", "$0.693147$", "$3$", "$\\frac{\\ln 8}{\\ln 2}$",
                    "$\\sin(x)$", "$\\sin{x}$", "$\\cos(\\frac{\\pi}{2}-x)$", "$(\\sin x)^2$", "$1-\\cos^2 x$",
                    "$\\sin(x)^2$", "$\\sin x^2$", "$3.141593$", "$\\pi r$", "$\\frac{22}{7}$", "$f(y)$", "$g(x)$", "$fx$",
                    "$120$", "$10$", "$5 \\cdot 4!$", "$\\frac{5!}{2!3!}$", "$\\sqrt{x^2}$", "$x$", "$|-x|$", "$2$",
                    "$\\lceil 1.5 \\rceil$", "$\\lfloor \\frac{5}{2} \\rfloor$"])],
    "polynomials": [(LATEX, ["$x^2+2x+1$", "$(x-1)(x+1)$", "$\\frac{1}{x}+\\frac{1}{y}$", "$2ab$"],
                     ["$(x+1)^2$", "$1+2x+x^2$", "$x(x+2)+1$", "$x^2-1$", "$x^2+2x-1$", "$-(1-x^2)$", "$(x+1)(x-1)$",
                      "$\\frac{x+y}{xy}$", "$\\frac{x+y}{x y}$", "$x^{-1}+y^{-1}$", "$a b 2$", "$2 a \\times b$", "$ab + ba$",
                      "$2AB$", "$2ac$", "$x^2+2x+1.0$", "$\\frac{x^3+3x^2+3x+1}{x+1}$"])],
    "sets": [(LATEX, ["$\\{1,2,3\\}$", "$1,2$", "$\\pm 3$", "$\\{\\frac12, x\\}$", "$\\emptyset$"],
              ["$\\{3,2,1\\}$", "$1,2,3$", "$\\{1,2\\}$", "$2, 1$", "$1$ and $2$", "$1 \\text{ and } 2$", "$1 \\text{ or } 2$",
               "$x=1,2$", "$x=1, x=2$", "$x_1 = 1, x_2 = 2$", "$(1,2)$", "$(2,1)$", "$3, -3$", "$\\{-3,3\\}$", "$x = \\pm 3$",
               "$3$", "$0.5, x$", "$\\{x, 0.5\\}$", "$\\{\\}$", "$\\varnothing$", "$\\{1,1,2\\}$", "$1; 2$", "$[1,2]$",
               "$\\{1, 2, 3, 3\\}$", "$\\boxed{1}, \\boxed{2}$", "$\\{ 1.0, 2.0 \\}$", "$1,2,\\ldots$", "$\\{1\\}\\cup\\{2\\}$"])],
    "tuples": [(LATEX, ["$(3,4)$", "$(4,3)$", "$(1,2,3)$", "$(x,y)=(3,4)$", "$(1,2),(3,4)$", "$\\left(\\frac{1}{2},-1\\right)$"],
                ["$(3, 4)$", "$(4,3)$", "$3,4$", "$4, 3$", "$\\{3,4\\}$", "$\\{4,3\\}$", "$[3,4]$", "$x=3, y=4$", "$(3.0,4.0)$",
                 "$(1,2,3)$", "$(3,2,1)$", "$1,2,3$", "$\\{3,2,1\\}$", "$(x,y)=(3,4)$", "$(a,b)=(3,4)$", "$(3,4),(1,2)$",
                 "$(1,2)$ and $(3,4)$", "$\\{(1,2),(3,4)\\}$", "$(0.5,-1)$", "$(.5, -1.0)$", "$(\\frac12, -1)$",
                 "$\\langle 3,4 \\rangle$", "$\\left(3,4\\right)$", "$(3;4)$", "$(\\frac{6}{2}, \\sqrt{16})$"])],
    "intervals": [(LATEX, ["$[1,2]$", "$(1,2]$", "$(-\\infty,3)$", "$(-\\infty,-1)\\cup(1,\\infty)$", "$[0,1)$"],
                   ["$[1, 2]$", "$[1.0,2.0]$", "$(1,2)$", "$[1,2)$", "$(1,2]$", "$1 \\le x \\le 2$", "$1 < x \\leq 2$",
                    "$x \\in [1,2]$", "$x<3$", "$(-\\infty, 3)$", "$(-\\infty, 3]$", "$x \\in (-\\infty,3)$",
                    "$(1,\\infty)\\cup(-\\infty,-1)$", "$x<-1 \\text{ or } x>1$", "$\\mathbb{R}\\setminus[-1,1]$", "$|x|>1$",
                    "$[0,1]$", "$[0,\\frac{2}{2})$", "$\\left[0,1\\right)$", "$0 \\le x < 1$", "$(0,1)$", "$[1,2] \\cup [2,2]$",
                    "$(-\\infty,-1)\\cup[1,\\infty)$", "$(- \\infty, -1) \\cup (1, + \\infty)$"])],
    "relations": [(LATEX, ["$x=5$", "$x \\ge 5$", "$y=2x+1$", "$1<x<3$", "$x \\ne 2$", "$a+b=c$", "$x^2+y^2=1$", "$5$"],
                   ["$5$", "$x = 5$", "$y=5$", "$5=x$", "$x=2+3=5$", "$x \\geq 5$", "$x \\geqslant 5$", "$x>=5$", "$5 \\le x$",
                    "$-x \\le -5$", "$x > 5$", "$2x \\ge 10$", "$y = 1+2x$", "$2x-y+1=0$", "$2y=4x+2$", "$2x+1$", "$y-2x=1$",
                    "$1 < x < 3$", "$3>x>1$", "$(1,3)$", "$[1,3]$", "$x \\neq 2$", "$x != 2$", "$2 \\ne x$", "$c=a+b$", "$b=c-a$",
                    "$x^2 + y^2 - 1 = 0$", "$y^2+x^2=1$", "$x \\approx 5$", "$f(x)=5$", "$x=5.0$", "$x=4$", "$x<5$",
                    "$[5,\\infty)$", "$x \\in [5,\\infty)$", "$\\mathbb{R} \\setminus \\{2\\}$", "$(-\\infty,2)\\cup(2,\\infty)$"])],
    "matrices": [(LATEX, ["$\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}$", "$\\begin{pmatrix}\\frac12\\\\-1\\end{pmatrix}$"],
                  ["$\\begin{bmatrix}1&2\\\\3&4\\end{bmatrix}$", "$\\begin{matrix}1&2\\\\3&4\\end{matrix}$",
                   "$\\begin{array}{cc}1&2\\\\3&4\\end{array}$", "$\\begin{pmatrix}1 & 2 \\\\ 3 & 4 \\\\ \\end{pmatrix}$",
                   "$\\left[\\begin{matrix}1&2\\\\3&4\\end{matrix}\\right]$", "$\\begin{pmatrix}1&3\\\\2&4\\end{pmatrix}$",
                   "$\\begin{pmatrix}1&2\\\\3&4.0\\end{pmatrix}$", "$\\begin{pmatrix}0.5\\\\-1\\end{pmatrix}$",
                   "$\\begin{pmatrix}1/2\\\\-1\\end{pmatrix}$", "$\\begin{pmatrix}-1\\\\0.5\\end{pmatrix}$",
                   "$\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}\\begin{pmatrix}1&0\\\\0&1\\end{pmatrix}$",
                   "$\\frac12\\begin{pmatrix}2&4\\\\6&8\\end{pmatrix}$", "$\\begin{pmatrix}\\frac12&-1\\end{pmatrix}$",
                   "$\\begin{pmatrix}0&2\\\\3&4\\end{pmatrix}+\\begin{pmatrix}1&0\\\\0&0\\end{pmatrix}$",
                   "$\\begin{vmatrix}1&2\\\\3&4\\end{vmatrix}$", "$(\\frac12,-1)$"])],
    "percent and units": [(BOTH, ["$25\\%$", "$12$", "$90^\\circ$", "$5\\text{ cm}$", "$\\$10$"],
                           ["25%", "25", "0.25", "$\\frac14$", "25 percent", "$25$ percent", "$25 \\%$", "25 pct", "2500%", "12%",
                            "$12$%", "$12 \\text{ miles}$", "12 miles", "$12$ apples", "$12 \\mbox{ cm}^2$", "$12\\,\\text{m/s}$",
                            "$12m$", "$12 cm$", "$90$", "90 degrees", "$90^{\\circ}$", "$90 \\text{ degrees}$", "$90°$", "90°",
                            "$5$", "5 cm", "$5\\mathrm{cm}$", "$5\\,\\mathrm{cm}$", "$5 \\text{cm}^3$", "$\\$10$", "$10$ dollars",
                            "\\$10", "$10.00", "USD 10", "10 USD"])],
    "text": [(BOTH, ["$\\text{Evelyn}$", "$\\text{even}$", "$C$", "$\\text{(B)}$", "$\\text{yes}$", "$xyz$"],
              ["$\\text{Evelyn}$", "$\\textbf{Evelyn}$", "$Evelyn$", "$\\mathrm{evelyn}$", "$\\text{ Evelyn }$", "Evelyn",
               "$\\boxed{\\text{Evelyn}}$", "$even$", "$\\text{odd}$", "$\\text{C}$", "$\\mathbf{C}$", "$c$", "$(C)$", "$\\text{(C)}$",
               "$B$", "$\\text{B}$", "$\\textbf{(B)}$", "$yes$", "$\\text{Yes}$", "$\\text{no}$", "$x y z$", "$zyx$", "$\\text{xyz}$",
               "$\\mathit{xyz}$", "$x \\cdot y \\cdot z$"])],
    "symbols": [(LATEX, ["$x_1$", "$\\alpha$", "$\\vec{v}$", "$e$", "$I$", "$\\overline{AB}$", "$A'$", "$204_5$"],
                 ["$x_{1}$", "$x_2$", "$x1$", "$\\alpha$", "$α$", "$a$", "$\\beta$", "$\\overrightarrow{v}$", "$\\vec v$", "$v$",
                  "$\\mathrm{e}$", "$\\text{e}$", "$E$", "$2.718282$", "$i$", "$\\mathrm{I}$", "$\\bar{AB}$", "$AB$", "$A$",
                  "$204$", "$204_{5}$", "$204_{10}$", "$X_1$"])],
    "complex": [(LATEX, ["$3+4i$", "$i$", "$-2i$", "$\\frac{1}{2}+\\frac{\\sqrt3}{2}i$"],
                 ["$4i+3$", "$3+4i$", "$3-4i$", "$3 + i4$", "$i$", "$-i$", "$-2 i$", "$0-2i$", "$0.5+0.866025i$",
                  "$\\frac{1+i\\sqrt{3}}{2}$", "$\\frac{1}{2}(1+\\sqrt3 i)$", "$5$"])],
    "latex mistakes": [(LATEX, ["$\\frac{3}{4}$", "$\\sqrt{10}$", "$x^{12}$"],
                        ["$\\frac3{4}$", "$\\frac{3}4$", "$\\frac 3 4$", "$\\\\frac{3}{4}$", "$\\frac{3}{4}.$", "$\\frac{3}{4},$",
                         "$\\sqrt{10}\\!$", "$\\sqrt 10$", "$\\sqrt10$", "$sqrt(10)$", "$\\sqrt(10)$", "$x^(12)$", "$x^12$",
                         "$x^{12$", "$\\displaystyle\\frac{3}{4}$", "$\\left(\\frac{3}{4}\\right)$", "${\\frac{3}{4}}$",
                         "$\\frac{3}{4}\\,$", "$~\\frac{3}{4}$", "$\\ \\frac{3}{4}$", "$\\quad\\frac{3}{4}$"])],
    "sums and integrals": [(LATEX, ["$\\sum_{k=1}^{n} k$", "$6$", "$\\int_0^1 x\\,dx$", "$\\int x\\,dx$", "$\\prod_{k=1}^3 k$"],
                            ["$\\sum_{k=1}^{n} k$", "$\\sum_{j=1}^{n} j$", "$\\sum^{n}_{k=1} k$", "$\\sum_{k=1}^{n} k^2$",
                             "$\\sum_{k=1}^{3} k$", "$\\frac12$", "$\\int_{0}^{1} x dx$", "$\\int_0^1 t\\,dt$", "$\\int x dx$",
                             "$\\int y dy$", "$3!$", "$\\prod_{k=1}^{3} k$", "$1\\cdot2\\cdot3$"])],
    "solutions": [(LATEX, ["$xy=1$", "$\\frac{a}{b}=2$", "$x^2+y^2=4$", "$y^2=4x$", "$S=\\pi r^2$", "$x^2=4$"],
                   ["$y=\\frac1x$", "$x=1/y$", "$\\frac{1}{xy}=1$", "$xy=2$", "$a=2b$", "$b=\\frac a2$", "$a:b=2$",
                    "$\\frac ba=\\frac12$", "$b=2a$", "$\\sqrt{x^2+y^2}=2$", "$y=\\sqrt{4-x^2}$", "$x^2+y^2-4=0$",
                    "$x=\\frac{y^2}{4}$", "$y=2\\sqrt{x}$", "$r=\\sqrt{\\frac{S}{\\pi}}$", "$\\frac{S}{r^2}=\\pi$",
                    "$x=\\pm2$", "$x=2,x=-2$", "$x=2 \\text{ or } x=-2$", "$x=2$", "$(x-2)(x+2)=0$"])],
    "grouped digits": [(LATEX, ["$-1000$", "$1234567$", "$-12345.5$", "$100\\%$", "$2$"],
                        ["$-1,000$", "$-1{,}000$", "$-1, 000$", "$-1,00$", "$(-1,000)$", "$x=-1,000$", "$1,234,567$",
                         "$-1,234,567$", "$1,\\!234,\\!567$", "$-12,345.5$", "$12,345.5$", "$1$", "$100$", "$200\\%$",
                         "$2.0$", "$200$"])],
    "partial derivatives": [(LATEX, ["$\\frac{\\partial f}{\\partial x}$", "$2x$"],
                             ["$\\frac{\\partial f}{\\partial x}$", "$\\frac{\\partial}{\\partial x} f$",
                              "$\\frac{\\partial f}{\\partial y}$", "$\\frac{\\partial x^2}{\\partial x}$",
                              "$\\frac{\\partial}{\\partial x}(x^2)$", "$\\frac{\\partial^2 f}{\\partial x^2}$"])],
}

# gold, prediction, options
PAIRS = [
    ("$1/3$", "0.333", {"precision": 3}), ("$1/3$", "0.333", {"precision": 4}), ("$\\pi$", "3.14", {"precision": 2}),
    ("$\\pi$", "3.14", {}), ("$\\sqrt{17}$", "4.12311", {"precision": 5}), ("2.5", "3", {"precision": 0}),
    ("$x+1$", "$y+1$", {"strict": False}), ("$x+1$", "$y+1$", {}), ("$x+1$", "$y+2$", {"strict": False}),
    ("$f(x)=x^2$", "$f(t)=t^2$", {"strict": False}), ("$ab$", "$a$", {"strict": False}),
    ("$(1,3)$", "$1<x<3$", {"allow_set_relation_comp": True}), ("$(1,3)$", "$1<x<3$", {}),
    ("$[2,\\infty)$", "$x \\ge 2$", {"allow_set_relation_comp": True}), ("$[2,\\infty)$", "$x \\ge 2$", {}),
    ("$(-\\infty,2)$", "$x \\le 2$", {"allow_set_relation_comp": True}), ("$1<x<3$", "$(1,3)$", {}),
    ("$1 \\le x < 3$", "$[1,3)$", {}), ("$1 \\le x < 3$", "$(1,3)$", {}), ("$x^2<4$", "$(-2,2)$", {}),
    ("$x>1$", "$(1,\\infty)$", {}), ("$x \\ne 3$", "$(-\\infty,3)\\cup(3,\\infty)$", {}),
    ("$2x+4>0$", "$(-2,\\infty)$", {}), ("$|x|<1$", "$(-1,1)$", {}), ("$x=1$", "$[1,1]$", {}),
    ("$12:00$", "$12:00$", {}), ("$12:30$", "$12:30$", {}), ("$3:4$", "$\\frac34$", {}), ("$1{,}000$", "1000", {}),
    ("$10,\\!000$", "10000", {}), ("$1,000$", "1000", {}), ("$1, 000$", "1000", {}), ("$0,5$", "0.5", {}),
    ("$x=1 \\text{ and } y=2$", "$(1,2)$", {}), ("$x=1, y=2$", "$1, 2$", {}), ("$a=1,b=2$", "$b=2,a=1$", {}),
    ("$\\text{A and B}$", "$A, B$", {}), ("$\\boxed{\\text{A}}$", "A", {}), ("$2\\pi$", "6.283185", {}),
    ("$10^{-3}$", "0.001", {}), ("$1.5 \\times 10^{3}$", "1500", {}), ("$1.5E3$", "1500", {}), ("$10^{100}$", "$10^{100}$", {}),
    ("$2^{1000}$", "$4^{500}$", {}), ("$100!$", "$100 \\cdot 99!$", {}), ("$\\frac{0}{0}$", "$0$", {}), ("$\\infty$", "$\\infty$", {}),
    ("$-\\infty$", "$\\infty$", {}), ("$+\\infty$", "$\\infty$", {}), ("$\\mathbb{R}$", "$(-\\infty,\\infty)$", {}),
    ("$\\mathbb{R}$", "$\\mathbb{R}$", {}), ("$\\mathbb{Z}$", "$\\mathbb{R}$", {}), ("$\\frac{d}{dx} x^2$", "$2x$", {}),
    ("$x^2+C$", "$x^2 + c$", {}), ("$\\gcd(12,18)$", "6", {}), ("$\\max(1,2)$", "2", {}), ("$7 \\mod 3$", "1", {}),
    ("$P(A|B)$", "$P(A|B)$", {}), ("$n!$", "$n \\cdot (n-1)!$", {}), ("$\\tan^{-1}(1)$", "$\\frac{\\pi}{4}$", {}),
    ("$\\arctan 1$", "0.785398", {}), ("$\\cos 60^\\circ$", "$\\cos 60$", {}), ("$\\log_{2}{3}$", "$\\frac{\\log 3}{\\log 2}$", {}),
]


def judged(gold, prediction, extract, options):
    configs = [CONFIGS[name] for name in extract]
    return int(verify(parse(gold, configs), parse(prediction, configs), float_rounding=options.get("precision", 6),
                      strict=options.get("strict", True),
                      allow_set_relation_comp=options.get("allow_set_relation_comp", False)))


def main():
    rows = []
    for kind, groups in CROSS.items():
        for extract, golds, predictions in groups:
            verdicts = ["".join(str(judged(g, p, extract, {})) for p in predictions) for g in golds]
            rows.append({"kind": kind, "extract": extract, "golds": golds, "predictions": predictions, "verdicts": verdicts})
    pairs = [{"gold": g, "prediction": p, **o, "equal": judged(g, p, BOTH, o)} for g, p, o in PAIRS]
    with open(HERE / "cases.jsonl", "w", encoding="utf-8") as out:
        for row in rows + pairs:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


main()
