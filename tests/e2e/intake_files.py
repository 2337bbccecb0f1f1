"""Files as senders make them: `intake_files.py FOLDER '{"at": [lon, lat], "codes": [...]}'` writes 新增宗地.zip, a shapefile with GBK texts and no
code page file, and 更新.xlsx, names for the codes and one code that the city does not have."""

import io
import json
import struct
import sys
import zipfile
from html import escape

folder, wanted = sys.argv[1], json.loads(sys.argv[2])
lon, lat = wanted["at"]
PRJ = (
    'GEOGCS["China Geodetic Coordinate System 2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
NAMES = ["深圳湾科技生态园", "坂雪岗工业区", "石岩街道地块", "凤凰湾产业园", "新桥东先进制造园", "自相交的地块"]


def ring(index):
    west, south, side = lon + 0.004 * (index % 3), lat + 0.004 * (index // 3), 0.003
    corners = [(west, south), (west, south + side), (west + side, south + side), (west + side, south), (west, south)]
    if index == len(NAMES) - 1:
        corners[2], corners[3] = corners[3], corners[2]
    return corners


def shapefile():
    rings = [ring(index) for index in range(len(NAMES))]
    records, index_records, offset = b"", b"", 50
    for number, points in enumerate(rings, 1):
        xs, ys = [x for x, _ in points], [y for _, y in points]
        body = struct.pack("<i4d2ii", 5, min(xs), min(ys), max(xs), max(ys), 1, len(points), 0)
        body += b"".join(struct.pack("<2d", x, y) for x, y in points)
        words = len(body) // 2
        records += struct.pack(">2i", number, words) + body
        index_records += struct.pack(">2i", offset, words)
        offset += words + 4
    every = [point for points in rings for point in points]
    box = (min(x for x, _ in every), min(y for _, y in every), max(x for x, _ in every), max(y for _, y in every), 0, 0, 0, 0)

    def head(length):
        return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, length // 2) + struct.pack("<2i8d", 1000, 5, *box)

    return head(100 + len(records)) + records, head(100 + len(index_records)) + index_records


def dbf():
    fields = [("code", "C", 24), ("DKMC", "C", 40), ("land_use", "C", 8), ("MJ", "N", 12)]
    rows = [(f"E2E-{index + 1:03}", name, "100101", f"{90000 + index:.1f}") for index, name in enumerate(NAMES)]
    length = 1 + sum(width for _, _, width in fields)
    out = struct.pack("<4BIHH20x", 3, 126, 1, 1, len(rows), 33 + 32 * len(fields), length)
    for name, kind, width in fields:
        out += name.encode().ljust(11, b"\0") + kind.encode() + b"\0" * 4 + bytes([width, 1 if kind == "N" else 0]) + b"\0" * 14
    out += b"\r"
    for row in rows:
        out += b" "
        for (_, kind, width), value in zip(fields, row):
            text = value.encode("gbk")
            out += text.rjust(width) if kind == "N" else text.ljust(width)
    return out + b"\x1a"


def workbook(rows):
    def cell(column, line, value):
        return f'<c r="{chr(65 + column)}{line}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'

    body = "".join(
        f'<row r="{line}">{"".join(cell(column, line, value) for column, value in enumerate(row))}</row>' for line, row in enumerate(rows, 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kinds}.worksheet+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="更新" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>')
    return out.getvalue()


shp, shx = shapefile()
with zipfile.ZipFile(f"{folder}/新增宗地.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for ending, data in (("shp", shp), ("shx", shx), ("dbf", dbf()), ("prj", PRJ.encode())):
        archive.writestr(f"新增宗地.{ending}", data)
rows = [["宗地号", "地块名称"]] + [[code, f"更名地块{index + 1}"] for index, code in enumerate(wanted["codes"])] + [["NOT-THERE", "没有这宗"]]
with open(f"{folder}/更新.xlsx", "wb") as file:
    file.write(workbook(rows))
