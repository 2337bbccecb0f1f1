"""Asks one program the questions of each city and keeps its answers in a folder."""

import json
import re
import time

import cities
import questions
from program import Failed, Server, call

__all__ = ["Failed", "all_cities"]
# What clients rely on and the comparison covers, beside status and body.
HEADERS = ("content-type", "content-disposition", "location", "x-feature-count", "content-language")
# A kept plan's id is drawn anew by each program.
PLAN = re.compile("/plans/[0-9a-f]{12}$")
TAG = re.compile(r"\{tag of ([^}]+)\}")


def all_cities(binary, made, folder, like, only):
    for city in sorted(made.glob("*.gpkg")):
        begun = time.monotonic()
        asked = wanted(binary, city, folder, like)
        if only:
            asked = [question for question in asked if only in question["name"]]
        count = answer(binary, city, folder / city.stem, asked)
        print(f"{binary.name}: {count} answers about {city.stem} in {time.monotonic() - begun:.0f} s", flush=True)


def wanted(binary, city, folder, like):
    """The questions: those that were asked before, or made anew from the city."""
    file = (like or folder) / city.stem / "questions.json"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with Server(binary, cities.copy(city, folder / "work")) as server:
            file.write_text(json.dumps(questions.of_city(server, city.stem), ensure_ascii=False))
    return json.loads(file.read_text())


def answer(binary, city, folder, asked):
    folder.mkdir(parents=True, exist_ok=True)
    own = cities.copy(city, folder / "work")
    index = []

    def keep(question, status, headers, parts):
        files = []
        for part, body in parts.items():
            name = f"{len(index):05}.{part}"
            (folder / name).write_bytes(body)
            files.append(name)
        index.append({"name": question["name"], "status": status, "headers": headers, "files": files})

    for question in (one for one in asked if "args" in one):
        keep(question, *by_command(binary, own, question))
    with Server(binary, own) as server:
        tags = own_tags(server, asked)
        for question in (one for one in asked if "args" not in one):
            keep(question, *over_http(server, with_tags(question, tags)))
    (folder / "index.json").write_text(json.dumps(index, ensure_ascii=False))
    own.unlink()
    return len(index)


def by_command(binary, city, question):
    out = question.get("out") and city.parent / question["out"]
    if out:
        out.unlink(missing_ok=True)
    code, said, complained = call(binary, [city.name if word == "CITY" else word for word in question["args"]], city.parent)
    parts = {"stdout": said, "stderr": complained}
    if out and out.exists():
        parts["file"] = out.read_bytes()
        out.unlink()
    return code, {}, parts


def own_tags(server, asked):
    """The tags that the questions name, as this program gives them."""
    units = sorted(set(TAG.findall(json.dumps(asked, ensure_ascii=False))))
    return {unit: server.json("GET", f"/units/{unit}", who="operator")["etag"] for unit in units}


def with_tags(question, tags):
    def put(value):
        if isinstance(value, str):
            return TAG.sub(lambda found: tags[found[1]], value)
        if isinstance(value, list):
            return [put(one) for one in value]
        return {name: put(one) for name, one in value.items()} if isinstance(value, dict) else value

    return put(question)


def over_http(server, question):
    given = question.get("body"), question.get("headers", ()), question.get("who", "guest")
    if question.get("job"):
        status, headers, body = server.job(question["path"], given[0], given[2])
    else:
        status, headers, body = server.ask(question["method"], question["path"], *given)
    base = server.base.encode()
    kept = {name: PLAN.sub("/plans/ID", headers[name].replace(server.base, "BASE")) for name in HEADERS if name in headers}
    return status, kept, {"body": body.replace(base, b"BASE")}
