// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/base/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <atomic>
#include <mutex>
#include <vector>

namespace weir {

namespace {

constexpr std::size_t kFileBytes = 10UL * 1024 * 1024;
constexpr std::size_t kFiles = 3;
constexpr int kInherits = -1;

spdlog::level::level_enum toSpdlog(LogLevel level) {
    switch (level) {
        case LogLevel::kTrace:
            return spdlog::level::trace;
        case LogLevel::kDebug:
            return spdlog::level::debug;
        case LogLevel::kInfo:
            return spdlog::level::info;
        case LogLevel::kWarn:
            return spdlog::level::warn;
        case LogLevel::kError:
            return spdlog::level::err;
        case LogLevel::kFatal:
            return spdlog::level::critical;
    }
    return spdlog::level::info;
}

}  // namespace

struct Logger::Module {
    std::string name;
    /// A LogLevel, or kInherits.
    mutable std::atomic<int> level{kInherits};
};

class Logger::Sink {
public:
    Sink(spdlog::logger logger, LogLevel level) : m_logger(std::move(logger)), m_root(static_cast<int>(level)) {}
    void log(LogLevel level, const std::string& text) { m_logger.log(toSpdlog(level), text); }
    [[nodiscard]] bool takes(LogLevel level, const Module* module) const {
        return static_cast<int>(level) >= static_cast<int>(levelOf(module));
    }

    std::shared_ptr<const Module> module(std::string_view name) {
        const std::lock_guard lock(m_mutex);
        auto& found = m_modules[std::string(name)];
        if (!found) {
            found = std::make_shared<Module>();
            found->name = name;
        }
        return found;
    }
    [[nodiscard]] std::map<std::string, LogLevel> levels() const {
        const std::lock_guard lock(m_mutex);
        std::map<std::string, LogLevel> levels{{std::string(kRoot), levelOf(nullptr)}};
        for (const auto& [name, each] : m_modules) {
            levels.emplace(name, levelOf(each.get()));
        }
        return levels;
    }
    bool setLevel(std::string_view name, std::optional<LogLevel> level) {
        const std::lock_guard lock(m_mutex);
        if (name == kRoot) {
            m_root = level ? static_cast<int>(*level) : m_root.load();
            return level.has_value();
        }
        const auto at = m_modules.find(std::string(name));
        if (at == m_modules.end()) {
            return false;
        }
        at->second->level = level ? static_cast<int>(*level) : kInherits;
        return true;
    }

private:
    [[nodiscard]] LogLevel levelOf(const Module* module) const {
        const int own = module == nullptr ? kInherits : module->level.load(std::memory_order_relaxed);
        return static_cast<LogLevel>(own == kInherits ? m_root.load(std::memory_order_relaxed) : own);
    }

    spdlog::logger m_logger;
    std::atomic<int> m_root;
    mutable std::mutex m_mutex;
    std::map<std::string, std::shared_ptr<Module>> m_modules;
};

Logger::Logger() = default;

Logger Logger::make(LogLevel level, const std::string& file) {
    std::vector<spdlog::sink_ptr> sinks{std::make_shared<spdlog::sinks::stderr_color_sink_mt>()};
    if (!file.empty()) {
        sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(file, kFileBytes, kFiles));
    }
    spdlog::logger logger("weir", sinks.begin(), sinks.end());
    // Which line is written is decided before it is made.
    logger.set_level(spdlog::level::trace);
    logger.set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%L%$ %v");
    logger.flush_on(spdlog::level::warn);
    Logger made;
    made.m_sink = std::make_shared<Sink>(std::move(logger), level);
    return made;
}

Logger Logger::named(std::string_view module) const {
    Logger other = *this;
    other.m_module = m_sink ? m_sink->module(module) : nullptr;
    return other;
}

std::map<std::string, LogLevel> Logger::levels() const {
    return m_sink ? m_sink->levels() : std::map<std::string, LogLevel>();
}

bool Logger::setLevel(std::string_view module, std::optional<LogLevel> level) const {
    return m_sink && m_sink->setLevel(module, level);
}

void Logger::write(LogLevel level, fmt::string_view format, fmt::format_args args) const {
    if (!m_sink || !m_sink->takes(level, m_module.get())) {
        return;
    }
    try {
        m_sink->log(level, m_module ? m_module->name + ": " + fmt::vformat(format, args) : fmt::vformat(format, args));
    } catch (const std::bad_alloc&) {
        // What wanted to tell goes on without.
    }
}

}  // namespace weir
