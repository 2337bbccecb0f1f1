"""The table of differences between two folders of answers, less those that are wanted."""

import fnmatch
import json
import pathlib
import tomllib
from collections import Counter

from differences import compare as differences

ALLOWED = pathlib.Path(__file__).parent / "allowed.toml"
DIFFERENT = 3


class Allowed:
    """Wanted differences: route, kind, place (globs) and why."""

    def __init__(self, file=ALLOWED):
        self.entries = tomllib.loads(file.read_text()).get("allowed", [])
        for entry in self.entries:
            if not entry.get("route") or not entry.get("reason"):
                raise SystemExit(f"{file.name}: each entry has a route and a reason: {entry}")
        self.used = set()

    def covers(self, route, kind, place):
        for at, entry in enumerate(self.entries):
            if (fnmatch.fnmatchcase(route, entry["route"]) and entry.get("kind", kind) == kind
                    and fnmatch.fnmatchcase(place, entry.get("place", "*"))):
                self.used.add(at)
                return True
        return False

    def idle(self):
        return [entry for at, entry in enumerate(self.entries) if at not in self.used]


def load(folder):
    return {one["name"]: one for one in json.loads((folder / "index.json").read_text())}


def of_answer(name, old, new, folders):
    """All differences of one answer as (kind, place, old, new)."""
    found = []
    if old["status"] != new["status"]:
        found.append(("status", "", str(old["status"]), str(new["status"])))
    for header in sorted({*old["headers"], *new["headers"]}):
        pair = [side["headers"].get(header, "(absent)") for side in (old, new)]
        if pair[0] != pair[1]:
            found.append(("header", header, *pair))
    parts = [{file.split(".", 1)[1]: file for file in side["files"]} for side in (old, new)]
    for part in sorted({*parts[0], *parts[1]}):
        if part not in parts[0] or part not in parts[1]:
            found.append(("body", f"{part}:", *("there" if part in side else "(absent)" for side in parts)))
            continue
        bodies = [(folder / side[part]).read_bytes() for folder, side in zip(folders, parts)]
        prefix = "" if part == "body" else f"{part}:"
        found += [(kind, prefix + place, before, after) for kind, place, before, after in differences(*bodies)]
    return found


def compare(old_root, new_root, most):
    allowed, rows, shown = Allowed(), [], []
    for old_folder in sorted(path.parent for path in old_root.glob("*/index.json")):
        folders = old_folder, new_root / old_folder.name
        sides = [load(folder) for folder in folders]
        groups = {}
        for name in sides[0]:
            route = name.split(" #")[0]
            tally = groups.setdefault(route, Counter())
            tally["asked"] += 1
            if name not in sides[1]:
                found = [("missing", "", "answered", "not asked")]
            else:
                found = of_answer(name, sides[0][name], sides[1][name], folders)
            wanted = [one for one in found if allowed.covers(name, one[0], one[1])]
            left = [one for one in found if one not in wanted]
            tally["differ" if left else "allowed" if wanted else "alike"] += 1
            if left:
                shown.append((old_folder.name, name, left))
        rows += [(old_folder.name, route, tally) for route, tally in groups.items()]
    table(rows)
    for city, name, left in shown[:most]:
        kind, place, before, after = left[0]
        print(f"\n{city} · {name}\n  {kind} {place or '(whole)'}  ({len(left)} in all)\n    old {before}\n    new {after}")
    if len(shown) > most:
        print(f"\n… and {len(shown) - most} more answers")
    for entry in allowed.idle():
        print(f"\nallowed.toml: no difference needs this entry any more: {entry['route']}")
    if not rows:
        print("no answers to compare")
        return 2
    total = sum((tally for _, _, tally in rows), Counter())
    print(f"\nasked={total['asked']} alike={total['alike']} allowed={total['allowed']} differ={total['differ']}")
    return DIFFERENT if total["differ"] else 0


def table(rows):
    width = max([len(route) for _, route, _ in rows], default=5)
    print(f"{'city':10} {'route':{width}} {'asked':>6} {'alike':>6} {'allowed':>8} {'differ':>7}")
    for city, route, tally in rows:
        print(f"{city:10} {route:{width}} {tally['asked']:6} {tally['alike']:6} {tally['allowed']:8} {tally['differ']:7}")
