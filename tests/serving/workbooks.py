"""Workbooks read back, as far as tests need it."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets_of(content: bytes) -> dict[str, list[list[str]]]:
    """The cells of a workbook by the name of the sheet, as texts, empty ones left out."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:

        def part(name: str) -> ElementTree.Element:
            return ElementTree.fromstring(book.read(f"xl/{name}.xml"))  # noqa: S314 - our own

        texts = ["".join(item.itertext()) for item in part("sharedStrings")]
        names = [sheet.attrib["name"] for sheet in part("workbook").iter(f"{SHEET}sheet")]
        return {
            name: [
                [
                    texts[int(cell[0].text or "")]
                    if cell.get("t") == "s"
                    else "".join(cell.itertext())
                    for cell in row
                ]
                for row in part(f"worksheets/sheet{number}").iter(f"{SHEET}row")
            ]
            for number, name in enumerate(names, 1)
        }
