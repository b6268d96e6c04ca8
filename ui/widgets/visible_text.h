// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace weir::ui {

/// Control and bidirectional characters made visible, so that they are shown and not obeyed: a control becomes its
/// picture (U+2400 block), a direction mark becomes "‹U+202E›". Everything else stays.
inline QString visibleText(QStringView text) {
    QString result;
    result.reserve(text.size());
    for (const QChar c : text) {
        const char16_t u = c.unicode();
        const bool bidi = (u >= 0x202A && u <= 0x202E) || (u >= 0x2066 && u <= 0x2069) || u == 0x200E || u == 0x200F ||
                          u == 0x061C || u == 0x2028 || u == 0x2029 || u == 0xFEFF;
        if (u < 0x20) {
            result += u == 0x09 ? QStringLiteral("    ") : QString(QChar(0x2400 + u));
        } else if (u == 0x7F) {
            result += QChar(0x2421);
        } else if (bidi || (u >= 0x80 && u < 0xA0)) {
            result += QStringLiteral("‹U+%1›").arg(static_cast<uint>(u), 4, 16, QLatin1Char('0')).toUpper();
        } else {
            result += c;
        }
    }
    return result;
}

}  // namespace weir::ui
