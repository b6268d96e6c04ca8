// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/base/bytes.h"

namespace weir::groups {

/// Big-endian integers and length-prefixed strings, as Kafka's non-flexible messages and our group records have them.
class ByteWriter {
public:
    template <class Int>
    void integer(Int value) {
        const auto at = m_bytes.size();
        m_bytes.resize(at + sizeof(Int));
        storeBigEndian<Int>(m_bytes.data() + at, value);
    }
    void byte(std::uint8_t value) { m_bytes.push_back(static_cast<std::byte>(value)); }
    void text(std::string_view value) { bytes(asBytes(value)); }
    void bytes(ByteView value) {
        integer<std::int32_t>(static_cast<std::int32_t>(value.size()));
        m_bytes.insert(m_bytes.end(), value.begin(), value.end());
    }
    void optionalText(const std::optional<std::string>& value) {
        byte(value.has_value() ? 1 : 0);
        if (value) {
            text(*value);
        }
    }
    [[nodiscard]] Bytes take() { return std::move(m_bytes); }

private:
    Bytes m_bytes;
};

/// Reads what the writer wrote, from bytes that nobody vouches for: past the end everything reads as zero or empty and
/// `ok` is false for good. No length is trusted further than the bytes that are there.
class ByteReader {
public:
    explicit ByteReader(ByteView bytes) : m_rest(bytes) {}

    template <class Int>
    Int integer() {
        if (m_rest.size() < sizeof(Int)) {
            return spoil<Int>();
        }
        const Int value = loadBigEndian<Int>(m_rest.data());
        m_rest = m_rest.subspan(sizeof(Int));
        return value;
    }
    std::uint8_t byte() {
        if (m_rest.empty()) {
            return spoil<std::uint8_t>();
        }
        const auto value = static_cast<std::uint8_t>(m_rest.front());
        m_rest = m_rest.subspan(1);
        return value;
    }
    ByteView bytes(std::int64_t length) {
        if (length < 0 || static_cast<std::uint64_t>(length) > m_rest.size()) {
            return spoil<ByteView>();
        }
        const auto value = m_rest.first(static_cast<std::size_t>(length));
        m_rest = m_rest.subspan(static_cast<std::size_t>(length));
        return value;
    }
    ByteView bytes() { return bytes(integer<std::int32_t>()); }
    std::string text() { return std::string(asText(bytes())); }
    /// Kafka's STRING: an int16 length.
    std::string shortText() { return std::string(asText(bytes(integer<std::int16_t>()))); }
    std::optional<std::string> optionalText() {
        return byte() != 0 ? std::optional<std::string>(text()) : std::nullopt;
    }
    /// A count of things of at least `minimumSize` bytes each; refuses what cannot fit into the rest.
    std::size_t count(std::size_t minimumSize) {
        const auto value = integer<std::int32_t>();
        if (value < 0 || static_cast<std::size_t>(value) > m_rest.size() / minimumSize) {
            return spoil<std::size_t>();
        }
        return static_cast<std::size_t>(value);
    }

    /// A count and as many integers. That they are there has been seen with the count.
    template <class Int, class Take>
    void integers(const Take& take) {
        for (auto left = count(sizeof(Int)); left > 0; --left) {
            take(integer<Int>());
        }
    }

    [[nodiscard]] bool ok() const { return m_ok; }
    [[nodiscard]] std::size_t remaining() const { return m_rest.size(); }

private:
    template <class T>
    T spoil() {
        m_ok = false;
        m_rest = {};
        return T{};
    }

    ByteView m_rest;
    bool m_ok = true;
};

}  // namespace weir::groups
