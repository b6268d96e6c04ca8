// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "broker/base/bytes.h"
#include "broker/base/uuid.h"
#include "broker/protocol/types.h"

namespace weir::protocol {

/// Reads Kafka's primitive types out of bytes that a stranger sent. The first violation is kept and every later read
/// gives zero or null, so that a reader asks `failed()` where it decides, not after each field. Never reads outside
/// `bytes`, never allocates. One thread at a time; views live as long as the bytes.
class WireReader {
public:
    WireReader(ByteView bytes, ApiVersion version, bool flexible)
        : m_begin(bytes.data()),
          m_at(bytes.data()),
          m_end(bytes.data() + bytes.size()),
          m_version(version),
          m_flexible(flexible) {}

    [[nodiscard]] ApiVersion version() const { return m_version; }
    [[nodiscard]] bool flexible() const { return m_flexible; }
    [[nodiscard]] std::size_t remaining() const { return static_cast<std::size_t>(m_end - m_at); }
    [[nodiscard]] std::size_t consumed() const { return static_cast<std::size_t>(m_at - m_begin); }

    [[nodiscard]] bool failed() const { return m_failure.has_value(); }
    /// Keeps the first failure only and forgets the rest of the bytes.
    void fail(ProtocolErrc code);
    /// Named in the error's sentence; a literal.
    void setField(const char* name) { m_field = name; }
    [[nodiscard]] ProtocolError error() const;

    template <class Int>
    Int readInt() {
        if (remaining() < sizeof(Int)) {
            fail(ProtocolErrc::kTruncated);
            return 0;
        }
        Int value;
        if constexpr (sizeof(Int) == 1) {
            value = static_cast<Int>(*m_at);
        } else {
            value = loadBigEndian<Int>(m_at);
        }
        m_at += sizeof(Int);
        return value;
    }
    /// Every byte but 0 is true, as in Kafka.
    bool readBool() { return readInt<std::int8_t>() != 0; }
    double readDouble();
    Uuid readUuid();
    std::uint32_t readUnsignedVarint();
    std::uint64_t readUnsignedVarlong();
    std::int32_t readVarint();
    std::int64_t readVarlong();
    /// `size` bytes, or nothing and a failure.
    ByteView readView(std::size_t size);

    /// Nothing is null. What comes back fits into the remaining bytes.
    std::optional<std::size_t> readTextLength();
    std::optional<std::size_t> readBytesLength();
    /// Counts against kMaxElementsPerMessage too when `countsAsElements`.
    std::optional<std::size_t> readArrayCount(std::size_t minimalElementSize, bool countsAsElements);
    /// One more of what takes far more memory than bytes on the wire.
    void countElements(std::size_t count);

    /// Narrows the reader to the next `size` bytes until `leave`, which refuses what was left unread.
    const std::byte* enter(std::size_t size);
    void leave(const std::byte* outerEnd);

private:
    template <class UInt>
    UInt readSevenBitGroups();
    std::optional<std::size_t> checkedLength(std::int64_t length, std::size_t unit);

    const std::byte* m_begin;
    const std::byte* m_at;
    const std::byte* m_end;
    ApiVersion m_version;
    bool m_flexible;
    std::size_t m_elementsLeft = kMaxElementsPerMessage;
    const char* m_field = "";
    struct Failure {
        ProtocolErrc code;
        const char* field;
        std::size_t at;
    };
    std::optional<Failure> m_failure;
};

}  // namespace weir::protocol
