// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <vector>

namespace weir {

namespace {

constexpr std::size_t kFileBytes = 10UL * 1024 * 1024;
constexpr std::size_t kFiles = 3;

spdlog::level::level_enum toSpdlog(LogLevel level) {
    switch (level) {
        case LogLevel::kDebug:
            return spdlog::level::debug;
        case LogLevel::kInfo:
            return spdlog::level::info;
        case LogLevel::kWarn:
            return spdlog::level::warn;
        case LogLevel::kError:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

}  // namespace

class Logger::Sink {
public:
    explicit Sink(spdlog::logger logger) : m_logger(std::move(logger)) {}
    void log(LogLevel level, const std::string& text) { m_logger.log(toSpdlog(level), text); }
    [[nodiscard]] bool takes(LogLevel level) const { return m_logger.should_log(toSpdlog(level)); }

private:
    spdlog::logger m_logger;
};

Logger::Logger() = default;

Logger Logger::make(LogLevel level, const std::string& file) {
    std::vector<spdlog::sink_ptr> sinks{std::make_shared<spdlog::sinks::stderr_color_sink_mt>()};
    if (!file.empty()) {
        sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file, kFileBytes, kFiles));
    }
    spdlog::logger logger("weir", sinks.begin(), sinks.end());
    logger.set_level(toSpdlog(level));
    logger.set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%L%$ %v");
    logger.flush_on(spdlog::level::warn);
    Logger made;
    made.m_sink = std::make_shared<Sink>(std::move(logger));
    return made;
}

Logger Logger::named(std::string_view module) const {
    Logger other = *this;
    other.m_module = module;
    return other;
}

void Logger::write(LogLevel level, fmt::string_view format, fmt::format_args args) const {
    if (!m_sink || !m_sink->takes(level)) {
        return;
    }
    m_sink->log(level, m_module.empty() ? fmt::vformat(format, args) : m_module + ": " + fmt::vformat(format, args));
}

}  // namespace weir
