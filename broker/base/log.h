// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <spdlog/fmt/fmt.h>

#include <memory>
#include <string>
#include <string_view>

namespace weir {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

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
    void write(LogLevel level, fmt::string_view format, fmt::format_args args) const;

    std::shared_ptr<Sink> m_sink;
    std::string m_module;
};

}  // namespace weir
