// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "broker/base/result.h"

namespace weir::telemetry {

/// The values are Kafka's codes.
enum class TelemetryErrc : std::int16_t {
    kNotStored = -1,
    kNone = 0,
    kInvalidConfig = 40,
    kInvalidRequest = 42,
    kUnsupportedCompression = 76,
    kInvalidRecord = 87,
    kTooSoon = 89,
    kUnknownSubscription = 117,
    kTooLarge = 118,
};

template <class T>
using TelemetryResult = Result<T, Error<TelemetryErrc>>;

}  // namespace weir::telemetry
