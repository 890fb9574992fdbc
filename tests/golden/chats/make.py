"""Which tokens of a chat the assistant says, by `transformers`: apply_chat_template with return_assistant_tokens_mask,
over the templates as published with {% generation %} around what is said.

tests/data/chat_source_test.cc holds that Millet learns the same tokens. Run: python make.py DATA, where DATA is
the folder MILLET_TEST_DATA (needs transformers, tokenizers and jinja2).
"""
import argparse
import json
import pathlib

from transformers import PreTrainedTokenizerFast

HERE = pathlib.Path(__file__).parent
EVERY = 75  # records between two that are taken
QWEN = "Qwen-Qwen2.5-7B-Instruct.jinja"


def replaced(text, old, new):
    assert text.count(old) == 1, old
    return text.replace(old, new)


def qwen_with_marks(template):
    """A turn is said from behind 'assistant' and its line break to <|im_end|>, calls of tools included."""
    template = replaced(
        template,
        """    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or """
        """(message.role == "assistant" and not message.tool_calls) %}""",
        """    {%- if message.role == "assistant" and not message.tool_calls %}"""
        """{{- '<|im_start|>assistant\\n' }}{% generation %}{{- message.content + '<|im_end|>' }}{% endgeneration %}"""
        """{{- '\\n' }}"""
        """{%- elif (message.role == "user") or (message.role == "system" and not loop.first) %}""")
    template = replaced(
        template,
        """        {{- '<|im_start|>' + message.role }}
        {%- if message.content %}
            {{- '\\n' + message.content }}
        {%- endif %}
""",
        """        {{- '<|im_start|>assistant\\n' }}{% generation %}
        {%- if message.content %}{{- message.content + '\\n' }}{%- endif %}
""")
    template = replaced(template, """{{- '\\n<tool_call>\\n{"name": "' }}""",
                        """{{- ('' if loop.first else '\\n') + '<tool_call>\\n{"name": "' }}""")
    return replaced(template, """        {%- endfor %}
        {{- '<|im_end|>\\n' }}""", """        {%- endfor %}
        {{- '<|im_end|>' }}{% endgeneration %}{{- '\\n' }}""")


def deepseek_with_marks(template):
    return replaced(
        template, "{{'<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>'}}",
        "{{'<｜Assistant｜>'}}{% generation %}{{content + '<｜end▁of▁sentence｜>'}}{% endgeneration %}")


def spelling(config, key):
    role = config.get(key)
    return role["content"] if isinstance(role, dict) else role


def messages_of(record):
    if "messages" in record:
        return record["messages"]
    if "instruction" in record:
        question = record["instruction"] + ("\n" + record["input"] if record.get("input") else "")
        return [{"role": "user", "content": question}, {"role": "assistant", "content": record["output"]}]
    messages = []
    for turn in record["conversations"]:
        if turn["from"] == "function_call":
            calls = json.loads(turn["value"])
            calls = calls if isinstance(calls, list) else [calls]
            messages.append({"role": "assistant", "content": "",
                             "tool_calls": [{"type": "function", "function": call} for call in calls]})
        else:
            role = {"human": "user", "gpt": "assistant", "observation": "tool", "system": "system"}[turn["from"]]
            messages.append({"role": role, "content": turn["value"]})
    return messages


def tools_of(record):
    tools = json.loads(record["tools"]) if record.get("tools") else []
    return [{"type": "function", "function": tool} for tool in tools] or None


def fnv(ids):
    """FNV-1a, 64 bits, an id at a time."""
    value = 0xCBF29CE484222325
    for i in ids:
        value = ((value ^ i) * 0x100000001B3) % 2**64
    return f"{value:016x}"


def spans(mask):
    out, begin = [], None
    for i, said in enumerate([*mask, 0]):
        if said and begin is None:
            begin = i
        if not said and begin is not None:
            out.append([begin, i])
            begin = None
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "said.jsonl")
    parser.add_argument("--every", type=int, default=EVERY)
    args = parser.parse_args()

    rows = []
    for name, template, marked in (("qwen2", QWEN, qwen_with_marks), ("deepseek-v3", "", deepseek_with_marks)):
        folder = args.data / "tokenizers" / name
        config = json.loads((folder / "tokenizer_config.json").read_text())
        source = (args.data / "templates" / template).read_text() if template else config["chat_template"]
        source = marked(source)
        tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"),
                                            bos_token=spelling(config, "bos_token"),
                                            eos_token=spelling(config, "eos_token"))
        for file in ("alpaca_en", "alpaca_zh", "kto_en", "glaive_toolcall_en", "glaive_toolcall_zh"):
            file += "_demo.json"
            for number, record in enumerate(json.loads((args.data / "sft" / file).read_text())):
                messages = messages_of(record)
                if number % args.every or any(mark in json.dumps(messages, ensure_ascii=False)
                                              for mark in ("<|", "<｜", "<think>")):
                    continue
                if name == "deepseek-v3" and any(m["role"] == "tool" for m in messages):
                    continue  # its template has no generation prompt behind a tool's answer
                done = tokenizer.apply_chat_template(messages, tools=tools_of(record), chat_template=source,
                                                     return_dict=True, return_assistant_tokens_mask=True)
                said = spans(done["assistant_masks"])
                ids = done["input_ids"][: said[-1][1]]  # what stands behind the last answer is nobody's
                rows.append({"tokenizer": name, "template": template, "file": file, "record": number,
                             "hash": fnv(ids), "said": said})
    args.out.write_text("".join(json.dumps(row) + "\n" for row in rows))


if __name__ == "__main__":
    main()
