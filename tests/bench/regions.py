"""Max-p regions: parkplan against spopt.MaxPHeuristic.

Each case is one polygon file and one question. Both solvers get it in the same run, one after the other, with the same
neighbours: the pairs that `parkplan regions --neighbours` prints, checked here against the definition of a contact and
against libpysal's matching of vertices. The seconds are the solvers' own (spopt without building the weights, parkplan
without reading the file), the median of a few runs where these are short, each in a process of its own.

spopt runs with its documented defaults (99 constructions, 10 annealings of each of the best). Where it does not end
within the limit, its time counts as "at least the limit", and it runs once more with the short settings of SHORT, which
then are what regions and heterogeneity are compared with.

Connectivity, sums and heterogeneity of both answers are computed here from nothing but the region of each unit.
Exit code 1: a promise fails (regions, heterogeneity, speed) or an answer is wrong.
"""

import argparse
import json
import multiprocessing
import queue
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import geopandas
import libpysal
import numpy
import pandas
import spopt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import pdist
from shapely import STRtree
from shapely.geometry import box
from spopt.region.maxp import MaxPHeuristic

warnings.filterwarnings("ignore")
EXAMPLES = Path(libpysal.examples.__file__).parent


# Short runs are repeated, each in a process of its own on both sides.
MOST_RUNS, SECONDS_OF_RUNS = 7, 2.0
# spopt's public options max_iterations_construction and max_iterations_sa.
DEFAULTS, SHORT = (99, 10), (10, 1)


class Case:
    def __init__(self, name, frame, total, least, by, contiguity="rook", tolerance=None, min_length=None):
        self.name, self.frame, self.total, self.least, self.by, self.contiguity = name, frame, total, least, by, contiguity
        # A gap or length of 0.1 % of a typical unit's width, as parkplan takes it, unless told.
        typical = 1e-3 * numpy.median(numpy.sqrt(frame.geometry.area))
        self.is_told = tolerance is not None
        self.tolerance, self.min_length = (tolerance, min_length) if self.is_told else (typical, typical)


def example(path):
    frame = geopandas.read_file(EXAMPLES / path)
    frame["one"] = 1
    return frame


def noise_fields(frame, seed):
    """Two smooth fields and one rough one over the units' places, and an amount between 1 and 10."""
    random = numpy.random.default_rng(seed)
    points = frame.geometry.representative_point()
    x, y = numpy.array(points.x), numpy.array(points.y)
    x, y = (x - x.min()) / (x.max() - x.min()), (y - y.min()) / (y.max() - y.min())
    frame["smooth"] = numpy.sin(5 * x) + numpy.cos(4 * y) + 0.2 * random.standard_normal(len(frame))
    frame["ramp"] = x + y + 0.1 * random.standard_normal(len(frame))
    frame["rough"] = random.random(len(frame))
    frame["amount"] = 1 + 9 * random.random(len(frame))
    frame["one"] = 1
    return frame


def lattice(columns, rows, seed):
    cells = [box(c, r, c + 1, r + 1) for r in range(rows) for c in range(columns)]
    return noise_fields(geopandas.GeoDataFrame(geometry=cells), seed)


def cases(parcels, binary):
    columbus, mexico = example("columbus/columbus.shp"), example("mexico/mexicojoin.shp")
    georgia, sids, stl = example("georgia/G_utm.shp"), example("sids2/sids2.shp"), example("stl/stl_hom.shp")
    states = example("us_income/us48.shp").merge(
        pandas.read_csv(EXAMPLES / "us_income/usjoin.csv"), left_on="STATE_NAME", right_on="Name"
    ).rename(columns={"1969": "y1969", "1989": "y1989", "2009": "y2009"})[["one", "y1969", "y1989", "y2009", "geometry"]]
    for least in (3, 4, 6, 8):
        yield Case(f"mexico {least}", mexico, "one", least, [f"PCGDP{year}" for year in range(1950, 2010, 10)], "queen")
    for least in (3, 5, 8, 12):
        yield Case(f"columbus {least}", columbus, "one", least, ["HOVAL", "INC", "CRIME"])
    for least in (150, 300, 500):
        yield Case(f"columbus value {least}", columbus, "HOVAL", least, ["INC", "CRIME"], "queen")
    for least in (4, 6):
        yield Case(f"states {least}", states, "one", least, ["y1969", "y1989", "y2009"])
    for least in (50_000, 100_000, 250_000, 500_000):
        yield Case(f"georgia people {least}", georgia, "TotPop90", least, ["PctBach", "PctPov", "PctBlack"])
    for least in (5, 12):
        yield Case(f"georgia {least}", georgia, "one", least, ["PctRural", "PctEld"], "queen")
    for least in (5_000, 10_000, 20_000, 40_000):
        yield Case(f"carolina births {least}", sids, "BIR74", least, ["SIDR74", "SIDR79", "NWR74"])
    for least in (100_000, 250_000):
        yield Case(f"st louis people {least}", stl, "PO7984", least, ["HR7984", "HR8488", "HR8893"])
    yield Case("st louis 6", stl, "one", 6, ["RDAC80", "RDAC90"])
    chicago, virginia = noise_fields(example("chicago/Chicago77.shp"), 1), noise_fields(example("virginia/vautm17n.shp"), 2)
    tokyo, albuquerque = noise_fields(example("tokyo/tokyomet262.shp"), 3), noise_fields(example("10740/10740.shp"), 4)
    for name, frame in (("chicago", chicago), ("virginia", virginia), ("tokyo", tokyo), ("albuquerque", albuquerque)):
        yield Case(f"{name} amount 30", solvable(frame, "amount", 30), "amount", 30, ["smooth", "ramp"])
        yield Case(f"{name} amount 80", solvable(frame, "amount", 80), "amount", 80, ["smooth", "rough"], "queen")
        yield Case(f"{name} 7", solvable(frame, "one", 7), "one", 7, ["rough"])
    for seed in (11, 12):
        frame = lattice(40, 25, seed)
        for least in (50, 150, 500) if seed == 11 else (50,):
            yield Case(f"lattice {seed} amount {least}", frame, "amount", least, ["smooth", "rough"])
        yield Case(f"lattice {seed} queen 100", frame, "amount", 100, ["rough"], "queen")
        yield Case(f"lattice {seed} ten", frame, "one", 10, ["smooth", "ramp"])
        # No slack at all: only exchanges are left to either side.
        yield Case(f"lattice {seed} tenths", frame, "one", 100, ["smooth", "ramp"])
    # Few large regions: both sides mostly find as many, and heterogeneity decides.
    for seed in range(21, 27):
        frame = lattice(12, 10, seed)
        yield Case(f"lattice {seed} fifths", frame, "amount", int(frame["amount"].sum() / 5.5), ["smooth", "rough"])
    if parcels:
        yield from parcel_cases(cambridge(Path(parcels)), binary)


def parcel_cases(city, binary):
    """Real parcels that hang together: whole blocks, side by side within 0.1 m along 1 m, and quarters of blocks, which
    face each other across streets of up to 15 m along 5 m."""
    near, across = {"tolerance": 0.1, "min_length": 1.0}, {"tolerance": 15.0, "min_length": 5.0}
    block = components(len(city), contacts_of(Case("", city, "one", 1e9, ["value"], **near), binary))
    sizes = numpy.bincount(block)
    for rank in range(5):
        members = numpy.flatnonzero(block == numpy.argsort(-sizes, kind="stable")[rank])
        frame = city.iloc[members].reset_index(drop=True)
        name = f"cambridge block of {len(frame)}"
        yield Case(f"{name}, m2 3000", frame, "area_m2", 3_000, ["value", "storeys"], **near)
        yield Case(f"{name}, six", frame, "one", 6, ["value"], **near)
        # Few large regions: both sides mostly find as many, and heterogeneity decides.
        yield Case(f"{name}, fifths", frame, "area_m2", int(frame["area_m2"].sum() / 5.5), ["value", "storeys"], **near)
    pairs = contacts_of(Case("", city, "one", 1e9, ["value"], **across), binary)
    quarter = components(len(city), pairs)
    main = numpy.flatnonzero(quarter == numpy.bincount(quarter).argmax())
    x, y = city.geometry.centroid.x.iloc[main], city.geometry.centroid.y.iloc[main]
    for size, west in ((250, 0.3), (500, 0.5), (1_000, 0.5)):
        middle = numpy.hypot(x - x.quantile(west), y - y.quantile(0.5)).to_numpy()
        frame = city.iloc[grown(len(city), pairs, int(main[middle.argmin()]), size)].reset_index(drop=True)
        name = f"cambridge quarter of {len(frame)}"
        yield Case(f"{name}, m2 5000", frame, "area_m2", 5_000, ["value", "storeys"], **across)
        yield Case(f"{name}, ten", frame, "one", 10, ["value"], **across)
        yield Case(f"{name}, sevenths", frame, "one", size // 7, ["value"], **across)


def cambridge(folder):
    """Real parcels in metres, with the assessor's land value a foot and storeys."""
    frame = geopandas.read_file(folder / "ASSESSING_ParcelsFY2013.topojson")
    frame = frame.set_crs(4326, allow_override=True).to_crs(26986)
    table = pandas.read_csv(folder / "TaxFY13.csv", low_memory=False).drop_duplicates("ML").set_index("ML")
    frame["geometry"] = frame.geometry.make_valid()
    frame = frame[frame.geom_type.isin(["Polygon", "MultiPolygon"])].reset_index(drop=True)
    area = frame["ML"].map(table["LandArea"])
    frame["value"] = (frame["ML"].map(table["TotalAppraisedLandValue"]) / area.where(area > 0)).fillna(0).round(2)
    frame["storeys"] = pandas.to_numeric(frame["ML"].map(table["BldgStories"]), errors="coerce").fillna(0)
    frame["area_m2"], frame["one"] = frame.geometry.area, 1
    return frame[["area_m2", "one", "value", "storeys", "geometry"]]


def components(count, pairs):
    ends = numpy.array(sorted(pairs))
    return connected_components(csr_matrix((numpy.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count)), directed=False)[1]


def grown(count, pairs, seed, size):
    """The `size` units nearest to `seed` by steps from neighbour to neighbour, in the order of the file."""
    around = [[] for _ in range(count)]
    for a, b in sorted(pairs):
        around[a].append(b)
        around[b].append(a)
    found, seen = [seed], {seed}
    for at in found:
        for to in around[at]:
            if to not in seen and len(found) < size:
                seen.add(to)
                found.append(to)
    return sorted(found)


def solvable(frame, total, least):
    """Streets part parcels into blocks, water parts counties: what lies apart and below the threshold has no solution
    and stays out on both sides (spopt would tie it to its nearest neighbour)."""
    weights = libpysal.weights.Rook.from_dataframe(frame, silence_warnings=True, use_index=False)
    sums = numpy.bincount(weights.component_labels, weights=frame[total])
    return frame[sums[weights.component_labels] >= least].reset_index(drop=True)


def weights_by_vertices(case):
    """libpysal's own. It asks for common vertices, and so misses T-junctions and edges drawn twice."""
    kind = libpysal.weights.Rook if case.contiguity == "rook" else libpysal.weights.Queen
    return kind.from_dataframe(case.frame, silence_warnings=True, use_index=False)


def pairs_of(weights):
    return {(a, b) for a in weights.neighbors for b in weights.neighbors[a] if a < b}


def facing(case):
    """The pairs by the definition of a contact: queen within the tolerance, rook facing along the least length or
    overlapping. A point of one boundary faces the other when its foot lies on a segment of it within the tolerance whose
    direction differs by at most 30 degrees; the length is the mean over both boundaries."""
    shapes = numpy.array(case.frame.geometry)
    first, second = STRtree(shapes).query(shapes, predicate="dwithin", distance=case.tolerance * (1 + 1e-9))
    pairs = sorted((int(a), int(b)) for a, b in zip(first, second) if a < b)
    if case.contiguity == "queen":
        return set(pairs)
    segments = [segments_of(shape) for shape in shapes]
    found = set()
    for a, b in pairs:
        length = (facing_length(segments[a], segments[b], case.tolerance) + facing_length(segments[b], segments[a], case.tolerance)) / 2
        if length >= case.min_length * (1 - 1e-9) or shapes[a].intersection(shapes[b]).area > case.tolerance * length / 2 + OVERLAP * shapes[a].area:
            found.add((a, b))
    return found


# More common area than this share of a unit is an overlap whatever the length.
OVERLAP = 1e-4


def segments_of(shape):
    parts = []
    for part in getattr(shape, "geoms", [shape]):
        for ring in (part.exterior, *part.interiors):
            points = numpy.asarray(ring.coords)[:, :2]
            parts.append(numpy.hstack([points[:-1], points[1:]]))
    segments = numpy.vstack(parts)
    return segments[numpy.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]) > 0]


def facing_length(own, other, tolerance):
    """Length of what of `own` faces `other`: on each segment the union of closed-form intervals."""
    start, along = own[:, None, :2], own[:, None, 2:] - own[:, None, :2]
    other_start, way = other[None, :, :2], other[None, :, 2:] - other[None, :, :2]
    length, other_length = numpy.linalg.norm(along, axis=2), numpy.linalg.norm(way, axis=2)
    along, way = along / length[..., None], way / other_length[..., None]
    offset = start - other_start
    cosine = (along * way).sum(axis=2)
    foot, side = (offset * way).sum(axis=2), way[..., 0] * offset[..., 1] - way[..., 1] * offset[..., 0]
    drift = way[..., 0] * along[..., 1] - way[..., 1] * along[..., 0]
    slack = tolerance * (1 + 1e-9)
    low = numpy.zeros_like(foot)
    high = numpy.broadcast_to(length, foot.shape).copy()
    # Where value + rate * t lies within [least, most].
    for value, rate, least, most in ((foot, cosine, 0.0, other_length), (side, drift, -slack, slack)):
        with numpy.errstate(divide="ignore", invalid="ignore"):
            ends = numpy.sort(numpy.stack([(least - value) / rate, (most - value) / rate]), axis=0)
        is_level = numpy.abs(rate) < 1e-12
        is_inside = (value >= least) & (value <= most)
        low = numpy.where(is_level, numpy.where(is_inside, low, numpy.inf), numpy.maximum(low, ends[0]))
        high = numpy.where(is_level, high, numpy.minimum(high, ends[1]))
    is_facing = (numpy.abs(cosine) >= numpy.cos(numpy.radians(30)) - 1e-12) & (high > low)
    total = 0.0
    for row in numpy.flatnonzero(is_facing.any(axis=1)):
        spans = sorted(zip(low[row][is_facing[row]], high[row][is_facing[row]]))
        reached = 0.0
        for begin, end in spans:
            total += max(0.0, end - max(begin, reached))
            reached = max(reached, end)
    return total


def faults(labels, amounts, pairs, least):
    """What is wrong with a partition, seen from nothing but labels, amounts and pairs of neighbours."""
    found = []
    ends = numpy.array(sorted(pairs))
    kept = ends[labels[ends[:, 0]] == labels[ends[:, 1]]]
    graph = csr_matrix((numpy.ones(len(kept)), (kept[:, 0], kept[:, 1])), shape=(len(labels), len(labels)))
    component = connected_components(graph, directed=False)[1]
    for region in sorted(set(labels)):
        members = numpy.flatnonzero(labels == region)
        if amounts[members].sum() < least * (1 - 1e-9):
            found.append(f"region {region} sums to {amounts[members].sum()}")
        if len(set(component[members])) != 1:
            found.append(f"region {region} is not connected")
    return found


def heterogeneity(labels, fields):
    return sum(pdist(fields[labels == region], metric="cityblock").sum() for region in set(labels))


def asked_of_parkplan(case, binary, folder):
    source = folder / "units.gpkg"
    source.unlink(missing_ok=True)
    frame = case.frame[list(dict.fromkeys([case.total, *case.by, "geometry"]))]
    frame.to_file(source, driver="GPKG", layer="units")
    command = [binary, "--json", "--quiet", "regions", str(source), "--sum", case.total, "--at-least", str(case.least), "--by", ",".join(case.by)]
    command += ["--contiguity", case.contiguity, "--out", str(folder / "regions.geojson"), "--neighbours", str(folder / "pairs.csv"), "--force"]
    return command + (["--tolerance", str(case.tolerance), "--min-length", str(case.min_length)] if case.is_told else [])


def answered(case, command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{case.name}: {done.stderr}")
    return json.loads(done.stdout)


def pairs_in(folder):
    table = pandas.read_csv(folder / "pairs.csv")
    return {(int(a) - 1, int(b) - 1) for a, b in zip(table["a"], table["b"])}


def contacts_of(case, binary):
    with tempfile.TemporaryDirectory() as folder:
        answered(case, asked_of_parkplan(case, binary, Path(folder)))
        return pairs_in(Path(folder))


def by_parkplan(case, binary, folder):
    """What parkplan tells, the region of each unit, the pairs of neighbours, the median of its own seconds."""
    command = asked_of_parkplan(case, binary, folder)
    seconds = []
    while len(seconds) < MOST_RUNS and sum(seconds) < SECONDS_OF_RUNS:
        told = answered(case, command)
        seconds.append(told["seconds"])
    features = json.loads((folder / "regions.geojson").read_text())["features"]
    labels = numpy.array([-1 if feature["properties"]["region"] is None else feature["properties"]["region"] for feature in features])
    return told, labels, pairs_in(folder), float(numpy.median(seconds))


def by_spopt(case, weights, settings, answer):
    numpy.random.seed(1)
    constructions, annealings = settings
    model = MaxPHeuristic(
        case.frame, weights, case.by, case.total, case.least, max_iterations_construction=constructions, max_iterations_sa=annealings
    )
    begin = time.perf_counter()
    model.solve()
    answer.put((numpy.array(model.labels_), time.perf_counter() - begin))


def within(limit, case, weights, settings):
    """spopt's labels and the median of its seconds; None and the limit when it has not ended by then."""
    labels, seconds = None, []
    while len(seconds) < MOST_RUNS and sum(seconds) < SECONDS_OF_RUNS:
        answer = multiprocessing.Queue()
        process = multiprocessing.Process(target=by_spopt, args=(case, weights, settings, answer))
        process.start()
        try:
            labels, own = answer.get(timeout=limit)
            seconds.append(own)
        except queue.Empty:
            return None, limit
        finally:
            process.terminate()
            process.join()
    return labels, float(numpy.median(seconds))


def run(case, binary, folder, limit):
    amounts = case.frame[case.total].to_numpy(dtype=float)
    fields = case.frame[case.by].to_numpy(dtype=float)
    told, own, pairs, seconds = by_parkplan(case, binary, folder)
    around = {unit: [] for unit in range(len(own))}
    for a, b in sorted(pairs):
        around[a].append(b)
        around[b].append(a)
    defined = facing(case)
    by_vertices = weights_by_vertices(case)
    matched = pairs_of(by_vertices)
    # The same pairs in libpysal's own order where it has the same: the order steers spopt's constructions.
    weights = by_vertices if matched == pairs else libpysal.weights.W(around, silence_warnings=True)
    theirs, spopt_seconds = within(limit, case, weights, DEFAULTS)
    wrong = faults(own, amounts, defined, case.least) if (own >= 0).all() else ["a unit has no region"]
    ours = float(heterogeneity(own, fields))
    if abs(ours - told["heterogeneity"]) > 1e-6 * max(1.0, ours) or told["p"] != len(set(own)):
        wrong.append(f"told p {told['p']} H {told['heterogeneity']}, found {len(set(own))} {ours}")
    line = {
        "case": case.name,
        "units": len(own),
        "pairs": len(pairs),
        "pairs_against_definition": [len(pairs - defined), len(defined - pairs)],
        "pairs_against_libpysal": [len(pairs - matched), len(matched - pairs)],
        "p_bound": told["p_bound"],
        "ours": {"p": told["p"], "heterogeneity": ours, "seconds": seconds},
        "spopt_ended": theirs is not None,
        "times_faster": spopt_seconds / seconds,
        "faults": wrong,
    }
    line["spopt"] = answer_of(theirs, fields, amounts, defined, case, spopt_seconds)
    if theirs is None:
        theirs, spopt_seconds = within(limit, case, weights, SHORT)
        line["spopt_short"] = answer_of(theirs, fields, amounts, defined, case, spopt_seconds)
    return line


def answer_of(labels, fields, amounts, pairs, case, seconds):
    if labels is None:
        return {"p": None, "heterogeneity": None, "seconds": seconds}
    wrong = faults(labels, amounts, pairs, case.least)
    return {"p": len(set(labels)), "heterogeneity": float(heterogeneity(labels, fields)), "seconds": seconds, "faults": wrong}


def compared(line):
    """spopt's answer that ours is compared with: of the defaults, else of the short settings, else none."""
    return next((answer for answer in (line["spopt"], line.get("spopt_short")) if answer and answer["p"] is not None), None)


def is_not_worse(line):
    return line["ours"]["heterogeneity"] <= compared(line)["heterogeneity"] * (1 + 1e-9)


def times_short(line):
    short = line.get("spopt_short")
    return short["seconds"] / line["ours"]["seconds"] if short and short["p"] is not None else None


def in_words(line):
    ours, theirs = line["ours"], compared(line)
    text = f"{line['case']:34} {line['units']:5} units  p {ours['p']:3} : {theirs['p'] if theirs else '-':>3} (bound {line['p_bound']})"
    text += f"  H {ours['heterogeneity']:.6g} : {theirs['heterogeneity'] if theirs else float('nan'):.6g}"
    at_least = "" if line["spopt_ended"] else "≥ "
    text += f"  s {ours['seconds']:.6f} : {at_least}{line['spopt']['seconds']:.3f}  {at_least}{line['times_faster']:.0f}x"
    if not line["spopt_ended"]:
        short = times_short(line)
        text += f"  (short settings: {line['spopt_short']['seconds']:.3f} s, {short:.0f}x)" if short else "  (short settings: not ended either)"
    if line["pairs_against_definition"] != [0, 0]:
        text += f"  pairs not by the definition {line['pairs_against_definition']}"
    if line["pairs_against_libpysal"] != [0, 0]:
        text += f"  pairs that libpysal has not, has alone {line['pairs_against_libpysal']}"
    return text + "".join(f"  WRONG {fault}" for fault in line["faults"][:3])


def summary_of(lines):
    answered = [line for line in lines if compared(line)]
    equal = [line for line in answered if line["ours"]["p"] == compared(line)["p"]]
    ended = [line["times_faster"] for line in lines if line["spopt_ended"]]
    short = [times for times in map(times_short, lines) if times]
    everything = [line["times_faster"] for line in lines]
    return {
        "cases": len(lines),
        "wrong": sum(bool(line["faults"]) for line in lines),
        "spopt_ended_with_defaults": len(ended),
        "compared": len(answered),
        "compared_with_short_settings": sum(not line["spopt_ended"] for line in answered),
        "fewer_regions": sum(line["ours"]["p"] < compared(line)["p"] for line in answered),
        "more_regions": sum(line["ours"]["p"] > compared(line)["p"] for line in answered),
        "equal_p": len(equal),
        "equal_p_not_worse": sum(map(is_not_worse, equal)),
        "equal_p_not_worse_share": sum(map(is_not_worse, equal)) / len(equal) if equal else None,
        "heterogeneity_ours_over_spopt_at_equal_p": [line["ours"]["heterogeneity"] / max(compared(line)["heterogeneity"], 1e-300) for line in equal],
        "least_times_faster": min(everything, default=None),
        "median_times_faster": float(numpy.median(everything)) if everything else None,
        "least_times_faster_where_ended": min(ended, default=None),
        "least_times_faster_than_short_settings": min(short, default=None),
    }


def holds(summary):
    """The three promises, none of them by an empty list."""
    regions = summary["compared"] > 0 and summary["fewer_regions"] == 0 and summary["wrong"] == 0
    alike = summary["equal_p"] == 0 or summary["equal_p_not_worse_share"] >= 0.95
    fast = summary["cases"] > 0 and summary["least_times_faster"] >= 100
    return {"at_least_as_many_regions": bool(regions), "heterogeneity_not_worse_at_equal_p": bool(alike), "hundred_times_faster": bool(fast)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--parcels", help="folder of the Cambridge parcels (FY2013)")
    parser.add_argument("--only", help="cases whose name holds this word")
    parser.add_argument("--quick", action="store_true", help="cases below 100 units, 20 s of spopt for each")
    parser.add_argument("--limit", type=float, help="seconds after which spopt is given up for a case (default: 600)")
    parser.add_argument("--out", help="also write a JSON line per case to a file")
    asked = parser.parse_args()
    limit = asked.limit or (20 if asked.quick else 600)
    print(f"ours : spopt {spopt.__version__}. spopt: {DEFAULTS[0]} constructions, {DEFAULTS[1]} annealings, its defaults; after {limit:g} s", end=" ")
    print(f"{SHORT[0]} and {SHORT[1]} (short settings), for {limit:g} s at most. Both see the same neighbours.", flush=True)
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for case in cases(asked.parcels, asked.binary):
            if (asked.only and asked.only not in case.name) or (asked.quick and len(case.frame) >= 100):
                continue
            line = run(case, asked.binary, Path(folder), limit)
            lines.append(line)
            print(in_words(line), flush=True)
            if asked.out:
                Path(asked.out).write_text("".join(json.dumps(line) + "\n" for line in lines))
    summary = summary_of(lines)
    shares = summary.pop("heterogeneity_ours_over_spopt_at_equal_p")
    summary["median_heterogeneity_over_spopt_at_equal_p"] = float(numpy.median(shares)) if shares else None
    promises = holds(summary)
    print(json.dumps({"summary": summary, "promises": promises}, indent=1))
    sys.exit(0 if all(promises.values()) else 1)


if __name__ == "__main__":
    main()
