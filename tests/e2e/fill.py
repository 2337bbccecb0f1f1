"""Fills cells of a workbook as a person does: `fill.py IN OUT '{"F2": "出租", "M*": "2026-09-01"}'`; `M*` is every row of a column."""

import json
import re
import sys
import zipfile
from html import escape

source, target, edits = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
SHEET = "xl/worksheets/sheet1.xml"


def cell(match):
    place, style = match["place"], match["style"] or ""
    column, row = re.match(r"([A-Z]+)(\d+)", place).groups()
    value = edits.get(place, edits.get(f"{column}*") if row != "1" else None)
    if value is None:
        return match[0]
    if isinstance(value, (int, float)):
        return f'<c r="{place}"{style}><v>{value}</v></c>'
    return f'<c r="{place}"{style} t="inlineStr"><is><t>{escape(value)}</t></is></c>'


with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
    for name in old.namelist():
        data = old.read(name)
        if name == SHEET:
            pattern = r'<c r="(?P<place>[A-Z]+\d+)"(?P<style> s="\d+")?(?: t="\w+")?(?:/>|>.*?</c>)'
            data = re.sub(pattern, cell, data.decode()).encode()
        new.writestr(name, data)
