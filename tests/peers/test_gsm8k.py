"""The whole way of recipes/gsm8k.toml, rehearsed: fine-tuning, reinforcement learning and evaluation on a directory of
Qwen2.5-0.5B's format with random weights, with the real tokenizer, template and problems. What it scores means nothing.
"""

import json
import subprocess
import sys

import pytest
from transformers import AutoModelForCausalLM, AutoTokenizer

import program
from program import DATA, GOLDEN, millet, needs


def test_gsm8k_from_a_directory_to_a_score(tmp_path):
    needs("sft", "rl", "eval")
    if not (DATA / "math/gsm8k_train.jsonl").exists():
        pytest.skip("there are no test data")
    base = tmp_path / "qwen"
    subprocess.run([sys.executable, "-B", GOLDEN / "qwen_small/make.py", DATA / "tokenizers/qwen2", base], check=True)
    files = ("--set", f"task.problems={DATA / 'math/gsm8k_train.jsonl'}",
             "--set", f"task.test={DATA / 'math/gsm8k_test_first1119.jsonl'}")
    sft, rl = tmp_path / "sft", tmp_path / "rl"
    millet("sft", "recipes/gsm8k.toml", "--set", f"init={base}", *files, "--set", "sft.epochs=0.01", "--set",
           "sft.validation_share=0.002", "--out", sft, "--quiet")
    millet("rl", "recipes/gsm8k.toml", "--set", f"init={sft}", *files, "--set", "rl.steps=2", "--set", "rl.prompts=2",
           "--set", "rl.group=2", "--set", "rl.max_new_tokens=16", "--set", "rl.evaluate_problems=2", "--set",
           "eval.problems=4", "--set", "eval.sampled_problems=1", "--set", "eval.samples=2", "--out", rl, "--quiet")
    result = json.loads(millet("eval", rl, "--json", "--quiet"))
    assert result["problems"] == 4 and 0 <= result["pass1_low"] <= result["pass1"] <= result["pass1_high"] <= 1

    # What a prompt is, transformers would have written; what was saved, it loads.
    checkpoint = program.newest_checkpoint(rl)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    rollout = json.loads((rl / "rollouts/step-1.jsonl").read_text().splitlines()[0])
    question = next(json.loads(line) for line in (DATA / "math/gsm8k_train.jsonl").read_text().splitlines()
                    if json.loads(line)["question"] == rollout["prompt"])
    said = question["question"] + "\nPlease reason step by step, and put your final answer within \\boxed{}."
    assert rollout["prompt_ids"] == tokenizer.apply_chat_template([{"role": "user", "content": said}], tokenize=True,
                                                                  add_generation_prompt=True, return_dict=False)
    AutoModelForCausalLM.from_pretrained(checkpoint)
