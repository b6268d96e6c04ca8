// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/uuid.h"

namespace weir::folder {

/// Reads the fields of Kafka's internal records, which are encoded as messages of its protocol are: big-endian, with
/// lengths of 16 and 32 bits, or (flexible) as unsigned varints one above the length. Once something does not fit,
/// everything is empty and `ok` is false. One thread; the bytes outlive it.
class LogBytes {
public:
    explicit LogBytes(ByteView bytes, bool isFlexible = false) : m_left(bytes), m_isFlexible(isFlexible) {}

    [[nodiscard]] bool ok() const { return m_ok; }
    void setFlexible(bool isFlexible) { m_isFlexible = isFlexible; }

    template <class Int>
    Int number() {
        const ByteView from = take(sizeof(Int));
        return from.empty() ? Int{} : loadBigEndian<Int>(from.data());
    }
    std::int8_t byte() {
        const ByteView from = take(1);
        return from.empty() ? std::int8_t{0} : static_cast<std::int8_t>(from.front());
    }
    /// Nothing for null.
    std::optional<std::string> nullableText() {
        const std::int64_t size = m_isFlexible ? compactSize() : number<std::int16_t>();
        if (size < 0) {
            return std::nullopt;
        }
        return std::string(asText(take(static_cast<std::size_t>(size))));
    }
    std::string text() { return nullableText().value_or(std::string()); }
    ByteView bytes() {
        const std::int64_t size = m_isFlexible ? compactSize() : number<std::int32_t>();
        return size < 0 ? ByteView{} : take(static_cast<std::size_t>(size));
    }
    /// How many entries follow; null counts as none. Each takes a byte at least, so no number is believed beyond that.
    std::size_t count() {
        const std::int64_t size = m_isFlexible ? compactSize() : number<std::int32_t>();
        if (size > static_cast<std::int64_t>(m_left.size())) {
            failNow();
        }
        return size < 0 || !m_ok ? 0 : static_cast<std::size_t>(size);
    }
    std::vector<std::int32_t> numbers() {
        std::vector<std::int32_t> all;
        for (std::size_t left = count(); left > 0 && m_ok; --left) {
            all.push_back(number<std::int32_t>());
        }
        return all;
    }
    /// The tagged fields that end a flexible structure; none of them is wanted here.
    void skipTags() {
        if (!m_isFlexible) {
            return;
        }
        for (std::uint32_t left = varint(); left > 0 && m_ok; --left) {
            varint();
            take(varint());
        }
    }

    Uuid uuid() {
        Uuid id;
        const ByteView from = take(id.bytes.size());
        std::copy(from.begin(), from.end(), id.bytes.begin());
        return id;
    }
    std::uint32_t varint() {
        std::uint32_t value = 0;
        for (unsigned shift = 0; shift < 35; shift += 7) {
            const ByteView from = take(1);
            if (from.empty()) {
                return 0;
            }
            const auto each = std::to_integer<std::uint32_t>(from.front());
            value |= (each & 0x7fU) << shift;
            if ((each & 0x80U) == 0) {
                return value;
            }
        }
        failNow();
        return 0;
    }

private:
    std::int64_t compactSize() { return static_cast<std::int64_t>(varint()) - 1; }
    ByteView take(std::size_t size) {
        if (!m_ok || size > m_left.size()) {
            failNow();
            return {};
        }
        const ByteView taken = m_left.first(size);
        m_left = m_left.subspan(size);
        return taken;
    }
    void failNow() {
        m_ok = false;
        m_left = {};
    }

    ByteView m_left;
    bool m_isFlexible;
    bool m_ok = true;
};

}  // namespace weir::folder
