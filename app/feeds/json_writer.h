// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "broker/base/assert.h"
#include "broker/base/bytes.h"

namespace weir::app {

/// Writes one flat JSON object into a fixed buffer: the feeds' records are small and of known shape, and this takes
/// no allocation and no format string. Texts must need no escaping. One thread.
class JsonWriter {
public:
    void begin() {
        m_size = 0;
        put('{');
    }
    JsonWriter& text(std::string_view name, std::string_view value) {
        writeName(name);
        put('"');
        put(value);
        put('"');
        return *this;
    }
    JsonWriter& integer(std::string_view name, std::int64_t value) {
        writeName(name);
        digits(value);
        return *this;
    }
    JsonWriter& boolean(std::string_view name, bool value) {
        writeName(name);
        put(value ? std::string_view("true") : std::string_view("false"));
        return *this;
    }
    /// `hundredths` with two decimals: 18742 is 187.42.
    JsonWriter& cents(std::string_view name, std::int64_t hundredths) {
        writeName(name);
        if (hundredths < 0) {
            put('-');
            hundredths = -hundredths;
        }
        digits(hundredths / 100);
        const auto rest = static_cast<int>(hundredths % 100);
        put('.');
        put(static_cast<char>('0' + rest / 10));
        put(static_cast<char>('0' + rest % 10));
        return *this;
    }
    std::string_view end() {
        put('}');
        return {m_buffer.data(), m_size};
    }

private:
    void put(char c) {
        WEIR_ASSERT(m_size < m_buffer.size());
        m_buffer[m_size++] = c;
    }
    void put(std::string_view text) {
        WEIR_ASSERT(m_size + text.size() <= m_buffer.size());
        text.copy(m_buffer.data() + m_size, text.size());
        m_size += text.size();
    }
    void digits(std::int64_t value) {
        const auto result = std::to_chars(m_buffer.data() + m_size, m_buffer.data() + m_buffer.size(), value);
        WEIR_ASSERT(result.ec == std::errc());
        m_size = static_cast<std::size_t>(result.ptr - m_buffer.data());
    }
    void writeName(std::string_view name) {
        if (m_size > 1) {
            put(',');
        }
        put('"');
        put(name);
        put("\":");
    }

    std::array<char, 1024> m_buffer;
    std::size_t m_size = 0;
};

/// Reuses what `bytes` holds.
inline void assignText(std::optional<Bytes>& bytes, std::string_view text) {
    const ByteView view = asBytes(text);
    if (!bytes) {
        bytes.emplace();
    }
    bytes->assign(view.begin(), view.end());
}

}  // namespace weir::app
