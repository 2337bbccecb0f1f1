#!/usr/bin/env python3
"""A server under siege: silent and slow clients, bombs and floods, as guest and as operator.

It must answer whether it lives within a second throughout, stay within its memory, name the limits by which it refuses, and end within five seconds when it is
told to while all of it runs.

    siege.py PROGRAM [--seconds 300] [--parcels 20000] [--health 1.0]
"""

import argparse
import http.client
import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path

import attacks

MOST_MIB = 1536
LONGEST_END = 5.0
"""Refusals that are not about a limit by number are right as well: what is wrong with a request is said before how large it is."""
NUMBERED = {"limit_exceeded", "busy", "too_many_requests", "queue_full", "slow_down", "body_slow"}
OPERATOR = ("operator", "operator-password")


class Log:
    """What came of all requests."""

    def __init__(self):
        self.lock = threading.Lock()
        self.statuses, self.codes, self.slowest = defaultdict(Counter), Counter(), {}
        self.wrong = []

    def take(self, name, status, seconds, answer, headers, must_be_refused, over):
        text = attacks.sentence(answer) if isinstance(status, int) and status >= 400 else ""
        with self.lock:
            self.statuses[name][str(status)] += 1
            self.slowest[name] = max(self.slowest.get(name, 0), seconds)
            if over:
                return
            if isinstance(status, int) and status >= 500 and status not in (503,):
                self.wrong.append(f"{name}: {status} {answer[:200]!r}")
            if must_be_refused and status == 200:
                self.wrong.append(f"{name}: it was not refused")
            code = re.search(rb'"type":"urn:parkplan:problem:([a-z_]+)"', answer)
            code = code[1].decode() if code else ""
            if code:
                self.codes[code] += 1
            if code in NUMBERED and not re.search(r"\d", text):
                self.wrong.append(f"{name}: a limit without its number: {text}")
            if status in (429, 503) and not headers.get("Retry-After") and code != "cancelled":
                self.wrong.append(f"{name}: {status} {code} without Retry-After")


class Person:
    """Somebody at the server, signed in or not."""

    def __init__(self, server, log, account=None):
        self.server, self.log, self.cookie = server, log, None
        if account:
            body = json.dumps({"account": account[0], "password": account[1]})
            status, _, headers = self.send("POST", "/session", body, {})
            assert status == 200, status
            self.cookie = headers["Set-Cookie"].split(";")[0]

    def send(self, method, path, body, more):
        headers = {"X-Requested-With": "parkplan", "Accept-Language": "en", **more}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self.cookie:
            headers["Cookie"] = self.cookie
        connection = http.client.HTTPConnection(*self.server.address, timeout=180)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def ask(self, name, method, path, body, must_be_refused, more=None):
        begin = time.monotonic()
        try:
            status, answer, headers = self.send(method, path, None if body is None else json.dumps(body), more or {})
        except (OSError, http.client.HTTPException) as error:
            status, answer, headers = type(error).__name__, b"", {}
        self.log.take(name, status, time.monotonic() - begin, answer, headers, must_be_refused, self.server.is_told_to_end)


class Server:
    def __init__(self, program, folder, parcels):
        self.is_told_to_end = False
        city = folder / "city.gpkg"
        run = partial(subprocess.run, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        run([program, "sample", "--out", city, "--parcels", str(parcels), "--seed", "1"])
        run([program, "user", "add", city, "--account", OPERATOR[0], "--role", "operator", "--park", "BA-03"], input=OPERATOR[1].encode())
        self.errors = folder / "errors"
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen([program, "serve", city, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=errors, text=True)
        self.address = ("127.0.0.1", int(self.process.stdout.readline().rsplit(":", 1)[1]))

    def status(self, name):
        try:
            text = Path(f"/proc/{self.process.pid}/status").read_text()
            return int(re.search(rf"{name}:\s+(\d+)", text)[1])
        except (OSError, TypeError):
            return 0


class Watch:
    """Asks for a sign of life ten times a second, and how large the server is."""

    def __init__(self, server):
        self.server, self.slowest, self.asked, self.failed = server, 0.0, 0, []
        self.most_mib, self.most_threads = 0, 0
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=one, daemon=True) for one in (self.health, self.size)]
        for one in self.threads:
            one.start()

    def health(self):
        while not self.stop.wait(0.1):
            begin = time.monotonic()
            try:
                connection = http.client.HTTPConnection(*self.server.address, timeout=10)
                connection.request("GET", "/healthz")
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.failed.append(answer.status)
                connection.close()
            except (OSError, http.client.HTTPException) as error:
                if not self.stop.is_set():
                    self.failed.append(repr(error))
            if not self.stop.is_set():
                self.slowest = max(self.slowest, time.monotonic() - begin)
                self.asked += 1

    def size(self):
        while not self.stop.wait(0.2):
            self.most_mib = max(self.most_mib, self.server.status("VmRSS") >> 10)
            self.most_threads = max(self.most_threads, self.server.status("Threads"))


def attackers(server, log, place, box, share):
    """All of them, as functions of the flag that ends them."""
    guest, operator = partial(Person, server, log), partial(Person, server, log, OPERATOR)
    some = lambda count: max(1, round(count * share))
    signed_in = operator()
    found = [partial(attacks.silent, server.address, 1_100)]
    found += [partial(attacks.slow_heads, server.address)] * some(40)
    found += [partial(attacks.slow_bodies, server.address)] * some(20)
    found += [partial(attacks.slow_readers, server.address)] * some(40)
    found += [partial(attacks.storm, guest(), place) for _ in range(some(24))]
    found += [partial(attacks.storm, signed_in, place) for _ in range(some(12))]
    found += [partial(attacks.pages, guest(), box) for _ in range(some(64))]
    found += [partial(attacks.jobs, guest()), partial(attacks.jobs, signed_in)]
    found += [partial(attacks.guesses, guest()) for _ in range(some(8))]
    found += [partial(attacks.oddities, guest()) for _ in range(some(4))]
    return found


def under_attack(found, seconds):
    stop = threading.Event()
    threads = [threading.Thread(target=one, kwargs={"stop": stop}, daemon=True) for one in found]
    for one in threads:
        one.start()
    time.sleep(seconds)
    return stop


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--parcels", type=int, default=20_000)
    parser.add_argument("--health", type=float, default=1.0, help="longest answer to a sign of life, s")
    options = parser.parse_args()
    log = Log()
    with tempfile.TemporaryDirectory(prefix="parkplan-siege-") as folder:
        server = Server(options.program, Path(folder), options.parcels)
        try:
            besiege(server, log, options)
        finally:
            server.process.kill()
            server.process.wait()


def besiege(server, log, options):
    focus = json.loads(Person(server, log).send("GET", "/", None, {"Accept": "application/json"})[1])["city"]
    west, south, east, north = focus["focus"]
    place = ((west + east) / 2, (south + north) / 2)
    before = server.status("VmRSS") >> 10
    watch = Watch(server)
    share = 1.0 if options.seconds >= 60 else 0.4
    found = attackers(server, log, place, focus["bbox"], share)
    last = max(5.0, options.seconds / 10)
    quiet = min(20.0, options.seconds / 5)
    under_attack(found, options.seconds - last - quiet).set()
    time.sleep(quiet)
    after = server.status("VmRSS") >> 10
    under_attack(found, last)
    watch.stop.set()
    server.is_told_to_end = True
    begin = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    try:
        code = server.process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        code = "none"
    ended = time.monotonic() - begin
    report(server, log, watch, options, {"before": before, "after": after, "ended": ended, "code": code})


def report(server, log, watch, options, figures):
    errors = server.errors.read_text(errors="replace")
    wrong = list(dict.fromkeys(log.wrong))
    for name in sorted(log.statuses):
        told = ", ".join(f"{status} × {count}" for status, count in sorted(log.statuses[name].items()))
        print(f"{name:36} slowest {log.slowest[name]:6.1f} s  {told}")
    print("refusals by code:", dict(log.codes.most_common()))
    print(f"signs of life: {watch.asked}, slowest {watch.slowest:.2f} s, failed {len(watch.failed)}")
    print(f"resident: {figures['before']} MiB before, {watch.most_mib} MiB at most, {figures['after']} MiB after; threads at most {watch.most_threads}")
    print(f"ended after {figures['ended']:.2f} s with {figures['code']}")
    if watch.slowest > options.health or watch.failed:
        wrong.append(f"signs of life: slowest {watch.slowest:.2f} s, failed {watch.failed[:3]}")
    if watch.most_mib > MOST_MIB:
        wrong.append(f"resident: {watch.most_mib} MiB")
    if figures["ended"] > LONGEST_END or figures["code"] != 0:
        wrong.append(f"end: {figures['ended']:.1f} s, code {figures['code']}")
    if "panicked" in errors:
        wrong.append("a panic: " + errors[errors.index("panicked"):][:300])
    for line in wrong[:40]:
        print("WRONG", line)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
