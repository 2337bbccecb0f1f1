"""The indicators of designation, worked out anew by SQL over the city file: indicators.py CITY PACK ANSWER

Written from the exact readings alone; nothing is shared with the program but the text. The geometry (a footprint's centroid, a distance, the pieces of
a boundary) is GEOS. A value must agree to 1e-9, and what is unknown here must be unknown there.
"""

import argparse
import json
import sqlite3
import sys
import tomllib
from pathlib import Path

import shapely

from gpkg import wkb

TOLERANCE = 1e-9
# G4 and G3: comparisons give way by 1e-9.
SLACK = 1e-9
MU = 2000 / 3
SHARES_OF_135 = "示例甲公司 60%、示例乙公司 75%"


def figure(pack, path):
    value = pack
    for part in path.split("."):
        value = value.get(part)
        if value is None:
            return None
    return value.get("value")


def functions(db):
    shapes = {}

    def shape(blob):
        if blob is None:
            return None
        if blob not in shapes:
            made = shapely.from_wkb(wkb(blob))
            shapes[blob] = None if made is None or made.is_empty else made
        return shapes[blob]

    def pieces(blob):
        made = shape(blob)
        return None if made is None else int(shapely.get_num_geometries(made))

    def place(blob, axis):
        """A coordinate of the area's centroid, or of the point."""
        made = shape(blob)
        return None if made is None else float(getattr(shapely.centroid(made), axis))

    db.create_function("pieces", 1, pieces, deterministic=True)
    db.create_function("place", 2, place, deterministic=True)


VIEWS = """
-- A firm stands in one main cluster; whoever stands in two is in doubt.
CREATE TEMP TABLE in_two AS SELECT code FROM firm WHERE cluster IS NOT NULL GROUP BY code HAVING count(DISTINCT cluster) > 1;
CREATE TEMP TABLE tenant_in_two AS SELECT u.tenant FROM unit u JOIN building b ON b.code = u.building JOIN park p ON p.code = b.park
  WHERE u.tenant IS NOT NULL AND u.cluster IS NOT NULL GROUP BY u.tenant HAVING count(DISTINCT u.cluster) > 1;
CREATE TEMP TABLE f AS SELECT code, park,
  CASE WHEN code IN (SELECT code FROM in_two) THEN NULL WHEN cluster = 'none' OR cluster IN (SELECT id FROM known_cluster) THEN cluster END AS c,
  CASE WHEN year = (SELECT y FROM cfg) AND output_wan >= 0 THEN output_wan END AS o,
  CASE WHEN year = (SELECT y FROM cfg) THEN tax_wan END AS t,
  CASE WHEN year = (SELECT y FROM cfg) AND output_before_wan >= 0 THEN output_before_wan END AS o1,
  CASE WHEN year = (SELECT y FROM cfg) AND rd_wan >= 0 THEN rd_wan END AS rd,
  CASE WHEN (year IS NULL OR year || '-12-31' <= (SELECT d FROM cfg)) AND jobs >= 0 THEN jobs END AS j,
  CASE WHEN year IS NULL OR year || '-12-31' <= (SELECT d FROM cfg) THEN above_scale END AS s,
  CASE WHEN high_tech_until IS NOT NULL THEN high_tech_until >= (SELECT d FROM cfg)
       WHEN EXISTS (SELECT 1 FROM firm WHERE high_tech_until IS NOT NULL) THEN 0 END AS h
  FROM firm WHERE closed IS NULL OR closed > (SELECT d FROM cfg);
CREATE TEMP TABLE pk AS SELECT code AS park, type, coalesce(virtual, 0) AS virtual, json_extract(lead_clusters, '$[0]') AS lead, lead_clusters, platforms,
  pieces(geom) AS pieces FROM park;
CREATE TEMP TABLE u AS SELECT p.park, p.lead, u.id, u.area_m2 AS a, u.area_m2 > 0 AS sized, u.rent_yuan_m2_month AS rent, u.state,
  u.state = 'let' OR (u.state = 'fit_out' AND u.tenant IS NOT NULL) AS is_let,
  u.state = 'vacant' OR (u.state = 'fit_out' AND u.tenant IS NULL) AS is_free,
  u.use IS NOT NULL AND u.state IS NOT NULL AND u.area_m2 > 0 AND (u.as_of IS NULL OR u.as_of <= (SELECT d FROM cfg)) AS ok,
  CASE WHEN u.tenant IN (SELECT tenant FROM tenant_in_two) THEN NULL
       WHEN u.cluster = 'none' OR u.cluster IN (SELECT id FROM known_cluster) THEN u.cluster END AS c
  FROM unit u JOIN building b ON b.code = u.building JOIN pk p ON p.park = b.park WHERE u.use IS NULL OR u.use IN (SELECT code FROM counted_use);
CREATE TEMP TABLE b AS SELECT park, gfa_m2, connected, place(geom, 'x') AS x, place(geom, 'y') AS y FROM building WHERE park IN (SELECT park FROM pk);
-- Facilities of this layer are points.
CREATE TEMP TABLE site AS SELECT class, place(geom, 'x') AS x, place(geom, 'y') AS y FROM facility WHERE geom IS NOT NULL;
CREATE TEMP TABLE land AS SELECT park, count(*) AS n, sum(named) AS named, total(counted AND bad) AS bad, total(CASE WHEN counted THEN area END) AS area FROM (
  SELECT park, land_use IS NOT NULL AND tenure IS NOT NULL AS named, registered_area_m2 AS area,
    coalesce(land_use IN (SELECT code FROM industrial) AND tenure NOT IN (SELECT code FROM barred), 0) AS counted,
    registered_area_m2 IS NULL OR registered_area_m2 <= 0 OR owner IS (SELECT shares FROM cfg) AS bad
  FROM parcel WHERE park IS NOT NULL) GROUP BY park;
"""

# Each gives: park, known, all, numerator, denominator.
FIRM = {
    "lead_output": ("c NOT NULL AND o NOT NULL", "o * (c = lead)", "o", "lead NOT NULL"),
    "declared_share": ("c NOT NULL AND o NOT NULL", "o * (c IN (SELECT value FROM json_each(lead_clusters)))", "o", "lead NOT NULL"),
    "high_tech_output": ("h NOT NULL AND o NOT NULL", "o * h", "o", "1"),
    "output_total": ("o NOT NULL", "o", None, "1"),
    "rd_share": ("rd NOT NULL AND o NOT NULL", "rd", "o", "1"),
    "output_growth": ("o NOT NULL AND o1 NOT NULL", "o", "o1", "1"),
}
COUNT = {
    "lead_firm_count": ("c NOT NULL", "c = lead", False),
    "lead_firms": ("c NOT NULL", "c = lead", True),
    "above_scale": ("s NOT NULL", "s", False),
    "high_tech": ("h NOT NULL", "h", False),
}


class Twin:
    def __init__(self, path, pack, as_of):
        self.db = sqlite3.connect(Path(path).resolve().as_uri() + "?mode=ro", uri=True)
        functions(self.db)
        self.pack = pack
        self.min_known = figure(pack, "general.min_known")
        self.values = {}
        root = Path(__file__).resolve().parents[2]
        catalogue = "".join(file.read_text() for file in (root / "geodata/catalogue").glob("*.toml"))
        clusters = [part.split('"')[0] for part in catalogue.split('id = "')[1:]]
        self.db.execute("CREATE TEMP TABLE cfg AS SELECT ? AS d, ? AS y, ? AS shares", (as_of, int(as_of[:4]) - 1, SHARES_OF_135))
        for table, column, rows in (("known_cluster", "id", clusters), ("counted_use", "code", figure(pack, "general.counted_uses")),
                                    ("industrial", "code", figure(pack, "general.industrial_uses")),
                                    ("barred", "code", figure(pack, "general.excluded_tenure"))):
            self.db.execute(f"CREATE TEMP TABLE {table} ({column} TEXT)")
            self.db.executemany(f"INSERT INTO {table} VALUES (?)", [(row,) for row in rows])
        self.db.executescript(VIEWS)
        self.parks = {row[0]: row[1:] for row in self.db.execute("SELECT park, type, virtual, lead FROM pk")}
        # A table without a row was never loaded.
        self.loaded = {table: self.one(f"SELECT count(*) FROM {table}") > 0 for table in ("firm", "unit", "building", "parcel", "report", "facility")}

    def one(self, sql, *args):
        return self.db.execute(sql, args).fetchone()[0]

    def ratio(self, known, total, part, whole=1.0):
        """G3: unknown where too little is known or nothing is there to divide by."""
        if not total or known / total < self.min_known - SLACK or not whole or whole <= 0:
            return None
        return part / whole

    def put(self, indicator, table, rows):
        found = {row[0]: self.ratio(*row[1:]) for row in rows} if self.loaded[table] else {}
        self.values[indicator] = {park: found.get(park) for park in self.parks}

    def firms(self):
        for indicator, (known, part, whole, holds) in FIRM.items():
            whole = f"total(CASE WHEN {known} THEN {whole} END)" if whole else "1"
            self.put(indicator, "firm", self.db.execute(
                f"SELECT park, sum({known}), count(*), total(CASE WHEN {known} THEN {part} END), {whole} FROM f JOIN pk USING (park) "
                f"WHERE {holds} GROUP BY park"))
        growth = self.values["output_growth"]
        self.values["output_growth"] = {park: None if value is None else value - 1 for park, value in growth.items()}
        counts = dict(COUNT)
        if leading := figure(self.pack, "general.leader_output"):
            counts["leaders"] = ("c NOT NULL AND o NOT NULL", f"c = lead AND o >= {leading!r}", False)
        else:
            self.values["leaders"] = dict.fromkeys(self.parks)
        for indicator, (known, part, of_all) in counts.items():
            whole = f"count(DISTINCT CASE WHEN {known} THEN f.code END)" if of_all else "1"
            holds = "lead NOT NULL" if "lead" in part else "1"
            self.put(indicator, "firm", self.db.execute(
                f"SELECT park, sum({known}), count(*), count(DISTINCT CASE WHEN {known} AND {part} THEN f.code END), {whole} "
                f"FROM f JOIN pk USING (park) WHERE {holds} GROUP BY park"))
        self.quotient()

    def quotient(self):
        known = "c NOT NULL AND o NOT NULL"
        whole = self.db.execute(f"SELECT sum({known}), count(*), total(CASE WHEN {known} THEN o END) FROM f").fetchone()
        city = self.ratio(whole[0], whole[1], whole[2]) if self.loaded["firm"] else None
        shares = {cluster: amount / city for cluster, amount in self.db.execute(f"SELECT c, total(o) FROM f WHERE {known} GROUP BY c")} if city else {}
        own = self.values["lead_output"]
        self.values["lq"] = {
            park: own[park] / shares[lead] if own[park] is not None and shares.get(lead, 0) > 0 else None
            for park, (_, _, lead) in self.parks.items()}

    def units(self):
        def shares(indicator, among, known, part, whole):
            rows = self.db.execute(
                f"SELECT park, total(CASE WHEN {known} THEN a END), total(CASE WHEN sized THEN a END), sum(coalesce(sized, 0)), count(*), "
                f"total(CASE WHEN {known} THEN a * coalesce({part}, 0) END), total(CASE WHEN {known} THEN a * coalesce({whole}, 0) END) "
                f"FROM u WHERE {among} GROUP BY park").fetchall()
            # An area that is missing cannot be summed, so it weighs by count.
            self.put(indicator, "unit", [
                (park, min(known_area / area, sized / count) if area else 0, 1, top, bottom)
                for park, known_area, area, sized, count, top, bottom in rows])

        shares("let_rate", "1", "ok", "is_let", "is_let OR is_free")
        shares("move_in_rate", "1", "ok", "is_let OR state = 'own_use'", "state <> 'out_of_service'")
        shares("lead_floor", "(state IS NULL OR is_let OR state = 'own_use')", "ok AND c NOT NULL AND lead NOT NULL", "c = lead", "1")
        shares("mean_rent", "is_let", "ok AND rent >= 0", "rent", "1")
        rate = self.values["let_rate"]
        self.values["vacancy"] = {park: None if value is None else 1 - value for park, value in rate.items()}
        cap = figure(self.pack, "general.rent_cap")
        self.values["rent_to_cap"] = {park: None if value is None else value / cap for park, value in self.values["mean_rent"].items()}

    def land(self):
        area = {}
        for park, count, named, bad, land in self.db.execute("SELECT park, n, named, bad, area FROM land"):
            area[park] = self.ratio(named, count, land) if not bad and land > 0 else None
        area = {park: None if self.parks[park][1] else area.get(park) for park in self.parks}
        flows = {}
        for name, column in (("output", "o"), ("tax", "t")):
            rows = self.db.execute(f"SELECT park, sum({column} NOT NULL), count(*), total({column}) FROM f WHERE park IS NOT NULL GROUP BY park")
            flows[name] = {park: self.ratio(known, count, total) for park, known, count, total in rows}
        jobs = {park: self.ratio(known, count, total)
                for park, known, count, total in self.db.execute("SELECT park, sum(j NOT NULL), count(*), total(j) FROM f WHERE park IS NOT NULL GROUP BY park")}
        least = figure(self.pack, "general.min_same_type")
        for name, flow in flows.items():
            own, against = {}, {}
            for park, (kind, _, _) in self.parks.items():
                value, land = flow.get(park), area[park]
                own[park] = value / (land / MU) if value is not None and land else None
                same = [other for other, (its, virtual, _) in self.parks.items() if its == kind and not virtual]
                among = same if len(same) >= least else [other for other, (_, virtual, _) in self.parks.items() if not virtual]
                both = [(flow[other], area[other] / MU) for other in among if flow.get(other) is not None and area[other]]
                mean = sum(one for one, _ in both) / sum(mu for _, mu in both) if both else None
                against[park] = own[park] / mean if own[park] is not None and mean is not None and mean > 0 else None
            self.values[f"{name}_mu"], self.values[f"{name}_per_mu"] = own, against
        self.values["jobs_per_ha"] = {park: jobs[park] / (area[park] / 10_000) if jobs.get(park) is not None and area[park] else None for park in self.parks}

    def buildings(self):
        self.put("gfa_total", "building", self.db.execute(
            "SELECT park, sum(coalesce(gfa_m2 >= 0, 0)), count(*), total(CASE WHEN gfa_m2 >= 0 THEN gfa_m2 END) FROM building WHERE park IS NOT NULL GROUP BY park"))
        classes = figure(self.pack, "facility.classes")
        for name in classes:
            radius = figure(self.pack, f"facility.{name}.radius")
            if figure(self.pack, f"facility.{name}.mode") == "connected":
                known = "gfa_m2 >= 0 AND connected IS NOT NULL"
                served = f"EXISTS (SELECT 1 FROM json_each(connected) WHERE value = '{name}')"
            elif self.one("SELECT count(*) FROM site WHERE class = ?", name):
                known = "gfa_m2 >= 0 AND x IS NOT NULL"
                reach = radius + SLACK * max(radius, 1)
                served = (f"EXISTS (SELECT 1 FROM site s WHERE s.class = '{name}' AND (s.x - b.x) * (s.x - b.x) + (s.y - b.y) * (s.y - b.y) <= {reach * reach!r})")
            else:
                self.values[f"facility_{name}"] = dict.fromkeys(self.parks)
                continue
            self.put(f"facility_{name}", "building", self.db.execute(
                f"SELECT park, sum(coalesce({known}, 0)), count(*), total(CASE WHEN {known} THEN gfa_m2 * {served} END), total(CASE WHEN {known} THEN gfa_m2 END) "
                "FROM b GROUP BY park"))
        columns = [self.values[f"facility_{name}"] for name in classes]
        self.values["facility_mean"] = {
            park: sum(column[park] for column in columns) / len(columns) if columns and all(column[park] is not None for column in columns) else None
            for park in self.parks}

    def parks_alone(self):
        self.values["platforms"] = dict(self.db.execute("SELECT park, platforms FROM pk"))
        self.values["boundary_pieces"] = dict(self.db.execute("SELECT park, pieces FROM pk"))

    def returns(self):
        year = self.one("SELECT y FROM cfg")
        ends = {4: ["03-31", "06-30", "09-30", "12-31"], 2: ["06-30", "12-31"], 1: ["12-31"], 0: []}[figure(self.pack, "report.quarters")]
        days = figure(self.pack, "report.due_days")
        owed = [("quarter", f"{year}-{end}", days) for end in ends]
        if figure(self.pack, "report.annual"):
            owed.append(("year", f"{year}-12-31", figure(self.pack, "report.annual_due_days") or days))
        self.db.execute("CREATE TEMP TABLE owed (period TEXT, period_end TEXT, days INTEGER)")
        self.db.executemany("INSERT INTO owed VALUES (?, ?, ?)", owed)
        rows = self.db.execute("""
            SELECT park, count(*), sum(first <= d), sum(first <= d AND first > due) FROM (
              SELECT pk.park, date(o.period_end, '+' || o.days || ' days') AS due, (SELECT d FROM cfg) AS d,
                coalesce((SELECT min(r.received) FROM report r WHERE r.park = pk.park AND r.period = o.period AND r.period_end = o.period_end), '9999') AS first
              FROM pk, owed o) WHERE due < d GROUP BY park""").fetchall()
        names = ("report_due", "report_made", "report_late", "report_missed", "report_on_time")
        told = {park: (due, made, late, due - made, (made - late) / due if due else None) for park, due, made, late in rows}
        for at, name in enumerate(names):
            nothing = None if name == "report_on_time" else 0
            self.values[name] = {park: (told[park][at] if park in told else nothing) if self.loaded["report"] else None for park in self.parks}

    def all(self):
        for part in (self.firms, self.units, self.land, self.buildings, self.parks_alone, self.returns):
            part()
        # No city has a declared placement yet.
        self.values["placement_match"] = dict.fromkeys(self.parks)
        return self.values


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("city", "pack", "answer"):
        parser.add_argument(name)
    args = parser.parse_args()
    answer = json.loads(Path(args.answer).read_text())
    twin = Twin(args.city, tomllib.loads(Path(args.pack).read_text()), answer["as_of"]).all()
    compared = unknown = 0
    faults = []
    for card in answer["parks"]:
        said = {one["id"]: one["value"] for one in card["indicators"]}
        if set(said) != set(twin):
            faults.append(f"{card['park']}: only one side has {sorted(set(said) ^ set(twin))}")
            break
        for name, value in said.items():
            mine = twin[name][card["park"]]
            compared += 1
            unknown += mine is None
            agree = mine is None and value is None or (
                mine is not None and value is not None and abs(mine - value) <= TOLERANCE * max(1, abs(mine)))
            if not agree:
                faults.append(f"{card['park']} {name}: the program says {value}, SQL says {mine}")
    print(f"{compared} figures of {len(answer['parks'])} parks, {unknown} of them unknown; {len(faults)} differ")
    sys.exit("\n".join(faults[:40]) if faults else 0)


if __name__ == "__main__":
    main()
