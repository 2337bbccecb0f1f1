"""Requests, damaged at random, to the built program.

Filters (CQL2 text and JSON, well-known text), drawn outlines, addresses of tiles, parameters, `Accept`, `Accept-Language` and the conditional headers.
Held: no answer of 500 and above but 503, none that takes longer than 10 s, the server lives and takes no more than 512 MiB.

    python3 fuzz/requests.py PROGRAM [--minutes 10] [--seed 1]      (minutes of the server's processor time)
"""

import argparse
import collections
import http.client
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time
from urllib.parse import quote

FILTERS = [
    "casei(name) LIKE '科技%' AND (far_limit BETWEEN 1.5 AND 1e3 OR NOT park IN ('BA-03', 'x''y'))",
    "S_INTERSECTS(geom, POLYGON((114 22.5, 114.1 22.5, 114.1 22.6, 114 22.5)))",
    "S_WITHIN(geom, MULTIPOLYGON(((113 22, 115 22, 115 23, 113 22)), ((0 0, 1 0, 1 1, 0 0))))",
    "S_DISJOINT(geom, BBOX(-180, -90, 180, 90)) OR S_CROSSES(geom, LINESTRING(113 22, 115 23))",
    "S_TOUCHES(geom, GEOMETRYCOLLECTION(POINT(114 22.5), MULTIPOINT((1 2), (3 4))))",
    "T_AFTER(as_of, DATE('2024-05-01')) AND T_DURING(as_of, INTERVAL('2024-01-01', '..'))",
    "built_year * 2 + 1 >= -4.5 AND built_year % 3 = 1 AND name IS NOT NULL AND -far_limit < 1E-3",
    '{"op":"and","args":[{"op":"=","args":[{"property":"code"},"0012"]},{"op":"s_within","args":[{"property":"geom"},{"bbox":[113,22,115,23]}]}]}',
    '{"op":"or","args":[{"op":"in","args":[{"property":"park"},["a","b"]]},{"op":"t_during","args":[{"property":"as_of"},{"interval":["2024-01-01",".."]}]},{"op":"not","args":[{"op":"like","args":[{"op":"casei","args":[{"property":"name"}]},"a%_"]}]}]}',
    '{"op":"s_intersects","args":[{"property":"geom"},{"type":"Polygon","coordinates":[[[114,22.5],[114.1,22.5],[114.1,22.6],[114,22.5]]]}]}',
]
OUTLINES = [
    '{"inputs":{"outline":{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[114.00,22.60],[114.002,22.60],[114.002,22.602],[114.0,22.60]]]}}}}',
    '{"inputs":{"park":"BA-03","sites":2,"min_area_ha":0.5}}',
    '{"inputs":{"parcel":"x","as_of":"2024-01-01","uses":["a"]}}',
]
TILES = ["14/7138/13382.mvt", "0/0/0", "18/262143/262143.pbf"]
QUERIES = ["bbox=113,22,115,23", 'ids="a,b",c', "limit=10", "offset=5", "sortby=-code,name", "properties=code,name", "datetime=2024-01-01/..", "name=x", "f=html", "skipGeometry=true"]
HEADERS = {
    "Accept": ["text/html;q=0.2, application/json;q=1, */*;q=0", "application/geo+json", "*/*"],
    "Accept-Language": ["zh-CN,en;q=0.8,*;q=0.1", "en"],
    "If-None-Match": ['"r1.abc", W/"r2"', "*"],
    "If-Match": ['"u3.abc", W/"r2"', "*"],
    "X-Forwarded-Proto": ["https"],
    "X-Forwarded-Host": ["a.example:8443"],
    "Forwarded": ['for=1.2.3.4;proto=https;host="a:1", for=x'],
}
WORDS = ["(", ")", "'", '"', ",", "NOT ", "AND ", "casei(", "[", "]", "{", "}", ":", "-", "1e308", "1e-400", "NaN", "null", "0x", "\u200b", "𠮷", "\\u0000", "\\ud800", "..", "/", "%", "*", "EMPTY", " Z ", "9" * 40, "(" * 100, "[" * 200, ";q=", "W/", "\t", "＝"]


def damaged(text: str, dice: random.Random) -> str:
    for _ in range(dice.choice([0, 1, 1, 2, 3, 8])):
        at = dice.randrange(len(text) + 1)
        length = dice.choice([1, 1, 2, 5, 20])
        match dice.randrange(6):
            case 0:
                text = text[:at] + dice.choice(WORDS) + text[at:]
            case 1:
                text = text[:at] + text[at + length :]
            case 2:
                text = text[:at] + text[at : at + length] * dice.choice([2, 3, 30]) + text[at + length :]
            case 3:
                text = text[:at] + chr(dice.choice([dice.randrange(32, 127), dice.randrange(0x80, 0xD800)])) + text[at + 1 :]
            case 4:
                other = dice.randrange(len(text) + 1)
                text = text[:at] + text[other : other + length * 3] + text[at:]
            case 5:
                text = text[:at] + dice.choice(WORDS) + text[at + length :]
    return text[:20000]


def status(pid: int, name: str) -> int:
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def processor(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def request(dice: random.Random) -> tuple[str, str, dict[str, str], bytes | None]:
    headers = {name: damaged(dice.choice(values), dice) for name, values in HEADERS.items() if dice.random() < 0.15}
    headers = {name: value.encode("utf-8", "replace").decode("latin-1").replace("\r", "").replace("\n", "") for name, value in headers.items()}
    kind = dice.randrange(10)
    if kind < 4:
        return "GET", "/collections/parcel/items?limit=1&filter=" + quote(damaged(dice.choice(FILTERS), dice), safe=""), headers, None
    if kind < 6:
        body = json.dumps({"filter": damaged(dice.choice(FILTERS), dice), "limit": 1})
        return "POST", "/collections/parcel/search", headers, body.encode()
    if kind < 7:
        path = dice.choice(["/processes/upstairs/execution", "/processes/consolidate/execution"])
        return "POST", path, headers, damaged(dice.choice(OUTLINES), dice).encode("utf-8", "replace")
    if kind < 8:
        return "GET", "/collections/parcel/tiles/WebMercatorQuad/" + quote(damaged(dice.choice(TILES), dice), safe="/."), headers, None
    pairs = [damaged(dice.choice(QUERIES), dice) for _ in range(dice.randrange(1, 4))]
    query = "&".join(quote(pair, safe="=,") for pair in pairs)
    return "GET", dice.choice(["/collections/parcel/items", "/collections/park/items", "/changes", "/collections"]) + "?" + query, headers, None


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("program")
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    dice = random.Random(asked.seed)
    home = pathlib.Path(tempfile.mkdtemp(prefix="requests-"))
    city = home / "city.gpkg"
    subprocess.run([asked.program, "--quiet", "sample", "--out", city, "--parcels", "500", "--seed", "7"], check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([asked.program, "serve", city, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    address = server.stdout.readline().strip().rsplit("/", 1)[1]
    connection = http.client.HTTPConnection(address, timeout=30)
    answers, wrong, sent, slowest = collections.Counter(), 0, 0, (0.0, "")
    while server.poll() is None and processor(server.pid) < asked.minutes * 60:
        method, path, headers, body = request(dice)
        if body is not None:
            headers |= {"Content-Type": "application/json", "X-Requested-With": "parkplan"}
        begin, said = time.monotonic(), b""
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            said, code = answer.read(), answer.status
        except (http.client.HTTPException, OSError) as error:
            connection.close()
            code = type(error).__name__
        took = time.monotonic() - begin
        sent += 1
        answers[code] += 1
        slowest = max(slowest, (took, f"{method} {path[:300]}"))
        if (isinstance(code, int) and code >= 500 and code != 503) or isinstance(code, str) or took > 10:
            wrong += 1
            print(f"{code} after {took:.1f} s: {method} {path}\n  {headers}\n  {body}\n  {said[:300]}", flush=True)
    alive = server.poll() is None
    peak = status(server.pid, "VmHWM") if alive else 0
    spent = processor(server.pid) if alive else 0
    if alive:
        server.terminate()
        server.wait()
    print(f"{sent} requests, {spent / 60:.1f} CPU minutes of the server, {wrong} wrong, alive: {alive}, {peak >> 10} MiB, slowest {slowest[0]:.2f} s {slowest[1]}")
    print("  " + ", ".join(f"{code} {count}" for code, count in answers.most_common()))
    return 0 if alive and wrong == 0 and peak <= 512 << 10 else 1


if __name__ == "__main__":
    sys.exit(main())
