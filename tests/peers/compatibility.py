"""`make compatibility`: writes docs/compatibility.md, what was compared with which version and the largest difference.

Everything goes through the program's own verbs, against transformers, the vectors of tests/golden and the test data
(shared/data; without them their tables are left out and that is said).
"""

import sys

import compare_answers
import compare_configurations
import compare_models
import compare_texts
from program import DATA, ROOT, millet


def main():
    version = millet("--version").splitlines()[0]
    parts = ["# Compatibility\n\nWhat was compared with other people's software, and how far it differs. Made by "
             f"`make compatibility`, by {version}.\n"]
    for pages in (compare_models, compare_configurations, compare_texts, compare_answers):
        parts.append(pages.page())
    if not DATA.exists():
        print("there are no test data: their tables are left out", file=sys.stderr)
    (ROOT / "docs/compatibility.md").write_text("\n".join(part for part in parts if part))
    print("docs/compatibility.md")


if __name__ == "__main__":
    main()
