#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes Weir's two embedded typefaces from Inter and JetBrains Mono: `make_fonts.py <folder of Inter> <folder of JetBrains Mono>`.

Qt before 6.7 cannot switch font features on, so they are decided here: figures are tabular (numbers tick without
moving), ligatures are gone (data is shown as it is), and only the scripts the interface uses stay. The families get
names of their own, so that an installed Inter or JetBrains Mono is never mixed with them. Needs fontTools.
"""
import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

RANGES = [(0x20, 0x7E), (0xA0, 0x17F), (0x192, 0x192), (0x218, 0x21B), (0x2C6, 0x2DD), (0x370, 0x3FF), (0x400, 0x45F),
          (0x490, 0x491), (0x1E9E, 0x1E9E), (0x2010, 0x2027), (0x202F, 0x203A), (0x2044, 0x2044), (0x2070, 0x209C),
          (0x20A0, 0x20BF), (0x2116, 0x2122), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2300, 0x23FF), (0x2400, 0x2426),
          (0x2500, 0x25FF), (0xFFFD, 0xFFFD)]


def tabular_figures(font):
    mapping = {}
    gsub = font["GSUB"].table
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag != "tnum":
            continue
        for index in record.Feature.LookupListIndex:
            for table in gsub.LookupList.Lookup[index].SubTable:
                mapping.update(getattr(getattr(table, "ExtSubTable", table), "mapping", {}))
    for table in font["cmap"].tables:
        for code, glyph in list(table.cmap.items()):
            if glyph in mapping and code in range(0x30, 0x3A):
                table.cmap[code] = mapping[glyph]


def rename(font, family, style):
    names = font["name"]
    full = f"{family} {style}"
    for record in list(names.names):
        if record.nameID not in (0, 5, 9, 11, 13, 14):
            names.removeNames(nameID=record.nameID)
    regular = style in ("Regular", "Bold")
    for name_id, text in ((1, family if regular else full), (2, style if regular else "Regular"), (3, full), (4, full),
                          (6, full.replace(" ", "") if regular else full.replace(" ", "")), (16, family), (17, style)):
        names.setName(text, name_id, 3, 1, 0x409)
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [full.replace(" ", "")]
        cff.topDictIndex[0].FullName = full
        cff.topDictIndex[0].FamilyName = family


def make(source, target, family, style):
    font = TTFont(source)
    if "GSUB" in font:
        tabular_figures(font)
    options = subset.Options(layout_features=["kern", "mark", "mkmk", "ccmp", "locl"], hinting=True,
                             name_IDs=["*"], notdef_outline=True, glyph_names=False, drop_tables=["DSIG"])
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[c for first, last in RANGES for c in range(first, last + 1)])
    subsetter.subset(font)
    rename(font, family, style)
    font.save(target)
    print(f"{target.name}: {target.stat().st_size} bytes")


def main():
    inter, mono = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    here = pathlib.Path(__file__).parent
    for style in ("Regular", "Medium", "SemiBold"):
        make(inter / f"Inter-{style}.otf", here / f"WeirSans-{style}.otf", "Weir Sans", style)
    for style in ("Regular", "Bold"):
        make(mono / f"JetBrainsMono-{style}.ttf", here / f"WeirMono-{style}.ttf", "Weir Mono", style)


if __name__ == "__main__":
    main()
