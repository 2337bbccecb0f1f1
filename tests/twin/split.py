"""Drafted splits against GEOS: split.py CITY.gpkg [--least 10]

The parts of each split are valid, do not overlap, are the parcel and nothing else, and have the areas that were asked for.
A split along a straight line is also made by shapely itself.
"""

import argparse
import json
import sqlite3
import sys
from pathlib import Path

import gpkg
import shapely
import shapely.ops

AREA_M2, RELATIVE = 1e-6, 1e-9
# Boolean operations of GEOS on coordinates of 2.5e6 m round along the whole border.
OVERLAY_M2 = 1e-4


def instruments(city):
    connection = sqlite3.connect(Path(city).resolve().as_uri() + "?mode=ro", uri=True)
    try:
        return connection.execute("SELECT code, parents, children, ledger FROM instrument WHERE kind = 'split'").fetchall()
    finally:
        connection.close()


def by_code(city, table):
    shapes, codes = gpkg.layer(city, table, "code")
    return {code: shape for code, shape in zip(codes, shapes) if shape is not None}


def off(found, wanted):
    return abs(found - wanted) > AREA_M2 + RELATIVE * wanted


def check(land, parts, split, line):
    """What is wrong with the parts of one split."""
    wrong = []
    areas = [part.area for part in parts]
    if not all(part.is_valid for part in parts):
        wrong.append("a part is not valid: " + "; ".join(shapely.is_valid_reason(part) for part in parts))
        return wrong
    if off(sum(areas), land.area):
        wrong.append(f"parts {sum(areas)} land {land.area}")
    if shapely.symmetric_difference(shapely.union_all(parts), land).area > OVERLAY_M2:
        wrong.append("the union of the parts is not the land")
    for i, one in enumerate(parts):
        for other in parts[i + 1:]:
            if shapely.intersection(one, other).area > OVERLAY_M2:
                wrong.append("two parts overlap")
    if "equal" in split and (len(parts) != split["equal"] or any(off(area, land.area / len(parts)) for area in areas)):
        wrong.append(f"unequal {areas}")
    if "areas_m2" in split and any(off(area, wanted) for area, wanted in zip(areas, split["areas_m2"])):
        wrong.append(f"areas {areas} for {split['areas_m2']}")
    if line is not None:
        own = sorted(piece.area for piece in shapely.ops.split(land, line).geoms)
        if len(own) != len(areas) or any(abs(a - b) > OVERLAY_M2 for a, b in zip(own, sorted(areas))):
            wrong.append(f"shapely's pieces {own}, parts {sorted(areas)}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("city")
    parser.add_argument("lines", help="JSON: {parcel: [[x, y], …]} in the city's plane")
    parser.add_argument("--least", type=int, default=10)
    options = parser.parse_args()
    parcels, plan_parcels = by_code(options.city, "parcel"), by_code(options.city, "plan_parcel")
    lines = json.loads(Path(options.lines).read_text(encoding="utf-8"))
    failures, count, most = [], 0, 0
    for code, parents, children, ledger in instruments(options.city):
        (parent,), children = json.loads(parents), json.loads(children)
        drawn = lines.get(parent)
        line = shapely.LineString(drawn) if drawn else None
        wrong = check(parcels[parent], [plan_parcels[child] for child in children], json.loads(ledger)["split"], line)
        failures += [{"code": code, "parcel": parent, "why": why} for why in wrong]
        count, most = count + 1, max(most, len(children))
    print(json.dumps({"splits": count, "most_parts": most, "failed": len(failures), "first_failures": failures[:10]}))
    return 1 if failures or count < options.least else 0


if __name__ == "__main__":
    sys.exit(main())
