// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <optional>

#include "broker/model/ids.h"

/// How numbers, bytes and times are worded everywhere.
namespace weir::ui {

/// What stands where there is no value: never 0.
inline const QString kNone = QStringLiteral("–");

/// "1,234,567", separated as the person's locale does it.
QString formatCount(qint64 count);
/// formatCount, or "–" when negative: for lags and counts where -1 says "unknown".
QString formatCountOrNone(qint64 count);
/// "~1,234" unless exact.
QString formatCount(qint64 count, bool exact);
/// "1.2 k", "3.4 M": where room is short; the exact figure belongs into the tooltip.
QString formatShortCount(double count);
/// "512 B", "1.4 kB", "20.1 MB": powers of 1000.
QString formatBytes(qint64 bytes);
/// "20,123,456 bytes": the tooltip of formatBytes.
QString formatBytesExact(qint64 bytes);
/// "1,204/s", "0.4/s", "0/s".
QString formatRate(double perSecond);
/// "1.4 MB/s".
QString formatByteRate(double bytesPerSecond);
/// "250 ms", "1.2 s", "3 min 4 s", "2 h 5 min", "3 d 4 h".
QString formatDuration(qint64 milliseconds);
/// "just now", "12 s ago", "3 min ago", "in 2 h"; kNone for kNoTimestamp.
QString formatRelative(Timestamp at, Timestamp now);
/// "2026-11-22 11:20:31.123 +01:00": the tooltip of every time.
QString formatAbsolute(Timestamp at);
/// "11:20:31.123", local.
QString formatClock(Timestamp at);
/// "62 %"
QString formatShare(double share);
[[nodiscard]] Timestamp nowTimestamp();

/// "1 topic", "3 topics".
QString plural(qint64 count, const QString& one, const QString& many);

}  // namespace weir::ui
