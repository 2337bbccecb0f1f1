"""The cities that questions are asked about, made by one binary: the sample with a past, and Cambridge from its files."""

import csv
import json
import os
import pathlib
import shutil

from program import Server, add_people, must

DATA = os.environ.get("PARKPLAN_TEST_DATA") or pathlib.Path(__file__).resolve().parents[3] / "shared/data"
REAL = pathlib.Path(DATA) / "real/cambridge_ma"
AS_OF = "2026-11-01"
OWN_PARK = "BA-03"
# A quarter of Cambridge, in longitude and latitude.
QUARTER = {"type": "Polygon", "coordinates": [[[-71.105, 42.36], [-71.095, 42.36], [-71.095, 42.368], [-71.105, 42.368], [-71.105, 42.36]]]}


def make(binary, folder, parcels):
    folder.mkdir(parents=True, exist_ok=True)
    sample(binary, folder / "sample.gpkg", parcels)
    if REAL.is_dir():
        cambridge(binary, folder / "cambridge.gpkg")
    else:
        print(f"answers: Cambridge is left out, there is no folder {REAL}")
    for place in folder.glob("*.gpkg-*"):
        place.unlink()


def sample(binary, city, parcels):
    city.unlink(missing_ok=True)
    must(binary, ["--quiet", "sample", "--out", city.name, "--parcels", str(parcels), "--seed", "1", "--as-of", AS_OF], city.parent)
    add_people(binary, city, OWN_PARK)
    give_a_past(binary, city)


def give_a_past(binary, city):
    """Merges and splits in several states, kept plans, some updated units: so that every route has something to say."""
    folder = city.parent
    asked = ["consolidate", city.name, "--park", OWN_PARK, "--sites", "4", "--min-area-ha", "1", "--out", "past.json", "--force", "--as-of", AS_OF]
    must(binary, asked, folder)
    sites = json.loads((folder / "past.json").read_text())["candidates"][0]["sites"]
    codes = []
    for site in sites[:3]:
        drafted = must(binary, ["--json", "instrument", "draft", city.name, "--from", "past.json", "--site", site["id"], "--basis", "会议纪要"], folder)
        codes.append(json.loads(drafted)["code"])
    for code, steps in zip(codes, (["reviewed", "in_force"], ["reviewed"], [])):
        for step in steps:
            date = ["--date", "2026-09-01"] if step == "in_force" else []
            must(binary, ["instrument", "move", city.name, code, "--to", step, *date], folder)
    (folder / "past.json").unlink()
    with Server(binary, city) as server:
        items = server.json("GET", "/collections/parcel/items?limit=3&park=BA-01&skipGeometry=true")["features"]
        plan = server.json("POST", "/processes/actionplan/execution",
                           {"inputs": {"from": 2025, "to": 2028, "parks": [OWN_PARK, "BA-01"], "capacity_ha": 12, "as_of": AS_OF, "source": "both"}})
        for kept in ({"name": "选择", "kind": "selection", "parcels": [item["id"] for item in items]}, {"name": "三年行动", "kind": "actionplan", "result": plan}):
            server.json("POST", "/plans", kept, who="planner")
        units = server.json("GET", f"/units?park={OWN_PARK}&limit=6", who="operator")["units"]
        for at, unit in enumerate(units):
            patch = {"state": ["vacant", "let", "own_use"][at % 3], "as_of": "2026-10-31", "note": f"核实 {at}"}
            server.json("PATCH", f"/units/{unit['id']}", patch, [("If-Match", unit["etag"])], "operator")


def cambridge(binary, city):
    """Parcels, assessment and zoning from their files; planned use and tenure are stated for each parcel, as a planner would."""
    folder = city.parent
    city.unlink(missing_ok=True)
    must(binary, ["new", city.name, "--crs", "EPSG:26986", "--name", "Cambridge"], folder)

    def read(layer, file, *rest):
        must(binary, ["--quiet", "import", city.name, "--layer", layer, str(file), *rest], folder)

    read("parcel", REAL / "ASSESSING_ParcelsFY2013.topojson", "--crs", "EPSG:4326", "--key", "ML")
    areas = ["built_gfa_m2=sum(GrossArea)*0.09290304", "registered_area_m2=max(LandArea)*0.09290304"]
    read("parcel", REAL / "TaxFY13.csv", "--mode", "update", "--key", "ML", "--map", *areas)
    read("zone", REAL / "CDD_ZoningDistricts.geojson", "--key", "@row")
    must(binary, ["--quiet", "export", city.name, "--layer", "parcel", "--out", "parcels.csv", "--force"], folder)
    with open(folder / "parcels.csv", encoding="utf-8-sig", newline="") as file:
        keys = [row["code"] for row in csv.DictReader(file)]
    stated = ["code,planned_use,tenure,built_year,far_limit,height_limit_m", *(f"{key},1001,state_granted,1950,3,40" for key in keys)]
    (folder / "stated.csv").write_text("\n".join(stated) + "\n")
    read("parcel", folder / "stated.csv", "--mode", "update", "--key", "code")
    for made in ("parcels.csv", "stated.csv"):
        (folder / made).unlink()
    add_people(binary, city, None)


def copy(city, folder):
    """A copy for one program: whatever it writes, the other does not see it."""
    folder.mkdir(parents=True, exist_ok=True)
    return pathlib.Path(shutil.copy(city, folder / city.name))
