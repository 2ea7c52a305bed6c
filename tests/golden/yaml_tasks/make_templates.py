"""Writes templates.json.gz: what Jinja makes of templates, with the environment of lm-evaluation-harness.

    python3 make_templates.py            (lm-eval 0.4.13, Jinja2 3.1.6)

The templates are those below, and one of every form that the harness's task files have (multiple choice and likelihoods,
without Python functions), rendered with records drawn at random until one fits."""

import collections
import gzip
import json
import pathlib
import random
import re

import jinja2.meta
import lm_eval
import yaml
from lm_eval.utils import apply_template, env

HERE = pathlib.Path(__file__).parent
TASKS = pathlib.Path(lm_eval.__file__).parent / "tasks"

RECORD = {
    "q": "What is  it? ", "n": 3, "minus": -7, "f": 2.5, "yes": True, "no": False, "nothing": None, "empty": "", "none_left": [],
    "list": ["a", "b'c", 'd"e', "f\\g\n"], "numbers": [3, 1, 2], "nested": {"text": ["x", "y"], "label": ["A", "B"], "items": 5},
    "rows": [{"name": "r1", "value": 1}, {"name": "r2", "value": 2}], "pairs": [[1, "a"], [2, "b"]],
    "odd": "\u00dcber \u03a3\u03a3 stra\u00dfe \ufb01n \u0130x \u01c6 it's o'neill", "space": "\u00a0\t x \u2003\u3000y \n",
    "quote": "it's", "both": "it's \"so\"", "emoji": "a\U0001f600b\u200bc\u00add\u0301", "digits": "12", "word": "e\u0301",
}

TEMPLATES = [
    "{{q}}", "{{ q.strip() }}|", "a\n", "\n{{n}}\n\n", "{{n}}{{f}}{{yes}}{{nothing}}{{minus}}", "{{list}}", "{{numbers}} {{nested.text}}",
    "{{nested['text'][0]}}{{nested.text[-1]}}{{nested.text.1}}", "{{list[1:]}}{{list[:-1]}}{{list[::2]}}{{list[::-1]}}{{q[2:-3]}}{{q[::-1]}}",
    "{{list[1:100]}}{{q[-100:3]}}{{numbers[2:0:-1]}}{{numbers[5:]}}{{numbers[-1:-3:-1]}}", "{{odd[1]}}{{odd[-1]}}{{emoji[1]}}{{emoji|length}}",
    "{{1+2*3-4}} {{7/2}} {{8/2}} {{7//2}} {{minus//2}} {{minus%3}} {{7%-3}} {{f*2}} {{f%2}} {{minus/2}} {{-f//2}} {{2.0*3}}",
    "{{1e16}} {{1.5e-5}} {{0.0001}} {{123456789.125}} {{1e22*10}} {{0.1+0.2}} {{5//2.0}} {{-5%2.5}} {{true+1}} {{yes*3}}",
    "{{q~n~f~nothing}}", "{{'ab'*3}}{{[1,2]*2}}{{[1]+[2]}}{{(1,)+(2,3)}}{{()}}{{(1,)}}{{('a','b')}}{{1,2}}", "{{'a' 'b'}}", "{{'a\\'b\\n\\x41\\u00e9\\101\\d'}}",
    "{{n==3}}{{n!=3}}{{n<4}}{{n<=3}}{{n>3}}{{n>=3}}{{1<n<5}}{{1<n>5}}{{'a'<'b'}}{{'a'=='a'}}{{n=='3'}}{{1==1.0}}{{true==1}}{{[1]==[1]}}",
    "{{'a' in list}}{{'z' not in list}}{{'ha' in q}}{{2 in numbers}}{{'text' in nested}}{{not yes}}{{not empty}}{{yes and n}}{{no or q}}{{empty or 'x'}}{{nothing and 1}}",
    "{{'yes' if yes else 'no'}}{{'a' if no else 'b' if no else 'c'}}{{1 if n in [1,2] else 2}}", "{% if n == 3 %}three{% elif n == 4 %}four{% else %}other{% endif %}!",
    "[{{q if no}}]{{q if yes}}", "{% if no %}a{% elif yes %}b{% endif %}", "{% if none_left %}a{% else %}b{% endif %}", "{% set x = q.strip() %}[{{x}}]{% set x = x ~ '!' %}{{x}}",
    "{% for x in list %}{{loop.index0}}:{{loop.index}}:{{x}}{% if not loop.last %}, {% endif %}{% endfor %}", "{% for x in [] %}a{% else %}none{% endfor %}",
    "{% for x in numbers if x > 1 %}{{loop.index}}/{{loop.length}}={{x}};{{loop.first}}{{loop.last}}{{loop.revindex}}{{loop.revindex0}} {% endfor %}",
    "{% for i in range(3) %}{{list[i]}}{% endfor %}{% for i in range(1, 6, 2) %}{{i}}{% endfor %}{% for i in range(3,0,-1) %}{{i}}{% endfor %}",
    "{% for a, b in pairs %}{{a}}{{b}}{% endfor %}", "{% set y = 1 %}{% for x in numbers %}{{y}}{% set y = y + x %}{% endfor %}{{y}}",
    "{% for x in 'h\u00e9y' %}{{x}}.{% endfor %}", "{% for r in rows %}{{r.name}}={{r['value']}} {% endfor %}",
    "a {%- if yes %} b {% endif -%} c", "a  {{- n -}}  b", "a {#- note -#} b {# {{ n }} #}c", "x\n {%- for i in [1,2] %}\n {{i}}\n {%- endfor %}\n", "{{-1}}{{ -1 }}{{+1}}",
    "{%+ if yes +%} x {% endif %}", "line\r\nnext\rlast\r\n", "{{ '\r\n' }}", "{ { } } {x} %} }} #}", "{{ {'a': 1, 'b': [2, {}]} }}{{ {'a': 1}['a'] }}{{ {} }}",
    "{{q|trim}}|{{q|upper}}{{q|lower}}{{q|capitalize}}{{n|string + 'x'}}{{'xxaxx'|trim('x')}}", "{{odd.lower()}}|{{odd.upper()}}|{{odd.capitalize()}}|{{odd.title()}}",
    "{{odd|lower}}|{{odd|upper}}|{{odd|capitalize}}", "[{{space.strip()}}][{{space.lstrip()}}][{{space.rstrip()}}][{{space|trim}}]", "{{space.split()}}{{space.split(' ')}}{{'a b c'.split(' ', 1)}}{{' a b c '.split(none, 1)}}",
    "{{'a,b,,c'.split(',')}}{{'abc'.split('abc')}}{{''.split(',')}}{{''.split()}}{{'a  b'.split(maxsplit=1)}}{{'abcabc'.split('b', maxsplit=-1)}}",
    "{{'aXbX'.replace('X','y')}}{{'aXbX'.replace('X','y',1)}}{{'ab'.replace('','-')}}{{'ab'|replace('a','b')}}{{'aaa'|replace('a','b',2)}}{{13|replace('1','2')}}",
    "{{'.'.join(list)}}{{list|join}}{{list|join('/')}}{{numbers|join(', ')}}{{rows|map(attribute='name')|join('+')}}{{'abc'|join('-')}}", "{{list|map('upper')|list}}{{numbers|map('string')|join}}",
    "{{q.startswith('What')}}{{q.endswith(' ')}}{{q.startswith(('x','W'))}}{{'abc'.endswith('')}}", "{{nested.label.index('B')}}{{numbers.count(1)}}{{'abcabc'.count('b')}}{{'\u00e9b'.index('b')}}{{'ab'.find('z')}}{{'aaaa'.count('aa')}}",
    "{{list|length}}{{q|count}}{{nested|length}}{{(1,2)|length}}{{range(4)|length}}{{list|first}}{{list|last}}{{'xyz'|first}}{{'xyz'|last}}",
    "{{'5'|int + 1}}{{'x'|int}}{{'x'|int(9)}}{{3.9|int}}{{'3.9'|int}}{{-3.9|int}}{{' 7 '|int}}{{true|int}}{{nothing|int}}{{'1e2'|int}}{{''|int}}{{'+4'|int}}{{'-4'|int}}{{'nan'|int(1)}}",
    "{{'2.5'|float}}{{3|float}}{{'x'|float}}{{'x'|float(1)}}{{'.5'|float}}{{'1.'|float}}{{'inf'|float}}", "{{'abc'|list}}{{range(3)|list}}{{(1,2)|list}}", "{{missing|default('d')}}{{missing|d}}|{{empty|default('d')}}{{empty|default('d', true)}}{{nothing|default(1)}}{{n|default}}",
    "{{missing is defined}}{{q is defined}}{{q is not defined}}{{missing is undefined}}{{nothing is none}}{{n is number}}{{q is string}}{{nested.zzz is defined}}{{list[9] is defined}}", "{{'ABCD'[n - 1]}}{{'ABCD'[numbers[1]|int]}}",
    "{{quote}}{{[quote]}}{{[both]}}{{[emoji]}}{{[space]}}{{[odd]}}{{['\\x07\\x7f\\x00\\u2028\\ue000\\U0010ffff']}}", "{{['\\\\', '\\'', '\\t']}}", "{{[1.0, none, true, 'x', (1,), []]}}", "{{nested.get('text')}}{{nested.get('zz')}}{{nested.get('zz', 1)}}",
    "{{ {'a': 1, 'b': 2}.values()|list }}{{ {'a': 1}.items()|list }}{{ {'b': 1, 'a': 2}|list }}{% for k, v in {'x': 1, 'y': 2}.items() %}{{k}}{{v}}{% endfor %}",
    "{{nested['items']}}", "{{digits.isdigit()}}{{q.isdigit()}}{{''.isdigit()}}{{'\u0663'.isdigit()}}{{'\u00b2'.isdigit()}}", "{{(q ~ n).strip()|length + 1}}", "{{-n|string}}", "{{ not n in [3] }}{{ 1 if not no }}", "{{ n if yes and not no or empty }}",
    "{{ 2 - -2 }}{{ - - 2 }}{{ 3 - 1 - 1 }}{{ 8 // 3 * 2 }}{{ 'a' ~ 1 + 2 }}{{ 1 ~ 2 * 3 }}", "{{ q . strip ( ) }}{{ list [ 0 ] }}", "{{word|length}}{{word[0]}}{{word.upper()}}", "{{''}}", "", " ", "{{q}}{# c #}\n",
    # errors
    "{{missing}}", "{{nested.zzz}}", "{{list[9]}}", "{{missing.x}}", "{{q + n}}", "{{n + q}}", "{{1/0}}", "{{1//0}}", "{{1%0}}", "{{nothing.strip()}}", "{{list.strip()}}", "{{n|length}}", "{{list < q}}", "{{'a' in n}}", "{{n in q}}", "{{[].index(1)}}",
    "{{'a'.index('b')}}", "{{''.split('')}}", "{{none_left|first}}", "{% for x in n %}{% endfor %}", "{{missing|upper}}", "{{not missing}}", "{{missing or 1}}", "{{missing ~ 'a'}}", "{{missing == 1}}", "{{list[q]}}", "{{(q if no) + q}}", 
    "{% if missing %}a{% endif %}", "{% for a, b in numbers %}{% endfor %}", "{{list + q}}", "{{q * q}}", "{{' '.join(numbers)}}", "{{q.strip(1)}}", "{{q.replace('a')}}", "{{-q}}", "{{nothing + 1}}",
    "{{", "{{ q", "{{ q }", "{% if %}", "{% if n %}", "{% endif %}", "{% for x %}", "{% set %}", "{% set 1 = 2 %}", "{{ q | }}", "{{ q | nofilter }}", "{{ q is notest }}", "{{ (1 }}", "{{ [1, }}", "{{ 'a }}", "{# a", "{{ 1 2 }}", "{{ q. }}", "{{ ]}}", "{{ }}",
    "{% nonsense %}", "{{ a b }}", "{{ list[] }}", "{% for x in list %}{% endif %}", "{{ 012 }}", "{{ q! }}", "{{ = }}", "{% else %}", "{{ {1 2} }}",
]


class Function(str):
    pass


class Loader(yaml.SafeLoader):
    pass


Loader.add_constructor("!function", lambda loader, node: Function(loader.construct_scalar(node)))


def load(path: pathlib.Path) -> dict:
    task = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)
    if not isinstance(task, dict):
        return {}
    includes = task.pop("include", None) or []
    merged = {}
    for name in [includes] if isinstance(includes, str) else includes:
        merged.update(load(path.parent / name))
    return {**merged, **task}


def forms() -> list[str]:
    """One template of every form: what differs outside of tags, or only by names, is one form."""
    found = {}
    for path in sorted(TASKS.rglob("*.yaml")):
        task = load(path)
        if task.get("output_type", "generate_until") == "generate_until" or not isinstance(task.get("task"), str):
            continue
        for key in ("doc_to_text", "doc_to_target", "doc_to_choice", "description"):
            template = task.get(key)
            if isinstance(template, str) and not isinstance(template, Function) and "{" in template:
                form = re.sub(r"\w+", "w", "".join(re.findall(r"\{[{%#].*?[}%#]\}", template, re.S)))
                found.setdefault(form, template)
    return list(found.values())


def draw(rng: random.Random, depth: int = 0):
    words = ["It's", "a", 'so-called "test"', "\u00fcber", "\u03a3", "x\ny", " lead", "trail ", "A", "1", "2", "\\n", "?"]
    kind = rng.randrange(6 if depth == 0 else 4)
    if kind <= 1:
        return " ".join(rng.choices(words, k=rng.randrange(1, 5)))
    if kind == 2:
        return rng.randrange(4)
    if kind == 3:
        return [" ".join(rng.choices(words, k=2)) for _ in range(rng.randrange(2, 6))]
    names = ["text", "label", "choices", "labels", "start", "A", "B", "C", "D", "question", "answer", "option_a", "input", "stem"]
    return {name: draw(rng, 1) for name in rng.sample(names, 8)}


def fitting(template: str, rng: random.Random):
    names = sorted(jinja2.meta.find_undeclared_variables(env.parse(template)))
    attributes = sorted(set(re.findall(r"\.(\w+)", template)) | set(re.findall(r"\[['\"](\w+)['\"]\]", template)))
    for _ in range(400):
        record = {name: draw(rng) for name in names}
        for value in record.values():
            if isinstance(value, dict):
                value.update({name: draw(rng, 1) for name in attributes})
                value["text"] = ["u", "v'", "w", "x", "y"]
                value["label"] = ["A", "B", "C", "D", "1"]
        if "map(attribute" in template:
            record = {name: [{key: draw(rng, 1) for key in [*attributes, "atext"]} for _ in range(3)] for name in names}
        if rng.randrange(2) and "answerKey" in record:
            record["answerKey"] = rng.choice("AB1")
        try:
            text = apply_template(template, record)
            if "{'" not in text and "Undefined" not in text:  # a record that fits gives no dict
                return record, text
        except Exception:
            continue
    return None


def main() -> None:
    rng = random.Random(14)
    cases = []
    for template in TEMPLATES:
        try:
            cases.append({"template": template, "text": apply_template(template, RECORD)})
        except Exception as error:
            cases.append({"template": template, "error": type(error).__name__})
    counts = collections.Counter()
    for template in forms():
        found = fitting(template, rng)
        counts["fits" if found else "no record fits"] += 1
        if found:
            cases.append({"template": template, "record": found[0], "text": found[1]})
    print(len(cases), "cases;", dict(counts), "of", len(forms()), "forms")
    text = json.dumps({"record": RECORD, "cases": cases}, ensure_ascii=True)
    (HERE / "templates.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
