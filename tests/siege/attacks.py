"""What is sent to the server: one list of requests that cost more than they look, and ways to hold its connections."""

import itertools
import json
import random
import socket
import time
from urllib.parse import quote

from shapes import comb, sieve, square, star, wkt


def bombs(place):
    """(name, method, path, body or None, whether it must be refused), each small to send."""
    def search(layer, **body):
        return ("POST", f"/collections/{layer}/search", {"limit": 1, **body})

    def drawn(process, name, shape):
        return ("POST", f"/processes/{process}/execution", {"inputs": {name: shape}})

    def get(path, **parameters):
        return ("GET", path + "?" + "&".join(f"{name}={quote(value)}" for name, value in parameters.items()), None)

    far = wkt(star(place, 15_000, 20_000))
    items = "/collections/parcel/items"
    refused = {
        "comb of 4,000": drawn("upstairs", "outline", comb(place, 4_000)),
        "circle of 10,000": drawn("upstairs", "outline", star(place, 10_000, 300)),
        "square of 50 km": drawn("upstairs", "outline", square(place, 50_000)),
        "1,000 holes": drawn("upstairs", "outline", sieve(place, 1_000)),
        "star of 20,000": drawn("consolidate", "area", star(place, 20_000, 400, 0.3)),
        "S_INTERSECTS with 40,000": search("parcel", filter=f"S_INTERSECTS(geom,{wkt(star(place, 40_000, 20_000))})"),
        "5,000 sort keys": search("parcel", sortby=",".join(["land_use", "code"] * 2_500)),
        "60,000 letters": get("/search", q="a" * 60_000),
        "quoted name and 1,000 brackets": get(items, filter="\"a'b\" = " + "(" * 1_000),
        "1,000 brackets": get(items, filter="(" * 1_000 + "code='1'" + ")" * 1_000),
        "200,000 codes": search("parcel", ids=[f"x{number}" for number in range(200_000)]),
        "30,000 sums": search("unit", filter="area_m2" + "+area_m2*1.01" * 10_000 + " > 1"),
    }
    borne = {
        "S_INTERSECTS with 15,000": search("parcel", filter=f"S_INTERSECTS(geom,{far})"),
        "S_WITHIN or S_TOUCHES with 7,500": search("parcel", filter="S_WITHIN(geom,{0}) OR S_TOUCHES(geom,{0})".format(wkt(star(place, 7_500, 20_000)))),
        "brackets around =": get(items, limit="1", filter="(" * 60 + "code=code" + ")=(1=1)" * 60),
        "LIKE 3,000 times": search("unit", filter=" OR ".join(["id LIKE '%a%b%c%d%e%'"] * 3_000)),
        "CASEI 3,000 times": search("unit", filter=" OR ".join(["CASEI(id) = CASEI('x')"] * 3_000)),
        "IN of 99,000": search("unit", filter="area_m2 IN (" + ",".join(map(str, range(99_000))) + ")"),
        "consolidate 50 km": drawn("consolidate", "area", square(place, 50_000)),
        "whole city upstairs": ("POST", "/processes/upstairs/execution", {"inputs": {"all": True, "matrix": True, "uses": ["all"]}}),
        "KML of the city": ("POST", "/exports", {"collection": "parcel", "format": "kml"}),
        "GeoPackage of the city": ("POST", "/exports", {"collection": "building", "format": "gpkg"}),
        "workbook of the city": ("POST", "/exports", {"collection": "unit", "format": "xlsx"}),
        "largest page": get(items, limit="10000"),
        "largest page as KML": get(items, limit="10000", f="kml"),
    }
    return [(name, *rest, True) for name, rest in refused.items()] + [(name, *rest, False) for name, rest in borne.items()]


def storm(person, place, stop):
    """The bombs one after the other, in an order of its own."""
    dice = random.Random(id(person))
    list_of_bombs = bombs(place)
    while not stop.is_set():
        name, method, path, body, must_be_refused = dice.choice(list_of_bombs)
        person.ask(name, method, path, body, must_be_refused)


def pages(person, box, stop):
    """What the map's table asks for: large pages of small boxes."""
    west, south, east, north = box
    dice = random.Random(id(person))
    while not stop.is_set():
        x, y = dice.uniform(west, east), dice.uniform(south, north)
        person.ask("page of a box", "GET", f"/collections/parcel/items?limit=5000&bbox={x - 0.1},{y - 0.1},{x + 0.1},{y + 0.1}", None, False)


def jobs(person, stop):
    """More jobs than anybody needs."""
    while not stop.is_set():
        for _ in range(34):
            if stop.is_set():
                return
            body = {"inputs": {"all": True, "matrix": True, "uses": ["all"]}}
            person.ask("a job", "POST", "/processes/upstairs/execution", body, False, {"Prefer": "respond-async"})
        stop.wait(2)


def guesses(person, stop):
    """Passwords, one after the other."""
    for number in itertools.count():
        if stop.is_set():
            return
        person.ask("a guess", "POST", "/session", {"account": "operator", "password": f"guess-number-{number}"}, True)


def oddities(person, stop):
    """Headers and addresses that no client sends."""
    etags = ['W/"' * 2_000, '"' + "a" * 6_000 + '"', ",".join(['"x"'] * 1_500), "\\" * 3_000]
    accepts = [",".join(f"a/b;q=0.{n % 10}" for n in range(900)), "*/*;" * 1_500, "text/html;q=" + "9" * 4_000]
    paths = ["/collections/parcel/tiles/WebMercatorQuad/99/0/0", "/collections/parcel/tiles/WebMercatorQuad/14/99999999999/1", "/" + "a/" * 5_000, "/%00%ff"]
    for turn in itertools.count():
        if stop.is_set():
            return
        headers = {"If-None-Match": etags[turn % 4], "Accept": accepts[turn % 3]}
        person.ask("odd headers", "GET", "/collections/park/items", None, False, headers)
        person.ask("an odd address", "GET", paths[turn % 4], None, True)


def connect(address, timeout=30):
    return socket.create_connection(address, timeout=timeout)


def silent(address, count, stop):
    """Connections that say nothing; one that is closed is opened again."""
    held = []
    while not stop.is_set():
        held = [one for one in held if is_open(one)]
        while len(held) < count and not stop.is_set():
            try:
                held.append(connect(address, 5))
            except OSError:
                break
        stop.wait(0.5)
    for one in held:
        one.close()


def is_open(one):
    one.setblocking(False)
    try:
        return one.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def dripping(address, head, stop):
    """A request that comes byte by byte."""
    while not stop.is_set():
        try:
            with connect(address) as one:
                for byte in itertools.chain(head, itertools.repeat(ord(" "))):
                    one.sendall(bytes([byte]))
                    if stop.wait(0.3):
                        return
        except OSError:
            stop.wait(0.2)


def slow_heads(address, stop):
    dripping(address, b"GET /collections/parcel/items HTTP/1.1\r\nHost: localhost\r\nX-Long: ", stop)


def slow_bodies(address, stop):
    head = b"POST /exports HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 8000000\r\n\r\n{"
    while not stop.is_set():
        try:
            with connect(address) as one:
                one.sendall(head)
                while not stop.wait(0.5):
                    one.sendall(b" ")
        except OSError:
            stop.wait(0.2)


def slow_readers(address, stop):
    """Large answers that nobody takes."""
    request = b"GET /collections/parcel/items?limit=10000 HTTP/1.1\r\nHost: localhost\r\n\r\n"
    while not stop.is_set():
        try:
            with connect(address, 60) as one:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                one.sendall(request)
                while one.recv(16) and not stop.wait(0.5):
                    pass
        except OSError:
            stop.wait(0.2)


def sentence(answer):
    """What a refusal says."""
    try:
        return json.loads(answer).get("detail", "")
    except (ValueError, AttributeError):
        return ""


def pause(seconds, stop):
    end = time.monotonic() + seconds
    while time.monotonic() < end and not stop.is_set():
        stop.wait(0.1)
