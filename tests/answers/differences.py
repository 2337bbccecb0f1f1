"""Two answers side by side: what may differ is blanked, the rest is compared byte for byte; what differs is named by its place."""

import json
import re

# The run record: an object under "run" whose id and revision change with every commit. Its input hash, pack and seed must not.
RUN = re.compile(rb'"run":\{(?:[^{}"\[\]]|"(?:[^"\\]|\\.)*"|\[(?:\{[^{}]*\}|[^\[\]{}])*\])*\}')
IN_RUN = [(re.compile(rb'("id":)"[0-9a-f]{16}"'), rb'\1"ID"'), (re.compile(rb'("revision":)\d+'), rb"\g<1>0")]
TIME = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z"
BLANKED = [
    (re.compile(rb'("timeStamp":)"' + TIME + rb'"'), rb'\1"TIME"'),
    # Moments of the clock; days (`as_of`, `date`) are compared.
    (re.compile(rb'("(?:at|created|updated|started|finished|time)":)"' + TIME + rb'"'), rb'\1"TIME"'),
    (re.compile(rb"(?m)^(run )[0-9a-f]{16}$"), rb"\1ID"),
    # Ids drawn anew by each program for what it keeps, and the seconds that a run took.
    (re.compile(rb'("id":)"[0-9a-f]{12}"'), rb'\1"ID"'),
    (re.compile(rb'("seconds":)[0-9.e+-]+'), rb"\g<1>0"),
    (re.compile(rb"(?m)  \d+\.\d{3} s$"), b"  SECONDS"),
    (re.compile(rb"http://127\.0\.0\.1:\d+"), b"BASE"),
]
MOST_PLACES = 2_000


def blank(body):
    """The answer without what may differ."""
    def run(found):
        text = found.group(0)
        for pattern, instead in IN_RUN:
            text = pattern.sub(instead, text)
        return text

    body = RUN.sub(run, body)
    for pattern, instead in BLANKED:
        body = pattern.sub(instead, body)
    return body


class Number(str):
    """A number as it is written: 1.0 and 1 are two answers."""


def parsed(body):
    def whole(text):
        return Number(text)
    try:
        return json.loads(body, parse_int=whole, parse_float=whole, parse_constant=whole)
    except ValueError:
        return None


def compare(old, new):
    """[(kind, place, old, new)]: none when alike; kind `order` when only the order of members differs."""
    old, new = blank(old), blank(new)
    if old == new:
        return []
    before, after = parsed(old), parsed(new)
    if before is None or after is None or not isinstance(before, (dict, list)):
        return [("body", *first_place(old, new))]
    found = []
    walk(before, after, "", found)
    return found or [("order", "", *around(old, new, first_byte(old, new)))]


def walk(old, new, place, found):
    if len(found) >= MOST_PLACES or (type(old) is type(new) and old == new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            here = f"{place}/{name}"
            if name not in new:
                found.append(("body", here, short(old[name]), "(absent)"))
            elif name not in old:
                found.append(("body", here, "(absent)", short(new[name])))
            else:
                walk(old[name], new[name], here, found)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            found.append(("body", place + "/#", str(len(old)), str(len(new))))
        for at, pair in enumerate(zip(old, new)):
            walk(*pair, f"{place}/{at}", found)
    else:
        found.append(("body", place, short(old), short(new)))


def short(value):
    text = value if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "…"


def first_byte(old, new):
    return next((at for at, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))


def around(old, new, at):
    return tuple(repr(side[max(0, at - 20):at + 40].decode(errors="replace")) for side in (old, new))


def first_place(old, new):
    at = first_byte(old, new)
    line = old[:at].count(b"\n") + 1
    return f"byte {at}, line {line}", *around(old, new, at)
