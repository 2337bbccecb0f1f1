"""Every collection read whole, in the city's own reference system, with filters and boxes answered by the server: GDAL of today, GDAL of the system, OWSLib."""

import json
import os
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

import numpy
import pyogrio
from owslib.ogcapi.features import Features
from recorder import Recorder

PARK = "BA-03"
OPERATOR = ("clients", "clients-password")
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
faults = []


def must(holds, what):
    print(("ok    " if holds else "WRONG ") + what, flush=True)
    if not holds:
        faults.append(what)


def fetch(base, path, cookie=None, **parameters):
    query = urllib.parse.urlencode(parameters)
    request = urllib.request.Request(f"{base}{path}?{query}" if query else base + path, headers={"Accept": "application/json"})
    if cookie:
        request.add_header("Cookie", cookie)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer), answer.headers


def start(program, folder):
    city = str(folder / "city.gpkg")
    subprocess.run([program, "sample", "--out", city, "--parcels", "2000", "--seed", "1", "--as-of", "2026-09-01", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    add = [program, "user", "add", city, "--account", OPERATOR[0], "--role", "operator", "--park", PARK]
    subprocess.run(add, input=OPERATOR[1] + "\n", text=True, check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([program, "serve", city, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return server, server.stdout.readline().strip().removeprefix("listening on ")


def sign_in(base):
    body = json.dumps({"account": OPERATOR[0], "password": OPERATOR[1]}).encode()
    headers = {"Content-Type": "application/json", "X-Requested-With": "parkplan"}
    with urllib.request.urlopen(urllib.request.Request(f"{base}/session", data=body, headers=headers)) as answer:
        return answer.headers["Set-Cookie"].split(";")[0]


def hits(base, collection, cookie=None, **parameters):
    return fetch(base, f"/collections/{collection}/items", cookie, resulttype="hits", **parameters)[0]["numberMatched"]


def pushed(asked):
    """Whether each request for items carried a condition of ours."""
    return bool(asked) and all(PARK in one.get("filter", one.get("park", "")) for one in asked)


def whole(recorder, collections, cookie):
    """GDAL of today reads every spatial collection, by its own paging."""
    source = f"OAPIF:{recorder.url}"
    pyogrio.set_gdal_config_options({"GDAL_HTTP_COOKIE": cookie})
    layers = [row[0] for row in pyogrio.list_layers(source)]
    for collection in collections:
        name, is_spatial = collection["id"], collection["itemType"] == "feature"
        if name not in layers:
            must(not is_spatial, f"pyogrio lists {name} (tables without geometry are no layers to it)")
            continue
        meta, _, geometry, fields = pyogrio.raw.read(source, layer=name)
        count = hits(recorder.url, name, cookie)
        read = len(geometry) if is_spatial else len(fields[0]) if fields else 0
        must(read == count, f"pyogrio reads all {count} of {name}")
        if is_spatial and count:
            must(meta["crs"] == "EPSG:4547", f"… in the city's own system ({meta['crs']})")
            _, bounds = pyogrio.read_bounds(source, layer=name)
            east, north = bounds[0].mean(), bounds[1].mean()
            must(400_000 < east < 600_000 and 2_400_000 < north < 2_600_000, f"… with x to the east and y to the north ({east:.0f}, {north:.0f})")
    return source


def filters(recorder, source, cookie):
    """What is filtered is filtered by the server."""
    for where, parameters in [
        (f"park = '{PARK}'", {"park": PARK}),
        (f"park = '{PARK}' AND land_use = '1001'", {"filter": f"park = '{PARK}' AND land_use = '1001'"}),
        (f"park = '{PARK}' AND planar_area_m2 > 5000", {"filter": f"park = '{PARK}' AND planar_area_m2 > 5000"}),
        (f"park = '{PARK}' OR park = 'NS-01'", {"filter": f"park IN ('{PARK}','NS-01')"}),
    ]:
        recorder.clear()
        read = len(pyogrio.raw.read(source, layer="parcel", where=where)[2])
        asked = recorder.items("parcel")
        must(read == hits(recorder.url, "parcel", cookie, **parameters) and read > 0, f"pyogrio reads {read} where {where}")
        # GDAL looks at a few rows first, whatever it is asked; the counts are ours.
        must(pushed([one for one in asked if one.get("limit") != "20" and "resulttype" not in one]), f"… and the server was asked so: {asked[-1]}")
    park, _ = fetch(recorder.url, f"/collections/park/items/{PARK}", cookie, crs="http://www.opengis.net/def/crs/EPSG/0/4547")
    south, west, north, east = park["bbox"]
    box = (west, south, (west + east) / 2, (south + north) / 2)
    recorder.clear()
    read = len(pyogrio.raw.read(source, layer="parcel", bbox=box)[2])
    asked = [one for one in recorder.items("parcel") if "bbox" in one]
    stated = f"{box[1]},{box[0]},{box[3]},{box[2]}"
    own = hits(recorder.url, "parcel", cookie, **{"bbox": stated, "bbox-crs": "http://www.opengis.net/def/crs/EPSG/0/4547"})
    must(read == own > 0, f"pyogrio reads the {own} of a box in the city's own system")
    must(bool(asked) and all(one.get("bbox-crs", "").endswith("EPSG/0/4547") for one in asked), f"… and the server was asked so: {asked[-1:]}")


def system_gdal(recorder, collections, cookie):
    """The system's GDAL, which knows longitude and latitude only."""
    def ogrinfo(*rest):
        told = subprocess.run(["ogrinfo", "-ro", "-so", f"OAPIF:{recorder.url}", *rest], capture_output=True, text=True, env={**os.environ, "GDAL_HTTP_COOKIE": cookie})
        counts = [line.split(":")[1].strip() for line in told.stdout.splitlines() if line.startswith("Feature Count")]
        return int(counts[0]) if counts else told.stdout[-200:] + told.stderr[-300:]

    version = subprocess.run(["ogrinfo", "--version"], capture_output=True, text=True).stdout.split(",")[0]
    for collection in collections:
        if collection["itemType"] == "feature":
            own = hits(recorder.url, collection["id"], cookie)
            read = ogrinfo(collection["id"])
            must(read == own, f"{version} counts all {own} of {collection['id']} ({read})")
    recorder.clear()
    own, read = hits(recorder.url, "parcel", cookie, park=PARK), ogrinfo("parcel", "-where", f"park = '{PARK}'")
    must(read == own > 0, f"{version} reads {own} of a park ({read})")
    must(any(PARK in one.get("filter", one.get("park", "")) for one in recorder.items("parcel") if one.get("resulttype") != "hits"), "… and the server was asked so")


def owslib(recorder, collections, cookie):
    """OWSLib, page by page."""
    api = Features(recorder.url, headers={"Cookie": cookie, "Accept": "application/json"})
    must(sorted(api.collections()["collections"][0]) != [] and "parcel" in api.feature_collections(), "OWSLib lists the collections")
    must(api.collection_queryables("parcel")["properties"]["park"]["type"] == "string", "OWSLib reads the queryables")
    for collection in collections:
        name, seen, offset = collection["id"], set(), 0
        own = hits(recorder.url, name, cookie)
        while True:
            page = api.collection_items(name, limit=1000, offset=offset)
            seen.update(feature["id"] if name != "firm" else json.dumps(feature) for feature in page["features"])
            offset += page["numberReturned"]
            if not any(link["rel"] == "next" for link in page["links"]):
                break
        must(len(seen) == own, f"OWSLib reads all {own} of {name}")
    recorder.clear()
    page = api.collection_items("parcel", limit=10000, filter=f"park = '{PARK}'")
    must(page["numberReturned"] == hits(recorder.url, "parcel", cookie, park=PARK) > 0, f"OWSLib reads {page['numberReturned']} by a filter")
    box = api.collection("parcel")["extent"]["spatial"]["bbox"][0]
    must(api.collection_items("parcel", limit=1, bbox=box)["numberMatched"] == hits(recorder.url, "parcel", cookie), "OWSLib finds everything in the extent")


def main(program):
    version = pyogrio.__gdal_version__
    must(version >= (3, 12, 0), f"GDAL {'.'.join(map(str, version))} in the wheel, numpy {numpy.__version__}")
    with tempfile.TemporaryDirectory() as folder:
        server, base = start(program, Path(folder))
        try:
            cookie, recorder = sign_in(base), Recorder(base, Path(folder) / "asked")
            collections = fetch(recorder.url, "/collections")[0]["collections"]
            for collection in collections:
                must(CRS84 in collection["crs"] and collection.get("storageCrs", CRS84) in collection["crs"], f"{collection['id']} has its storage system among its systems")
            readable = [one for one in collections if can_read(recorder.url, one["id"], cookie)]
            must(len(readable) >= len(collections) - 1, f"{len(readable)} of {len(collections)} collections are open to an operator")
            source = whole(recorder, readable, cookie)
            filters(recorder, source, cookie)
            system_gdal(recorder, readable, cookie)
            owslib(recorder, readable, cookie)
            recorder.end()
        finally:
            server.terminate()
            server.wait(10)
    print(f"{len(faults)} wrong" if faults else "all clients read everything")
    return 1 if faults else 0


def can_read(base, name, cookie):
    try:
        hits(base, name, cookie)
        return True
    except urllib.error.HTTPError as error:
        print(f"      {name}: {error.code}")
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
