"""Spoils a city file on purpose: plant.py CITY SEED

Nulls, contradictions and edge cases in every column that an indicator of designation reads, some parks gently, some past what may be missing.
"""

import datetime
import random
import sqlite3
import sys

AS_OF = datetime.date(2026, 9, 1)
# What an owner's entry looks like whose shares add to 135 per cent (a published park profile has one).
SHARES_OF_135 = "示例甲公司 60%、示例乙公司 75%"
SHARES_OF_100 = "示例甲公司 60%、示例乙公司 40%"
CLASSES = ["metro", "bus", "dormitory", "canteen", "clinic", "school", "lab", "substation", "waste_water", "green"]


def plant(path, seed):
    dice = random.Random(seed)
    db = sqlite3.connect(path)
    # The triggers of the file's index name functions that only a GIS has.
    for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        db.create_function(name, 1, lambda _: None)
    parks = [code for (code,) in db.execute("SELECT code FROM park ORDER BY code")]
    # How often each fault is planted in a park's records: never, seldom (known stays above nine tenths), too often.
    level = {code: dice.choice([0.0, 0.002, 0.005, 0.03]) for code in parks}

    def spoil(table, fid_park, statement):
        for fid, park in fid_park:
            if dice.random() < level.get(park, 0.002):
                db.execute(f"UPDATE {table} SET {statement()} WHERE fid = ?", (fid,))

    for index, code in enumerate(parks):
        kind = ["production", "service", None, "production", "production", "rare"][index % 6] if code != parks[-1] else "alone"
        lists = None if index == 5 else db.execute("SELECT lead_clusters FROM park WHERE code = ?", (code,)).fetchone()[0]
        db.execute("UPDATE park SET type = ?, lead_clusters = ?, platforms = ? WHERE code = ?",
                   (kind, lists, dice.choice([None, 0, 1, 3]), code))
    db.execute("UPDATE park SET virtual = 1 WHERE code = ?", (parks[7],))

    firms = db.execute("SELECT fid, park FROM firm ORDER BY fid").fetchall()
    for fid, _ in firms:
        db.execute("UPDATE firm SET output_before_wan = output_wan / ?, rd_wan = output_wan * ? WHERE fid = ?",
                   (dice.uniform(0.8, 1.3), dice.uniform(0, 0.06), fid))
    for statement in (
        lambda: "cluster = NULL", lambda: "cluster = 'none'", lambda: "cluster = 'c99-nothing'",
        lambda: "output_wan = NULL", lambda: "output_wan = -1", lambda: "output_wan = 0",
        lambda: "tax_wan = NULL", lambda: "tax_wan = -abs(tax_wan)",
        lambda: "year = 2024", lambda: "year = 2026", lambda: "year = NULL",
        lambda: "jobs = NULL", lambda: "jobs = -4", lambda: "above_scale = NULL",
        lambda: "output_before_wan = NULL", lambda: "output_before_wan = 0", lambda: "rd_wan = NULL", lambda: "rd_wan = -1",
        lambda: "closed = '2026-08-31'", lambda: "closed = '2026-09-01'", lambda: "closed = '2026-09-02'",
        lambda: "high_tech_until = '2026-09-01'", lambda: "high_tech_until = '2026-08-31'",
    ):
        spoil("firm", firms, statement)
    # Second sites: some in the same cluster, some in another.
    rows = db.execute("SELECT code, cluster FROM firm WHERE park IS NOT NULL ORDER BY fid").fetchall()
    for code, cluster in dice.sample(rows, 12):
        other = dice.choice([cluster, "c24-sensor", "c24-ai"])
        db.execute("INSERT OR IGNORE INTO firm (code, name, park, cluster, output_wan, tax_wan, jobs, year, above_scale, output_before_wan, rd_wan) "
                   "VALUES (?, 'second site', ?, ?, 700, 20, 9, 2025, 0, 650, 7)", (code, dice.choice(parks), other))
    # A park without a firm, one without the lead cluster, and one whose firms are all of it.
    db.execute("UPDATE firm SET park = NULL WHERE park = ?", (parks[3],))
    db.execute("UPDATE firm SET cluster = 'none' WHERE park = ?", (parks[4],))
    if seed % 2:
        db.execute("UPDATE firm SET high_tech_until = NULL")

    units = db.execute("SELECT u.fid, b.park FROM unit u JOIN building b ON b.code = u.building ORDER BY u.fid").fetchall()
    for statement in (
        lambda: "use = NULL", lambda: "use = 'dormitory'", lambda: "state = NULL", lambda: "state = 'fit_out'", lambda: "state = 'out_of_service'",
        lambda: "tenant = NULL", lambda: "area_m2 = NULL", lambda: "area_m2 = 0", lambda: "area_m2 = -5",
        lambda: "rent_yuan_m2_month = NULL", lambda: "rent_yuan_m2_month = -1", lambda: "rent_yuan_m2_month = 0",
        lambda: "cluster = NULL", lambda: "cluster = 'none'", lambda: "cluster = 'c24-sensor'", lambda: "cluster = 'c99-nothing'",
        lambda: "as_of = '2026-09-02'", lambda: "as_of = '2026-09-01'", lambda: "as_of = NULL",
    ):
        spoil("unit", units, statement)
    # A park that its owners use themselves has no letting to speak of.
    db.execute("UPDATE unit SET state = 'own_use', tenant = NULL WHERE building IN (SELECT code FROM building WHERE park = ?)", (parks[6],))

    buildings = db.execute("SELECT fid, park FROM building WHERE park IS NOT NULL ORDER BY fid").fetchall()
    for statement in (lambda: "gfa_m2 = NULL", lambda: "gfa_m2 = -1", lambda: "gfa_m2 = 0"):
        spoil("building", buildings, statement)
    for fid, park in buildings:
        if dice.random() >= level[park]:
            some = [name for name in CLASSES if dice.random() < 0.4]
            db.execute("UPDATE building SET connected = ? WHERE fid = ?", ("[" + ",".join(f'"{one}"' for one in some) + "]", fid))
    db.execute("UPDATE building SET park = NULL WHERE park = ?", (parks[8],))

    parcels = db.execute("SELECT fid, park FROM parcel WHERE park IS NOT NULL ORDER BY fid").fetchall()
    for fid, park in parcels:
        if level[park] > 0 and dice.random() < 0.01:
            db.execute("UPDATE parcel SET owner = ? WHERE fid = ?", (dice.choice([SHARES_OF_135, SHARES_OF_100]), fid))
        if dice.random() < level[park] / 2:
            column = dice.choice(["land_use", "tenure"])
            db.execute(f"UPDATE parcel SET {column} = NULL WHERE fid = ?", (fid,))
    for park in parks[9:11]:
        db.execute("UPDATE parcel SET registered_area_m2 = NULL WHERE fid = (SELECT min(fid) FROM parcel WHERE park = ? AND land_use = '1001')", (park,))

    # A class that was never loaded, in one city of three; returns with gaps, corrections and periods that nobody owes.
    if seed % 3 == 0:
        db.execute("DELETE FROM facility WHERE class = ?", (dice.choice(CLASSES),))
    for fid, park, end in db.execute("SELECT fid, park, period_end FROM report ORDER BY fid").fetchall():
        due = datetime.date.fromisoformat(end) + datetime.timedelta(days=30)
        draw = dice.random()
        if draw < 0.1:
            db.execute("DELETE FROM report WHERE fid = ?", (fid,))
        elif draw < 0.3:
            day = due + datetime.timedelta(days=dice.choice([-1, 0, 1, 400]))
            db.execute("UPDATE report SET received = ? WHERE fid = ?", (day.isoformat(), fid))
        elif draw < 0.4:
            db.execute("INSERT INTO report (code, park, period, period_end, received) VALUES (?, ?, 'quarter', ?, '2025-12-24')", (f"again-{fid}", park, end))
        elif draw < 0.45:
            db.execute("INSERT INTO report (code, park, period, period_end, received) VALUES (?, ?, 'quarter', '2025-05-31', '2025-06-02')",
                       (f"odd-{fid}", park))
    db.commit()
    db.close()


if __name__ == "__main__":
    plant(sys.argv[1], int(sys.argv[2]))
