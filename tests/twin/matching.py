"""Site matching worked out anew by SQL over the city file: matching.py CITY RULES ANSWER...

Written from the exact readings P7, P8 and M1 to M9 alone. Every candidate is judged and ordered by brute force; the answers (of a guest) must hold the
same codes in the same order, with the same verdicts, areas and costs.
"""

import datetime
import json
import sqlite3
import sys
import tomllib
from pathlib import Path

import shapely

from gpkg import wkb

FIRE = ["戊", "丁", "丙二", "丙一", "乙", "甲"]
VIBRATION = ["none", "workshop", "office", "VC-A", "VC-B", "VC-C", "VC-D", "VC-E"]
FACTORS = ["fire", "vibration", "height", "lift", "load"]
STANDARD_GRAVITY = 9.80665


def reaches(have, need):
    """G4."""
    return have >= need - 1e-9 * max(1, abs(need))


class Packs:
    def __init__(self, folder):
        self.packs = [tomllib.loads(file.read_text()) for file in sorted(Path(folder).glob("*.toml"))]

    def one(self, kind, district=None, cluster=None):
        for pack in self.packs:
            head = pack["pack"]
            if (head["kind"], head.get("district"), head.get("cluster"), head.get("role")) == (kind, district, cluster, None):
                return pack

    def figure(self, group, key, *layers):
        """The last layer that has it: its value, and whether it is in tonnes."""
        found = None
        for layer in layers:
            value = layer
            for part in [*group.split("."), *key.split(".")]:
                value = value.get(part) if isinstance(value, dict) else None
            found = value if value is not None else found
        return found


def per_band(figure, rank=None):
    """Four numbers; None where there is none."""
    if figure is None or "value" not in figure:
        return [None] * 4
    value = figure["value"]
    values = value if isinstance(value, list) else [value] * 4
    if rank:
        return [rank(one) for one in values]
    return [one * (STANDARD_GRAVITY if figure.get("unit") == "t/m²" else 1) for one in values]


def place_in(order):
    return lambda word: order.index(word) if word in order else None


def rated(word):
    return place_in(FIRE)("丙二" if word == "丙" else word)


def needed(word):
    return place_in(FIRE)("丙一" if word == "丙" else word)


class Fit:
    """U19 and M5 for one district and cluster."""

    def __init__(self, packs, district, cluster):
        layers = [pack for pack in (packs.one("upstairs"), packs.one("upstairs", district), packs.one("upstairs", None, cluster),
                                    packs.one("upstairs", district, cluster)) if pack]
        # Without a district or cluster the layer is the city's, which is there already.
        self.get = lambda group, key: packs.figure(group, key, *layers)
        table, loads = packs.one("upstairs-fit"), packs.one("floor-loads")
        ranks = {"fire": None, "vibration": place_in(VIBRATION)}
        self.bands = self.get("storey", "bands")["value"]
        self.available = {key: per_band(packs.figure("available", key, table), rated if key == "fire" else ranks.get(key)) for key in FACTORS}
        self.retrofit = {key: per_band(packs.figure("retrofit", key, table), rated if key == "fire" else ranks.get(key)) for key in FACTORS}
        own = packs.one("upstairs", None, cluster)
        self.need = {}
        for key in FACTORS:
            rank = needed if key == "fire" else ranks.get(key)
            self.need[key] = per_band(packs.figure(f"demand.{cluster}", key, table), rank)
            stated = per_band(self.get("demand", key), rank) if own else [None] * 4
            if key == "load" and own and stated == [None] * 4 and self.get("demand", "process"):
                names, span = self.get("demand", "process")["value"], self.get("demand", "span")["value"]
                names = names if isinstance(names, list) else [names] * 4
                stated = [packs.figure("process", f"{name}.{span}", loads)["value"] for name in names]
            if stated != [None] * 4:
                self.need[key] = stated
        self.design = {
            "height": [self.get("storey", band)["value"] for band in ("ground", "lower", "middle", "upper")],
            "load": [per_band(self.get("load", band))[0] for band in ("ground", "lower", "middle", "upper")],
        }

    def verdict(self, have, band):
        worst = []
        for key in FACTORS:
            need, reach = self.need[key][band], self.retrofit[key][band]
            if have[key] is None or need is None:
                worst.append("unknown")
            elif reaches(have[key], need):
                worst.append("fit")
            else:
                worst.append("retrofit" if reach is not None and reaches(reach, need) else "unfit")
        return next(one for one in ("unfit", "unknown", "retrofit", "fit") if one in worst)

    def floor(self, row):
        if row["floor_order"] is None:
            return "unknown"
        band = next((at for at, end in enumerate(self.bands) if max(row["floor_order"], 0) <= end), 3)
        lift = self.available["lift"][band]
        if band > 0:
            lift = None if row["lifts"] is None else 0 if row["lifts"] <= 0 else lift
        have = {"fire": rated(row["fire_class"]), "vibration": self.available["vibration"][band], "height": row["height_m"], "lift": lift,
                "load": row["load_kn_m2"]}
        return self.verdict(have, band)

    def parcel(self):
        bands = [self.verdict({**{key: self.available[key][band] for key in ("fire", "vibration", "lift")},
                               **{key: self.design[key][band] for key in ("height", "load")}}, band) for band in range(4)]
        return next(one for one in ("fit", "unknown", "retrofit", "unfit") if one in bands)


def candidates(db, pack, need, as_of):
    uses = pack["candidate"]["unit_uses"]["value"]
    marks = ",".join("?" * len(uses))
    floors = db.execute(f"""
        WITH u AS (SELECT building, floor, area_m2,
            CASE WHEN state = 'vacant' OR (state = 'fit_out' AND tenant IS NULL) THEN 1
                 WHEN state = 'let' OR (state = 'fit_out' AND tenant IS NOT NULL) THEN 0 END AS free
          FROM unit WHERE use IS NULL OR use IN ({marks})),
        g AS (SELECT building, floor, free, sum(area_m2) AS area, count(*) AS n, count(area_m2) AS sized FROM u WHERE free IS NOT NULL GROUP BY 1, 2, 3)
        SELECT f.*, coalesce(p.district, k.district) AS district, g.free, CASE WHEN g.n = g.sized THEN g.area END AS area
        FROM floor f JOIN building b ON b.code = f.building JOIN g ON g.building = f.building AND g.floor = f.floor
        LEFT JOIN parcel p ON p.code = b.parcel LEFT JOIN park k ON k.code = b.park
        WHERE g.free = 1 OR (? AND NOT EXISTS (SELECT 1 FROM g o WHERE o.building = g.building AND o.floor = g.floor AND o.free = 1))""",
                        [*uses, need.get("by") is not None]).fetchall()
    for row in floors:
        yield {"kind": "floor", "id": row["code"], "district": row["district"], "area": row["area"], "load": row["load_kn_m2"],
               "height": row["height_m"], "power": row["power_kva"], "fire": row["fire_class"], "row": row,
               # A guest does not see when leases end.
               "free": "now" if row["free"] else None}
    month = as_of.month - 1 + pack["candidate"]["build_months"]["value"]
    built = as_of.replace(year=as_of.year + month // 12, month=month % 12 + 1)
    for row in db.execute("SELECT code, district, coalesce(planned_use, land_use) AS use, far_limit, built_gfa_m2, geom FROM parcel"):
        if row["use"] is None or row["far_limit"] is None or row["built_gfa_m2"] is None:
            continue
        if not any(row["use"].startswith(use) for use in pack["candidate"]["parcel_uses"]["value"]):
            continue
        spare = row["far_limit"] * shapely.area(shapely.from_wkb(wkb(row["geom"]))) - row["built_gfa_m2"]
        if reaches(spare, pack["candidate"]["min_spare"]["value"]):
            yield {"kind": "parcel", "id": row["code"], "district": row["district"], "area": spare, "load": None, "height": None, "power": None,
                   "fire": None, "row": None, "free": built.isoformat()}


def judge(place, need, pack, fit):
    weight = {key: figure["value"] for key, figure in pack["weight"].items()}
    told = {}

    def tell(name, verdict, cost=0.0):
        told[name] = (verdict, cost if verdict == "fail" else 0.0)

    def short(have, least, of):
        return of * max(0.0, (least - have) / least)

    if "cluster" in need:
        kind = fit.floor(place["row"]) if place["row"] else fit.parcel()
        verdict = {"fit": "pass", "unknown": "unknown"}.get(kind, "fail")
        tell("cluster", verdict, weight["cluster_retrofit" if kind == "retrofit" else "cluster_unfit"])
    least, most = need.get("area_min_m2"), need.get("area_max_m2")
    if least is not None or most is not None:
        area = place["area"]
        if area is None:
            tell("area", "unknown")
        elif least is not None and not reaches(area, least):
            tell("area", "fail", short(area, least, weight["area"]))
        elif most is not None and area > most + 1e-9 * max(1, most) and pack["candidate"]["divisible"]["value"] != "yes":
            tell("area", "fail")
        else:
            tell("area", "pass")
    for name, key in (("load", "load_kn_m2"), ("height", "height_m"), ("power", "power_kva")):
        if key in need:
            have = place[name]
            if have is None:
                tell(name, "unknown")
            else:
                tell(name, "pass" if reaches(have, need[key]) else "fail", short(have, need[key], weight[name]))
    if "fire_class" in need:
        have = rated(place["fire"])
        tell("fire", "unknown" if have is None else "pass" if have >= needed(need["fire_class"]) else "fail", weight["fire"])
    if "by" in need:
        free = place["free"]
        tell("date", "unknown" if free is None else "pass" if free == "now" or free <= need["by"] else "fail", weight["date"])
    return told


def order(place, told, need):
    verdicts = [verdict for verdict, _ in told.values()]
    cost = 0.0
    for _, one in told.values():
        cost += one
    wishes = need.get("districts", [])
    bound = need.get("area_min_m2", need.get("area_max_m2"))
    distance = 0.0 if bound is None else float("inf") if place["area"] is None else abs(place["area"] - bound)
    return (verdicts.count("fail"), verdicts.count("unknown"), cost, bool(wishes) and place["district"] not in wishes, distance, place["id"],
            place["kind"] == "parcel")


def compare(db, packs, answer):
    need, pack = answer["need"], packs.one("matching")
    fits = {}
    names = dict(db.execute("SELECT code, name FROM district").fetchall())
    rows = []
    for place in candidates(db, pack, need, datetime.date.fromisoformat(answer["as_of"])):
        fit = None
        if "cluster" in need:
            name = names.get(place["district"])
            # Packs write a district with its 区.
            for spelt in (name, f"{name}区"):
                if packs.one("upstairs", spelt):
                    name = spelt
            fit = fits.setdefault(name, Fit(packs, name, need["cluster"]))
        told = judge(place, need, pack, fit)
        rows.append((order(place, told, need), place, told))
    rows.sort(key=lambda row: row[0])
    faults = []
    counts = answer["counts"]
    fit_all = sum(row[0][0] == 0 and row[0][1] == 0 for row in rows)
    if (counts["candidates"], counts["fit_all"]) != (len(rows), fit_all):
        faults.append(f"counts: {counts['candidates']}, {counts['fit_all']} there, {len(rows)}, {fit_all} here")
    if len(answer["sites"]) != min(len(rows), 10_000):
        faults.append(f"{len(answer['sites'])} sites there, {len(rows)} here")
    for site, (key, place, told) in zip(answer["sites"], rows):
        theirs = {one["id"]: one["verdict"] for one in site["criteria"]}
        ours = {name: verdict for name, (verdict, _) in told.items()}
        same_area = site["area_m2"] is place["area"] or abs((site["area_m2"] or 0) - (place["area"] or 0)) <= 1e-9 * max(1, place["area"] or 0)
        if (site["id"], site["kind"], theirs) != (place["id"], place["kind"], ours) or abs(site["cost"] - key[2]) > 1e-9 or not same_area:
            faults.append(f"rank {site['rank']}: {site['id']} {theirs} {site['cost']} {site['area_m2']} there, "
                          f"{place['id']} {ours} {key[2]} {place['area']} here")
    return len(rows), faults


def main():
    city, rules, *answers = sys.argv[1:]
    db = sqlite3.connect(Path(city).resolve().as_uri() + "?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    packs, total = Packs(rules), 0
    for file in answers:
        rows, faults = compare(db, packs, json.loads(Path(file).read_text()))
        if faults:
            sys.exit("\n".join([f"{file}: {len(faults)} differences", *faults[:10]]))
        total += rows
    print(f"{len(answers)} requirements, {total} places judged and ordered alike")


main()
