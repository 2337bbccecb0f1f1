"""What is asked of a city: commands and requests, made from what the city holds, in a fixed order.

A question is a dictionary. Command line: `args` (the city's file is the word CITY) and `out`, the file it writes, if any.
HTTP: `method`, `path`, `body`, `headers`, `who`. `name` is unique; the part before ` #` is its route for the table.
"""

from urllib.parse import quote, urlencode

import processes
import writes

ROUTES = ["/", "/?f=json", "/conformance", "/catalogue", "/healthz", "/readyz", "/collections", "/processes", "/jobs", "/plans",
          "/instruments", "/changes", "/changes?since=1", "/changes?limit=5", "/changes?collection=unit", "/changes?collection=plan_parcel",
          "/session", "/nowhere", "/collections/nowhere", "/collections/nowhere/items", "/processes/nowhere", "/jobs/nowhere", "/plans/nowhere",
          "/instruments/nowhere", "/units/nowhere", "/buildings/nowhere/stack", "/parks/nowhere/occupancy", "/lineage/nowhere",
          "/parcels/nowhere/neighbours"]


class Asked:
    """The list as it grows."""

    def __init__(self):
        self.all = []
        self.names = set()

    def add(self, name, **question):
        while name in self.names:
            name += "'"
        self.names.add(name)
        self.all.append({"name": name, **question})

    def get(self, route, path, who="guest", **more):
        seen = "" if who == "guest" else f" as {who}"
        self.add(f"GET {route} #{path}{seen}", method="GET", path=path, who=who, **more)

    def post(self, route, path, body, note, who="guest", **more):
        seen = "" if who == "guest" else f" as {who}"
        self.add(f"POST {route} #{note}{seen}", method="POST", path=path, body=body, who=who, **more)

    def cli(self, args, out=None):
        shown = " ".join(args)
        self.add(f"cli {args[1] if args[0].startswith('--') else args[0]} #{shown}", args=args, out=out)


def of_city(server, name):
    """All questions about the city that `server` serves."""
    asked = Asked()
    for path in ROUTES:
        asked.get(path.split("?")[0], path)
        asked.get(path.split("?")[0], path, headers=[["Accept-Language", "en"]]) if "nowhere" in path else None
    collections = [one["id"] for one in server.json("GET", "/collections")["collections"]]
    for collection in collections:
        about_collection(asked, server, collection)
    facts = gather(server, collections)
    about_places(asked, facts)
    processes.over_http(asked, facts, name)
    processes.by_command(asked, facts, name)
    commands(asked, facts, collections)
    writes.all_of(asked, facts)
    return asked.all


def features(server, collection, query):
    status, _, _ = server.ask("GET", f"/collections/{collection}/items?limit=1")
    if status != 200:
        return []
    return server.json("GET", f"/collections/{collection}/items?{query}")["features"]


def gather(server, collections):
    """Codes of what there is, for the questions that name something."""
    facts = {"collections": collections}
    for collection in ("park", "parcel", "building", "plan_parcel", "zone"):
        facts[collection] = [one["id"] for one in features(server, collection, "limit=2000&skipGeometry=true")]
    facts["plans"] = [plan["id"] for plan in server.json("GET", "/plans")["plans"]]
    facts["instruments"] = [one["code"] for one in server.json("GET", "/instruments")["instruments"]]
    facts["parents"] = [code for one in server.json("GET", "/instruments")["instruments"] for code in one.get("parents", [])][:4]
    park = "BA-03" if "BA-03" in facts["park"] else next(iter(facts["park"]), None)
    facts["own_park"] = park
    facts["in_park"] = [one["id"] for one in features(server, "parcel", f"park={park}&limit=400&skipGeometry=true")] if park else []
    facts["units"] = server.json("GET", f"/units?park={park}&limit=400", who="operator")["units"] if park else []
    return facts


def about_collection(asked, server, collection):
    route = "/collections/{collection}"
    at = f"/collections/{collection}"
    for rest in ("", "/schema", "/queryables", "/tilejson.json", "/tiles/WebMercatorQuad"):
        asked.get(route + rest, at + rest)
    asked.get(route + "/schema", at + "/schema", headers=[["Accept-Language", "en"]])
    asked.get(route + "/schema", at + "/schema", who="planner")

    def items(*pairs, who="guest"):
        asked.get(route + "/items", f"{at}/items?{urlencode(pairs, quote_via=quote)}", who)

    items()
    for who in ("planner", "operator"):
        items(("limit", "20"), who=who)
    status, _, _ = server.ask("GET", at + "/items?limit=1")
    count = server.json("GET", at)["itemCount"] or 0
    for pairs in ([("limit", "7"), ("offset", "3")], [("resulttype", "hits")], [("limit", "3"), ("skipGeometry", "true")],
                  [("limit", "0")], [("colour", "red")], [("datetime", "2026-09-15"), ("limit", "5")], [("f", "xml")], [("bbox", "1,2")]):
        items(*pairs)
    for offset in range(0, count, 10_000):
        items(("limit", "10000"), ("offset", str(offset)))
    schema = server.json("GET", at + "/schema")["properties"]
    columns = [column for column, told in schema.items() if told.get("format") != "geometry-any"]
    found = features(server, collection, "limit=200") if status == 200 else []
    for column in columns:
        by_column(asked, route, at, items, column, next((one["properties"][column] for one in found if one["properties"].get(column) is not None), None))
    if not found:
        return
    items(("ids", ",".join(str(one["id"]) for one in found[:3])), ("properties", ",".join(columns[:2])))
    for one in (found[0], found[-1]):
        asked.get(route + "/items/{id}", f"{at}/items/{quote(str(one['id']), safe='')}")
    asked.get(route + "/items/{id}", at + "/items/nowhere")
    if found[0].get("geometry"):
        of_shapes(asked, server, route, at, items, found)


def by_column(asked, route, at, items, column, value):
    items(("sortby", f"-{column}"), ("limit", "8"), ("skipGeometry", "true"))
    items(("filter", f"{column} IS NULL"), ("limit", "4"), ("skipGeometry", "true"))
    if value is None or isinstance(value, list):
        return
    literal = str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, (int, float)) else "'" + str(value).replace("'", "''") + "'"
    items((column, str(value).lower() if isinstance(value, bool) else str(value)), ("limit", "8"))
    tests = [f"{column} <> {literal}"]
    if isinstance(value, str):
        tests += [f"{column} LIKE '{value[:3]}%'", f"{column} IN ({literal}, 'x')", f"CASEI({column}) = CASEI({literal})", f"{column} >= {literal}"]
    elif not isinstance(value, bool):
        tests += [f"{column} BETWEEN 0 AND {literal}", f"NOT {column} > {literal}", f"{column} >= {literal} AND {column} < {literal} + 10"]
    for test in tests:
        items(("filter", test), ("limit", "8"), ("skipGeometry", "true"))
        asked.get(route + "/summary", f"{at}/summary?{urlencode([('filter', test)], quote_via=quote)}")
    as_json = {"op": "=", "args": [{"property": column}, value]}
    asked.post(route + "/search", at + "/search", {"filter": __import__("json").dumps(as_json, ensure_ascii=False), "limit": 4}, f"{at} {column}")


def of_shapes(asked, server, route, at, items, found):
    bounds = server.json("GET", at + "/tilejson.json")["bounds"]
    west, south, east, north = bounds
    part = [west + (east - west) * 0.4, south + (north - south) * 0.4, west + (east - west) * 0.6, south + (north - south) * 0.6]
    box = ",".join(f"{bound:.5f}" for bound in part)
    items(("bbox", box), ("limit", "50"))
    items(("bbox", box), ("resulttype", "hits"))
    ring = ", ".join(f"{x:.5f} {y:.5f}" for x, y in ((part[0], part[1]), (part[2], part[1]), (part[2], part[3]), (part[0], part[1])))
    items(("filter", f"S_INTERSECTS(geom, POLYGON(({ring})))"), ("limit", "20"), ("skipGeometry", "true"))
    asked.get(route + "/summary", f"{at}/summary")
    asked.get(route + "/summary", f"{at}/summary?bbox={box}")
    asked.post(route + "/search", at + "/search", {"bbox": part, "limit": 3, "offset": 1, "skipGeometry": True}, at + " box")
    asked.post(route + "/summary", at + "/summary", {"bbox": part}, at + " box")
    points = [centre(found[0]["geometry"]["coordinates"]), centre(found[-1]["geometry"]["coordinates"]), ((west + east) / 2, (south + north) / 2)]
    for zoom in (8, 10, 12, 13, 14, 15, 16):
        for x, y in dict.fromkeys(tile(lon, lat, zoom) for lon, lat in points):
            asked.get(route + "/tiles/{z}/{y}/{x}", f"{at}/tiles/WebMercatorQuad/{zoom}/{y}/{x}")


def centre(coordinates):
    while isinstance(coordinates[0], list):
        coordinates = coordinates[0]
    return coordinates[0], coordinates[1]


def tile(lon, lat, zoom):
    from math import asinh, pi, radians, tan
    size = 2 ** zoom
    return int((lon + 180) / 360 * size), int((1 - asinh(tan(radians(lat))) / pi) / 2 * size)


def about_places(asked, facts):
    for code in facts["parcel"][:3] + facts["in_park"][:5]:
        asked.get("/parcels/{code}/neighbours", f"/parcels/{quote(code, safe='')}/neighbours")
        asked.get("/parcels/{code}/neighbours", f"/parcels/{quote(code, safe='')}/neighbours?tolerance=3")
    for code in facts["parents"] + facts["plan_parcel"][:4] + facts["parcel"][:1]:
        asked.get("/lineage/{code}", f"/lineage/{quote(code, safe='')}")
    for text in (*facts["park"][:2], *facts["parcel"][:2], "燕罗", "园", "1", "113.9,22.6", "-71.1 42.36", ""):
        asked.get("/search", f"/search?q={quote(text)}")
    asked.get("/search", "/search?q=1&limit=30")
    for plan in facts["plans"]:
        asked.get("/plans/{id}", f"/plans/{plan}")
        asked.get("/plans/{id}/items", f"/plans/{plan}/items")
    for query in ("?state=in_force", "?state=draft", "?park=BA-03", "?at=2026-10-01", "?at=2020-01-01", "?state=nothing"):
        asked.get("/instruments", "/instruments" + query)
    for code in facts["instruments"]:
        for who in ("guest", "planner"):
            asked.get("/instruments/{code}", f"/instruments/{code}", who)
    for park in facts["park"]:
        asked.get("/parks/{code}/occupancy", f"/parks/{park}/occupancy")
        asked.get("/units", f"/units?park={park}&limit=200&offset=5")
    for who in ("operator", "planner"):
        for path in (f"/parks/{facts['own_park']}/occupancy", f"/units?park={facts['own_park']}&stale=true"):
            asked.get(path.split("?")[0].replace(str(facts["own_park"]), "{code}"), path, who)
    asked.get("/units", "/units")
    for building in facts["building"][:6] + sorted({unit["building"] for unit in facts["units"]})[:8]:
        for who in ("guest", "operator"):
            asked.get("/buildings/{code}/stack", f"/buildings/{building}/stack", who)
        asked.get("/units", f"/units?building={building}")
    for unit in facts["units"][:8]:
        for who in ("guest", "operator", "planner"):
            asked.get("/units/{id}", f"/units/{unit['id']}", who)
            asked.get("/units/{id}/history", f"/units/{unit['id']}/history", who)


def commands(asked, facts, collections):
    """Reading commands; each gives its JSON, its readable text and its file."""
    for words in (["info", "CITY"], ["rules", "list"], ["rules", "check"], ["instrument", "list", "CITY"], ["user", "list", "CITY"]):
        asked.cli(["--json", *words])
        asked.cli(words)
    for code in facts["instruments"]:
        asked.cli(["--json", "instrument", "show", "CITY", code])
    for code in facts["parents"][:2]:
        asked.cli(["--json", "lineage", "CITY", code])
    for collection in collections:
        for ending in ("geojson", "csv", "fgb"):
            asked.cli(["export", "CITY", "--layer", collection, "--out", f"x.{ending}"], f"x.{ending}")
    if facts["own_park"]:
        asked.cli(["export", "CITY", "--layer", "parcel", "--filter", f"park = '{facts['own_park']}'", "--out", "x.kml"], "x.kml")
        asked.cli(["adjacency", "CITY", "--park", facts["own_park"], "--tolerance", "2", "--out", "x.csv"], "x.csv")
        asked.cli(["overlay", "CITY", "--layer", "parcel", "--by", "district", "--out", "x.csv"], "x.csv")
    asked.cli(["adjacency", "CITY", "--out", "x.csv"], "x.csv")
    for ending in ("json", "csv"):
        asked.cli(["topology", "CITY", "--out", f"x.{ending}"], f"x.{ending}")
    for layer, name in (("parcel", "nowhere"), ("nowhere", "x")):
        asked.cli(["--json", "export", "CITY", "--layer", layer, "--filter", f"{name} = 1", "--out", "x.csv"], "x.csv")
