// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/format.h"

#include <QDateTime>
#include <QLocale>
#include <cmath>

namespace weir::ui {
namespace {

QLocale locale() {
    const QLocale chosen;
    // The "C" locale separates nothing, which no person wants to read.
    return chosen.language() == QLocale::C ? QLocale(QLocale::English, QLocale::UnitedStates) : chosen;
}

QString scaled(double value, const char* const* units, int unitCount) {
    int unit = 0;
    double rest = value;
    while (std::abs(rest) >= 999.5 && unit + 1 < unitCount) {
        rest /= 1000;
        ++unit;
    }
    const int decimals = unit == 0 || std::abs(rest) >= 99.95 ? 0 : 1;
    return locale().toString(rest, 'f', decimals) + QChar(0xA0) + QString::fromLatin1(units[unit]);
}

}  // namespace

QString formatCount(qint64 count) {
    return locale().toString(count);
}

QString formatCountOrNone(qint64 count) {
    return count < 0 ? kNone : formatCount(count);
}

QString formatCount(qint64 count, bool exact) {
    return exact ? formatCount(count) : QLatin1Char('~') + formatCount(count);
}

QString formatShortCount(double count) {
    constexpr const char* kUnits[] = {"", "k", "M", "G", "T"};
    if (std::abs(count) < 10 && count != std::floor(count)) {
        return locale().toString(count, 'g', 2);
    }
    return scaled(count, kUnits, 5).trimmed();
}

QString formatBytes(qint64 bytes) {
    constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    return bytes < 0 ? kNone : scaled(static_cast<double>(bytes), kUnits, 6);
}

QString formatBytesExact(qint64 bytes) {
    return plural(bytes, QStringLiteral("byte"), QStringLiteral("bytes"));
}

QString formatRate(double perSecond) {
    const int decimals = perSecond > 0 && perSecond < 9.95 ? 1 : 0;
    return locale().toString(perSecond, 'f', decimals) + QStringLiteral("/s");
}

QString formatByteRate(double bytesPerSecond) {
    return formatBytes(static_cast<qint64>(std::llround(std::max(0.0, bytesPerSecond)))) + QStringLiteral("/s");
}

QString formatDuration(qint64 milliseconds) {
    const qint64 seconds = milliseconds / 1000;
    if (milliseconds < 0) {
        return kNone;
    }
    if (milliseconds < 1000) {
        return QStringLiteral("%1 ms").arg(milliseconds);
    }
    if (seconds < 60) {
        return locale().toString(static_cast<double>(milliseconds) / 1000.0, 'f', seconds < 10 ? 1 : 0) +
               QStringLiteral(" s");
    }
    const auto two = [](qint64 high, const char* highUnit, qint64 low, const char* lowUnit) {
        const QString first = QString::number(high) + QLatin1Char(' ') + QLatin1String(highUnit);
        return low == 0 ? first
                        : first + QLatin1Char(' ') + QString::number(low) + QLatin1Char(' ') + QLatin1String(lowUnit);
    };
    if (seconds < 3600) {
        return two(seconds / 60, "min", seconds % 60, "s");
    }
    if (seconds < 86400) {
        return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
    }
    return two(seconds / 86400, "d", seconds % 86400 / 3600, "h");
}

QString formatRelative(Timestamp at, Timestamp now) {
    if (at.value < 0) {
        return kNone;
    }
    const qint64 age = now - at;
    const qint64 seconds = std::abs(age) / 1000;
    if (seconds < 1) {
        return QStringLiteral("just now");
    }
    const QString span = seconds < 60      ? QStringLiteral("%1 s").arg(seconds)
                         : seconds < 3600  ? QStringLiteral("%1 min").arg(seconds / 60)
                         : seconds < 86400 ? QStringLiteral("%1 h").arg(seconds / 3600)
                                           : QStringLiteral("%1 d").arg(seconds / 86400);
    return age >= 0 ? span + QStringLiteral(" ago") : QStringLiteral("in ") + span;
}

QString formatAbsolute(Timestamp at) {
    if (at.value < 0) {
        return kNone;
    }
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(at.value);
    const int offset = time.offsetFromUtc() / 60;
    const QString zone = QStringLiteral("%1%2:%3")
                             .arg(offset < 0 ? QLatin1Char('-') : QLatin1Char('+'))
                             .arg(std::abs(offset) / 60, 2, 10, QLatin1Char('0'))
                             .arg(std::abs(offset) % 60, 2, 10, QLatin1Char('0'));
    return time.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz ")) + zone;
}

QString formatClock(Timestamp at) {
    return at.value < 0 ? kNone : QDateTime::fromMSecsSinceEpoch(at.value).toString(QStringLiteral("HH:mm:ss.zzz"));
}

QString formatShare(double share) {
    return locale().toString(share * 100, 'f', 0) + QStringLiteral(" %");
}

Timestamp nowTimestamp() {
    return Timestamp(QDateTime::currentMSecsSinceEpoch());
}

QString plural(qint64 count, const QString& one, const QString& many) {
    return formatCount(count) + QLatin1Char(' ') + (count == 1 ? one : many);
}

}  // namespace weir::ui
