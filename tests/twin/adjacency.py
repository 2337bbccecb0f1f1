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
# Land of a third parcel on the way, up to this, is drawing noise.
NOISE_M = 1e-3
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


def seen_from(s):
    """The plane as s sees it: from its start, x along it, y to its left."""
    start, way = np.array(s[:2]), np.array([s[2] - s[0], s[3] - s[1]])
    u = way / np.hypot(*way)
    return lambda points: (np.asarray(points) - start) @ np.array([[u[0], -u[1]], [u[1], u[0]]])


def open_stretches(a, s, stretch, thirds):
    """What is left of the stretch where no third parcel takes more than noise of the way from a to s, which falls square on s."""
    see = seen_from(s)
    length_a = math.hypot(a[2] - a[0], a[3] - a[1])
    ends = [(a[0] + (a[2] - a[0]) * run / length_a, a[1] + (a[3] - a[1]) * run / length_a) for run in stretch]
    (x0, y0), (x1, y1) = see(ends).tolist()
    if not len(thirds) or abs(x1 - x0) < NOTHING_M:
        return [stretch]
    low, high = min(x0, x1), max(x0, x1)

    def way(x):
        return y0 + (y1 - y0) * (x - x0) / (x1 - x0)

    hidden = []
    for third in thirds:
        hidden.extend(more_than_noise(shapely.transform(third, see), low, high, way))
    open_x, reached = [], low
    for start, end in sorted(hidden) + [(high, high)]:
        if start > reached:
            open_x.append((reached, start))
        reached = max(reached, end)
    scale = (stretch[1] - stretch[0]) / (x1 - x0)
    return [tuple(sorted(stretch[0] + (x - x0) * scale for x in part)) for part in open_x]


def more_than_noise(third, low, high, way):
    """The x at which more than NOISE_M of the line from (x, way(x)) up to (x, 0) is the third parcel's land."""
    lines = [shapely.LineString([(low, way(low)), (high, way(high))]), shapely.LineString([(low, 0.0), (high, 0.0)])]
    marks = [shapely.get_coordinates(third)] + [shapely.get_coordinates(shapely.intersection(shapely.boundary(third), line)) for line in lines]
    cuts = {low, high} | {x for x in np.vstack(marks)[:, 0].tolist() if low < x < high}
    # Where the way begins to lead outwards.
    if way(low) * way(high) < 0:
        cuts.add(low + (high - low) * way(low) / (way(low) - way(high)))
    cuts = sorted(cuts)
    found = []
    for left, right in zip(cuts, cuts[1:]):
        if right - left <= NOTHING_M:
            continue

        def land(x):
            return shapely.length(shapely.intersection(third, shapely.LineString([(x, way(x)), (x, 0.0)]))) - NOISE_M if way(x) < 0 else -NOISE_M

        # Linear from one cut to the next.
        one, two = left + (right - left) / 3, left + (right - left) * 2 / 3
        slope = (land(two) - land(one)) / (two - one)
        ends = [land(one) + slope * (x - one) for x in (left, right)]
        if max(ends) <= 0:
            continue
        root = left - ends[0] / slope if min(ends) <= 0 else None
        found.append((left, right) if root is None else (left, root) if ends[0] > 0 else (root, right))
    return found


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
            if distance <= self.reach - DOUBT_M:
                # Near, and no contact: only what lies between them can be why.
                self.check(pair)
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
        if not difference <= LENGTH_M + LENGTH_RELATIVE * length:
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
