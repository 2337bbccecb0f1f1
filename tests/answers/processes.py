"""Every process with several sets of inputs, over HTTP and by command line."""

from cities import AS_OF, QUARTER


def inputs_of(facts, city):
    """(process, note, inputs); no time limits, so that an answer depends on nothing but its inputs."""
    if city == "cambridge":
        yield from of_cambridge(facts)
        return
    own, parcels = facts["own_park"], facts["in_park"]
    other = facts["park"][0]
    for park in facts["park"]:
        yield "consolidate", f"park {park}", {"park": park}
    base = {"park": own, "min_area_ha": 1, "max_area_ha": 12, "sites": 4}
    yield "consolidate", "seed", {**base, "seed": 3}
    yield "consolidate", "weights", {**base, "weights": {"area": 2, "compactness": 0.5, "cost": 0.05, "owners": 0.3, "readiness": 1}}
    yield "consolidate", "budget", {**base, "budget_wan": 20_000}
    yield "consolidate", "shape", {**base, "min_compactness": 0.5, "rectangle_m": [60, 40]}
    yield "consolidate", "bridges", {**base, "bridge_width_m": 15, "tolerance_m": 1.5}
    yield "consolidate", "ban", {**base, "ban": parcels[:3]}
    yield "consolidate", "pin", {**base, "pin": parcels[:1]}
    yield "consolidate", "basket", {"parcels": parcels[:12], "min_area_ha": 0.5}
    yield "consolidate", "no such park", {"park": "nowhere"}
    yield "consolidate", "unknown input", {"park": own, "colour": "red"}
    yield "consolidate", "nothing", {}
    yield "actionplan", "defaults", {}
    yield "actionplan", "one park", {"parks": [own], "capacity_ha": 12, "from": 2026, "to": 2030, "source": "both"}
    yield "actionplan", "limits", {"from": 2026, "to": 2029, "parks": [own, other], "capacity_ha": [12, 12, 8, 8], "budget_wan": 90_000,
                                   "targets": [{"year": 2027, "ha": 40}, {"year": 2029, "ha": 4_000}], "banked_before_ha": 10, "source": "solved"}
    yield "actionplan", "hard", {"from": 2026, "to": 2028, "parks": [own], "capacity_ha": 10, "hard": True, "targets": [{"year": 2028, "ha": 100}]}
    yield "actionplan", "accepted", {"source": "accepted", "from": 2026, "to": 2028}
    yield "actionplan", "bad years", {"from": 2030, "to": 2026}
    yield "progress", "newest", {}
    yield "progress", "of a park and a year", {"parks": [own], "year": 2026}
    yield "progress", "no such park", {"parks": ["nowhere"]}
    yield "progress", "of a plan", {"plan": facts["plans"][-1]}
    yield "progress", "no such plan", {"plan": "nowhere"}
    yield "upstairs", "all", {"all": True}
    yield "upstairs", "all, any use", {"all": True, "uses": ["all"], "cluster": "c24-sensor"}
    yield "upstairs", "what if", {"all": True, "add": {"far": 0.5, "height": 10}}
    yield "upstairs", "matrix", {"all": True, "matrix": True}
    yield "upstairs", "matrix of a park", {"park": own, "matrix": True, "set": {"far": 3}}
    yield "upstairs", "park", {"park": own, "cluster": "c24-robot"}
    for code in parcels[:40]:
        yield "upstairs", f"parcel {code}", {"parcel": code, "cluster": "c24-sensor"}
    for figures in ({"far": 4}, {"height": 60}, {"coverage": 0.3}, {"far": 2.5, "height": 100, "coverage": 0.6}):
        yield "upstairs", f"set {figures}", {"parcel": parcels[4], "set": figures}
    yield "upstairs", "no such lever", {"parcel": parcels[0], "set": {"magic": 1}}
    yield "upstairs", "no such parcel", {"parcel": "nowhere"}
    yield "upstairs", "no such cluster", {"parcel": parcels[0], "cluster": "nothing"}
    yield "upstairs", "nothing", {}
    yield "designate", "all", {}
    for park in facts["park"][:4]:
        yield "designate", park, {"park": park}
    yield "designate", "a scheme", {"pack": "designation-hangzhou"}
    yield "designate", "another day", {"as_of": "2025-06-30"}
    yield "designate", "no date", {"as_of": "yesterday"}
    yield "allocate", "all", {}
    yield "allocate", "twenty clusters", {"exempt": ["future"], "basis": "firms"}
    yield "allocate", "nothing exempt", {"exempt": ["none"], "basis": "placements"}
    yield "allocate", "what if", {"what_if": {"park": own, "lead_clusters": ["c24-ocean"]}}
    yield "allocate", "a matrix of one's own", {"declared": [{"cluster": "c24-robot", "district": "440306"}]}
    yield "allocate", "no such cluster", {"exempt": ["c24-nothing"]}
    yield "virtualparks", "all", {}
    yield "virtualparks", "one", {"park": "XN-01"}
    yield "virtualparks", "before any", {"as_of": "2020-01-01"}
    yield "virtualparks", "no such park", {"park": "BA-03"}
    robot = {"cluster": "c24-robot", "area_min_m2": 1500, "load_kn_m2": 8, "fire_class": "丙", "districts": ["440306"]}
    yield "match", "all", {"need": robot}
    yield "match", "by a day", {"need": {**robot, "by": "2027-06-30"}, "limit": 200}
    yield "match", "parcels", {"need": {"area_min_m2": 20000, "area_max_m2": 40000}, "kinds": ["parcel"]}
    yield "match", "one place", {"need": robot, "sites": [parcels[4]]}
    yield "match", "nothing asked", {}
    yield "tenants", "no requirements", {"site": parcels[4]}
    yield "tenants", "no such place", {"site": "nowhere"}
    yield "nothing", "no such process", {}


def of_cambridge(facts):
    yield "consolidate", "quarter", {"area": QUARTER, "min_area_ha": 1, "max_area_ha": 5, "sites": 3}
    yield "consolidate", "quarter, small sites", {"area": QUARTER, "min_area_ha": 0.3, "max_area_ha": 2, "sites": 6, "seed": 5}
    yield "upstairs", "all", {"all": True}
    yield "upstairs", "what if", {"all": True, "uses": ["all"], "set": {"far": 2}}
    for code in facts["parcel"][:400:10]:
        yield "upstairs", f"parcel {code}", {"parcel": code, "cluster": "c24-sensor"}
    yield "designate", "no parks", {}
    yield "allocate", "no parks", {}
    yield "actionplan", "no parks", {}
    yield "progress", "no plan", {}


def over_http(asked, facts, city):
    for process in ("consolidate", "actionplan", "progress", "upstairs", "designate", "allocate", "virtualparks", "match", "tenants"):
        asked.get("/processes/{process}", f"/processes/{process}")
    for process, note, inputs in inputs_of(facts, city):
        route = f"/processes/{process}/execution"
        # The sample's own day, except where the test is the day.
        given = inputs if "as_of" in inputs else {**inputs, "as_of": AS_OF}
        asked.post(route, route, {"inputs": given}, note)
        if city == "sample" and note in ("park", "all", "defaults", "budget", "newest"):
            asked.post(route, route, {"inputs": given}, note, "planner")
            asked.post(route, route, {"inputs": given}, note + " as a job", job=True)


def by_command(asked, facts, city):
    """Each process once as text, once as JSON, once with its file; GeoJSON where it has one."""
    def both(args, *endings):
        for ending in endings:
            asked.cli([*args, "--as-of", AS_OF, "--out", f"x.{ending}"], f"x.{ending}")
        asked.cli(["--json", *args, "--as-of", AS_OF, "--out", "x.json"], "x.json")

    regions = ["regions", "CITY", "--source-layer", "parcel" if city == "cambridge" else "park", "--sum", "planar_area_m2", "--by", "planar_area_m2"]
    least = "400000" if city == "cambridge" else "12000000"
    for ending in ("json", "geojson"):
        asked.cli([*regions, "--at-least", least, "--seed", "2", "--out", f"x.{ending}"], f"x.{ending}")
    asked.cli(["--json", *regions, "--at-least", least, "--contiguity", "queen", "--standardise", "--out", "x.json"], "x.json")
    if city == "cambridge":
        both(["upstairs", "CITY", "--parcel", facts["parcel"][7]], "json", "geojson")
        return
    own, parcels = facts["own_park"], facts["in_park"]
    both(["consolidate", "CITY", "--park", own, "--sites", "4", "--min-area-ha", "1"], "json", "geojson")
    both(["consolidate", "CITY", "--park", own, "--budget", "30000", "--weights", "area=2", "owners=0.5", "--ban", ",".join(parcels[:2])], "json")
    both(["actionplan", "CITY"], "json", "geojson")
    both(["actionplan", "CITY", "--parks", own, "--from", "2026", "--to", "2029", "--capacity-ha", "12", "--budget", "60000", "--target", "2029=60"], "json")
    both(["progress", "CITY"], "json", "csv")
    both(["upstairs", "CITY", "--parcel", parcels[4], "--cluster", "c24-sensor"], "json", "geojson")
    both(["upstairs", "CITY", "--park", own, "--add", "far=0.5"], "json", "geojson")
    both(["upstairs", "CITY", "--all"], "json")
    both(["upstairs", "CITY", "--all", "--matrix"], "json")
    both(["designate", "CITY"], "json")
    both(["designate", "CITY", "--park", own], "json")
    both(["virtualparks", "CITY"], "json")
    both(["allocate", "CITY"], "json")
    both(["allocate", "CITY", "--exempt", "future", "--basis", "firms", "--what-if", f"{own}=c24-ocean"], "json")
    asked.cli(["--json", "consolidate", "CITY", "--park", "nowhere", "--out", "x.json"], "x.json")
