"""The program under test, and where things lie in the project."""

import functools
import json
import pathlib
import subprocess

import pytest
from safetensors.torch import load_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/golden"
MILLET = ROOT / "build/release/millet"


def data_folder():
    """The test data where the build was told that they lie: beside the checkout, unless MILLET_TEST_DATA says otherwise."""
    cache = MILLET.parent / "CMakeCache.txt"
    told = [line.partition("=")[2] for line in cache.read_text().splitlines() if line.startswith("MILLET_TEST_DATA:")] \
        if cache.exists() else []
    return pathlib.Path(*told).resolve() if told else ROOT.parent / "shared/data"


DATA = data_folder()


@functools.cache
def verbs():
    if not MILLET.exists():
        return ()
    text = subprocess.run([MILLET], capture_output=True, text=True, check=True).stdout
    return tuple(line.split()[0] for line in text.splitlines() if line.startswith("  ") and line.strip())


def needs(*names):
    if not MILLET.exists():
        pytest.skip(f"{MILLET.relative_to(ROOT)} is not built: make")
    for name in names:
        if name not in verbs():
            pytest.skip(f"`millet` has no verb '{name}' yet")


def millet(*words):
    """Its stdout; a failing program fails the test with what it said."""
    done = subprocess.run([MILLET, *map(str, words)], capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        pytest.fail(f"millet {' '.join(map(str, words))}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def logits(model, ids, folder):
    (folder / "ids.json").write_text(json.dumps(ids))
    millet("logits", model, "--ids", folder / "ids.json", "--out", folder / "logits.safetensors", "--quiet")
    return load_file(folder / "logits.safetensors")["logits"]


def generate(model, prompt, tokens):
    """Ids of the prompt and of the greedy answer."""
    answer = json.loads(millet("generate", model, "--prompt", prompt, "--max-new-tokens", tokens, "--temperature", 0,
                               "--json", "--quiet"))
    return answer["prompt_ids"], answer["ids"]


def newest_checkpoint(run):
    return max(run.glob("checkpoint-*"), key=lambda path: int(path.name.removeprefix("checkpoint-")))
