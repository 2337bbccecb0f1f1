"""Area of parcels by district against GEOS: overlay.py CITY.gpkg OVERLAY.csv [--sample 3000] [--seed 1]"""

import argparse
import csv
import json
import math
import random
import sys

import gpkg
import numpy as np
import shapely

RELATIVE, ABSOLUTE_M2 = 1e-6, 1e-4


def tolerance(area):
    return RELATIVE * area + ABSOLUTE_M2


def read(path, parcels, districts, failures):
    """{parcel: {district: area}}; a row that names nothing known, or a pair twice, or no area, is a failure."""
    table = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            a, b = row["a"], row["b"]
            if a not in parcels or b not in districts or b in table.get(a, {}):
                failures.append({"a": a, "b": b, "why": "unknown or listed twice"})
            elif not 0 <= float(row["area_m2"]) < math.inf:
                failures.append({"a": a, "b": b, "why": "no area"})
            else:
                table.setdefault(a, {})[b] = float(row["area_m2"])
    return table


def choose(parcels, lines, wanted, seed):
    """Up to half of the sample from the parcels that a district line crosses: elsewhere the answer is 0 or all."""
    draw = random.Random(seed)
    codes = sorted(parcels)
    tree = shapely.STRtree([parcels[code] for code in codes])
    crossed = {codes[k] for k in tree.query(lines, predicate="intersects")[1]}
    chosen = draw.sample(sorted(crossed), min(len(crossed), wanted // 2))
    rest = sorted(set(codes) - set(chosen))
    chosen += draw.sample(rest, min(len(rest), wanted - len(chosen)))
    return chosen, len(crossed.intersection(chosen))


def references(parcels, districts, chosen):
    """{parcel: {district: area}} by GEOS for every pair whose boxes meet."""
    codes = sorted(districts)
    shapes = np.array([districts[code] for code in codes])
    own = np.array([parcels[code] for code in chosen])
    i, j = shapely.STRtree(shapes).query(own)
    areas = shapely.area(shapely.intersection(own[i], shapes[j]))
    table = {code: {} for code in chosen}
    for p, d, area in zip(i, j, areas.tolist()):
        table[chosen[p]][codes[d]] = area
    return table


def compare(code, area, stated, reference, failures):
    """The largest difference of one parcel; failures are added to the list."""
    worst, allowed = 0.0, tolerance(area)
    for district in sorted(stated.keys() | reference.keys()):
        given, own = stated.get(district), reference.get(district, 0.0)
        difference = abs((given or 0.0) - own)
        worst = max(worst, difference)
        if not difference <= allowed:
            why = "missing" if given is None else "area"
            failures.append({"a": code, "b": district, "why": why, "stated": given, "own": own})
    if not sum(stated.values()) <= area + allowed:
        failures.append({"a": code, "why": "more than the parcel", "stated": sum(stated.values()), "own": area})
    return worst


def by_code(city, table):
    shapes, codes = gpkg.layer(city, table, "code")
    return {code: shape for code, shape in zip(codes, shapes) if shape is not None}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("city")
    parser.add_argument("overlay")
    parser.add_argument("--sample", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    parcels, districts = by_code(options.city, "parcel"), by_code(options.city, "district")
    failures = []
    stated = read(options.overlay, parcels, districts, failures)
    lines = shapely.boundary(list(districts.values()))
    chosen, crossed = choose(parcels, lines, options.sample, options.seed)
    reference = references(parcels, districts, chosen)
    worst = 0.0
    for code in chosen:
        worst = max(worst, compare(code, parcels[code].area, stated.get(code, {}), reference[code], failures))
    print(json.dumps({
        "parcels": len(chosen), "crossed": crossed, "areas": sum(len(stated.get(code, {})) for code in chosen),
        "worst_difference_m2": worst, "failed": len(failures), "first_failures": failures[:10],
    }))
    return 1 if failures or len(chosen) < options.sample or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
