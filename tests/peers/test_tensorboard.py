"""TensorBoard itself reads a run's event files, and reads from them what metrics.jsonl says."""

import json
import shutil

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from program import millet, needs


def test_tensorboard_reads_back_every_number(tmp_path):
    """Also of a run that lost its last checkpoint and went on from the one before: later steps count once."""
    needs("pretrain")
    run = tmp_path / "run"
    arguments = ("pretrain", "recipes/demo.toml", "--set", "train.steps=6", "--set", "train.checkpoint_every=2", "--set",
                 "train.validate_every=3", "--out", run, "--quiet")
    millet(*arguments)
    shutil.rmtree(run / "checkpoint-6")
    millet(*arguments)
    assert len(list(run.glob("events.out.tfevents.*"))) == 2

    events = EventAccumulator(str(run), size_guidance={"scalars": 0})
    events.Reload()
    theirs = {(tag, e.step): e.value for tag in events.Tags()["scalars"] for e in events.Scalars(tag)}
    ours = {}
    for line in (run / "metrics.jsonl").read_text().splitlines():
        row = json.loads(line)
        step, phase = row.pop("step"), row.pop("phase")
        ours |= {(f"{phase}/{name}", step): float(np.float32(value)) for name, value in row.items()}
    assert theirs == ours
    assert sum(len(events.Scalars(tag)) for tag in events.Tags()["scalars"]) == len(ours)
