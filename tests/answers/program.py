"""One binary: its command line, and its server with people signed in."""

import http.client
import json
import os
import pathlib
import subprocess
import time

PASSWORD = "answers-password"
PEOPLE = {"operator": ["--role", "operator"], "planner": ["--role", "planner"]}


class Failed(Exception):
    """What keeps the comparison from being made."""


# One person makes the past of these cities.
ALONE = {**os.environ, "PARKPLAN_TWO_PERSONS": "false"}


def call(binary, args, folder, stdin=""):
    """Runs a command in `folder`; exit code, stdout, stderr."""
    done = subprocess.run([str(binary), *args], cwd=folder, input=stdin.encode(), capture_output=True, timeout=900, env=ALONE)
    return done.returncode, done.stdout, done.stderr


def must(binary, args, folder, stdin=""):
    code, out, err = call(binary, args, folder, stdin)
    if code != 0:
        raise Failed(f"{' '.join(map(str, args))} ended with {code}: {err.decode(errors='replace')[-600:]}")
    return out


def add_people(binary, city, park):
    """A planner, and an operator of `park` if there is one."""
    for account, rights in PEOPLE.items():
        if account == "operator" and not park:
            continue
        own = ["--park", park] if account == "operator" else []
        must(binary, ["user", "add", city.name, "--account", account, *rights, *own], city.parent, PASSWORD + "\n")


class Server:
    """`serve` on a free port, ended with the block."""

    def __init__(self, binary, city):
        self.child = subprocess.Popen(
            [str(binary), "serve", city.name, "--listen", "127.0.0.1:0"],
            cwd=city.parent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ALONE)
        line = self.child.stdout.readline().decode().strip()
        if not line.startswith("listening on http://"):
            self.child.kill()
            raise Failed(f"the server said {line!r} instead of where it listens")
        self.address = line.removeprefix("listening on http://")
        self.base = f"http://{self.address}"
        self.line = http.client.HTTPConnection(self.address, timeout=900)
        self.cookies = {"guest": None}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.terminate()
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def ask(self, method, path, body=None, headers=(), who="guest"):
        """Status, headers and bytes of one request."""
        # A tile is no JSON.
        own = {"Accept": "*/*" if "/tiles/" in path else "application/json", **dict(headers)}
        if method != "GET":
            own.setdefault("X-Requested-With", "parkplan")
        if body is not None:
            own.setdefault("Content-Type", "application/json")
            body = body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()
        if cookie := self.cookie(who):
            own["Cookie"] = cookie
        try:
            self.line.request(method, path, body, own)
            answer = self.line.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        except (http.client.HTTPException, OSError) as error:
            self.line.close()
            if self.child.poll() is not None:
                raise Failed(f"the server ended with {self.child.returncode} at {method} {path}") from error
            return 0, {}, f"no answer: {type(error).__name__}".encode()

    def json(self, method, path, body=None, headers=(), who="guest"):
        status, _, text = self.ask(method, path, body, headers, who)
        if not 200 <= status < 300:
            raise Failed(f"{method} {path} answered {status}: {text[:400].decode(errors='replace')}")
        return json.loads(text)

    def job(self, path, body, who):
        """Starts a job, waits for its end; its last status and its result."""
        status, headers, text = self.ask("POST", path, body, [("Prefer", "respond-async")], who)
        if status != 201:
            return status, headers, text
        place = headers["location"].removeprefix(self.base)
        for _ in range(6000):
            state = self.json("GET", place, who=who)
            if state["status"] not in ("accepted", "running"):
                break
            time.sleep(0.05)
        return self.ask("GET", place + "/results", who=who)

    def cookie(self, who):
        if who not in self.cookies:
            self.cookies[who] = None
            status, headers, text = self.ask("POST", "/session", {"account": who, "password": PASSWORD})
            # A city without such a person is asked as a guest; both programs then are.
            if status == 200:
                self.cookies[who] = headers["set-cookie"].split(";")[0]
            elif status != 401:
                raise Failed(f"{who} could not sign in: {status} {text[:200]}")
        return self.cookies[who]
