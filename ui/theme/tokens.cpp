// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/tokens.h"

#include <algorithm>
#include <cmath>

namespace weir::ui {
namespace {

// In the order of Tint.
constexpr Tokens kDarkTokens{{0xFF14171C, 0xFF1A1E25, 0xFF222732, 0xFF242A34, 0xFF21262F, 0xFF21375C, 0xFF2B313C,
                              0xFF3A4250, 0xFFE6E9EF, 0xFF9AA3B2, 0xFF5B6473, 0xFF4C8DFF, 0xFF2D6BDF, 0xFFFFFFFF,
                              0xFF3FB37F, 0xFFE0A53A, 0xFFE5605E, 0xFF4CC38D, 0xFFE8B04A, 0xFFF07E7B, 0xFFC23F3D,
                              0xFF45B8D8, 0xFFB58CF2, 0xFF8AB8FF, 0xFF8FCFA0, 0xFFE9B872, 0xFFC9A0F5, 0xFF8B94A3},
                             {0xFF4C8DFF, 0xFFE69F00, 0xFF35B793, 0xFFF0709B, 0xFF56C3EC, 0xFFF2703D, 0xFFB3A2F5,
                              0xFFA6D854, 0xFFF0E442, 0xFFB9C1CE}};
constexpr Tokens kLightTokens{{0xFFF6F7F9, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFEEF0F4, 0xFFDCE8FC, 0xFFE1E4EA,
                               0xFFCBD0D9, 0xFF1B1F27, 0xFF5A6372, 0xFFA6AEBB, 0xFF1F6FEB, 0xFF1F6AE0, 0xFFFFFFFF,
                               0xFF1E8E5A, 0xFFB87503, 0xFFC93B3B, 0xFF15714A, 0xFF8F5A00, 0xFFBE2F2F, 0xFFC93B3B,
                               0xFF0E86A8, 0xFF7B4FD0, 0xFF1B5FC9, 0xFF1F7A3D, 0xFF9A5B00, 0xFF7B3FC4, 0xFF69717F},
                              {0xFF1F6FEB, 0xFFB26A00, 0xFF0A8265, 0xFFC0376F, 0xFF1480B8, 0xFFC4461B, 0xFF6B4FD0,
                               0xFF5B8A12, 0xFF8A7A00, 0xFF5A6372}};
constexpr Tokens kHighContrastTokens{
    {0xFF000000, 0xFF000000, 0xFF0A0A0A, 0xFF000000, 0xFF1F1F1F, 0xFF003A8C, 0xFF8A8A8A,
     0xFFFFFFFF, 0xFFFFFFFF, 0xFFE6E6E6, 0xFF9E9E9E, 0xFF6FB1FF, 0xFF6FB1FF, 0xFF000000,
     0xFF4BE08F, 0xFFFFCC33, 0xFFFF7B78, 0xFF4BE08F, 0xFFFFCC33, 0xFFFF8C89, 0xFFFF8C89,
     0xFF5FE0FF, 0xFFD3B3FF, 0xFF9CCBFF, 0xFF9CF0B0, 0xFFFFD08A, 0xFFE0C2FF, 0xFFD0D0D0},
    {0xFF6FB1FF, 0xFFFFB000, 0xFF3FE0B0, 0xFFFF8AB5, 0xFF7FE0FF, 0xFFFF8A5C, 0xFFCDBFFF, 0xFFC4F56A, 0xFFFFF25C,
     0xFFFFFFFF}};

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& c) {
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
}

}  // namespace

const Tokens& tokensOf(Scheme scheme) {
    switch (scheme) {
        case Scheme::kLight:
            return kLightTokens;
        case Scheme::kHighContrast:
            return kHighContrastTokens;
        case Scheme::kDark:
            break;
    }
    return kDarkTokens;
}

double contrastRatio(const QColor& a, const QColor& b) {
    const double first = luminance(a) + 0.05;
    const double second = luminance(b) + 0.05;
    return std::max(first, second) / std::min(first, second);
}

QColor blend(const QColor& under, const QColor& over, double share) {
    const auto mix = [share](int from, int to) { return static_cast<int>(std::lround(from + (to - from) * share)); };
    return QColor(mix(under.red(), over.red()), mix(under.green(), over.green()), mix(under.blue(), over.blue()));
}

}  // namespace weir::ui
