"""What Jinja 3.1.6, set up as `transformers` sets it up, makes of many small templates.

tests/text/jinja_test.cc holds that Millet's engine makes the same of them. Run: python make.py (needs jinja2 alone).
"""
import datetime
import json
import pathlib

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.utils
from jinja2.sandbox import ImmutableSandboxedEnvironment

HERE = pathlib.Path(__file__).parent

DATA = {
    "one": 1, "big": 12345678901, "vast": 12345678901234567890123, "minus": -7, "half": 0.5, "tenth": 0.1,
    "huge": 1e16, "tiny": 1e-5, "whole": 3.0,
    "yes": True, "no": False, "nil": None, "text": "Hello, World", "empty": "", "uni": "ÄÖ ß 你好 🌾 ǅ",
    "quotes": "it's \"x\"", "spaces": "  a  b\tc \n", "lines": "a\nb\r\n\nc\n", "html": "<b>&\"'</b>",
    "list": [1, 2, 3], "words": ["b", "a", "C"], "mixed": [1, "a", None, True, 1.5, [2], {"k": "v"}], "none_list": [],
    "dict": {"b": 1, "a": 2, "items": 3, "get": 4, "C": 0}, "nested": {"a": {"b": [10, 20]}}, "empty_dict": {},
    "people": [{"name": "Bo", "age": 3, "x": {"y": 1}}, {"name": "al", "age": 1, "x": {"y": 2}},
               {"name": "Cy", "age": 3}],
    "messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "U", "tool_calls": None},
                 {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "function": {"name": "f",
                  "arguments": {"x": 1, "y": [1.0, "é"]}}}]}, {"role": "tool", "content": "T"}],
}

EXPRESSIONS = r"""
one + 1|one - half|7 // 2|-7 // 2|7 % -3|-7 % 3|7.5 // 2|-7.5 % 2|2 ** 10|2 ** -1|2 ** 0.5|-2 ** 2|2 ** 3 ** 2|7 / 2|6 / 2
1 / 0|1 // 0|1 % 0|1.0 / 0|half * 4|yes + yes|+yes|-minus|huge|tiny|whole|tenth + 0.2|1e300 * 1e300|big * 2|1_000|0x1F|0b11|0o17|1.5e3|.5
text + '!'|text + 1|1 + text|text + nil|text + missing|missing + text|text * 2|2 * text|text * -1|list * 2|list + [4]|list + (4,)|(1,) + (2,)|nil + 1|dict + dict
text ~ 1 ~ nil ~ yes ~ 1.0 ~ list|missing ~ 'x'|'%s-%d' % ('a', 3)|'%5.2f|%-5s|%05d' % (1.005, 'ab', 42)|'%s' % text|'%(a)s' % dict|'%d%%' % 5|'%x %X %o' % (255, 255, 8)|'%e' % 12345.678|'%r' % text|'%s' % missing|'%s %s' % (1,)|'%c' % 65|'%+d' % 5
1 == 1.0|1 == yes|'1' == 1|nil == false|missing == missing|missing == nil|list == [1, 2, 3]|[1] == (1,)|dict == {'a': 2}|1 < 2 < 3|1 < 3 < 2|'a' < 'b'|'a' < 1|[1, 2] < [1, 3]|missing < 1|nil < 1|1 != 2
1 in list|4 not in list|'ell' in text|'x' in dict|'a' in dict|1 in text|'a' in nil|'a' in missing|missing in list|not 1 in list|'' in text|2 in (1, 2)|1 in 5
yes and 'x'|no and 'x'|no or 'x'|'' or nil|not nil|not not 1|yes and no or 3|nil or missing|1 if yes else 2|1 if no else 2|1 if no|(1 if no) is defined|'a' if nil else 'b' if no else 'c'
list[0]|list[-1]|list[5]|list['x']|list[1:]|list[:-1]|list[::-1]|list[::2]|list[5:]|list[-2:]|list[2:0:-1]|list[::0]|text[0]|text[-1]|text[1:4]|text[::-1]|text[99]|uni[3:5]|uni[::-1]|text['upper']()|(1, 2, 3)[1:]|nil[0]|nil[1:]|missing[0]|missing.x|nil.x|nil.x.y|dict[1:]|list['0']|list.0|list[yes]|list[1.0]|list[nil:2]|list['a':]
dict.a|dict['a']|dict.items|dict['items']|dict.get('a')|dict['get']|dict.get('zz')|dict.get('zz', 5)|dict.zz|dict['zz']|nested.a.b[1]|nested['a']['b'][0]|nested.x.y|nested.a.b.c|dict.keys()|dict.values()|dict.items()|dict.items()|list|dict|list|dict.copy()|nested.a.b.1
nil|yes|no|missing|list|dict|mixed|uni|quotes|[quotes]|['it\'s']|['"']|[text, html]|(1,)|()|(1, 2)|{}|[]|{1: 2, 'a': nil, nil: 3, 1.5: yes}|{1: 'a', true: 'b'}|{[1]: 2}|spaces|[spaces]|['\x00\x7f\u200b\u00a0\ud7ff\U0001F33E']|[missing]|[[[]]]|range(3)|range(1, 9, 2)|range(3)|list|range(3)[1]|range(9)[::2]|range(-3)[::2]|range(1, 9, 3)[::-1]|02|[007]|range(3)[::-1]
'a' 'b'|"\n\t\x41\u4f60"|'\\d'|'\d'|'\101'|"a'b"|'a"b'|true|True|none|None|false|False|1.0|100000000000000000.0|1e22|123456789.123|1.0e-4|0.00001|5e-324|1.7976931348623157e308|-0.0|[1.0, -0.0]
text|upper|text|lower|'heLLo wORLD'|capitalize|'hello-world (foo) it\'s'|title|spaces|trim|'xxaxx'|trim('x')|uni|upper|uni|lower|uni|title|'ΟΔΥΣΣΕΥΣ'|lower|text|length|uni|length|text|replace('l', 'L')|text|replace('l', 'L', 1)|'aaa'|replace('a', 'b', 2)|1212|replace(1, 'x')|text|reverse|text|list|text|first|text|last|text|center(20)|text|center(20)|length|'a b c'|wordcount|text|count|nil|upper|nil|length|missing|length|missing|upper|5|length
lines|indent|lines|indent(2, true)|lines|indent(2, blank=true)|'a\nb'|indent('> ')|'a\nb'|indent(width=1, first=true)|5|indent|missing|truncate(5)|'a' % missing|list|filesizeformat|'foo bar baz qux'|truncate(9)|'foo bar baz qux'|truncate(9, true)|'foo bar baz qux'|truncate(11)|'foo bar baz qux'|truncate(9, False, '...', 0)|'foo bar'|truncate(3, end='')
'42'|int|'4_2'|int|' 42 '|int|'42.7'|int|'x'|int|'x'|int(7)|'0x1A'|int(0, 16)|'11'|int(base=2)|3.9|int|-3.9|int|yes|int|nil|int|nil|int(3)|'3.5'|float|'x'|float|'1e3'|float|nil|float(2.0)|list|int|missing|int|'inf'|float|'nan'|float|''|int
2.5|round|3.5|round|2.567|round(2)|2.5|round(0, 'ceil')|2.1|round(0, 'floor')|1234.5|round(-2)|5|round|-2.5|round|2.675|round(2)|1.005|round(2, 'ceil')|7|round(1, 'floor')|-3|abs|-3.5|abs|yes|abs|text|abs|1234|round(-2)
list|join|list|join(', ')|words|join('-')|mixed|join('|')|people|join(',', 'name')|people|join(', ', attribute='age')|text|join('.')|missing|join|nil|join|list|first|list|last|none_list|first|none_list|last|list|length|list|sum|people|sum('age')|people|sum(attribute='x.y')|[[1], [2]]|sum(start=[])|list|sum(start=0.5)|['a']|sum|list|reverse|list|list|reverse|(1, 2)|reverse|list|none_list|min|list|max|words|min|words|max|words|max(case_sensitive=true)|people|max(attribute='age')|people|min(attribute='name')|list|min
words|sort|words|sort(reverse=true)|words|sort(case_sensitive=true)|people|sort(attribute='name')|people|sort(attribute='age,name')|people|sort(attribute='age', reverse=true)|mixed|sort|[3, 1, 2]|sort|dict|sort|dict|dictsort|dict|dictsort(true)|dict|dictsort(by='value')|dict|dictsort(false, 'value', true)|[1, 2, 1, 'a', 'A']|unique|list|[1, 2, 1, 'a', 'A']|unique(true)|list|people|unique(attribute='age')|list|[[1], [1]]|unique|list
people|map(attribute='name')|list|people|map(attribute='x.y')|list|people|map(attribute='x.y', default=0)|list|words|map('upper')|list|words|map('replace', 'a', 'z')|list|list|map('string')|list|people|map('length')|list|list|map|list|list|map('nofilter')|list|words|map('default', 'x')|join|missing|map('upper')|list|nil|map('upper')|list|5|map('upper')|list
list|select|list|[0, 1, '', 'a', nil]|select|list|[0, 1, '', 'a', nil]|reject|list|list|select('odd')|list|list|reject('odd')|list|list|select('gt', 1)|list|list|select('in', [1, 3])|list|list|select('divisibleby', 2)|list|people|selectattr('x')|list|length|people|selectattr('age', 'equalto', 3)|map(attribute='name')|join(',')|people|rejectattr('age', 'eq', 3)|map(attribute='name')|list|people|selectattr('x.y', 'defined')|list|length|messages|selectattr('role', 'in', ['user', 'tool'])|map(attribute='content')|list|nil|selectattr('a')|list|list|select('notest')|list|people|selectattr('age', '>', 1)|list|length|people|selectattr('x', 'undefined')|map(attribute='name')|list
people|groupby('age')|list|people|groupby('age')|map('first')|list|people|groupby('name')|map(attribute='grouper')|list|(people|groupby('age'))[0].list|length|['a', 'B', 'A']|groupby(0)|map(attribute=1)|list|list|batch(2)|list|list|batch(2, 0)|list|list|slice(2)|list|[1, 2, 3, 4]|slice(3)|list|[1, 2, 3, 4]|slice(3, 'x')|list
missing|default('d')|nil|default('d')|nil|default('d', true)|''|d('x', boolean=true)|missing|d|missing.x|default('d')|nested.zz|default('d')|0|default(1)|0|default(1, true)|dict|items|list|missing|items|list|list|items|list|dict|length|dict|list|dict|first|dict|last|dict|items|length|people|attr('name')|dict|attr('items')|dict|attr('a')|text|attr('upper')
dict|tojson|list|tojson|mixed|tojson|uni|tojson|quotes|tojson|html|tojson|spaces|tojson|nil|tojson|yes|tojson|1.0|tojson|1e16|tojson|nested|tojson(indent=2)|mixed|tojson(indent=4)|[]|tojson(indent=2)|{}|tojson(indent=2)|[[], {}]|tojson(indent=1)|uni|tojson(ensure_ascii=true)|dict|tojson(sort_keys=true)|nested|tojson(indent=0)|nested|tojson(indent='--')|nested|tojson(separators=(',', ':'))|missing|tojson|(1, 2)|tojson|{1: 2, true: 3, nil: 4, 1.5: 5}|tojson|{(1, 2): 3}|tojson|'\x00\x1f\x7f\u2028'|tojson|dict.items()|tojson|list|map('string')|tojson|range(3)|tojson|nested|tojson(true, 2)
html|e|html|escape|html|forceescape|html|e|e|html|e|forceescape|html|safe|(html|safe) + html|html + (html|safe)|('<'|e) ~ '<'|('<%s>'|safe) % html|('<'|safe) * 2|(html|safe)|upper|('a,b'|safe).split(',')|[html|safe]|html|safe is string|html|safe|length|('{}'|safe).format('<')|('x'|safe)|replace('x', '<')|('x'|safe).replace('x', '<')|('-'|safe).join(['<', '>'])|html|string|(html|safe)[0] + '<'|1|safe + '<'|nil|e|list|e
'a b&c/d?é'|urlencode|{'a b': 1, 'c': 'd&e'}|urlencode|1000|filesizeformat|1|filesizeformat|999|filesizeformat|1500000|filesizeformat|1024|filesizeformat(true)|'{} {}'|format(1)|'%s'|format(1)|'%(x)s'|format(x=3)|'%s %s'|format('a', 2)
missing is defined|text is defined|nil is defined|missing is undefined|nil is none|nil is not none|one is number|yes is number|half is number|text is string|list is sequence|dict is sequence|text is sequence|missing is sequence|one is sequence|dict is mapping|list is mapping|list is iterable|text is iterable|one is iterable|missing is iterable|nil is iterable|yes is boolean|one is boolean|yes is true|one is true|no is false|one is integer|yes is integer|half is float|one is odd|2 is even|4 is divisibleby 2|4 is divisibleby(3)|text is odd
one is sameas 1|nil is sameas nil|yes is sameas true|list is sameas list|1 is eq 1|1 is equalto(2)|1 is ne 2|2 is gt 1|2 is ge 2|1 is lt 2|1 is le 1|1 is in [1]|'a' is in 'abc'|5 is not in [1]|text is callable|range is callable|text.upper is callable|'upper' is filter|'nope' is filter|'odd' is test|'abc' is lower|'ABC' is upper|'Abc' is upper|html is escaped|html|safe is escaped|1 is nosuchtest|1|nosuchfilter|text is not string|not text is string|missing is not defined and true|one is not number or yes
text.upper()|text.lower()|text.title()|'heLLo'.capitalize()|'hELLO'.swapcase()|'Straße'.casefold()|text.startswith('Hell')|text.endswith(('x', 'ld'))|text.startswith('World', 7)|text.find('o')|text.find('o', 5)|text.rfind('o')|text.index('o')|text.index('z')|text.find('z')|uni.find('好')|text.count('l')|text.count('')|'aaaa'.count('aa')|spaces.strip()|spaces.lstrip()|spaces.rstrip()|'xxayx'.strip('xy')|'xxa'.lstrip('x')|spaces.split()|'a,b,,c'.split(',')|'a,b,c'.split(',', 1)|'a b  c '.split(None, 1)|' a b  c'.rsplit(none, 1)|'a,b,c'.rsplit(',', 1)|''.split()|''.split(',')|'abc'.split('')|'a</think>b</think>c'.split('</think>')[-1]
lines.splitlines()|lines.splitlines(true)|'a\x0bb\x0cc\x1cd\x85e\u2028f'.splitlines()|'a-b-c'.partition('-')|'a-b-c'.rpartition('-')|'abc'.partition('-')|'abc'.rpartition('-')|','.join(words)|','.join([1])|','.join('abc')|''.join([])|'abc'.replace('b', 'X')|'aaa'.replace('a', 'b', 2)|'abc'.replace('', '-')|'abc'.replace('', '-', 2)|'abc'.removeprefix('a')|'abc'.removesuffix('c')|'abc'.removeprefix('z')|'a'.center(4)|'a'.center(5, '*')|'ab'.center(5)|'a'.ljust(3, '.')|'a'.rjust(3)|'42'.zfill(5)|'-42'.zfill(5)|'a\tb'.expandtabs(4)
'abc'.isalpha()|'ab1'.isalnum()|'12'.isdigit()|'²'.isdigit()|'½'.isnumeric()|'1.5'.isdecimal()|' '.isspace()|''.isspace()|'Ab'.istitle()|'ab'.islower()|'AB'.isupper()|'a_1'.isidentifier()|'é'.isascii()|'a\n'.isprintable()|'{} {}'.format(1, 'a')|'{1} {0}'.format(1, 2)|'{a} {b}'.format(a=1, b=2)|'{:>5}|{:<5}|{:^5}'.format('a', 'b', 'c')|'{:05d} {:.2f} {:,}'.format(42, 3.14159, 1234567)|'{:x} {:#b} {:+d}'.format(255, 5, 3)|'{0[a]} {1.x}'.format(dict, nested)|'{!r}'.format('a')|'{{}}'.format()|'{}'.format()|'{:*^9}'.format('ab')|'{:%}'.format(0.25)|'{:e}'.format(12345.6)|'{:g}'.format(0.00001234)|'{:.3}'.format('abcdef')|'{:.3}'.format(3.14159)|'{0.__class__}'.format(1)|'{:{}}'.format('a', 4)|'{a}'.format_map({'a': 1})
list.index(2)|list.index(9)|list.count(1)|(1, 2, 1).count(1)|list.append(4)|list.copy()|dict.update({'z': 1})|dict.pop('a')|text.nope|text.nope()|text()|nil()|missing()|one.real|half.imag|text.__class__|dict.__class__|dict['__class__']|dict.__len__()|_x is defined
namespace(a=1).a|namespace({'a': 2}, b=3).b|namespace().zz|namespace(a=1)['a']|namespace(a=1)|dict(a=1, b=2)|dict([('a', 1)], b=2)|dict()|dict({'x': 1})|dict(1)|raise_exception('oh')|raise_exception(1)|strftime_now('%d %b %Y')|strftime_now('%Y-%m-%d %H:%M:%S %A %j')|strftime_now('')|range(5)|sum|range(1, 2, 0)|range(100001)|range('a')|range(-3)|list|lipsum is callable
{'class': 'a "b"', 'id': 1, 'x': none, 'y': missing}|xmlattr|{'a': '<'}|xmlattr(false)|{'a b': 1}|xmlattr|{'a/': 1}|xmlattr|{}|xmlattr|list|xmlattr|{'a': '<b>'|safe}|xmlattr|{1: 2}|xmlattr
html|striptags|'<p>a <b>b</b>\n  c</p>'|striptags|'a <!-- x > y --> b'|striptags|'a < b > c'|striptags|'a <b'|striptags|'<!-- open'|striptags|'&lt;b&gt; &amp; &quot;x&#39;&#x41;&#65&#0;&#150;'|striptags|'AT&T &amp'|striptags|list|striptags|nil|striptags|'<'|safe|striptags|'a<!-->b-->c'|striptags
'aaa bbb ccc ddd'|wordwrap(7)|'aaa bbb ccc ddd'|wordwrap(8, wrapstring='|')|'abcdefghij'|wordwrap(4)|'abcdefghij kl'|wordwrap(4, false)|'goof-ball use the -b option -- now'|wordwrap(6)|'goof-ball long-word-here x--y'|wordwrap(5, break_on_hyphens=false)|'well-known two-fold'|wordwrap(7)|'a\n\nb c d'|wordwrap(3)|'  lead and trail  '|wordwrap(6)|''|wordwrap|'x'|wordwrap(0)|uni|wordwrap(4)|text|wordwrap|5|wordwrap|'12-34 ab-cd e-f-g h-i'|wordwrap(3)|'word---word a--b --c d-- e'|wordwrap(5)|'a b'|wordwrap(1)|'aaaa-bbbb-cccc'|wordwrap(6)|'--------'|wordwrap(3)|'ab\tcd  ef'|wordwrap(4)|'long-hyphenatedwordhere'|wordwrap(8)|'say "hello"--and go'|wordwrap(6)|'a-b-c-d-e-f'|wordwrap(4)
dict|pprint|text|pprint|nil|pprint|list|pprint|(list * 12)|pprint|(list * 40)|pprint|{'a': list * 12, 'b': {'c': words * 9, 'd': 'x' * 30}, 'e': ('y' * 40, 'z' * 50)}|pprint|messages|pprint|people|pprint|(text ~ ' ') * 12|pprint|[(text ~ ' ') * 12, 1]|pprint|{'k': (text ~ '\n') * 9}|pprint|('a' * 100)|pprint|['b' * 100]|pprint|('x' * 90,)|pprint|{'a': {}, 'b': [], 'c': ()}|pprint|{2: 1, 'a': 2, nil: 3, 1.5: 4}|pprint|(lines * 12)|pprint|[uni * 8]|pprint|missing|pprint|half|pprint|mixed * 6|pprint|[[list * 8] * 3]|pprint|{'a': 1, 'b': 2}|tojson|pprint|[['x' * 70, ['y' * 70]]]|pprint
vast|vast|tojson|{'a': vast}|tojson|vast is integer|vast is number|vast is float|[vast]|vast ~ ''|vast == vast|vast == 1|vast|string|vast|int|vast|float|{vast: 1}[vast]|vast if vast else 1|vast in [1, vast]|vast in list|[vast]|join|'%s' % vast|'{}'.format(vast)
-one|+half|-text|- 2 + 3|2 - -3|not one == 1|1 + 2 * 3|(1 + 2) * 3|2 * 3 % 4|10 - 2 - 3|1 ~ 2 + 3|'a' ~ 1 * 2|-1|abs|(-1)|abs|1 + 2|string|length|'a' + 'b'|upper|text|upper|lower|text is string and one is number|one if text is string else 2|[1, 2,]|{'a': 1,}|(1, 2,)|f(1)|list[0](1)|(one)|((one))|1 if 2 else 3 if 4 else 5|1, 2|one,
"""

TEMPLATES = [
    # whitespace
    "a\n{% if yes %}\nb\n{% endif %}\nc\n", "  {% if yes %}  x  {% endif %}  \n y", "a {%- if yes %} b {%- endif %} c",
    "a {% if yes -%} b {% endif -%} c", "a\n  {%+ if yes %}b{% endif %}\nc", "{% if yes +%}\nb{% endif %}",
    "a\n {{- text -}} \n b", "{{ text }}\n", "{{ text }}\n\n", "a\r\nb\rc\r\n", "{# c #}\nx", "a {#- c -#} b",
    "  {# c #}  \n  x", "{% raw %}{{ x }} {% if %}{% endraw %}", "{% raw -%}  a  {%- endraw %} b",
    "x\n  {% raw %}\n a {% endraw %}\n y", "{%- raw %} {% endraw -%}  z", "{{ '{{' }}", "{{ {'a': {'b': 1}} }}",
    "{{ {'a':{}}}}", "a{{ 1 }}\n  {% if yes %}\n    b\n  {% endif %}\n", "\n\n{% if yes %}\n\n{% endif %}\n\n",
    "{%if yes%}a{%endif%}", "a {{ 1 -}}\n\n b", "\t{% set x = 1 %}\tb", "{{ 1 }}  {% set x = 1 %}\nb", "{", "{{", "{%",
    "{ {", "a { b } c %} }}", "{{ 'a' }", "{{ }}", "{% %}", "{% if %}{% endif %}", "{# open", "{{ 'open }}",
    "{% for x in list %}{{ x }}", "{% endif %}", "{% if yes %}{% endfor %}", "{% nope %}", "{{ a b }}", "{{ 1 + }}",
    "{{ ) }}", "{{ (1 }}", "{{ [1}} }}", "{{ a.b.c( }}", "{{ @ }}", "{{ a ! b }}", "{{ a = 1 }}", "{{ 'a' if }}",
    # set
    "{% set x = 1 %}{{ x }}", "{% set x, y = 1, 2 %}{{ x }}{{ y }}", "{% set x = 1, 2 %}{{ x }}",
    "{% set x, y = [1] %}", "{% set x, y = 1 %}", "{% set (a, (b, c)) = (1, (2, 3)) %}{{ a }}{{ b }}{{ c }}",
    "{% set x %}a{{ one }}{% endset %}[{{ x }}]", "{% set x | upper %}abc{% endset %}{{ x }}",
    "{% set x | replace('a', 'b') | upper %}abc{% endset %}{{ x }}", "{% set 1 = 2 %}", "{% set text.x = 2 %}",
    "{% set ns = namespace(a=1) %}{% set ns.a = ns.a + 1 %}{{ ns.a }}{{ ns }}", "{% set one = one + 1 %}{{ one }}",
    "{% set ns = namespace() %}{% set ns.a, ns.b = 1, 2 %}{{ ns.a + ns.b }}", "{% set true = 1 %}",
    "{% set x = missing %}{{ x is defined }}", "{% set x = x %}{{ x is defined }}", "{% set dict.a = 1 %}",
    # if
    "{% if no %}a{% elif nil %}b{% elif one %}c{% else %}d{% endif %}", "{% if no %}a{% else %}b{% endif %}",
    "{% if missing %}a{% else %}b{% endif %}", "{% if missing.x %}a{% endif %}", "{% if 1, 2 %}a{% endif %}",
    "{% if no %}{{ x|nofilter }}{% endif %}ok", "{% if no %}{% for a in [] %}{{ a|nofilter }}{% endfor %}{% endif %}",
    "{% if yes: %}a{% endif %}", "{% if no %}{% set a = 1 %}{% endif %}{{ a is defined }}",
    # for
    "{% for x in list %}{{ x }},{% endfor %}", "{% for x in [] %}a{% else %}b{% endfor %}",
    "{% for x in missing %}a{% else %}b{% endfor %}", "{% for x in nil %}a{% endfor %}", "{% for x in 5 %}a{% endfor %}",
    "{% for k, v in dict.items() %}{{ k }}={{ v }};{% endfor %}", "{% for k in dict %}{{ k }};{% endfor %}",
    "{% for k, v in dict|items %}{{ k }}={{ v }}{{ loop.last }};{% endfor %}", "{% for c in uni %}{{ c }}.{% endfor %}",
    "{% for x in list %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}"
    "{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }};{% endfor %}",
    "{% for x in list %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }};{% endfor %}",
    "{% for x in list %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }};{% endfor %}",
    "{% for x in list %}{{ loop.cycle('a', 'b') }}{% endfor %}", "{% for x in [1,1,2] %}{{ loop.changed(x) }}{% endfor %}",
    "{% for x in list if x != 2 %}{{ x }}{{ loop.index }}{{ loop.length }}{{ loop.last }}{% endfor %}",
    "{% for x in list if x > 5 %}{{ x }}{% else %}none{% endfor %}",
    "{% for x in list %}{% if x == 2 %}{% continue %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in list %}{% if x == 2 %}{% break %}{% endif %}{{ x }}{% else %}e{% endfor %}",
    "{% for x in list %}{% continue %}{% else %}e{% endfor %}", "{% for x in list %}{% break %}{% else %}e{% endfor %}",
    "{% break %}", "{% for x in list %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}",
    "{% for x in list %}{% for y in list %}{{ loop.index }}{% if y == 2 %}{% break %}{% endif %}{% endfor %};{% endfor %}",
    "{% for x in list %}{% set outer = loop %}{% for y in 'ab' %}{{ outer.index }}{{ loop.index }} {% endfor %}{% endfor %}",
    "{% set n = 0 %}{% for x in list %}{% set n = n + x %}{{ n }}{% endfor %}{{ n }}",
    "{% for x in list %}{{ y is defined }}{% set y = x %}{{ y }}{% endfor %}{{ y is defined }}",
    "{% for x in list %}{% if x == 2 %}{% set one = 9 %}{% endif %}{{ one }}{% endfor %}{{ one }}",
    "{% for text in list %}{{ text }}{% endfor %}{{ text }}", "{% for x in list %}{% endfor %}{{ x is defined }}",
    "{% for (a, b) in [(1, 2), (3, 4)] %}{{ a }}{{ b }}{% endfor %}", "{% for a, b in [(1, 2, 3)] %}{% endfor %}",
    "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for x in 1, 2 %}{{ x }}{% endfor %}",
    "{% for loop in list %}{% endfor %}", "{% for x in list %}{% set loop = 1 %}{{ loop.index }}{% endfor %}",
    "{% for x in range(3) recursive %}{{ x }}{% if x %}{{ loop([]) }}{% endif %}{% endfor %}",
    "{% for x in [[1, [2]], [3]] recursive %}<{% for y in x %}{% if y is iterable %}{{ loop.index }}{% else %}{{ y }}"
    "{% endif %}{% endfor %}>{% endfor %}",
    "{% for p in [{'n': 1, 'c': [{'n': 2, 'c': [{'n': 3}]}]}] recursive %}{{ loop.depth }}:{{ p.n }}"
    "{% if p.c %}({{ loop(p.c) }}){% endif %}{% endfor %}",
    "{% for x in list %}{{ loop(x) }}{% endfor %}", "{{ loop }}", "{{ loop is defined }}",
    "{% for x in list|map('string') %}{{ x }}{{ loop.length }}{% endfor %}",
    "{% set g = list|select('odd') %}{% for x in g %}{{ x }}{% endfor %}{% for x in g %}{{ x }}{% else %}spent{% endfor %}",
    "{% set g = list|map('nofilter') %}ok", "{% if [] | map('upper') %}yes{% endif %}", "{{ (list|select)[0] is defined }}",
    "{% set ns = namespace(stop=false) %}{% for x in list if not ns.stop %}{{ x }}{% set ns.stop = true %}{% endfor %}",
    "{% for x in list if loop is defined %}{{ x }}{% else %}n{% endfor %}",
    "{% for m in messages[1:] %}{{ loop.index0 }}{{ m.role }}{{ m.tool_calls is defined }}{{ m.content }};{% endfor %}",
    "{% for m in messages %}{{ m.content + '!' }}{% endfor %}", "{% for m in messages[::-1] %}{{ m.role }} {% endfor %}",
    "{% for tc in messages[2].tool_calls %}{{ tc.function.arguments|tojson }}{% endfor %}",
    "{% for x in list %}{{ loop.length }}{% set l = loop %}{% endfor %}", "{% for x in list %}{{ loop.nope }}{% endfor %}",
    "{% for k, v in nested.a.items() %}{{ k }}{{ v }}{% endfor %}", "{% for a in dict.values() %}{{ a }}{% endfor %}",
    "{% for a in (dict.keys()|sort) %}{{ a }}{% endfor %}", "{{ dict.keys()[0] }}", "{{ dict.keys()|list|first }}",
    # macros
    "{% macro m(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}{{ m(1, 3) }}{{ m(b=5, a=4) }}{{ m() }}",
    "{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}", "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}",
    "{% macro m(a) %}{% endmacro %}{{ m(b=2) }}", "{% macro m(a=1, b) %}{% endmacro %}",
    "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}",
    "{% macro m(a) %}{{ a is defined }}{% endmacro %}{{ m() }}", "{% macro m() %} x {% endmacro %}[{{ m() }}]",
    "{% macro m(n) %}{{ n }}{% if n > 0 %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(3) }}",
    "{% set x = 1 %}{% macro m() %}{{ x }}{% endmacro %}{% set x = 2 %}{{ m() }}",
    "{% macro m() %}{{ one }}{% endmacro %}{{ m() }}{% set one = 7 %}{{ m() }}",
    "{% macro m() %}{{ later }}{% endmacro %}{{ m() }}{% set later = 7 %}{{ m() }}",
    "{% macro m() %}{% set y = 5 %}{{ y }}{% endmacro %}{{ m() }}{{ y is defined }}",
    "{% for x in list %}{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% endfor %}{{ m is defined }}",
    "{% macro m() %}{{ loop is defined }}{% endmacro %}{% for x in [1] %}{{ m() }}{% endfor %}",
    "{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}body{{ one }}{% endcall %}",
    "{% macro m() %}{% for x in list %}{{ caller(x, x * 2) }};{% endfor %}{% endmacro %}"
    "{% call(a, b=0) m() %}{{ a }}-{{ b }}{% endcall %}",
    "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}", "{% call text.upper() %}x{% endcall %}",
    "{% macro m() %}x{% endmacro %}{% call m() %}y{% endcall %}", "{% call one %}x{% endcall %}",
    "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(*[1]) }}{{ m(**{'x': 2}) }}{{ m(*[1, 2]) }}",
    "{% macro m(x) %}{{ x }}{% endmacro %}{{ m }}{{ m.name }}{{ m.arguments }}", "{% macro m(x) %}{{ x }}{% endmacro %}"
    "{{ m(1)|upper }}{{ m('a') ~ m('b') }}{{ m('c') is string }}{{ 'x' + m('y') }}",
    "{% macro a() %}{% macro b() %}in{% endmacro %}{{ b() }}{% endmacro %}{{ a() }}{{ b is defined }}",
    "{% macro m(text) %}{{ text }}{% endmacro %}{{ m('inner') }}{{ text }}", "{{ m() }}{% macro m() %}{% endmacro %}",
    "{% macro m(x, y) %}{{ y.z }}{% endmacro %}{{ m(1) }}", "{% macro m(a, a) %}{{ a }}{% endmacro %}",
    # blocks
    "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a is defined }}", "{% with %}{% set z = 1 %}{% endwith %}{{ z }}",
    "{% set a = 5 %}{% with a = 1, b = a %}{{ b }}{% endwith %}", "{% filter upper %}ab{{ text }}{% endfilter %}",
    "{% filter upper|replace('A', 'z') %}ab{% endfilter %}", "{% filter trim %}  {% set q = 1 %} a {% endfilter %}{{ q }}",
    "{% generation %}a{{ one }}{% endgeneration %}b", "{% generation %}{% set g = 1 %}{% endgeneration %}{{ g is defined }}",
    "{% for x in list %}{% generation %}{{ x }}{% endgeneration %}{% endfor %}", "{% block b %}x{{ one }}{% endblock %}",
    "{%- generation -%}  a  {%- endgeneration -%}  b", "{% print one %}{% print one, 2 %}", "{% do list.append(1) %}",
    "{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}", "{% from 'x' import y %}",
    "{% if no %}{% include 'x' %}{% endif %}ok", "{% trans %}a{% endtrans %}",
    # autoescape: off as transformers has it, on and off by blocks, and decided as it runs
    "{% autoescape true %}{{ html }}{{ html|safe }}{{ 1 }}{{ nil }}{{ missing }}{{ [html] }}<b>{% endautoescape %}{{ html }}",
    "{% autoescape false %}{{ html }}{% endautoescape %}", "{% autoescape %}x{% endautoescape %}",
    "{% autoescape yes %}{{ html }}{{ '<' ~ html }}{{ html|safe ~ html }}{% endautoescape %}",
    "{% autoescape true %}{{ html|safe ~ html }}|{{ '<' ~ html }}|{{ '<'|safe ~ '>' }}|{{ one ~ html }}{% endautoescape %}",
    "{% autoescape true %}{% autoescape false %}{{ html }}{% endautoescape %}{{ html }}{% endautoescape %}",
    "{% autoescape yes %}{% autoescape true %}{{ html|safe ~ html }}{% endautoescape %}{{ html }}{% endautoescape %}",
    "{% autoescape true %}{% set x %}<i>{{ html }}{% endset %}{{ x }}{% endautoescape %}{{ x }}{{ x is escaped }}",
    "{% autoescape true %}{% set x | length %}<i>{{ html }}{% endset %}{{ x }}{{ x is string }}{% endautoescape %}",
    "{% autoescape true %}{% set x | upper %}<i>{{ html }}{% endset %}{{ x }}{% endautoescape %}",
    "{% macro m(a) %}<i>{{ a }}{{ html }}</i>{% endmacro %}{% autoescape true %}{{ m(html) }}{% endautoescape %}{{ m('<') }}",
    "{% autoescape true %}{% macro m(a) %}<i>{{ a }}{% endmacro %}{{ m('<') }}{% endautoescape %}{{ m('<') is escaped }}",
    "{% autoescape true %}{% macro m() %}<i>{{ caller() }}{% endmacro %}{% call m() %}<{{ html }}{% endcall %}{% endautoescape %}",
    "{% autoescape true %}{% filter upper %}<i>{{ html }}{% endfilter %}{% filter replace('I', '<') %}<i>{% endfilter %}"
    "{% endautoescape %}", "{% autoescape true %}{% block b %}{{ html }}{{ [html]|join is escaped }}{% endblock %}{% endautoescape %}",
    "{% autoescape true %}{% generation %}<{{ html }}{% endgeneration %}{% endautoescape %}",
    "{% autoescape true %}{{ [html, '<'|safe]|join('&') }}|{{ [html]|join('&') }}|{{ [html]|join('&'|safe) }}{% endautoescape %}",
    "{% autoescape true %}{{ ['<', html]|join is escaped }}{{ (['<'|safe, 1, nil]|join) is escaped }}{% endautoescape %}",
    "{% autoescape true %}{{ html|replace('<', '>') }}|{{ html|replace('<', '>'|safe) }}|{{ html|replace('<'|safe, '>') }}|"
    "{{ html|safe|replace('<', '>') }}|{{ 12|replace(1, '<') }}{% endautoescape %}",
    "{% autoescape true %}{{ {'a': html}|xmlattr }}{{ {'a': html}|xmlattr is escaped }}{% endautoescape %}",
    "{% for x in list %}{% autoescape true %}{{ html[0] }}{% break %}{% endautoescape %}{% endfor %}{{ [html]|join is escaped }}"
    "{{ dict|xmlattr is escaped }}",
    "{% for x in [1, [2]] recursive %}{% autoescape true %}<{{ html }}{% endautoescape %}{% if x is iterable %}{{ loop(x) }}"
    "{% endif %}{% endfor %}", "{% autoescape true %}{% for x in [[1]] recursive %}<{% if x is iterable %}{{ loop(x) }}{% endif %}"
    "{% endfor %}{% endautoescape %}", "{% autoescape true %}{% set q = 1 %}{{ q }}{% endautoescape %}{{ q is defined }}",
    "{% autoescape true %}{% if yes %}{{ html }}{% endif %}{% with a = html %}{{ a }}{% endwith %}{% print html, html %}"
    "{% endautoescape %}", "{% autoescape true %}{{ html|tojson }}{{ html|e }}{{ html|forceescape }}{{ dict|string }}{% endautoescape %}",
    "{% autoescape missing %}{{ html }}{% endautoescape %}", "{% autoescape 'x' %}{{ html }}{% endautoescape %}",
    "{% autoescape missing.x %}{{ html }}{% endautoescape %}", "{% autoescape true %}a", "{% endautoescape %}",
    # what has one outcome
    "{{ [7]|random }}{{ 'a'|random }}{{ (1,)|random }}{{ range(1)|random }}", "{{ []|random }}{{ ''|random is defined }}",
    "{{ missing|random }}", "{{ 5|random }}", "{{ nil|random }}", "{{ {0: 'z'}|random }}", "{{ {1: 'z'}|random }}",
    "{{ {}|random is defined }}", "{{ list|map('string')|random }}", "{{ dict.fromkeys('ab', 1) }}{{ dict.fromkeys(words) }}",
    # dict and namespace as transformers 5 has them
    "{% set dict = 1 %}{{ dict }}", "{{ namespace(_a=1) }}", "{% set ns = namespace() %}{% set ns._a = 1 %}",
    "{{ namespace(a=1, self=2).self }}", "{{ namespace({'_x': 1}) }}",
    # addresses
    *("{{ " + repr(text) + "|urlize }}" for text in (
        "see http://example.com/a?b=c&d#e, (https://example.org:8080/x_(y)) and www.example.net.", "<http://example.com>",
        "example.com example.org/path foo.dev a.b.info x.com:99999 x.com:123456 info.com. -.com a-b.co.uk 9.com",
        "http://1.2.3.4/ https://1.2.3.4.5 http://1234.1.1.1 http://[::1]/ http://[2001:db8::1]:80 http://[:] http://[1:2:3:4:5:6:7:8:9]",
        "me@example.com mailto:me@example.com (me@example.com) me@x @me@example.com a@b@c.de www.me@example.com me@-a.com me@a.b-c",
        "http://exa%20mple.com http://xn--bcher-kva.example http://example.xn--p1ai HTTP://EXAMPLE.COM HtTpS://a.b www.a",
        "http://localhost http://localhost:80/ http://a http://abc http:// https://a..b http://.a ftp://a.com //a.com http://a.b1",
        "((http://example.com)) (http://example.com/(a)(b). &lt;http://example.com&gt; 'http://example.com' \"http://example.com\"",
        "http://例子.com www.例子.com 好@例子.公司 http://example.com/好 ＷＷＷ.com\u00a0http://example.com\u2003x",
        "a\n  http://example.com\t\r\nwww.example.com\n", "", "   ", "(((", ")))...,", "(", "a.com)", "(a.com", "http://a.com/((b", "http://a.com/b))",
        "http://a.com/(&lt;b) c", "tel:123 app://x myapp:y")),
    "{{ ('x http://example.com/' ~ 'y' * 30)|urlize(20) }}", "{{ 'http://例子.com/a'|urlize(9) }}", "{{ 'aa.com'|urlize(0) }}",
    "{{ 'aa.com'|urlize(-2) }}", "{{ 'aa.com'|urlize(nofollow=true) }}", "{{ 'aa.com b@c.de'|urlize(none, true, '_blank\"', 'b a b') }}",
    "{{ 'aa.com'|urlize(rel='x<') }}", "{{ 'tel:123 tel: app://x fax:1'|urlize(extra_schemes=['tel:', 'app://']) }}",
    "{{ 'x'|urlize(extra_schemes=['tel']) }}", "{{ 'x'|urlize(extra_schemes='tel:') }}", "{{ 'x'|urlize(extra_schemes=[1]) }}",
    "{{ 'x'|urlize(extra_schemes=['t:']) }}", "{{ 'x'|urlize(extra_schemes=['tel:///']) }}", "{{ 5|urlize }}{{ nil|urlize }}{{ missing|urlize }}",
    "{{ list|urlize }}", "{{ ('<a href=http://a.com>'|safe)|urlize }}", "{{ ('<http://a.com/<b>>'|safe)|urlize }}", "{{ 'aa.com'|urlize('x') }}",
    "{% autoescape true %}{{ 'aa.com <'|urlize }}{% endautoescape %}", "{{ 'aa.com'|urlize(target='') }}", "{{ 'aa.com'|urlize(rel=5) }}",
    # generators, cyclers, joiners
    "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{% set _ = c.reset() %}{{ c.current }}",
    "{% set j = joiner('; ') %}{{ j() }}a{{ j() }}b{{ j() }}", "{% set j = joiner() %}{{ j() }}{{ j() }}",
    "{{ (list|map('string'))|length }}", "{{ [1, 2]|reverse|first }}", "{{ dict.items()|first }}", "{{ dict.items()|last }}",
    "{{ dict.items()|length }}", "{{ dict.items()|sort }}", "{{ dict.items()[0] }}", "{{ dict|dictsort|first|last }}",
    # scopes that only the whole body decides
    "{% set a = 1 %}{% for x in [1, 2] %}{{ a }}{% set a = a + 1 %}{{ a }}{% endfor %}{{ a }}",
    "{% if yes %}{% set a = 1 %}{% endif %}{% for x in [1] %}{% if no %}{% set a = 2 %}{% endif %}{{ a }}{% endfor %}",
    "{% for x in [1, 2] %}{% if x == 1 %}{% set a = 'set' %}{% endif %}{{ a is defined }}{% endfor %}",
    "{% for x in [1] %}{% for y in [1] %}{% set text = 'in' %}{% endfor %}{{ text }}{% endfor %}",
    "{% if no %}{% elif yes %}{% set e = 1 %}{% else %}{% set f = 1 %}{% endif %}{{ e }}{{ f is defined }}",
    "{% set b %}{% set inner = 3 %}{{ inner }}{% endset %}{{ b }}{{ inner is defined }}",
    "{% for x in list %}{% with y = x %}{% set z = y %}{{ z }}{% endwith %}{{ z is defined }}{% endfor %}",
    # published idioms
    "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set s = messages[0]['content'] %}"
    "{% endif %}{{ s }}{% for m in loop_messages %}{{ m.role }}{% endfor %}",
    "{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | first }}",
    "{% set last = (messages | selectattr('role', 'equalto', 'tool') | list)[-1] %}{{ last.content }}",
    "{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}"
    "{%- for message in messages[::-1] %}{%- set index = (messages|length - 1) - loop.index0 %}"
    "{%- if ns.multi_step_tool and message.role == 'user' and message.content is string and not("
    "message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}"
    "{%- set ns.multi_step_tool = false %}{%- set ns.last_query_index = index %}{%- endif %}{%- endfor %}"
    "{{ ns.last_query_index }}",
    "{% set content = '<think>\\na\\n</think>\\n\\nb' %}{{ content.split('</think>')[0].rstrip('\\n').split('<think>')[-1]"
    ".lstrip('\\n') }}|{{ content.split('</think>')[-1].lstrip('\\n') }}",
    "{{ '<tool>' + (messages[2].tool_calls[0].function | tojson) + '</tool>' }}", "{{ bos_token }}{{ eos_token }}",
    "{%- if tools is defined and tools is not none and tools|length > 0 %}t{% else %}n{% endif %}",
    "{{ '\\n'.join(words) }}", "{{ messages[-1]['role'] not in ['user', 'tool'] }}", "{{ (1, 'a', none)|tojson }}",
    "{{- '{\"name\": \"' + 'f' + '\"}' -}}", "{{ messages[0].content if messages[0].role == 'system' else '' }}",
    "{{ raise_exception('Unknown role: ' + messages[0].role) }}", "{{ 'a' if messages[0]['x'] is defined and messages[0]['x'] else 'b' }}",
    "{% for message in messages if message.role != 'system' %}{{ loop.index0 % 2 == 0 }}{% endfor %}",
    "{% for k, v in messages[2].tool_calls[0].function.arguments.items() %}{{ k ~ '=' ~ (v if v is string else v|tojson) }}"
    "{% if not loop.last %}, {% endif %}{% endfor %}",
    # formats: signs, alternate forms, groups of digits, precisions
    *("{{ '" + f + "'.format(" + v + ") }}" for f, v in (
        ("{:#x} {:#o} {:#b} {:#X}", "255, 8, 5, 171"), ("{:#010x}|{:<#8x}|{:^#9b}", "10, 10, 2"), ("{:c}{:5c}|", "65, 8364"),
        ("{:,} {:_} {:_x} {:_b}", "1234567, 1234567, 3735928559, 1234"), ("{:010,}|{:09,}|{:08,}", "1234, 1234, 1234"),
        ("{:012_x}|{:015,.2f}|{:015,}", "3735928559, 1234.5, 1e30"), ("{:,.2f} {:,} {:_.1e} {:,%}", "1234567.891, 12345.5, 1e10, 12345"),
        ("{:.3} {:.3} {:.3} {:.0} {:.17}", "123.0, 1234.0, 99.95, 5.0, 0.1"), ("{:#.3} {:#} {:#g} {:#.0f} {:#.0e}", "1.0, 1e22, 1.0, 3.0, 3.0"),
        ("{:z.1f} {:z.0f} {:+z.1f} {:z}", "-0.01, -0.4, -0.01, -0.0"), ("{:010}|{:<010}|{:*<010}", "'abc', 5, -5"), ("{:5}|{:d}|{:.1f}", "true, true, true"),
        ("{:%} {:.0%} {:e} {:G}", "huge * 1e300, 0.125, huge * 1e300, 1e-10"), ("{!a} {!r:>8} {!s:.2}", "uni, 'é', list"), ("{0} {}", "1, 2"), ("{} {0}", "1, 2"),
        ("{0:{}}", "1, 2"), ("{0[-1]}", "'a'"), ("{0[0]}", "'a'"))),
    *("{{ '{:" + f + "}'.format(" + v + ") }}" for f, v in (
        (".3", "5"), (".3d", "5"), ("+", "'a'"), (" ", "'a'"), ("#", "'a'"), ("z", "'a'"), ("z", "5"), (",", "'a'"), (",x", "5"), (",n", "5"), ("_c", "5"), (",_", "5"),
        ("+c", "65"), ("c", "65.0"), ("s", "5"), ("=", "'a'"), ("5", "none"), ("5", "[1]"), ("5", "missing"), ("", "missing"), ("d", "1.0"), ("s", "true"), (",,", "5"))),
    *("{{ '" + f + "' % " + v + " }}" for f, v in (
        ("%#x %#o %#X %#010x %#.5x", "(255, 8, 171, 10, 10)"), ("[%*d] [%*d] [%.*f] [%.*f]", "(5, 1, -5, 1, 2, 1.5, -1, 1.5)"), ("%#.0f %#g %#.3g %#.0e", "(3, 1, 1, 3)"),
        ("%d %i %u", "(1e22, -2.9, 0.5)"), ("%d", "-0.5"), ("%.3d %08.3d", "(-0.5, 42)"), ("%d", "(huge * 1e300)"), ("%x", "1.5"), ("%a %r", "(uni, uni)"), ("%5.1c|%-5c|", "(65, 'é')"),
        ("%é", "1"), ("%", "1"), ("%(a)d %(b)5.1f", "dict"), ("%(k(x))s", "{'k(x)': 1}"), ("%lls", "1"), ("%ld", "1"), ("%05s|%-05d|%+ d", "('a', 42, 5)"))),
    # what the differential fuzz of the engine against Jinja found
    "{% set seen = 1 %}{% for x in list if x > seen recursive %}{{ x }}{{ loop.index }}{% endfor %}",
    "{% for x in [1, [2, 1]] if x != one recursive %}{{ loop.depth }}{% if x is iterable %}<{{ loop(x) }}>{% else %}{{ x }}{% endif %}{% endfor %}",
    "{% macro m() %}{{ kwargs|list }}{% endmacro %}{% call m(a=1, **{'b': 2}) %}x{% endcall %}", "{% for x in list %}{{ loop }}{% endfor %}",
    "{% for x in list|select %}{{ loop }}{{ [loop] }}{% endfor %}", "{% generation %}{{ varargs }}{{ kwargs }}{{ caller is defined }}{% endgeneration %}",
    "{% macro m() %}{% generation %}{{ caller is defined }}{{ varargs }}{% endgeneration %}{% endmacro %}{{ m(1) }}", "{#", "{##}a", "{#-", "{# ", "{% print %}", "{% print 1, %}",
    "{% print 1, 2, %}a", "{{ [] is filter }}", "{{ {} is test }}", "{{ (1,) is filter }}", "{{ ([],) is filter }}", "{{ dict(missing) }}", "{{ namespace(missing) }}", "{{ namespace({1: '_x', 'a': 2}) }}",
    "{% set ns = namespace() %}{% for k in words %}{% set ns.last = k %}{% endfor %}{{ ns.last }}{{ ns }}{{ ns['last'] }}",
    "{{ '٣'|int }}{{ '١٢.٥'|float }}{{ '١٢'|filesizeformat }}{{ '𝟙𝟚'|int }}", "{{ 'nan'|filesizeformat }}{{ 'inf'|filesizeformat }}", "{{ -0.5|round(0, 'ceil') }}{{ -0.1|round }}",
    "{{ 0|round(99999) }}{{ 1.5|round(99999) }}{{ 1.5|round(-400) }}{{ -1.5|round(-3) }}", "{{ 25|round(-1) }}{{ 35|round(-1) }}{{ -25|round(-1) }}{{ 51|round(-2) }}{{ 9|round(-30) }}",
    "{{ 250.0|round(-2) }}{{ 350.0|round(-2) }}{{ 50.0|round(-2) }}{{ 50.1|round(-2) }}{{ 7777777.7|round(-3) }}{{ 1e22|round(-21) }}", "{{ (1e300 * one * 1e300)|round(0, 'ceil') }}",
    "{{ ''|wordwrap(0) }}|{{ ''|wordwrap(-2) }}", "{{ 'a\tb'.expandtabs(1200)|length }}",
    "{{ '{0.real:{}}'.format(5, 6) }}", "{{ '{0:{}}'.format(5, 6) }}", "{{ '{} {0.real}'.format(5, 6) }}", "{{ '%5%' % () }}", "{{ '%(a)%' % dict }}", "{{ '%(a)5%' % dict }}", "{{ '%%%s%%' % 1 }}",
    "{% for x in list %}{{ (-1) ** x }} {{ -2 ** x }} {{ (1 - 3) ** x }} {{ -x ** 2 }} {{ 2 ** -x }} {{ -1.5 ** x }}|{% endfor %}", "{{ (-2) ** 2 }}{{ -text ** one }}",
    "{{ (whole - 3) ** -(huge * 1e300) }}", "{{ 'a'.expandtabs(big) }}", "{{ list|map()|list }}", "{{ none_list|map()|list }}{{ missing|map(1, 2)|list }}{{ nil|selectattr()|list }}",
    "{% set g = list|map %}{% set h = list|select('nope') %}ok", "{{ [missing]|select(nil)|list }}", "{{ '0x1A'|int(7, missing) }}{{ '12.5'|int(7, 'x') }}", "{{ words|sort(missing) }}", "{{ words|sort('x') }}",
    "{{ words|sort(nil) }}", "{{ words|sort(1) }}{{ dict|dictsort(reverse=0) }}", "{{ dict|dictsort(reverse='x') }}", "{{ (1, (2, 'b')) in {(1, (2, 'b')): 3} }}{{ {(1,): 2}[(1,)] }}{{ {(1,): 2}.get((1,)) }}",
    "{{ 'ab' * 5 }}{{ 'é' * 3 }}{{ ('<'|safe) * 2 }}{{ '' * 9 }}{{ 'abc' * 1 }}",
    "{% block b %}1{% endblock %}{% block b %}2{% endblock %}", "{% block b required %}{% endblock %}", "{% if yes %}{% set a = 1 %}{% block b %}{{ a }}{% set c = 2 %}{% endblock %}{% endif %}{{ c is defined }}",
    "{{ '%f %#.0g %+d' % (huge * 1e300 - huge * 1e300, huge * 1e300 - huge * 1e300, 1) }}{{ '{:+}'.format(huge * 1e300 - huge * 1e300) }}", "{% for k, in [(1,)] %}{{ k }}{% endfor %}",
    "{% for x in list %}{{ loop is iterable }}{% for y, l in loop %}{{ y }}{{ l.index }}{% endfor %};{% endfor %}",
    "{{ (-1e20)|filesizeformat }}{{ -0.5|filesizeformat }}{{ -7.9|filesizeformat }}",
    "{% filter length %}abc{% endfilter %}", "{% filter wordcount %}a b{% endfilter %}", "{% filter list %}a{% endfilter %}", "{% filter tojson %}a{% endfilter %}", "{% filter default(1) %}{% endfilter %}",
    "{% call text.count('o') %}x{% endcall %}", "{% call dict.get('a') %}x{% endcall %}", "{% call text.title() %}x{% endcall %}", "{{ {'\u00a0a\u2028': 1}|xmlattr }}", "{{ {'a\x0bb': 1}|xmlattr }}",
    "{% if yes %}{% set q = 1 %}{% if one %}{% set q = 2 %}{% set r = q %}{% endif %}{{ q }}{{ r }}{% elif no %}{% set s = 1 %}{% else %}{% set q = 3 %}{% endif %}{{ q }}{{ r }}{{ s is defined }}",
    "{% for x in 1, recursive %}{{ x }}{% endfor %}", "{% for k, v in dict.items() recursive %}{{ k }}{{ v }}{% endfor %}", "{% for (k,) in [(1,)] %}{{ k }}{% endfor %}",
]


def expressions():
    """The lines hold expressions apart by |, which is Jinja's filter sign too: a piece that begins with a filter's
    name or a test belongs to the expression before it."""
    names = set(ENVIRONMENT.filters) | {"nofilter", "nosuchfilter"}
    out = []
    for line in EXPRESSIONS.strip().split("\n"):
        for piece in split_pipes(line):
            word = piece.split("(")[0].split("[")[0].split(" ")[0].split(")")[0].split(".")[0].strip()
            open_before = out and unbalanced(out[-1][1])
            if out and out[-1][0] == line and (open_before or (word in names and piece.strip() != "list" and word not in DATA)
                                               or (piece.strip() == "list" and joins_list(out[-1][1]))):
                out[-1][1] += "|" + piece
            else:
                out.append([line, piece])
    return ["{{ " + piece + " }}" for _, piece in out]


def joins_list(before):
    return any(sign in before for sign in ("|map", "|select", "|reject", "|items", "|unique", "|batch", "|slice",
                                           "|groupby", ")|reverse", "items()"))


def split_pipes(line):
    pieces, quote, piece = [], None, ""
    escaped = False
    for c in line:
        if quote:
            if c == quote and not escaped:
                quote = None
            escaped = c == "\\" and not escaped
        elif c in "'\"":
            quote, escaped = c, False
        if c == "|" and not quote:
            pieces.append(piece)
            piece = ""
        else:
            piece += c
    return pieces + [piece]


def unbalanced(text):
    return text.count("(") > text.count(")") or text.count("[") > text.count("]") or text.count("{") > text.count("}")


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_said"), [], [], body).set_lineno(line)

    def _said(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


class Dict:
    """The global `dict`: called, it makes one; nothing else of Python's is there but fromkeys."""

    def __call__(self, *args, **kwargs):
        return dict(*args, **kwargs)

    def fromkeys(self, *args, **kwargs):
        return dict.fromkeys(*args, **kwargs)


class Namespace(jinja2.utils.Namespace):
    """Refuses what begins with an underscore, since transformers 5."""

    def __init__(*args, **kwargs):
        self, given = args[0], dict(*args[1:], **kwargs)
        for name in given:
            Namespace.check(name)
        jinja2.utils.Namespace.__init__(self, given)

    def __setitem__(self, name, value):
        Namespace.check(name)
        jinja2.utils.Namespace.__setitem__(self, name, value)

    @staticmethod
    def check(name):
        if isinstance(name, str) and name.startswith("_"):
            raise jinja2.exceptions.SecurityError(f"{name!r} begins with an underscore")


ENVIRONMENT = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True,
                                            extensions=[Generation, jinja2.ext.loopcontrols])
ENVIRONMENT.filters["tojson"] = tojson
ENVIRONMENT.globals["raise_exception"] = raise_exception
ENVIRONMENT.globals["dict"] = Dict()
ENVIRONMENT.globals["namespace"] = Namespace
ENVIRONMENT.globals["strftime_now"] = datetime.datetime(2024, 7, 26).strftime


def case(source):
    try:
        return {"template": source, "rendered": ENVIRONMENT.from_string(source).render(**DATA)}
    except Exception as error:  # whatever Python or Jinja raises is a refusal
        return {"template": source, "error": f"{type(error).__name__}: {error}"}


def main():
    assert jinja2.__version__ == "3.1.6"
    cases = [case(source) for source in dict.fromkeys(expressions() + TEMPLATES)]
    # Addresses of objects are nobody's to repeat.
    cases = [c for c in cases if " at 0x" not in c.get("rendered", "")]
    with open(HERE / "cases.jsonl", "w", encoding="utf-8") as out:
        out.write(json.dumps({"data": DATA}, ensure_ascii=False) + "\n")
        for c in cases:
            out.write(json.dumps(c, ensure_ascii=True) + "\n")
    print(len(cases), "cases,", sum("error" in c for c in cases), "of them refused")


main()
