// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <array>

/// Colours by meaning. Nothing outside this folder writes a colour down.
namespace weir::ui {

enum class Scheme { kDark, kLight, kHighContrast };

enum class Tint {
    kWindow,    // behind everything, navigation
    kPanel,     // tables, cards, inputs
    kRaised,    // menus, tooltips, toasts
    kControl,   // a button at rest
    kHover,     // a row or a quiet button under the pointer
    kSelected,  // a selected row; text on it keeps its colour
    kLine,      // hairlines, grid
    kOutline,   // the edge of something one can type into or press
    kText,
    kTextSecondary,
    kTextDisabled,
    kAccent,      // selection, focus ring, links
    kAccentFill,  // a filled button; kOnAccent is legible on it
    kOnAccent,
    kOk,
    kWarn,
    kBad,
    kOkText,  // the same three where they are read as words
    kWarnText,
    kBadText,
    kBadFill,  // a filled destructive button; kOnAccent is legible on it
    kIn,       // bytes and records that come in, the same on every page
    kOut,      // bytes and records that go out
    kJsonKey,
    kJsonString,
    kJsonNumber,
    kJsonLiteral,
    kJsonPunctuation,
    kCount
};

inline constexpr int kSeriesColours = 10;

struct Tokens {
    std::array<QRgb, static_cast<std::size_t>(Tint::kCount)> tints;
    std::array<QRgb, kSeriesColours> series;

    [[nodiscard]] QColor operator[](Tint tint) const { return QColor(tints[static_cast<std::size_t>(tint)]); }
};

const Tokens& tokensOf(Scheme scheme);

/// Contrast of two opaque colours as WCAG 2 defines it: 1 to 21.
double contrastRatio(const QColor& a, const QColor& b);

/// `over` with `share` (0 to 1) laid on `under`, opaque.
QColor blend(const QColor& under, const QColor& over, double share);

}  // namespace weir::ui
