"""What the twin needs of a GeoPackage: rows of a layer with their geometry, through sqlite3 and GEOS only."""

import sqlite3
from pathlib import Path

import shapely

# Bytes of the envelope for each value of the flag's bits 1 to 3 (GeoPackage 1.3, table 6).
ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def wkb(blob):
    """The WKB behind a GeoPackage header; None for no geometry."""
    if blob is None:
        return None
    if blob[:2] != b"GP":
        raise ValueError("not a GeoPackage geometry")
    return blob[8 + ENVELOPE_BYTES[blob[3] >> 1 & 7]:]


def layer(path, table, *columns):
    """Lists: geometries (a missing or empty one is None), then one list for each column."""
    names = ", ".join(f'"{name}"' for name in ("geom", *columns))
    # A path is no URI: a '?' or '#' in it would be read as the start of something else.
    connection = sqlite3.connect(Path(path).resolve().as_uri() + "?mode=ro", uri=True)
    try:
        rows = connection.execute(f'SELECT {names} FROM "{table}" ORDER BY fid').fetchall()
    finally:
        connection.close()
    shapes = shapely.from_wkb([wkb(row[0]) for row in rows])
    shapes = [None if shape is None or shape.is_empty else shape for shape in shapes]
    return shapes, *([row[k] for row in rows] for k in range(1, len(columns) + 1))
