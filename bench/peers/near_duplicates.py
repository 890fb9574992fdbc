"""Near duplicates found by `millet data dedup` and by datasketch's MinHashLSH, against every pair compared.

    python3 -m venv venv && venv/bin/pip install datasketch==2.0.0
    venv/bin/python bench/peers/near_duplicates.py build/release/millet texts.jsonl

Of each document {"text"} with at least 40 words, four copies are planted with 1 % to 12 % of their words replaced. The
greedy rule is the same for all: a document goes if an earlier one that was kept is similar by at least 0.8.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import time

from datasketch import MinHash, MinHashLSH

millet, source = sys.argv[1:]
rng = random.Random(1)
originals = [json.loads(line)["text"].lower().split() for line in open(source, encoding="utf-8")]
originals = [w for w in originals if len(w) >= 40]
vocabulary = sorted({w for words in originals for w in words})
documents = []
for words in originals:
    documents.append(words)
    for rate in (0.01, 0.02, 0.04, 0.12):
        documents.append([rng.choice(vocabulary) if rng.random() < rate else w for w in words])
rng.shuffle(documents)


def shingles(words):
    return {" ".join(words[i:i + 5]) for i in range(len(words) - 4)}


sets = [shingles(words) for words in documents]


def greedy(candidates_of, insert):
    """What is kept, where `candidates_of(i)` gives kept documents and each is verified."""
    kept = set()
    for i, s in enumerate(sets):
        if any(len(s & sets[j]) >= 0.8 * len(s | sets[j]) for j in candidates_of(i)):
            continue
        kept.add(i)
        insert(i)
    return kept


before = []
truth = greedy(lambda i: before, before.append)


def by_datasketch(**settings):
    began = time.time()
    lsh = MinHashLSH(num_perm=128, **settings)
    signatures = []
    for s in sets:
        m = MinHash(num_perm=128, seed=1)
        m.update_batch([x.encode() for x in s])
        signatures.append(m)
    kept = greedy(lambda i: [int(x) for x in lsh.query(signatures[i])], lambda i: lsh.insert(str(i), signatures[i]))
    return kept, time.time() - began


def report(name, kept, seconds):
    print(f"{name:34} kept {len(kept):5}   near duplicates found {len(sets) - len(kept):5} of {len(sets) - len(truth)}"
          f"   {seconds:.2f} s")


print(f"{len(documents)} documents, {sum(len(' '.join(w)) for w in documents)} bytes")
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "in.jsonl")
    with open(path, "w", encoding="utf-8") as out:
        for i, words in enumerate(documents):
            out.write(json.dumps({"id": i, "text": " ".join(words)}) + "\n")
    began = time.time()
    found = subprocess.run([millet, "data", "dedup", path, "--out", path + ".out", "--json"], check=True,
                           capture_output=True, text=True).stdout
    seconds = time.time() - began
    ours = {json.loads(line)["id"] for line in open(path + ".out", encoding="utf-8")}
    exact = json.loads(found)["exact_duplicates"]
report("every pair compared", truth, float("nan"))
report("millet data dedup, bands 21 of 6", ours, seconds)
print(f"  of these exact: {exact}; the same documents kept: {ours == truth}")
report("datasketch, its bands for 0.8", *by_datasketch(threshold=0.8))
report("datasketch, bands 21 of 6", *by_datasketch(params=(21, 6)))
