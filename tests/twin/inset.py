"""Inward offsets against GEOS: inset.py OFFSETS.json

Each row has a parcel, a setback and the outline that the program gives. The outline must have the area of GEOS's mitred negative buffer to 1e-6.
Where it has not, the definition itself (exact reading U4: parcel minus a strip along every segment and a mitre at every reflex corner) is built here
from GEOS's boolean operations: the program must agree with that to 1e-6, and what the buffer does otherwise must be one of the things buffers do:

  mitre    all of the difference lies at reflex corners so sharp that the mitre is cut; GEOS and the text cut in different places
  simplify all of the difference is thinner than GEOS's own simplification of its input, 1 % of the distance
  lost     GEOS drops a part of the outline, or keeps one that the strips cover, where the parcel is hardly wider than two setbacks

Whatever is none of these is unexplained, and there may be none.
"""

import argparse
import json
import math
import sys

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.polygon import orient

RELATIVE = 1e-6
MITRE_LIMIT = 5.0
# GEOS simplifies what it buffers by this share of the distance.
SIMPLIFY = 0.01
# Strips of boolean operations at these coordinates.
NOISE_M2 = 1e-4


def rings(shape):
    parts = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    for part in parts:
        part = orient(part)
        yield np.asarray(part.exterior.coords)[:-1]
        for hole in part.interiors:
            yield np.asarray(hole.coords)[:-1]


def clean(ring):
    keep = [k for k in range(len(ring)) if math.dist(ring[k], ring[k - 1]) > 1e-9]
    return ring[keep]


def cutters(shape, s):
    """(strips, mitres, sharp corners): the inside is left of every ring."""
    strips, mitres, sharp = [], [], []
    for ring in map(clean, rings(shape)):
        count = len(ring)
        along = [(ring[(k + 1) % count] - ring[k]) / math.dist(ring[(k + 1) % count], ring[k]) for k in range(count)]
        inner = [np.array([-u[1], u[0]]) for u in along]
        for k in range(count):
            a, b = ring[k], ring[(k + 1) % count]
            strips.append(Polygon([a, b, b + s * inner[k], a + s * inner[k]]))
            u, v = along[k - 1], along[k]
            turn = u[0] * v[1] - u[1] * v[0]
            if turn >= -1e-12:
                continue
            corner, start, end = a, a + s * inner[k - 1], a + s * inner[k]
            bisector = inner[k - 1] + inner[k]
            size = np.hypot(*bisector)
            if size < 1e-9:
                sharp.append(corner)
                continue
            axis = bisector / size
            half = float(np.dot(axis, inner[k - 1]))
            reach = s / half
            if reach <= MITRE_LIMIT * s:
                mitres.append(Polygon([corner, start, corner + axis * reach, end]))
            else:
                sharp.append(corner)
                # Both offset lines are followed to the flat end.
                def at(point, way):
                    return point + way * ((MITRE_LIMIT * s - np.dot(point - corner, axis)) / np.dot(way, axis))
                mitres.append(Polygon([corner, start, at(start, u), at(end, -v), end]))
    return strips, mitres, sharp


def by_definition(shape, s):
    strips, mitres, sharp = cutters(shape, s)
    taken = shapely.union_all([shapely.make_valid(part) for part in strips + mitres])
    return shape.difference(taken), sharp


def explain(shape, s, defined, buffered, sharp):
    difference = defined.symmetric_difference(buffered)
    if difference.area <= NOISE_M2:
        return "noise"
    if sharp:
        near = shapely.union_all([shapely.Point(corner).buffer(MITRE_LIMIT * s * 1.5) for corner in sharp])
        rest = difference.difference(near)
        if rest.area <= NOISE_M2:
            return "mitre"
        difference = rest
    thin = difference.difference(shapely.union_all([defined.boundary, buffered.boundary]).buffer(SIMPLIFY * s * 1.5))
    if thin.area <= NOISE_M2:
        return "simplify"
    # A part that only one of them has, and that is nowhere wider than the simplification moves two opposite sides.
    if all(part.buffer(-2 * SIMPLIFY * s).is_empty for part in shapely.get_parts(difference)):
        return "lost"
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("offsets")
    parser.add_argument("--least", type=int, default=1000)
    options = parser.parse_args()
    with open(options.offsets, encoding="utf-8") as file:
        rows = json.load(file)
    same, classes, failures, worst = 0, {}, [], 0.0
    for row in rows:
        # Near the origin boolean operations keep their digits.
        shape = MultiPolygon([Polygon(part[0], part[1:]) for part in row["parcel"]])
        x, y = shape.bounds[:2]
        shape = shapely.transform(shape, lambda points: points - (x, y))
        s, area = row["setback"], row["area_m2"]
        if not shape.is_valid:
            classes["invalid input"] = classes.get("invalid input", 0) + 1
            continue
        buffered = shape.buffer(-s, join_style="mitre", mitre_limit=MITRE_LIMIT)
        scale = max(buffered.area, area, 1.0)
        if abs(area - buffered.area) <= RELATIVE * scale:
            same += 1
            worst = max(worst, abs(area - buffered.area) / scale)
            continue
        defined, sharp = by_definition(shape, s)
        off = abs(area - defined.area) / max(defined.area, 1.0)
        reason = explain(shape, s, defined, buffered, sharp) if off <= RELATIVE else None
        if reason is None:
            failures.append({"code": row["code"], "setback": s, "area": area, "geos": buffered.area, "definition": defined.area,
                             "parcel": shapely.to_wkt(shape, rounding_precision=4)})
        else:
            classes[reason] = classes.get(reason, 0) + 1
    print(json.dumps({"rows": len(rows), "same": same, "worst_relative": worst, "explained": classes, "unexplained": len(failures),
                      "first_failures": failures[:5]}))
    return 1 if failures or len(rows) < options.least or same * 2 < len(rows) else 0


if __name__ == "__main__":
    sys.exit(main())
