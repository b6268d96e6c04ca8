// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "broker/catalog/errors.h"
#include "broker/config/config_def.h"
#include "broker/topics/topic_errors.h"

/// Errors of the layers below in the registry's words; inside this module only.
namespace weir::topics {

inline TopicError fromCatalog(const catalog::CatalogError& error) {
    switch (error.code) {
        case catalog::CatalogErrc::kConflict:
            return {TopicErrc::kAlreadyExists, error.message};
        case catalog::CatalogErrc::kNotFound:
            return {TopicErrc::kUnknownTopic, error.message};
        case catalog::CatalogErrc::kStopped:
            return {TopicErrc::kStopped, error.message};
        default:
            return {TopicErrc::kStorage, error.message};
    }
}

inline TopicError unknownTopic(const std::string& name) {
    return {TopicErrc::kUnknownTopic, "There is no topic \"" + name + "\"."};
}

inline TopicError fromConfig(const config::ConfigError& error) {
    return {TopicErrc::kInvalidConfig, error.message};
}

/// Kafka answers INVALID_REQUEST to a broker setting that cannot be taken, whatever is wrong with it (KAFKA-13609).
inline TopicError fromBrokerConfig(const config::ConfigError& error) {
    return {TopicErrc::kInvalidRequest, error.message};
}

}  // namespace weir::topics
