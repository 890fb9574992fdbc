"""One pre-training step of `transformers`' DeepseekV3 in PyTorch, f32, eager: the peer of `millet bench pretrain`.

    python pretrain_step.py [--batch 16] [--context 256] [--steps 10] [--threads 2] [--experts …] [--optimizer …]

A step is forward, mean cross entropy, backward, clipping to norm 1, AdamW. Tokens are random and new each step. Without
--experts or --optimizer every one is tried and the fastest is measured. Prints one line of JSON.
"""

import argparse
import json
import pathlib
import statistics
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
import transformers
from transformers import DeepseekV3Config, DeepseekV3ForCausalLM

# NOTE: the third implementation, batched_mm, copies an expert's weights for every row it works on: 16,384 rows of 393 kB
# are 6.4 GB a layer at this shape, and the process is killed. It is not among the choices.
EXPERTS = ("eager", "grouped_mm")
OPTIMIZERS = ("fused", "foreach")


class Trainer:
    def __init__(self, arguments, experts, optimizer):
        transformers.set_seed(0)
        config = DeepseekV3Config(**json.loads(arguments.model.read_text()))
        self.model = DeepseekV3ForCausalLM._from_config(config, dtype=torch.float32, attn_implementation=arguments.attention,
                                                        experts_implementation=experts)
        self.model.train()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=3e-4, betas=(0.9, 0.95), weight_decay=0.1,
                                           **{optimizer: True})
        self.rng, self.vocabulary = np.random.default_rng(0), config.vocab_size
        self.shape = (arguments.batch, arguments.context + 1)

    def step(self):
        """Seconds and loss of one step."""
        ids = torch.from_numpy(self.rng.integers(0, self.vocabulary, self.shape))
        start = time.perf_counter()
        logits = self.model(ids[:, :-1], use_cache=False).logits
        loss = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return time.perf_counter() - start, loss.item()


def fastest(arguments, experts, optimizers):
    """The pair with the shortest step, by three steps each after one, and the seconds of every pair."""
    tried = {}
    for e in experts:
        for o in optimizers:
            trainer = Trainer(arguments, e, o)
            tried[e, o] = min([trainer.step()[0] for _ in range(4)][1:])
            print(f"{e}, {o}: {tried[e, o]:.3f} s", file=sys.stderr)
    return min(tried, key=tried.get), {f"{e}, {o}": round(seconds, 4) for (e, o), seconds in tried.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=pathlib.Path, default=pathlib.Path(__file__).with_name("ten_million.json"))
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--context", type=int, default=256)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--warmup", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--attention", choices=("sdpa", "eager"), default="sdpa")
    parser.add_argument("--experts", choices=EXPERTS)
    parser.add_argument("--optimizer", choices=OPTIMIZERS)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    experts = [arguments.experts] if arguments.experts else EXPERTS
    optimizers = [arguments.optimizer] if arguments.optimizer else OPTIMIZERS
    choice, tried = (experts[0], optimizers[0]), {}
    if len(experts) * len(optimizers) > 1:
        choice, tried = fastest(arguments, experts, optimizers)
    trainer = Trainer(arguments, *choice)
    for _ in range(arguments.warmup):
        trainer.step()
    seconds, losses = zip(*(trainer.step() for _ in range(arguments.steps)))
    median = statistics.median(seconds)
    print(json.dumps({
        "peer": f"torch {torch.__version__}, transformers {transformers.__version__}",
        "attention": arguments.attention, "experts": choice[0], "optimizer": choice[1], "tried": tried,
        "threads": arguments.threads,
        "parameters": sum(p.numel() for p in trainer.model.parameters()),
        "batch": arguments.batch, "context": arguments.context,
        "seconds_per_step": median, "tokens_per_second": arguments.batch * arguments.context / median,
        "loss": losses[-1], "seconds": [round(s, 4) for s in seconds]}))
