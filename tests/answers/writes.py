"""Writes and their refusals, asked last and in this order; each program writes into its own copy.

`{tag of UNIT}` stands for the tag that the program itself gave that unit before the first write: how tags are made is a program's own affair.
"""


def all_of(asked, facts):
    def send(method, route, path, note, body=None, headers=(), who="operator"):
        asked.add(f"{method} {route} #{note}", method=method, path=path, body=body, headers=[list(pair) for pair in headers], who=who)

    asked.post("/exports", "/exports", {"collection": "parcel", "format": "csv", "filter": "planar_area_m2 > 3000"}, "csv")
    asked.post("/exports", "/exports", {"collection": "parcel", "format": "geojson", "ids": facts["parcel"][:5], "precision": 3}, "geojson")
    asked.post("/exports", "/exports", {"collection": "parcel", "format": "paper"}, "no such format")
    units = facts["units"]
    if len(units) < 12:
        return
    patch = {"state": "let", "tenant": "星辰", "as_of": "2026-10-30"}
    route = "/units/{id}"

    def update(unit, note, body, *headers, who="operator"):
        send("PATCH", route, f"/units/{unit['id']}", note, body, headers, who)

    first, second, third = units[7:10]
    own = ("If-Match", tag(first))
    update(first, "as guest", patch, own, who="guest")
    update(first, "as planner", patch, own, who="planner")
    update(first, "no If-Match", patch)
    update(first, "from another site", patch, own, ("Origin", "http://elsewhere.test"))
    update(first, "stale", patch, ("If-Match", '"u999999"'))
    update(first, "several faults", {"state": "rented", "area_m2": -1, "as_of": "2999-01-01", "colour": 1}, own)
    update(first, "beyond the floor", {"area_m2": 900_000}, own)
    update(first, "not an object", "[1]", own)
    update(first, "done", patch, own)
    update(first, "done again, with the old tag", patch, own)
    update(second, "partly", {"note": "只改备注"}, ("If-Match", tag(second)))
    confirm = [{"id": unit["id"], "etag": tag(unit)} for unit in (second, third, units[10], units[11])]
    send("POST", "/units:batch", "/units:batch", "one stale", {"confirm": confirm, "as_of": "2026-10-31"})
    send("POST", "/units:batch", "/units:batch", "no such unit", {"confirm": [{"id": "nowhere", "etag": '"u1"'}], "as_of": "2026-10-31"})
    for path in (f"/units/{first['id']}", f"/units/{first['id']}/history", f"/units/{second['id']}", f"/parks/{facts['own_park']}/occupancy",
                 f"/buildings/{first['building']}/stack", "/changes?collection=unit&limit=20"):
        send("GET", "after the writes", path, path)
    merges(send, facts)


def tag(unit):
    return f"{{tag of {unit['id']}}}"


def merges(send, facts):
    reviewed = next((code for code in facts["instruments"][1:]), None)
    free = [code for code in facts["in_park"] if code not in facts["parents"]]
    send("POST", "/instruments", "/instruments", "by an operator", {"kind": "merge", "parcels": free[:2]})
    for note, body in (("one parcel", {"kind": "merge", "parcels": free[:1]}), ("apart", {"kind": "merge", "parcels": [free[0], free[-1]]}),
                       ("split in three", {"kind": "split", "parcels": free[5:6], "split": {"equal": 3}, "basis": "试"})):
        send("POST", "/instruments", "/instruments", note, body, who="planner")
    if reviewed:
        move = f"/instruments/{reviewed}/transitions"
        send("POST", "/instruments/{code}/transitions", move, "no If-Match", {"to": "in_force", "date": "2026-10-01"}, who="planner")
        send("POST", "/instruments/{code}/transitions", move, "stale", {"to": "in_force"}, [("If-Match", '"i999999"')], "planner")
    send("POST", "/plans", "/plans", "as guest", {"name": "x", "kind": "selection", "parcels": free[:2]}, who="guest")
    send("POST", "/plans", "/plans", "no such kind", {"name": "x", "kind": "dream"}, who="planner")
    send("POST", "/plans", "/plans", "kept", {"name": "x", "kind": "selection", "parcels": free[:2]}, who="planner")
    for path in ("/instruments", "/plans", "/changes?limit=30", "/collections/parcel/items?limit=3"):
        send("GET", "after the writes", path, path + " at the end", who="planner")
