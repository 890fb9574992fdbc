"""What `transformers` does around a chat template Millet does, too, but for what docs/chat_templates.md names."""

import json
import shutil

import pytest
from transformers import AutoTokenizer

from comparison import answers
from program import GOLDEN, needs

SHOWS = ("{{ bos_token }}{{ pad_token }}{{ unk_token is defined }}{{ image_token }}{{ tools | tojson }}{{ documents }}"
         "{% for m in messages %}{{ m | tojson }}\n{% endfor %}{{ add_generation_prompt }}")
CALL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": {"y": "é", "x": [1.0, None]}}}
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {"é": {}}}}}]
CHATS = {
    "plain": [{"role": "user", "content": "a"}],
    "no role": [{"content": "a"}],
    "parts": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image"}]}],
    "arguments": [{"role": "assistant", "content": "", "tool_calls": [CALL]}],
    "arguments as text": [{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": '{"é": 1}'}}]}],
    "reasoning": [{"role": "assistant", "reasoning": "r", "content": "a"}],
    "thinking": [{"role": "assistant", "content": "a", "thinking": "t"}],
    "reasoning_content": [{"role": "assistant", "reasoning_content": "c", "content": "a"}],
    "all of them": [{"role": "assistant", "reasoning": "r", "reasoning_content": "c", "thinking": "t"}],
    "null within": [{"role": "user", "content": [{"type": "text", "text": None}]}],
}


@pytest.fixture
def directory(tmp_path):
    shutil.copytree(GOLDEN / "tokenizer/bytes", tmp_path / "model")
    config = tmp_path / "model/tokenizer_config.json"
    settings = json.loads(config.read_text()) | {"extra_special_tokens": {"image_token": "<image>"}}
    config.write_text(json.dumps(settings | {"chat_template": SHOWS}))
    return tmp_path / "model"


def rendered(directory, chat, **options):
    (answer,) = answers([{"messages": chat} | options], "template", "render", directory)
    return answer.get("rendered", answer)


def theirs(directory, chat, **options):
    return AutoTokenizer.from_pretrained(directory).apply_chat_template(chat, tokenize=False, **options)


@pytest.mark.parametrize("chat", CHATS)
@pytest.mark.parametrize("tools", [None, TOOLS])
def test_a_template_is_given_the_same(directory, chat, tools):
    needs("template")
    options = {"tools": tools, "add_generation_prompt": tools is None}
    assert rendered(directory, CHATS[chat], **options) == theirs(directory, CHATS[chat], **options)


@pytest.mark.parametrize("place", ["list", "file", "list and file", "folder", "file and folder"])
def test_the_same_one_of_several_templates_is_taken(directory, place):
    needs("template")
    if "list" in place:
        config = json.loads((directory / "tokenizer_config.json").read_text())
        config["chat_template"] = [{"name": name, "template": name} for name in ("default", "tool_use", "rag")]
        (directory / "tokenizer_config.json").write_text(json.dumps(config))
    if "file" in place:
        (directory / "chat_template.jinja").write_text("file")
    if "folder" in place:
        (directory / "additional_chat_templates").mkdir()
        for name in ("default", "tool_use") if place == "folder" else ("tool_use",):
            (directory / "additional_chat_templates" / f"{name}.jinja").write_text(f"{name} of the folder")
    for tools in (None, TOOLS):
        assert rendered(directory, CHATS["plain"], tools=tools) == theirs(directory, CHATS["plain"], tools=tools)
