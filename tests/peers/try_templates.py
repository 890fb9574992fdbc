"""Chat templates of any collection, rendered here and by transformers' own environment of Jinja.

    $(tests/peers/venv.sh) tests/peers/try_templates.py DIR…

Every *.jinja below the directories, with chats of many shapes: system, tools, calls as objects and as text, results,
thoughts, content in parts, no message at all. Where one refuses, both must.
"""

import json
import pathlib
import sys

import jinja2
from transformers.utils.chat_template_utils import _compile_jinja_template

from comparison import VERSIONS, answers

TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}

TOOL = {
    "name": "get_weather",
    "description": "Wetter — 天气",
    "parameters": {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "the city", "enum": ["Berlin", "東京"]},
            "days": {"type": ["integer", "null"], "default": 3},
            "points": {"type": "array", "items": {"type": "object", "properties": {"x": {"type": "number"}}}},
        },
        "required": ["city"],
    },
    "return": {"type": "object"},
}


def user(content="q"):
    return {"role": "user", "content": content}


def assistant(content="a", **more):
    return {"role": "assistant", "content": content, **more}


def call(arguments, name="call00001"):
    return {"id": name, "type": "function", "function": {"name": "get_weather", "arguments": arguments}}


def result(content, name="call00001"):
    return {"role": "tool", "name": "get_weather", "tool_call_id": name, "content": content}


ARGUMENTS = {"city": "Berlin", "days": 2, "x": 1.5, "y": None, "z": True, "list": [1, {"k": "ü"}]}
CHATS = [
    [],
    [user()],
    [user(), user()],
    [assistant(), assistant()],
    [{"role": "system", "content": "only"}],
    [{"role": "developer", "content": "d"}, user()],
    [{"role": "system", "content": "s  "}, user(" q\n"), assistant("a <think>x</think> b"), user()],
    [user(), assistant(reasoning_content="r", thinking="t"), user()],
    [user([{"type": "text", "text": "what is"}, {"type": "image"}, {"type": "text", "text": "this?"}]),
     assistant([{"type": "text", "text": "a cat"}])],
    [user(), assistant("", tool_calls=[call(ARGUMENTS)]), result('{"t": 3}'), assistant("3 °C")],
    [user(), assistant("", tool_calls=[call('{"city": "Berlin"}')]), result("sunny")],
    [user(), assistant(None, reasoning_content="let me\nthink", tool_calls=[call({"city": "A"}), call({}, "call00002")]),
     result("x"), result("y", "call00002")],
]
CASES = [{"messages": messages, "tools": tools, "add_generation_prompt": prompt}
         for messages in CHATS
         for tools in (None, [{"type": "function", "function": TOOL}])
         for prompt in (False, True)]


def by_transformers(text, case):
    """The text, or None where it refuses."""
    try:
        return _compile_jinja_template(text).render(**case, **TOKENS)
    except (jinja2.exceptions.TemplateError, TypeError, ValueError, AttributeError, KeyError, IndexError):
        return None


def main(directories):
    files = sorted(file for directory in directories for file in pathlib.Path(directory).resolve().rglob("*.jinja"))
    texts = refusals = 0
    different = []
    for file in files:
        text = file.read_text()
        ours = answers([{**case, **TOKENS} for case in CASES], "template", "render", file)
        for case, answer in zip(CASES, ours, strict=True):
            want = by_transformers(text, case)
            texts, refusals = texts + (want is not None), refusals + (want is None)
            if answer.get("rendered") != want:
                different.append((file, case, want, answer))
    for file, case, want, answer in different:
        print(f"{file}\n  {json.dumps(case, ensure_ascii=False)}\n  transformers: {want!r}\n  millet: {answer}")
    print(f"{len(files)} templates, {len(CASES)} chats each, transformers {VERSIONS['transformers']}: {texts} texts and "
          f"{refusals} refusals, {len(different)} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
