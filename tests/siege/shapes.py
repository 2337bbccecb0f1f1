"""Shapes that are small to send and dear to work on, in degrees around a place."""

import math

DEGREES_PER_METRE = 1 / 111_000


def ring(points):
    return {"type": "Polygon", "coordinates": [points + [points[0]]]}


def comb(place, count, side=300):
    """Two teeth in every so many metres."""
    west, south = place
    points, pairs = [[west, south]], count // 2
    for index in range(pairs):
        x = west + side * DEGREES_PER_METRE * index / pairs
        y = south + (side if index % 2 else 20) * DEGREES_PER_METRE
        points += [[x, y], [x + side * DEGREES_PER_METRE / pairs / 2, y]]
    return ring(points + [[west + side * DEGREES_PER_METRE, south]])


def star(place, count, radius, inner=1.0):
    """A circle, or a star where every other corner lies further inside."""
    def corner(index):
        reach = radius * DEGREES_PER_METRE * (inner if index % 2 else 1.0)
        turn = 2 * math.pi * index / count
        return [place[0] + reach * math.cos(turn), place[1] + reach * math.sin(turn)]
    return ring([corner(index) for index in range(count)])


def square(place, side):
    (west, south), reach = place, side * DEGREES_PER_METRE
    return ring([[west, south], [west + reach, south], [west + reach, south + reach], [west, south + reach]])


def sieve(place, holes, side=900):
    """A square with holes."""
    across = math.ceil(holes ** 0.5)
    step, rings = side * DEGREES_PER_METRE / across, square(place, side)["coordinates"]
    for index in range(holes):
        x, y = place[0] + (index % across + 0.25) * step, place[1] + (index // across + 0.25) * step
        rings.append([[x, y], [x, y + step / 2], [x + step / 2, y + step / 2], [x + step / 2, y], [x, y]])
    return {"type": "Polygon", "coordinates": rings}


def wkt(shape):
    rings = ("(" + ",".join(f"{x:.7f} {y:.7f}" for x, y in points) + ")" for points in shape["coordinates"])
    return "POLYGON(" + ",".join(rings) + ")"
