// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "broker/base/result.h"

namespace weir::config {

/// Numbers as in DescribeConfigs v3+ (KIP-569).
enum class ConfigType : std::int8_t {
    kBoolean = 1,
    kString = 2,
    kInt = 3,
    kShort = 4,
    kLong = 5,
    kDouble = 6,
    kList = 7,
    kClass = 8,
    kPassword = 9
};

/// Numbers as in DescribeConfigs v1+ (KIP-226, KIP-848 for the last).
enum class ConfigSource : std::int8_t {
    kDynamicTopic = 1,
    kDynamicBroker = 2,
    kDynamicDefaultBroker = 3,
    kStaticBroker = 4,
    kDefault = 5,
    kDynamicGroup = 8
};

enum class Importance : std::int8_t { kHigh, kMedium, kLow };

/// What a setting does in Weir: it works, or the reason for which it is only accepted.
enum class Effect : std::int8_t {
    kWorks,
    kOneReplica,
    kNoQuorum,
    kNoTier,
    kNoSecurity,
    kNoJava,
    kOtherWay,
    kNoQuotas,
    kNoTransactions,
    kNotNeeded
};

enum class Update : std::int8_t { kAtStart, kLive };

/// Which values are legal, beyond the type. A closed set is written "a|b|c".
struct Rule {
    enum class Kind : std::int8_t {
        kAny,
        kRange,
        kRangeOrMinusOne,
        kOneOf,
        kOneOfAnyCase,
        kSubsetOf,
        kNotEmpty,
        kThrottledReplicas
    };
    Kind kind = Kind::kAny;
    std::int64_t min = 0;
    std::int64_t max = 0;
    /// Upper end for doubles; below 0 there is none.
    double maxDouble = -1;
    std::string_view set{};
};

/// One setting. `defaultValue` is nullptr where Kafka's default is null. `brokerKey` is the broker setting behind a
/// topic's or group's one, empty when there is none.
struct ConfigDef {
    std::string_view name;
    ConfigType type;
    const char* defaultValue;
    Importance importance;
    Rule rule;
    Effect effect;
    Update update;
    std::string_view text;
    std::string_view brokerKey;

    [[nodiscard]] bool hasEffect() const { return effect == Effect::kWorks; }
    [[nodiscard]] bool isSensitive() const { return type == ConfigType::kPassword; }
};

enum class ConfigErrc { kUnknownKey, kInvalidValue, kConflict, kNotDynamic, kSyntax };
using ConfigError = Error<ConfigErrc>;

/// Settings as text, by name: one layer (overrides of a topic, the properties file, ...).
using ConfigMap = std::map<std::string, std::string, std::less<>>;

}  // namespace weir::config
