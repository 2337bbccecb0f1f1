"""Every parcel's stored areas against GEOS: areas.py CITY.gpkg"""

import argparse
import json
import math
import sys

import gpkg

PLANAR_RELATIVE = 1e-6
# The ellipsoidal area has its own reference elsewhere; this only catches a wrong unit, a swapped axis or a missing value.
ELLIPSOIDAL_RELATIVE = 2e-3


def relative(stored, reference):
    if stored is None or not math.isfinite(stored):
        return math.inf
    return abs(stored - reference) / reference if reference > 0 else math.inf


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("city")
    city = parser.parse_args().city
    shapes, codes, planar, ellipsoidal = gpkg.layer(city, "parcel", "code", "planar_area_m2", "ellipsoidal_area_m2")
    worst, worst_code, failed, rows = 0.0, None, [], 0
    for shape, code, plane, ellipsoid in zip(shapes, codes, planar, ellipsoidal):
        if shape is None:
            # Without a geometry a measured area would be an invention.
            if plane or ellipsoid:
                failed.append(code)
            continue
        rows += 1
        difference = relative(plane, shape.area)
        if difference > worst:
            worst, worst_code = difference, code
        if difference > PLANAR_RELATIVE or relative(ellipsoid, shape.area) > ELLIPSOIDAL_RELATIVE:
            failed.append(code)
    print(json.dumps({
        "rows": rows, "worst_relative": worst if math.isfinite(worst) else None, "worst_code": worst_code,
        "failed": len(failed), "first_failures": failed[:10],
    }))
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
