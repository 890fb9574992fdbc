"""What Millet writes, `transformers` and `tokenizers` load, and both compute the same."""

import json

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig
from transformers.modeling_layers import MtpModel

import program
from program import GOLDEN, millet, needs

TOLERANCE = 1e-4  # of logits in f32
CASES = sorted(str(path.parent.relative_to(GOLDEN)) for path in GOLDEN.glob("*/*/case.json"))
FAMILIES = [case for case in CASES if case.startswith("families/")]
RECIPES = {
    "shakespeare": ["First Citizen:\n", "To be, or not to be", "a", "  O!\n\nO", "Rosaline&Juliet; -3$"],
    "demo": ["1+2=?", "3-7*9+4=?", "3-7=6wait3-7=6", "9"],
}


@pytest.fixture(scope="module", params=RECIPES)
def run(request, tmp_path_factory):
    """A run of two steps of a recipe that ships: its directory, and texts that its tokenizer knows."""
    needs("pretrain")
    directory = tmp_path_factory.mktemp("run") / request.param
    # Longer examples than the shipped 64, so that positions behind the first attention tile are compared as well.
    millet("pretrain", f"recipes/{request.param}.toml", "--set", "train.steps=2", "--set", "data.context=160",
           "--out", directory, "--quiet")
    return directory, RECIPES[request.param]


@pytest.fixture(scope="module")
def theirs(run):
    """The run's newest checkpoint as `transformers` loads it, and what it had to say about that."""
    directory = program.newest_checkpoint(run[0])
    model, info = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, output_loading_info=True)
    return directory, model.eval(), info


def mtp_prefixes(config):
    return tuple(f"model.layers.{config.num_hidden_layers + i}." for i in range(config.num_nextn_predict_layers))


@pytest.mark.parametrize("case", CASES)
def test_millet_gives_the_logits_of_a_directory_that_transformers_wrote(case, tmp_path):
    needs("logits")
    directory = GOLDEN / case
    golden = load_file(directory / "golden.safetensors")
    for i, ids in enumerate(json.loads((directory / "case.json").read_text())["ids"]):
        ours = program.logits(directory, ids, tmp_path)
        assert (ours - golden[f"logits.{i}"]).abs().max() <= TOLERANCE


@pytest.mark.parametrize("case", FAMILIES)
@pytest.mark.parametrize("dtype", ["f32", "bf16"])
def test_transformers_loads_every_family_as_millet_writes_it(case, dtype, tmp_path):
    """All tensors, none besides; the same logits from f32, those of the rounded weights from BF16."""
    needs("export")
    millet("export", GOLDEN / case, tmp_path / "out", "--dtype", dtype, "--quiet")
    model, info = AutoModelForCausalLM.from_pretrained(tmp_path / "out", dtype=torch.float32, output_loading_info=True,
                                                       experts_implementation="eager")
    assert not any(info[key] for key in ("missing_keys", "mismatched_keys", "unexpected_keys"))
    golden = load_file(GOLDEN / case / "golden.safetensors")
    for i, ids in enumerate(json.loads((GOLDEN / case / "case.json").read_text())["ids"]):
        with torch.no_grad():
            theirs = model.eval()(torch.tensor([ids])).logits[0]
        assert (program.logits(tmp_path / "out", ids, tmp_path) - theirs).abs().max() <= TOLERANCE
        if dtype == "f32":
            assert (theirs - golden[f"logits.{i}"]).abs().max() <= TOLERANCE


def test_transformers_finds_every_tensor_and_no_other(theirs):
    _, model, info = theirs
    assert not info["missing_keys"] and not info["mismatched_keys"]
    assert all(key.startswith(mtp_prefixes(model.config)) for key in info["unexpected_keys"])


def test_transformers_finds_the_mtp_layer(theirs):
    directory, model, _ = theirs
    if not model.config.num_nextn_predict_layers:
        pytest.skip("this model has no MTP layer")
    # Its own pattern names layer 61 alone. A tensor that is missing raises.
    model._keys_to_ignore_on_load_unexpected = [prefix.replace(".", r"\.") for prefix in mtp_prefixes(model.config)]
    model.config.name_or_path = str(directory)
    MtpModel.from_pretrained(model)


def test_weights_are_f32_on_disk(theirs):
    with safe_open(theirs[0] / "model.safetensors", "pt") as file:
        assert {file.get_slice(name).get_dtype() for name in file.keys()} == {"F32"}


def test_both_give_the_same_logits(run, theirs, tmp_path):
    needs("logits")
    _, model, _ = theirs
    random = torch.Generator().manual_seed(1)
    for length in (2, 5, 64, 65, 100):
        ids = torch.randint(model.config.vocab_size, (length,), generator=random).tolist()
        with torch.no_grad():
            expected = model(torch.tensor([ids])).logits[0]
        ours = program.logits(run[0], ids, tmp_path)
        assert ours.shape == expected.shape
        assert (ours - expected).abs().max() <= TOLERANCE, f"{length} ids"


def test_both_read_texts_alike(run, theirs):
    """Through AutoTokenizer and through `tokenizers` alone; decoding gives the text back."""
    auto = AutoTokenizer.from_pretrained(theirs[0])
    direct = Tokenizer.from_file(str(theirs[0] / "tokenizer.json"))
    assert len(auto) <= theirs[1].config.vocab_size
    for text in run[1]:
        ids = auto(text, add_special_tokens=False)["input_ids"]
        assert ids == direct.encode(text, add_special_tokens=False).ids
        assert auto.decode(ids) == text
        if "generate" in program.verbs():
            prompt, _ = program.generate(run[0], text, 1)
            assert prompt[-len(ids):] == ids


def test_both_say_the_same_when_greedy(run, theirs):
    needs("generate")
    for text in run[1]:
        prompt, ours = program.generate(run[0], text, 24)
        expected = theirs[1].generate(torch.tensor([prompt]), do_sample=False, max_new_tokens=24)[0, len(prompt):].tolist()
        assert ours == expected


def test_both_stop_at_the_same_tokens(theirs):
    auto, config = AutoTokenizer.from_pretrained(theirs[0]), GenerationConfig.from_pretrained(theirs[0])
    ends = config.eos_token_id if isinstance(config.eos_token_id, list) else [config.eos_token_id]
    assert auto.eos_token_id in ends
    assert config.bos_token_id == auto.bos_token_id
