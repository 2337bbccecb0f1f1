"""The lights of tasks by SQL over the city file: progress.py CITY PACK AS_OF ANSWER

Written from the texts alone (analyses.md section 7, exact-designation.md P3 to P6 and G3 to G5). Months, latest reports and sums come from
SQLite; the curve and the run of yellows are walked here. Compares with the program's answer and ends with an error at the first difference.
"""

import calendar
import json
import sqlite3
import sys
import tomllib
from pathlib import Path

SLACK = 1e-9

MONTHS = """
WITH RECURSIVE month(code, first) AS (
    SELECT code, date("start", 'start of month') FROM task WHERE "start" <= :as_of
    UNION ALL
    SELECT code, date(first, '+1 month') FROM month WHERE date(first, '+1 month') <= :as_of
), seen AS (
    SELECT code, first, min(date(first, '+1 month', '-1 day'), :as_of) AS last FROM month
)
SELECT seen.code, seen.first, seen.last,
    (SELECT done FROM task_report r WHERE r.task = seen.code AND r."date" BETWEEN seen.first AND seen.last
        ORDER BY r."date" DESC, r.fid DESC LIMIT 1) AS done,
    (SELECT done FROM task_report r WHERE r.task = seen.code AND r."date" <= seen.last
        ORDER BY r."date" DESC, r.fid DESC LIMIT 1) AS so_far
FROM seen ORDER BY seen.code, seen.first
"""

# The first day from which every later report says that all is done; of two on a day the later row counts.
FINISHED = """
SELECT r.task, min(r."date") FROM task_report r JOIN task t ON t.code = r.task WHERE r."date" <= :as_of AND NOT EXISTS (
    SELECT 1 FROM task_report u WHERE u.task = r.task AND u."date" BETWEEN r."date" AND :as_of
        AND u.fid = (SELECT max(v.fid) FROM task_report v WHERE v.task = u.task AND v."date" = u."date")
        AND NOT (coalesce(t.target, 0) > 0 AND 100.0 * u.done / t.target >= 100.0 - 1e-7)) GROUP BY r.task
"""


def month_end(text):
    if len(text) == 7:
        year, month = map(int, text.split("-"))
        return f"{text}-{calendar.monthrange(year, month)[1]:02d}"
    return text


def days(db, a, b):
    return db.execute("SELECT julianday(?) - julianday(?)", (b, a)).fetchone()[0]


def is_day(db, text):
    return db.execute("SELECT date(?) = ?", (text, text)).fetchone()[0] == 1


def curve_of(db, stated, start):
    """Points of the curve; None where it cannot be read, False where it does not hold."""
    points = []
    for text in json.loads(stated) if stated else []:
        when, mark, percent = text.partition("=")
        try:
            points.append((month_end(when.strip()), float(percent.strip().rstrip("%"))))
        except ValueError:
            return None
        if not mark or not is_day(db, points[-1][0]):
            return None
    for date, percent in points:
        if date < start or not 0 <= percent <= 100:
            return False
        if date != start and month_end(date[:7]) != date:
            return False
    if any(b[0] <= a[0] or b[1] < a[1] for a, b in zip(points, points[1:])):
        return False
    return points


def planned(db, start, end, points, day):
    if not points:
        if start == end:
            return 0.0 if day < start else 100.0
        return 100.0 * min(1.0, max(0.0, days(db, start, day) / days(db, start, end)))
    if points[0][0] != start:
        points = [(start, 0.0), *points]
    value = 0.0
    for (a, low), (b, high) in zip(points, points[1:]):
        if a <= day <= b:
            return low + (high - low) * days(db, a, day) / days(db, a, b)
    if day >= points[-1][0]:
        value = points[-1][1]
    return value


def judge(db, pack, as_of):
    yellow, red, row = (pack["light"][name]["value"] for name in ("yellow_from", "red_above", "yellows_to_red"))
    tasks, left_out = {}, {}
    columns = 'code, "start", "end", target, curve, category, unit, coalesce(task.district, park.district), task.park'
    for code, start, end, target, stated, category, unit, district, park in db.execute(
        f"SELECT {columns.replace('code,', 'task.code,', 1)} FROM task LEFT JOIN park ON park.code = task.park ORDER BY task.code"
    ):
        points = curve_of(db, stated, start)
        if points is None:
            left_out[code] = "unreadable_curve"
        elif end < start:
            left_out[code] = "bad_task"
        elif points is False:
            left_out[code] = "bad_curve"
        else:
            tasks[code] = {"start": start, "end": end, "target": target if target and target > 0 else None, "points": points,
                           "group": (category, unit), "district": district, "periods": [], "run": 0, "finished": None}
    for code, finished in db.execute(FINISHED, {"as_of": as_of}):
        if code in tasks:
            tasks[code]["finished"] = finished
    for code, first, last, done, so_far in db.execute(MONTHS, {"as_of": as_of}):
        task = tasks.get(code)
        if task is None or (task["finished"] and task["finished"] < first):
            continue
        target = task["target"]
        actual = 100.0 * done / target if target and done is not None else None
        plan = planned(db, task["start"], task["end"], task["points"], last)
        gap = None if actual is None else plan - actual
        unfinished = so_far is None or (target and 100.0 * so_far / target < 100.0 - 1e-7)
        if last > task["end"] and target and unfinished:
            computed = "red"
        elif gap is None:
            computed = "unknown"
        elif gap > red + SLACK * max(1, abs(red)):
            computed = "red"
        else:
            computed = "yellow" if gap >= yellow - SLACK * max(1, abs(yellow)) else "green"
        shown = "red" if computed == "yellow" and task["run"] + 1 >= row else computed
        if actual is not None:
            task["run"] = task["run"] + 1 if computed == "yellow" else 0
        task["periods"].append((last, plan, actual, gap, computed, shown))
    return tasks, left_out


def completion(db, tasks, as_of, min_known, names):
    """Lines by name: [tasks, target, done, share, known]."""
    lines = {}
    for code in sorted(tasks):
        task = tasks[code]
        name = names(task)
        if task["start"] > as_of or name is None:
            continue
        last = db.execute('SELECT done FROM task_report WHERE task = ? AND "date" <= ? ORDER BY "date" DESC, fid DESC LIMIT 1', (code, as_of)).fetchone()
        line = lines.setdefault(name, [0, 0.0, 0.0, 0])
        line[0] += 1
        if last is None or task["target"] is None:
            line[3] += 1
        else:
            line[1] += task["target"]
            line[2] += last[0]
    found = {}
    for name, (count, target, done, out) in lines.items():
        known = (count - out) / count
        share = done / target if target > 0 and known >= min_known - SLACK else None
        found[name] = (count, target, done, share, known)
    return found


def near(a, b):
    return (a is None and b is None) or (a is not None and b is not None and abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b)))


def same(what, ours, theirs):
    if ours != theirs:
        sys.exit(f"{what}: SQL {ours!r}, program {theirs!r}")


def main(city, pack, as_of, answer):
    db = sqlite3.connect(Path(city).resolve().as_uri() + "?mode=ro", uri=True)
    pack = tomllib.loads(Path(pack).read_text())
    answer = json.loads(Path(answer).read_text())
    tasks, left_out = judge(db, pack, as_of)
    same("left out", left_out, {left["id"]: left["reason"] for left in answer["excluded"]})
    same("tasks", sorted(tasks), [task["id"] for task in answer["tasks"]])
    counts = {"green": 0, "yellow": 0, "red": 0, "unknown": 0, "waiting": 0}
    lights = promoted = 0
    for told in answer["tasks"]:
        code, task = told["id"], tasks[told["id"]]
        same(f"{code} months", [period[0] for period in task["periods"]], [period["date"] for period in told["periods"]])
        for (date, *numbers, computed, shown), period in zip(task["periods"], told["periods"]):
            for name, number in zip(("planned", "actual", "gap"), numbers):
                if not near(number, period[name]):
                    sys.exit(f"{code} {date} {name}: SQL {number!r}, program {period[name]!r}")
            same(f"{code} {date} light", (computed, shown), (period["computed"], period["shown"]))
            lights += 1
            promoted += computed != shown
        same(f"{code} finished", task["finished"], told["finished"])
        shown = "green" if task["finished"] else task["periods"][-1][5] if task["periods"] else None
        same(f"{code} shown", shown, told["shown"])
        counts[shown or "waiting"] += 1
    same("counts", counts, answer["counts"])
    min_known = pack["rollup"]["min_known"]["value"]
    wholes = completion(db, tasks, as_of, min_known, lambda task: task["group"])
    same("categories", sorted(wholes, key=str), sorted(((line["name"], line["unit"]) for line in answer["completion"]), key=str))
    for line in answer["completion"]:
        group = (line["name"], line["unit"])
        own = {code: task for code, task in tasks.items() if task["group"] == group}
        found = completion(db, own, as_of, min_known, lambda task: task["district"])
        same(f"{group} districts", sorted(found), sorted(district["name"] for district in line["districts"]))
        for figures, told in [(wholes[group], line), *((found[district["name"]], district) for district in line["districts"])]:
            for number, name in zip(figures, ("tasks", "target", "done", "share", "known")):
                if not near(number, told[name]):
                    sys.exit(f"{group} {told['name']} {name}: SQL {number!r}, program {told[name]!r}")
        for district in line["districts"]:
            share = found[district["name"]][3]
            better = sum(other[3] is not None and other[3] > (share or 0) + SLACK for other in found.values())
            same(f"{group} {district['name']} rank", None if share is None else better + 1, district["rank"])
    print(f"{len(tasks)} tasks, {lights} lights ({promoted} promoted), {len(left_out)} left out, {len(wholes)} categories agree on {as_of}")


if __name__ == "__main__":
    main(*sys.argv[1:])
