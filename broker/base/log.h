// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <spdlog/fmt/fmt.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// The first and the last are thresholds only: nobody writes so little or so much.
enum class LogLevel { kTrace, kDebug, kInfo, kWarn, kError, kFatal };

/// The front of logging; spdlog stands behind it in log.cpp. An object passed to whoever logs, with a name for the
/// module. Thread safe. Never log keys, values, headers or secrets: names, offsets, sizes and errors only.
class Logger {
public:
    class Sink;

    /// Swallows everything: the default of tests.
    Logger();
    /// To standard error and, when `file` is not empty, to a rotating file (3 files of 10 MiB).
    static Logger make(LogLevel level, const std::string& file);

    /// The same sink under another module's name.
    [[nodiscard]] Logger named(std::string_view module) const;

    /// Stands for all modules without a level of their own.
    static constexpr std::string_view kRoot = "root";
    /// The level of each module that has been named so far, and of kRoot. Empty for a logger that swallows everything.
    [[nodiscard]] std::map<std::string, LogLevel> levels() const;
    /// From now on, for every logger of this module; without a level the root's counts again. False: no such module.
    bool setLevel(std::string_view module, std::optional<LogLevel> level) const;

    template <class... Args>
    void debug(fmt::format_string<Args...> format, Args&&... args) const {
        write(LogLevel::kDebug, format, fmt::make_format_args(args...));
    }
    template <class... Args>
    void info(fmt::format_string<Args...> format, Args&&... args) const {
        write(LogLevel::kInfo, format, fmt::make_format_args(args...));
    }
    template <class... Args>
    void warn(fmt::format_string<Args...> format, Args&&... args) const {
        write(LogLevel::kWarn, format, fmt::make_format_args(args...));
    }
    template <class... Args>
    void error(fmt::format_string<Args...> format, Args&&... args) const {
        write(LogLevel::kError, format, fmt::make_format_args(args...));
    }

private:
    struct Module;
    void write(LogLevel level, fmt::string_view format, fmt::format_args args) const;

    std::shared_ptr<Sink> m_sink;
    /// nullptr: the root's own.
    std::shared_ptr<const Module> m_module;
};

}  // namespace weir
