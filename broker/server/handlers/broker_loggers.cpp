// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/handlers/broker_loggers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace weir::server {

namespace {

using protocol::ErrorCode;

constexpr std::array<std::pair<std::string_view, LogLevel>, 6> kLevelWords{{{"TRACE", LogLevel::kTrace},
                                                                            {"DEBUG", LogLevel::kDebug},
                                                                            {"INFO", LogLevel::kInfo},
                                                                            {"WARN", LogLevel::kWarn},
                                                                            {"ERROR", LogLevel::kError},
                                                                            {"FATAL", LogLevel::kFatal}}};

std::optional<LogLevel> levelOf(std::string_view word) {
    const auto at = std::ranges::find(kLevelWords, word, &std::pair<std::string_view, LogLevel>::first);
    return at == kLevelWords.end() ? std::nullopt : std::optional(at->second);
}

ConfigAnswer judgeChange(const std::map<std::string, std::string>& known, const config::Alteration& change) {
    if (change.op != config::AlterOp::kSet && change.op != config::AlterOp::kDelete) {
        return {ErrorCode::kInvalidRequest, "The level of a logger is set or deleted, nothing else."};
    }
    if (!known.contains(change.name)) {
        return {ErrorCode::kInvalidConfig, "There is no logger '" + change.name + "'."};
    }
    if (change.op == config::AlterOp::kDelete && change.name == Logger::kRoot) {
        return {ErrorCode::kInvalidRequest, "The root logger always has a level."};
    }
    if (change.op == config::AlterOp::kSet && !levelOf(change.value.value_or(""))) {
        return {ErrorCode::kInvalidConfig, "The level of " + change.name + " cannot be '" + change.value.value_or("") +
                                               "': it is one of TRACE, DEBUG, INFO, WARN, ERROR and FATAL."};
    }
    return {};
}

}  // namespace

ConfigAnswer refusalOfLogger(const std::string& resourceName, BrokerId self) {
    std::int32_t id = -1;
    const char* const end = resourceName.data() + resourceName.size();
    const auto read = std::from_chars(resourceName.data(), end, id);
    if (read.ec != std::errc() || read.ptr != end || id != self.value) {
        return wrongBroker(resourceName);
    }
    return {};
}

std::map<std::string, std::string> loggerLevels(const Logger& logger) {
    std::map<std::string, std::string> levels;
    for (const auto& [name, level] : logger.levels()) {
        levels.emplace(name,
                       std::ranges::find(kLevelWords, level, &std::pair<std::string_view, LogLevel>::second)->first);
    }
    return levels;
}

ConfigAnswer alterLoggers(const Logger& logger, const std::vector<config::Alteration>& changes, topics::Mode mode) {
    const auto known = loggerLevels(logger);
    for (const config::Alteration& change : changes) {
        if (auto refusal = judgeChange(known, change); refusal.code != ErrorCode::kNone) {
            return refusal;
        }
    }
    if (mode == topics::Mode::kApply) {
        for (const config::Alteration& change : changes) {
            logger.setLevel(change.name, change.op == config::AlterOp::kSet ? levelOf(*change.value) : std::nullopt);
        }
    }
    return {};
}

}  // namespace weir::server
