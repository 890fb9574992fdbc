"""Planted duplicates, with what Python's sets and datasketch say of them: writes cases.jsonl.gz beside itself.

    python3 -m venv venv && venv/bin/pip install datasketch==2.0.0
    venv/bin/python tests/golden/dedup/make.py

Texts are random words made here. The first line holds the settings and datasketch's findings, each other line a
document: "text", "exact" (is its normalised text an earlier one's?), "near" (is there an earlier kept document with a
Jaccard similarity of at least 0.8?), "nearest" (the greatest similarity to an earlier kept document).
"""
import gzip
import json
import os
import random
import unicodedata

from datasketch import MinHash, MinHashLSH

THRESHOLD = 0.8


def normalised(text):
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


def is_spaceless(c):
    o = ord(c)
    return (0x3040 <= o <= 0x30FF or 0x3400 <= o <= 0x4DBF or 0x4E00 <= o <= 0x9FFF or 0x0E00 <= o <= 0x0E7F
            or 0x3005 <= o <= 0x3007)


def shingles(text):
    letters = sum(c.isalpha() and not is_spaceless(c) for c in text)
    spaceless = sum(is_spaceless(c) for c in text)
    pieces = list(text.replace(" ", "")) if spaceless > letters else text.split(" ")
    joint = "" if spaceless > letters else " "
    n = min(5, len(pieces))
    return {joint.join(pieces[i:i + n]) for i in range(len(pieces) - n + 1)}


def jaccard(a, b):
    return len(a & b) / len(a | b)


def signature(s):
    m = MinHash(num_perm=128, seed=1)
    for shingle in s:
        m.update(shingle.encode())
    return m


def documents():
    rng = random.Random(20261128)
    words = ["".join(rng.choice("bdfgklmnprst") + rng.choice("aeiou") for _ in range(rng.randint(1, 4)))
             for _ in range(600)]
    han = [chr(0x4E00 + rng.randrange(3000)) for _ in range(400)]
    made = []
    for i in range(22):
        chinese = i % 4 == 3
        pieces = [rng.choice(han if chinese else words) for _ in range(rng.randint(50, 110))]
        joint = "" if chinese else " "
        made.append(joint.join(pieces))
        for changes in rng.sample([0, 1, 2, 3, 5, 8], 3):
            other = list(pieces)
            for _ in range(changes):
                at = rng.randrange(len(other))
                kind = rng.randrange(3)
                if kind == 0:
                    other[at] = rng.choice(han if chinese else words)
                elif kind == 1:
                    del other[at]
                else:
                    other.insert(at, rng.choice(han if chinese else words))
            text = joint.join(other)
            if changes == 0 and not chinese:
                text = text.upper().replace(" ", "\n  ", 3) + " "
            made.append(text)
    made += ["", "one two", "One  two", "one two three", "Caf\u00e9 au lait s'il vous pla\u00eet",
             "CAFE\u0301 au lait s'il vous plai\u0302t"]
    rng.shuffle(made)
    return [t for t in made if t.strip()]


def main():
    lsh = MinHashLSH(threshold=THRESHOLD, num_perm=128)
    seen, kept, rows = set(), [], []
    lsh_kept = 0
    lsh_removed_right = lsh_removed_wrong = lsh_missed = 0
    for text in documents():
        norm = normalised(text)
        exact = norm in seen
        seen.add(norm)
        row = {"text": text, "exact": exact, "near": False, "nearest": 0.0}
        if not exact:
            s = shingles(norm)
            row["nearest"] = max((jaccard(s, k) for k in kept), default=0.0)
            row["near"] = row["nearest"] >= THRESHOLD
            m = signature(s)
            found = bool(lsh.query(m))
            lsh_removed_right += found and row["near"]
            lsh_removed_wrong += found and not row["near"]
            lsh_missed += row["near"] and not found
            if not row["near"]:
                kept.append(s)
                lsh.insert(str(len(kept)), m)
                lsh_kept += 1
        rows.append(row)
    head = {"threshold": THRESHOLD, "documents": len(rows), "exact": sum(r["exact"] for r in rows),
            "near": sum(r["near"] for r in rows), "kept": lsh_kept,
            "datasketch": {"version": "2.0.0", "bands": lsh.b, "rows": lsh.r, "found": lsh_removed_right,
                           "missed": lsh_missed, "false": lsh_removed_wrong}}
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases.jsonl.gz")
    with open(path, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as out:
        for row in [head] + rows:
            out.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
    print(json.dumps(head))


main()
