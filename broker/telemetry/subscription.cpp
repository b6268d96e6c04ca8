// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/telemetry/subscription.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>

namespace weir::telemetry {

struct Subscription::Pattern {
    RE2 expression;
};

namespace {

constexpr std::int32_t kShortestIntervalMs = 100;
constexpr std::int32_t kLongestIntervalMs = 3'600'000;
constexpr std::array<std::string_view, 6> kFacts{"client_instance_id",    "client_id",
                                                 "client_software_name",  "client_software_version",
                                                 "client_source_address", "client_source_port"};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    const auto last = text.find_last_not_of(" \t");
    return first == std::string_view::npos ? std::string_view() : text.substr(first, last - first + 1);
}

std::vector<std::string_view> elements(std::string_view list) {
    std::vector<std::string_view> result;
    while (!list.empty()) {
        const auto comma = list.find(',');
        const std::string_view element = trimmed(list.substr(0, comma));
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
        if (!element.empty()) {
            result.push_back(element);
        }
    }
    return result;
}

TelemetryResult<std::int32_t> parseInterval(const std::string& text) {
    std::int32_t value = 0;
    const std::string_view digits = trimmed(text);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) {
        return fail(TelemetryErrc::kInvalidConfig, "interval.ms is \"" + text + "\", which is no whole number.");
    }
    if (value < kShortestIntervalMs || value > kLongestIntervalMs) {
        return fail(TelemetryErrc::kInvalidRequest, "interval.ms must be between 100 and 3600000 (an hour).");
    }
    return value;
}

RE2::Options quiet() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);  // a pattern that needs more is refused
    return options;
}

}  // namespace

TelemetryResult<Subscription> Subscription::parse(const config::ConfigMap& settings) {
    Subscription made;
    for (const auto& [name, value] : settings) {
        if (name == "interval.ms") {
            auto interval = parseInterval(value);
            if (!interval) {
                return fail(interval.error());
            }
            made.m_intervalMs = *interval;
        } else if (name == "metrics") {
            for (const std::string_view metric : elements(value)) {
                made.m_metrics.emplace(metric);
            }
        } else if (name == "match") {
            for (const std::string_view pair : elements(value)) {
                const auto equals = pair.find('=');
                const std::string fact(trimmed(pair.substr(0, equals)));
                const bool isKnown = std::ranges::find(kFacts, fact) != kFacts.end();
                if (equals == std::string_view::npos || !isKnown) {
                    return fail(TelemetryErrc::kInvalidConfig,
                                "match has \"" + std::string(pair) + "\", which names nothing a client has.");
                }
                const std::string_view expression = trimmed(pair.substr(equals + 1));
                auto pattern = std::shared_ptr<const Pattern>(
                    new Pattern{RE2(re2::StringPiece(expression.data(), expression.size()), quiet())});
                if (!pattern->expression.ok()) {
                    return fail(TelemetryErrc::kInvalidConfig,
                                "match has \"" + std::string(pair) + "\": " + pattern->expression.error() + ".");
                }
                made.m_patterns[fact] = std::move(pattern);
            }
        } else {
            return fail(TelemetryErrc::kInvalidRequest, "\"" + name + "\" is no setting of client metrics.");
        }
    }
    return made;
}

bool Subscription::matches(const ClientFacts& facts) const {
    return std::ranges::all_of(m_patterns, [&](const auto& pattern) {
        const auto fact = facts.find(pattern.first);
        return fact != facts.end() && RE2::FullMatch(fact->second, pattern.second->expression);
    });
}

}  // namespace weir::telemetry
