"""Contacts between parcels against an own calculation: adjacency.py CITY.gpkg CONTACTS.csv [--pairs 2000] [--seed 1]"""

import argparse
import csv
import json
import math
import random
import sys
from fractions import Fraction

import gpkg
import numpy as np
import shapely
from shapely.geometry.polygon import orient

ANGLE = math.radians(30)
NEAR_BOXES_M = 2.0
SHARE_FROM_CSV = 0.7
# Coordinates near 2.5e6 m carry 5e-10 m, which an oblique pair of segments enlarges.
LENGTH_M, LENGTH_RELATIVE = 1e-5, 1e-9
EXACT_M = 1e-6
DOUBT_M, DOUBT_M2 = 1e-6, 1e-3
# Land of a third parcel on the way, up to this, is drawing noise; so are the ends of what it hides.
NOISE_M = 1e-3
BESIDE_THIRDS_M = 5e-3
# Shorter than this an interval is rounding at a shared corner.
NOTHING_M = 1e-9


def segments(shape, origin):
    """All boundary segments as rows (x0, y0, x1, y1) relative to origin, the land on their left, without those of no length."""
    parts = []
    oriented = [orient(part) for part in shapely.get_parts(shape)]
    for ring in shapely.get_rings(oriented):
        points = shapely.get_coordinates(ring) - origin
        parts.append(np.hstack([points[:-1], points[1:]]))
    rows = np.vstack(parts)
    return rows[(rows[:, 0] != rows[:, 2]) | (rows[:, 1] != rows[:, 3])]


def within(rows, box, reach):
    """The rows whose box comes within reach of the box (x0, y0, x1, y1)."""
    low, high = np.minimum(rows[:, :2], rows[:, 2:]), np.maximum(rows[:, :2], rows[:, 2:])
    return rows[((low <= box[2:] + reach) & (high >= box[:2] - reach)).all(axis=1)]


def box_of(rows):
    points = rows.reshape(-1, 2)
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def between(start, slope, low, high):
    """The t with low <= start + slope*t <= high, as (from, to); empty when from > to."""
    if slope == 0:
        return (-math.inf, math.inf) if low <= start <= high else (math.inf, -math.inf)
    ends = (low - start) / slope, (high - start) / slope
    return min(ends), max(ends)


def facing(a, s, reach, angle):
    """The stretch (from, to) in metres along a that faces s, or None.

    Boundaries that face each other run against each other. Turning the plane so that s lies on the x axis from 0 to its length makes the foot x and the distance |y|.
    """
    ax, ay = a[2] - a[0], a[3] - a[1]
    sx, sy = s[2] - s[0], s[3] - s[1]
    along, across = ax * sx + ay * sy, sx * ay - sy * ax
    if along > 0 or math.atan2(abs(across), abs(along)) > angle:
        return None
    length_a, length_s = math.hypot(ax, ay), math.hypot(sx, sy)
    dx, dy = a[0] - s[0], a[1] - s[1]
    x, y = (dx * sx + dy * sy) / length_s, (sx * dy - sy * dx) / length_s
    scale = length_a * length_s
    foot = between(x, along / scale, 0.0, length_s)
    near = between(y, across / scale, -reach, reach)
    start, end = max(0.0, foot[0], near[0]), min(length_a, foot[1], near[1])
    return (start, end) if end > start else None


def union_length(stretches):
    total, reached = 0.0, -math.inf
    for start, end in sorted(stretches):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def foot(a, s, run):
    """The place at a run along a, and its foot on the line of s."""
    length_a, squared = math.hypot(a[2] - a[0], a[3] - a[1]), (s[2] - s[0]) ** 2 + (s[3] - s[1]) ** 2
    p = np.array([a[0] + (a[2] - a[0]) * run / length_a, a[1] + (a[3] - a[1]) * run / length_a])
    t = ((p[0] - s[0]) * (s[2] - s[0]) + (p[1] - s[1]) * (s[3] - s[1])) / squared
    return p, np.array([s[0] + t * (s[2] - s[0]), s[1] + t * (s[3] - s[1])])


def open_stretches(a, s, stretch, thirds):
    """What is left of the stretch where no third parcel lies between it and s: the strip between is cut with each of them."""
    (p0, f0), (p1, f1) = foot(a, s, stretch[0]), foot(a, s, stretch[1])
    if not len(thirds) or max(np.hypot(*(p0 - f0)), np.hypot(*(p1 - f1))) <= NOISE_M:
        return [stretch]
    strip = shapely.Polygon([p0, p1, f1, f0])
    if not strip.is_valid or strip.area == 0:
        return [stretch]
    along, length = (f1 - f0) / np.hypot(*(f1 - f0)), np.hypot(*(f1 - f0))
    hidden = []
    for part in shapely.get_parts(shapely.intersection(thirds, strip)):
        for piece in shapely.get_parts(part):
            if shapely.area(piece) > 0:
                x = (shapely.get_coordinates(piece) - f0) @ along / length
                if shapely.area(piece) > NOISE_M * (x.max() - x.min()) * length:
                    hidden.append((x.min(), x.max()))
    width = stretch[1] - stretch[0]
    left, reached = [], 0.0
    for start, end in sorted(hidden) + [(1.0, 1.0)]:
        if start > reached:
            left.append((stretch[0] + width * reached, stretch[0] + width * start))
        reached = max(reached, end)
    return left


def one_way(own, other, reach, angle, thirds=()):
    """L from own to other, and the pairs of segments that make it up."""
    total, pairs = 0.0, []
    for a in own:
        stretches = []
        for s in other:
            stretch = facing(a, s, reach, angle)
            if stretch:
                stretches.extend(open_stretches(a, s, stretch, thirds))
                if stretch[1] - stretch[0] > NOTHING_M:
                    pairs.append((a, s))
        total += union_length(stretches)
    return total, pairs


def measure(one, two, reach, angle=ANGLE, thirds=()):
    """(L, facing pairs) of two parcels, past the land of third ones."""
    origin = np.floor(shapely.bounds(one)[:2])
    own, other = segments(one, origin), segments(two, origin)
    own, other = within(own, box_of(other), reach), within(other, box_of(own), reach)
    own, other = own.tolist(), other.tolist()
    thirds = np.array([shapely.transform(third, lambda points: points - origin) for third in thirds], dtype=object)
    forth, pairs = one_way(own, other, reach, angle, thirds)
    back, more = one_way(other, own, reach, angle, thirds)
    return (forth + back) / 2, pairs + more


def gap_of(a, s):
    return shapely.distance(shapely.LineString([a[:2], a[2:]]), shapely.LineString([s[:2], s[2:]]))


def coincident(a, s):
    """Whether both lie on one line exactly, not only to rounding."""
    x0, y0, x1, y1 = map(Fraction, s)
    return all((x1 - x0) * (Fraction(y) - y0) == (y1 - y0) * (Fraction(x) - x0) for x, y in (a[:2], a[2:]))


def classes(length, distance, common, reach, least):
    """The classes the definition allows: one, or more where a figure lies at its limit."""
    limit = reach * length / 2 + 0.1
    if common > limit + DOUBT_M2:
        return {"overlap"}
    allowed = {"overlap"} if common > limit - DOUBT_M2 else set()
    if length >= least - DOUBT_M:
        allowed.add("edge")
    if length < least + DOUBT_M and distance <= reach + DOUBT_M:
        allowed.add("point")
    if distance > reach - DOUBT_M and length < least + DOUBT_M:
        allowed.add(None)
    return allowed


class Twin:
    def __init__(self, city, contacts, reach, least):
        shapes, codes = gpkg.layer(city, "parcel", "code")
        self.shapes = {code: shape for code, shape in zip(codes, shapes) if shape is not None}
        self.reach, self.least = reach, least
        self.failures, self.worst, self.exact = [], 0.0, 0
        self.contacts = self.read(contacts)
        self.codes = list(self.shapes)
        self.tree = shapely.STRtree([self.shapes[code] for code in self.codes])

    def fail(self, pair, why, **figures):
        self.failures.append({"a": pair[0], "b": pair[1], "why": why, **figures})

    def read(self, path):
        contacts = {}
        with open(path, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                pair = tuple(sorted((row["a"], row["b"])))
                if pair in contacts:
                    self.fail(pair, "listed twice")
                elif pair[0] == pair[1] or not all(code in self.shapes for code in pair):
                    self.fail(pair, "no such pair of parcels")
                elif not math.isfinite(float(row["length_m"])):
                    self.fail(pair, "length is no number")
                else:
                    contacts[pair] = float(row["length_m"]), row["class"]
        return contacts

    def near_pairs(self):
        """Pairs outside the CSV whose boxes come within reach; every such pair in contact is a failure at once."""
        codes = sorted(self.shapes)
        shapes = np.array([self.shapes[code] for code in codes])
        bounds = shapely.bounds(shapes)
        tree = shapely.STRtree(shapely.box(*bounds.T))
        wide = shapely.box(*(bounds + np.array([-1, -1, 1, 1]) * NEAR_BOXES_M).T)
        left, right = tree.query(wide)
        keep = left < right
        pairs = [(codes[i], codes[j]) for i, j in zip(left[keep], right[keep])]
        distances = shapely.distance(shapes[left[keep]], shapes[right[keep]])
        absent = [(pair, d) for pair, d in zip(pairs, distances.tolist()) if pair not in self.contacts]
        for pair, distance in absent:
            if distance <= self.reach - DOUBT_M and not self.thirds(pair):
                self.fail(pair, "contact missing from the CSV", distance_m=distance)
        return [pair for pair, _ in absent]

    def thirds(self, pair):
        """Other parcels on the shortest way between two that do not touch, or near where they face."""
        one, two = self.shapes[pair[0]], self.shapes[pair[1]]
        if shapely.area(shapely.intersection(one, two)) > 0:
            return []
        between = shapely.intersection(shapely.buffer(one, self.reach), shapely.buffer(two, self.reach))
        found = [self.codes[i] for i in self.tree.query(between, predicate="intersects")]
        return [self.shapes[code] for code in found if code not in pair]

    def check(self, pair):
        one, two = self.shapes[pair[0]], self.shapes[pair[1]]
        thirds = self.thirds(pair)
        length, facing_pairs = measure(one, two, self.reach, thirds=thirds)
        stated, kind = self.contacts.get(pair, (0.0, None))
        difference = abs(stated - length)
        self.worst = max(self.worst, difference)
        allowed_m = LENGTH_M + LENGTH_RELATIVE * length
        # A third parcel's corner hides a little more or less of what it lies beside: jogs of a few millimetres, as surveys have them, are seen by the
        # one and not by the other. What coincides throughout is held to a micrometre below.
        if thirds:
            allowed_m = BESIDE_THIRDS_M
        if not difference <= allowed_m:
            self.fail(pair, "length", stated=stated, own=length)
        distance, common = shapely.distance(one, two), shapely.area(shapely.intersection(one, two))
        allowed = classes(length, distance, common, self.reach, self.least)
        if thirds and distance > NOISE_M and length < NOISE_M:
            allowed.add(None)
        if kind not in allowed:
            self.fail(pair, "class", stated=kind, own=sorted(map(str, allowed)), length_m=length, distance_m=distance, common_m2=common)
        self.check_exact(pair, facing_pairs, stated)

    def check_exact(self, pair, facing_pairs, stated):
        if not facing_pairs or not all(coincident(a, s) for a, s in facing_pairs):
            return
        self.exact += 1
        lines = shapely.boundary([self.shapes[code] for code in pair])
        reference = shapely.length(shapely.intersection(lines[0], lines[1]))
        if not abs(stated - reference) <= EXACT_M:
            self.fail(pair, "length of the common boundary", stated=stated, own=reference)


def choose(listed, absent, wanted, seed):
    """The share from each pool; what one pool cannot give the other gives."""
    draw = random.Random(seed)
    from_absent = min(len(absent), wanted - min(len(listed), round(wanted * SHARE_FROM_CSV)))
    from_listed = min(len(listed), wanted - from_absent)
    return draw.sample(sorted(listed), from_listed), draw.sample(sorted(absent), from_absent)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("city")
    parser.add_argument("contacts")
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tolerance", type=float, default=0.5)
    parser.add_argument("--min-length", type=float, default=2.0)
    options = parser.parse_args()
    twin = Twin(options.city, options.contacts, options.tolerance, options.min_length)
    listed, absent = choose(twin.contacts, twin.near_pairs(), options.pairs, options.seed)
    for pair in listed + absent:
        twin.check(pair)
    tested = len(listed) + len(absent)
    print(json.dumps({
        "pairs": tested, "from_csv": len(listed), "absent": len(absent), "exact_coincident": twin.exact,
        "worst_difference_m": twin.worst, "failed": len(twin.failures), "first_failures": twin.failures[:10],
    }))
    return 1 if twin.failures or tested < options.pairs or not tested else 0


if __name__ == "__main__":
    sys.exit(main())
