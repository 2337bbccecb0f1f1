"""Files of others, damaged at random, read by the built program.

The drivers of GDAL run only in the confined reading process, so they are tried there: each damaged file is imported as a trial. Held: the program
ends with 0 or 1 and says why as one fault; no process of it takes more than 512 MiB or 60 s; the city, the file and the folder that it runs in are as
they were; the temporary folder is empty. What breaks that is kept in fuzz/found.

    python3 fuzz/mutate.py PROGRAM FOLDER… [--minutes 10] [--seed 1] [--only dxf,fgb]
"""

import argparse
import collections
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

ENDINGS = {".shp", ".gpkg", ".fgb", ".dxf", ".topojson", ".json", ".geojson", ".kml", ".csv", ".dbf", ".xlsx", ".zip"}
PARTS = [".shp", ".shx", ".dbf", ".prj", ".cpg"]
MOST_KIB = 512 << 10
LONGEST_S = 60
NUMBERS = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


def damaged(data: bytes, dice: random.Random) -> bytes:
    data = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 4, 16])):
        if not data:
            break
        at = dice.randrange(len(data))
        # Headers say how much there is: half of the damage goes there.
        if dice.random() < 0.5:
            at %= min(len(data), 512)
        length = min(len(data) - at, dice.choice([1, 2, 4, 8, 64, 1024]))
        match dice.randrange(8):
            case 0:
                data[at] ^= 1 << dice.randrange(8)
            case 1:
                data[at : at + length] = dice.randbytes(length)
            case 2:
                number = dice.choice(NUMBERS)
                size, order = dice.choice([("I", "<"), ("I", ">"), ("H", "<"), ("H", ">")])
                data[at : at + struct.calcsize(size)] = struct.pack(order + size, number & (0xFFFF if size == "H" else 0xFFFFFFFF))
            case 3:
                data[at : at + 8] = struct.pack("<d", dice.choice([0.0, -0.0, 1e308, -1e308, float("nan"), float("inf"), 5e-324]))
            case 4:
                del data[at : at + length]
            case 5:
                data[at:at] = data[at : at + length] * dice.choice([1, 2, 64])
            case 6:
                del data[at:]
            case 7:
                other = dice.randrange(len(data))
                data[at : at + length] = data[other : other + length]
    return bytes(data)


def digest(folder: pathlib.Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.rglob("*")) if file.is_file()}


def run(program: str, args: list[str], cwd: pathlib.Path, env: dict[str, str]) -> tuple[int, str, int, float, float]:
    begin = time.monotonic()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen([program, *args], cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
        signal.alarm(LONGEST_S)
        try:
            _, status, usage = os.wait4(child.pid, 0)
        except TimeoutError:
            os.kill(child.pid, signal.SIGKILL)
            _, status, usage = os.wait4(child.pid, 0)
        finally:
            signal.alarm(0)
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    return child.returncode, text, usage.ru_maxrss, usage.ru_utime + usage.ru_stime, time.monotonic() - begin


def late(*_):
    raise TimeoutError


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("program")
    options.add_argument("folders", nargs="+", type=pathlib.Path)
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", default="")
    asked = options.parse_args()
    signal.signal(signal.SIGALRM, late)
    dice = random.Random(asked.seed)
    wanted = {"." + ending for ending in asked.only.split(",") if ending} or ENDINGS
    files = collections.defaultdict(list)
    for folder in asked.folders:
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix.lower() in wanted and file.stat().st_size <= 2 << 20:
                files[file.suffix.lower()].append(file)
    program = str(pathlib.Path(asked.program).resolve())
    home = pathlib.Path(tempfile.mkdtemp(prefix="mutate-"))
    outside, scratch, inbox = home / "outside", home / "tmp", home / "in"
    for folder in (outside, scratch, inbox):
        folder.mkdir()
    (outside / "secret").write_text("as it was")
    city = home / "city.gpkg"
    env = {**os.environ, "TMPDIR": str(scratch), "HOME": str(outside)}
    subprocess.run([program, "--quiet", "new", city, "--crs", "EPSG:4547"], check=True, stdout=subprocess.DEVNULL)
    before, kept = hashlib.sha256(city.read_bytes()).hexdigest(), digest(outside)
    found = pathlib.Path(__file__).parent / "found"
    cpu, runs, codes, wrong, largest, slowest = 0.0, 0, collections.Counter(), 0, (0, ""), (0.0, "")
    by_ending = collections.Counter()
    while cpu < asked.minutes * 60:
        ending = dice.choice(sorted(files))
        source = dice.choice(files[ending])
        shutil.rmtree(inbox)
        inbox.mkdir()
        target = inbox / f"land{ending}"
        parts = [part for part in (source.with_suffix(suffix) for suffix in PARTS) if part.exists()] if ending == ".shp" else [source]
        hurt = dice.choice(parts)
        for part in parts:
            data = part.read_bytes()
            target.with_suffix(part.suffix if ending == ".shp" else ending).write_bytes(damaged(data, dice) if part == hurt else data)
        inputs = digest(inbox)
        args = ["--json", "--no-progress", "import", str(city), "--layer", "parcel", "--dry-run", "--crs", "EPSG:4547", "--key", "@row", str(target)]
        code, said, peak, spent, took = run(program, args, outside, env)
        cpu, runs = cpu + spent, runs + 1
        by_ending[ending] += 1
        faults = []
        if code not in (0, 1):
            faults.append(f"it ended with {code}")
        if code == 1:
            try:
                fault = json.loads(said)["code"]
                codes[fault] += 1
                if fault in ("internal", "reader_crashed", "reader_answer"):
                    codes[f"{fault} {ending}"] += 1
            except (ValueError, KeyError):
                faults.append(f"no fault: {said[:300]}")
        else:
            codes["read"] += 1
        if peak > MOST_KIB:
            faults.append(f"{peak >> 10} MiB")
        if took > LONGEST_S:
            faults.append(f"{took:.1f} s")
        if any(scratch.iterdir()):
            faults.append(f"left: {list(scratch.iterdir())}")
            shutil.rmtree(scratch)
            scratch.mkdir()
        if hashlib.sha256(city.read_bytes()).hexdigest() != before or digest(outside) != kept or digest(inbox) != inputs:
            faults.append("a file was touched")
        largest, slowest = max(largest, (peak, source.name)), max(slowest, (took, source.name))
        if faults:
            wrong += 1
            place = found / f"{asked.seed}-{runs}"
            shutil.copytree(inbox, place, dirs_exist_ok=True)
            print(f"{source}: {'; '.join(faults)} → {place}\n  {said[:500]}", flush=True)
    shutil.rmtree(home)
    print(f"{runs} files, {cpu / 60:.1f} CPU minutes, {wrong} wrong; largest {largest[0] >> 10} MiB ({largest[1]}), slowest {slowest[0]:.1f} s ({slowest[1]})")
    print("  " + ", ".join(f"{ending} {count}" for ending, count in by_ending.most_common()))
    print("  " + ", ".join(f"{code} {count}" for code, count in codes.most_common()))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
