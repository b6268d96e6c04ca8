// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/base/result.h"

namespace weir::topics {

/// With the Kafka code that each becomes in broker/server.
enum class TopicErrc {
    kUnknownTopic,              ///< 3
    kAlreadyExists,             ///< 36
    kInvalidName,               ///< 17: illegal, or too much like an existing name.
    kInvalidPartitions,         ///< 37
    kInvalidReplicationFactor,  ///< 38
    kInvalidConfig,             ///< 40
    kInvalidRequest,            ///< 42: a name twice in one request, or a setting that the broker cannot take.
    kDeletionDisabled,          ///< 73
    kStorage,                   ///< 56: the disk is full or has failed.
    kGone,                      ///< 3: the time to bring a deleted topic back is over.
    kStopped,                   ///< 7: the broker is stopping.
};
using TopicError = Error<TopicErrc>;
template <class T>
using TopicResult = Result<T, TopicError>;

}  // namespace weir::topics
