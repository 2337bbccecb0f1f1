"""Puts random tasks and reports into a city file: plant_tasks.py CITY SEED

Edges on purpose: gaps of exactly 10 and 30, no or no target, one day, curves with and without their start, curves that fall or cannot be read,
reports before the start, twice on a day and after the end, tasks that are finished, taken back and finished again.
"""

import datetime
import json
import random
import sqlite3
import sys

YEAR = datetime.date(2026, 1, 1)
ENDS = ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08"]


def later(days):
    return (YEAR + datetime.timedelta(days=days)).isoformat()


def curve(dice):
    kind = dice.random()
    if kind < 0.45:
        return None
    months = sorted(dice.sample(ENDS, dice.randint(1, 6)))
    percents = sorted(dice.choice([0, 10, 20, 25, 40, 50, 60, 80, 100, dice.uniform(0, 100)]) for _ in months)
    points = [f"{month}={percent}" for month, percent in zip(months, percents)]
    if kind < 0.5:
        points = [f"2026-01-01={percents[0] / 2}", *points]
    elif kind < 0.53:
        points = points[::-1] + ["2026-12=5"]
    elif kind < 0.55:
        points.append("soon=80")
    elif kind < 0.57:
        points = ["2025-11=3", *points]
    elif kind < 0.59:
        points = ["2026-01-15=3", *[point for point in points if not point.startswith("2026-01")]]
    return json.dumps(points)


def plant(path, seed):
    dice = random.Random(seed)
    db = sqlite3.connect(path)
    parks = db.execute("SELECT code, district FROM park ORDER BY code").fetchall()
    db.execute("DELETE FROM task_report")
    db.execute("DELETE FROM task")
    for number in range(150):
        park, district = dice.choice(parks)
        begins = dice.choice([0, 0, 0, 14, 30, 59, 200, 300])
        lasts = dice.choice([0, 1, 30, 90, 150, 242, 364])
        if number % 37 == 5:
            lasts = -3
        target = dice.choice([100.0, 100.0, 100.0, 3.0, 17.5, dice.uniform(1, 90), 0.0, None])
        code = f"{dice.choice('ABXYZ')}-{number:03d}"
        db.execute(
            'INSERT INTO task (code, name, park, district, category, year, "start", "end", target, unit, curve, revision) '
            "VALUES (?, ?, ?, ?, ?, 2026, ?, ?, ?, ?, ?, 1)",
            (code, f"planted {number}", dice.choice([park, park, None]), dice.choice([district, None]),
             dice.choice(["land", "floors", "letting"]), later(begins), later(begins + lasts), target,
             dice.choice(["ha", "ha", "ha", None]), curve(dice)),
        )
        done, pace = 0.0, dice.choice([0.0, 4.0, 8.0, 10.0, 12.0, 20.0])
        for month in range(-1, 10):
            if dice.random() < dice.choice([0.05, 0.05, 0.6]):
                continue
            day = later(begins + 31 * month + dice.randint(0, 27)) if dice.random() < 0.6 else later(30 * month + 28)
            done = done + pace if dice.random() < 0.9 else done - 15
            value = dice.choice([done, round(done / 10) * 10.0, done + dice.uniform(-3, 3)]) * (target or 10.0) / 100
            for _ in range(2 if dice.random() < 0.1 else 1):
                db.execute('INSERT INTO task_report (code, task, "date", done, revision) VALUES (?, ?, ?, ?, 1)',
                           (f"{code}.{month}.{dice.random()}", code, day, max(0.0, value)))
                value += 1.0
        if dice.random() < 0.15 and target:
            day = later(dice.randint(20, 240))
            db.execute('INSERT INTO task_report (code, task, "date", done, revision) VALUES (?, ?, ?, ?, 1)',
                       (f"{code}.whole", code, day, target * dice.choice([1.0, 1.0, 1.88])))
    db.commit()
    db.close()


if __name__ == "__main__":
    plant(sys.argv[1], int(sys.argv[2]))
