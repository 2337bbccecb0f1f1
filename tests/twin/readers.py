"""Every file of a folder read by the program and by plain GDAL (ogr2ogr): readers.py PARKPLAN FOLDER… [--list FILE] [--only PART]

Rows, missing geometry, total area, extent, and the first and last value of a field are to agree, row by row where rows are left out. A
difference must be told in the program's report (a repair, a rejection, a notice); one that is not told is a failure. A file that GDAL
opens and the program refuses is listed with the refusal."""

import argparse
import collections
import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

import gpkg
import shapely

csv.field_size_limit(1 << 30)
# Read by us: everything else that GDAL opens (tiles, GPX, Arrow …) is another format, refused by name.
LAYER_OF = {"polygon": "parcel", "line": "road", "point": "facility", "none": "firm"}
KINDS = [("polygon", ("Polygon", "Surface", "TIN")), ("line", ("Line", "Curve", "Circular")), ("point", ("Point",))]
# An equal-area plane of the whole world. WKT has 15 digits.
PLANE = "EPSG:6933"
RELATIVE = 1e-6
# Notices that say why a value or a count is another one than GDAL's.
VALUE_NOTICES = {
    "values_not_parsed", "codes_unknown", "digits_lost", "cells_not_text", "encoding_suspect", "members_repeated", "format_characters",
    "quotes_stripped", "formulas_unquoted", "cells_merged", "names_cleaned",
}
ROW_NOTICES = {"rows_empty", "hatches_dropped", "deleted_records", "rows_hidden"}
SHAPE_NOTICES = {"curves_straightened", "hatches_dropped", "unit_scaled", "rings_nested", "crs_ballpark", "crs_datum_shift", "closed_lines"}


def run(*words, env=None):
    try:
        return subprocess.run(words, capture_output=True, timeout=120, env=env)
    except subprocess.TimeoutExpired:
        return None


def readable(path):
    """The name by which GDAL opens it."""
    lower = path.lower()
    if lower.endswith(".zip"):
        return "/vsizip/" + path
    return "/vsigzip/" + path if lower.endswith(".gz") else path


def layers(path):
    """Layers with the kind of their geometry, as GDAL lists them; None where it opens nothing."""
    done = run("ogrinfo", "-ro", "-q", readable(path))
    if done is None or done.returncode != 0:
        return None
    found = []
    for line in done.stdout.decode("utf-8", "replace").splitlines():
        match = re.match(r"^(?:\d+: |Layer: )?(.*?)(?: \(((?:3D |Measured )*[A-Za-z ]+(?: \(any\))?)\))?$", line.strip())
        if match and line.strip() and (line[0].isdigit() or line.startswith("Layer")):
            found.append((match[1], match[2] or ""))
    return found or None


UNREADABLE = shapely.Point(0, 0)


class Refused(Exception):
    pass


def by_gdal(path, layer, crs):
    """Header and rows of a layer: geometry in the plane, values as text."""
    words = ["ogr2ogr", "-f", "CSV", "/vsistdout/", readable(path), layer, "-lco", "GEOMETRY=AS_WKT", "-t_srs", PLANE, "-dim", "XY"]
    if crs:
        words += ["-s_srs", crs]
    done = run(*words)
    if done is None or done.returncode != 0:
        raise Refused((done.stderr.decode("utf-8", "replace").strip().splitlines() or ["?"])[-1] if done else "time")
    rows = list(csv.reader(io.StringIO(done.stdout.decode("utf-8", "replace"))))
    if not rows:
        return [], [], done.stderr
    head, body = rows[0], rows[1:]
    has_shape = head and head[0] == "WKT"
    shapes = []
    for row in body:
        text = row[0] if has_shape else ""
        with_shape = shapely.from_wkt(text, on_invalid="ignore") if text and "EMPTY" not in text else None
        if text and "EMPTY" not in text and with_shape is None:
            # GDAL passes on what GEOS does not take, such as rings that do not close.
            with_shape = UNREADABLE
        shapes.append((with_shape, row[1:] if has_shape else row))
    return head[1:] if has_shape else head, shapes, done.stderr


def declared(path, layer):
    """Whether GDAL knows a CRS, and the extent that it gives."""
    done = run("ogrinfo", "-ro", "-so", readable(path), layer)
    text = done.stdout.decode("utf-8", "replace") if done else ""
    extent = re.search(r"Extent: \((\S+), (\S+)\) - \((\S+), (\S+)\)", text)
    known = "Layer SRS WKT:\n(unknown)" not in text and "Layer SRS WKT" in text
    return known, [float(number) for number in extent.groups()] if extent else None


def assumed(extent):
    """The CRS under which numbers without one are read by both."""
    if extent is None:
        return "EPSG:3857"
    in_degrees = all(abs(x) <= 180 for x in extent[::2]) and all(abs(y) <= 90 for y in extent[1::2])
    return "EPSG:4326" if in_degrees else "EPSG:3857"


def kind_of(declared_kind, shapes):
    if declared_kind == "None" or not any(shape is not None for shape, _ in shapes):
        named = next((kind for kind, words in KINDS if any(word in declared_kind for word in words)), None)
        return named or "none"
    counts = collections.Counter()
    for shape, _ in shapes:
        if shape is not None and shape is not UNREADABLE:
            counts[next((kind for kind, words in KINDS if any(word in shape.geom_type for word in words)), "polygon")] += 1
    return counts.most_common(1)[0][0] if counts else "polygon"


class Reading:
    def __init__(self, program, scratch):
        self.program, self.scratch = program, scratch
        self.env = {**os.environ, "PARKPLAN_HOME": scratch}
        self.empty = os.path.join(scratch, "empty.gpkg")
        subprocess.run([program, "new", self.empty, "--crs", PLANE, "--quiet"], check=True, capture_output=True)

    def by_us(self, path, layer, ours, field, crs):
        """The report, and rows of the city by the number of the file's row."""
        city = os.path.join(self.scratch, "city.gpkg")
        for part in (city, city + "-wal", city + "-shm"):
            if os.path.exists(part):
                os.remove(part)
        with open(self.empty, "rb") as source, open(city, "wb") as target:
            target.write(source.read())
        words = [self.program, "--json", "--no-progress", "import", city, "--layer", ours, path, "--key", "@row", "--on-invalid", "repair", "--place-checked"]
        if layer:
            words += ["--source-layer", layer]
        if crs:
            words += ["--crs", crs]
        if field:
            words += ["--map", f"name={field}"]
        done = run(*words, env=self.env)
        if done is None:
            raise Refused("time")
        if done.returncode != 0:
            try:
                fault = json.loads(done.stderr)
            except ValueError:
                raise Refused("crash: " + done.stderr.decode("utf-8", "replace")[-200:]) from None
            raise Refused(fault["code"])
        report = json.loads(done.stdout)
        if ours == "firm":
            with sqlite3.connect(f"file:{city}?mode=ro", uri=True) as base:
                rows = {int(code): (None, name) for code, name in base.execute("SELECT code, name FROM firm")}
        else:
            with sqlite3.connect(f"file:{city}?mode=ro", uri=True) as base:
                has_name = any(column[1] == "name" for column in base.execute(f"PRAGMA table_info({ours})"))
                names = dict(base.execute(f"SELECT code, {'name' if has_name else 'NULL'} FROM {ours}"))
            shapes, codes = gpkg.layer(city, ours, "code")
            rows = {int(code): (shape, names.get(code)) for code, shape in zip(codes, shapes)}
        return report, rows


def same_text(ours, theirs):
    ours, theirs = (ours or "").strip(), (theirs or "").strip()
    if ours == theirs or ours.replace("-", "/") == theirs.replace("-", "/"):
        return True
    if theirs.lower() in ("-", "--", "null", "<null>", "n/a", "—", "/") and not ours:
        return True
    try:
        return abs(float(ours) - float(theirs)) <= 1e-9 * max(1.0, abs(float(theirs)))
    except ValueError:
        return " ".join(ours.split()) == " ".join(theirs.split())


def compare(report, rows, shapes, field_at):
    """Differences as (what, told by what or None)."""
    found = []
    notices = {notice["code"] for notice in report["notices"]}
    reasons = collections.Counter(note["reason"] for note in report["rejected"])
    if report["read"] != len(shapes):
        told = next((code for code in notices if code in ROW_NOTICES), None)
        return [(f"rows {report['read']} / {len(shapes)}", told)]
    numbers = sorted(set(rows) | {note["row"] for note in report["rejected"]})
    at = {number: index for index, number in enumerate(numbers)}
    if len(numbers) != len(shapes):
        return [(f"numbers of rows {len(numbers)} / {len(shapes)}", None)]
    mended = {note["row"] for note in report["repaired"]}
    nulls = sum(shape is None for shape, _ in shapes)
    own_nulls = reasons["null_geometry"] + reasons["empty_geometry"]
    if any(shape is not None for shape, _ in rows.values()) or own_nulls:
        other = sum(count for reason, count in reasons.items() if reason not in ("null_geometry", "empty_geometry"))
        if not own_nulls <= nulls + other or not nulls <= own_nulls + other:
            found.append((f"without geometry {own_nulls} / {nulls}", None))
        pairs = [(rows[number][0], shapes[at[number]][0], number) for number in rows]
        plain = [(ours, theirs) for ours, theirs, number in pairs if number not in mended and ours is not None and theirs is not None and theirs is not UNREADABLE]
        areas = sum(shapely.area(ours) for ours, _ in plain), sum(shapely.area(theirs) for _, theirs in plain)
        if abs(areas[0] - areas[1]) > RELATIVE * max(1.0, areas[1]):
            found.append((f"area {areas[0]:.6g} / {areas[1]:.6g}", next(iter(notices & SHAPE_NOTICES), None)))
        if plain:
            own, other = (shapely.total_bounds([pair[side] for pair in plain]) for side in (0, 1))
            if max(abs(own - other)) > RELATIVE * max(1.0, float(max(abs(other)))):
                found.append((f"extent {own.round(2).tolist()} / {other.round(2).tolist()}", next(iter(notices & SHAPE_NOTICES), None)))
        if mended:
            found.append((f"{len(mended)} repaired", "repaired"))
    for reason, count in reasons.items():
        found.append((f"{count} {reason}", "rejected"))
    if field_at is not None and rows:
        for number in (min(rows), max(rows)):
            ours, theirs = rows[number][1], shapes[at[number]][1][field_at]
            if not same_text(ours, theirs):
                told = next(iter(notices & VALUE_NOTICES), None)
                encoding = (report.get("encoding") or {}).get("name")
                if told is None and encoding and encoding != "UTF-8" and any(ord(sign) > 127 for sign in (ours or "") + theirs):
                    told = f"encoding {encoding}"
                found.append((f"value of row {number}: {ours!r} / {theirs!r}", told))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--list")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    figures, lines, refusals = collections.Counter(), [], collections.Counter()
    with tempfile.TemporaryDirectory() as scratch:
        reading = Reading(options.program, scratch)
        for folder in options.folders:
            for base, _, names in sorted(os.walk(folder)):
                for name in sorted(names):
                    path = os.path.join(base, name)
                    if options.only not in path or name.lower().endswith((".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".md", ".opts", ".expected")):
                        continue
                    short = os.path.relpath(path, os.path.dirname(folder.rstrip("/")))
                    figures["files"] += 1
                    found = layers(path)
                    if found is None:
                        figures["not opened by GDAL"] += 1
                        continue
                    figures["opened by GDAL"] += 1
                    for layer, declared_kind in found:
                        figures["layers"] += 1
                        one(reading, path, short, layer, declared_kind, len(found), figures, lines, refusals)
    untold = [line for line in lines if line["told"] is None]
    if options.list:
        with open(options.list, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    print(json.dumps({"figures": figures, "refused": refusals, "untold": untold[:40]}, ensure_ascii=False, indent=1))
    return 1 if untold else 0


def one(reading, path, short, layer, declared_kind, count, figures, lines, refusals):
    known, extent = declared(path, layer)
    crs = None if known else assumed(extent)
    try:
        try:
            head, shapes, _ = by_gdal(path, layer, crs)
        except Refused:
            # Numbers that are no places of the CRS: both take them as they stand.
            crs = PLANE
            head, shapes, _ = by_gdal(path, layer, crs)
    except Refused as why:
        # GDAL lists the layer and cannot read or transform it: whatever we say is no difference.
        figures["layers that GDAL fails to read"] += 1
        lines.append({"file": short, "layer": layer, "difference": f"GDAL: {why}", "told": "GDAL"})
        return
    kind = kind_of(declared_kind, shapes)
    plain = [index for index, name in enumerate(head) if name and not re.search(r"[=*()]", name)]
    field_at = plain[0] if plain else None
    try:
        try:
            field = head[field_at] if field_at is not None else None
            report, rows = reading.by_us(path, layer if count > 1 else None, LAYER_OF[kind], field if kind != "line" else None, crs)
        except Refused as why:
            if str(why) not in ("map_unknown_field", "map_unknown_column"):
                raise
            field_at = None
            report, rows = reading.by_us(path, layer if count > 1 else None, LAYER_OF[kind], None, crs)
    except Refused as why:
        figures["layers refused by us"] += 1
        refusals[str(why)] += 1
        lines.append({"file": short, "layer": layer, "rows": len(shapes), "difference": f"refused: {why}", "told": "refused" if not str(why).startswith("crash") else None})
        return
    figures["layers compared"] += 1
    figures["rows compared"] += len(shapes)
    found = compare(report, rows, shapes, field_at if kind not in ("line",) else None)
    figures["layers that agree in everything" if not found else "layers with differences"] += 1
    for what, told in found:
        figures["differences told" if told else "differences not told"] += 1
        lines.append({"file": short, "layer": layer, "difference": what, "told": told})


if __name__ == "__main__":
    sys.exit(main())
