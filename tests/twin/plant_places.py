"""Spoils a city file on purpose: plant_places.py CITY SEED

Gaps, odd words and edge cases in every column that a match reads.
"""

import random
import sqlite3
import sys

FAULTS = {
    "floor": ["load_kn_m2 = NULL", "height_m = NULL", "power_kva = NULL", "fire_class = NULL", "fire_class = '丙'", "fire_class = '甲'", "fire_class = '三类'",
              "lifts = NULL", "lifts = 0", "floor_order = NULL", "floor_order = -1", "floor_order = 12", "load_kn_m2 = 8.000000000001",
              "load_kn_m2 = 7.9999999999", "floor = NULL"],
    "unit": ["area_m2 = NULL", "use = NULL", "use = 'dormitory'", "use = 'service'", "state = NULL", "state = 'fit_out'", "state = 'fit_out', tenant = NULL",
             "floor = NULL", "floor = '99F'", "tenant = NULL", "lease_end = NULL", "state = 'vacant'"],
    "parcel": ["far_limit = NULL", "built_gfa_m2 = NULL", "planned_use = NULL", "planned_use = NULL, land_use = NULL", "planned_use = '1101'",
               "planned_use = '1004'", "district = NULL", "built_gfa_m2 = 0"],
    "building": ["parcel = NULL", "park = NULL", "parcel = NULL, park = NULL", "parcel = 'nowhere'"],
}


def plant(path, seed):
    dice = random.Random(seed)
    db = sqlite3.connect(path)
    # The triggers of the file's index name functions that only a GIS has.
    for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        db.create_function(name, 1, lambda _: None)
    for table, faults in FAULTS.items():
        for (fid,) in db.execute(f"SELECT fid FROM {table} ORDER BY fid").fetchall():
            if dice.random() < 0.12:
                db.execute(f"UPDATE {table} SET {dice.choice(faults)} WHERE fid = ?", (fid,))
    db.commit()


plant(sys.argv[1], int(sys.argv[2]))
