// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/uuid.h"
#include "broker/protocol/io/wire_type.h"
#include "broker/protocol/types.h"

/// The two ends of encoding: one counts, one writes. The walk over a message (encode.h) is the same for both, which
/// is why a size is never wrong.
namespace weir::protocol {

/// Record sets of at least this many bytes are not copied into a frame but sent from where they lie.
inline constexpr std::size_t kGatherThreshold = 1024;

/// A buffer with foreign bytes between its own: `view` comes before the byte at `at` of the buffer.
struct GatheredView {
    std::size_t at;
    ByteView view;
};

constexpr std::size_t unsignedVarlongSize(std::uint64_t value) {
    std::size_t size = 1;
    for (; value >= 0x80; value >>= 7) {
        ++size;
    }
    return size;
}

/// Counts bytes and finds what a version cannot say.
class SizeCounter {
public:
    SizeCounter(ApiVersion version, bool flexible) : m_version(version), m_flexible(flexible) {}

    [[nodiscard]] ApiVersion version() const { return m_version; }
    [[nodiscard]] bool flexible() const { return m_flexible; }
    /// All bytes, those of record sets included.
    [[nodiscard]] std::size_t size() const { return m_size; }
    /// The part of `size` that kGatherThreshold keeps out of a frame's own buffer.
    [[nodiscard]] std::size_t gatheredSize() const { return m_gathered; }

    template <class Int>
    void putInt(Int) {
        m_size += sizeof(Int);
    }
    void putUnsignedVarint(std::uint32_t value) { m_size += unsignedVarlongSize(value); }
    void putView(ByteView view) { m_size += view.size(); }
    void putRecords(ByteView view) {
        m_size += view.size();
        m_gathered += view.size() >= kGatherThreshold ? view.size() : 0;
    }
    /// Keeps the first one.
    void problem(ProtocolErrc code, const char* field) {
        if (m_field == nullptr) {
            m_code = code;
            m_field = field;
        }
    }
    [[nodiscard]] bool hasProblem() const { return m_field != nullptr; }
    [[nodiscard]] ProtocolErrc problemCode() const { return m_code; }
    [[nodiscard]] const char* problemField() const { return m_field; }

private:
    ApiVersion m_version;
    bool m_flexible;
    std::size_t m_size = 0;
    std::size_t m_gathered = 0;
    ProtocolErrc m_code{};
    const char* m_field = nullptr;
};

/// Writes into exactly the memory that a SizeCounter asked for; writing past it is a bug and asserts.
class WireWriter {
public:
    WireWriter(MutableByteView out, ApiVersion version, bool flexible, std::vector<GatheredView>* gathered = nullptr)
        : m_begin(out.data()),
          m_at(out.data()),
          m_end(out.data() + out.size()),
          m_version(version),
          m_flexible(flexible),
          m_gathered(gathered) {}

    [[nodiscard]] ApiVersion version() const { return m_version; }
    [[nodiscard]] bool flexible() const { return m_flexible; }
    [[nodiscard]] std::size_t written() const { return static_cast<std::size_t>(m_at - m_begin); }
    [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(m_end - m_at); }

    template <class Int>
    void putInt(Int value) {
        WEIR_ASSERT(left() >= sizeof(Int));
        if constexpr (sizeof(Int) == 1) {
            *m_at = static_cast<std::byte>(value);
        } else {
            storeBigEndian(m_at, value);
        }
        m_at += sizeof(Int);
    }
    void putUnsignedVarint(std::uint32_t value) { putUnsignedVarlong(value); }
    void putUnsignedVarlong(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) {
            putInt(static_cast<std::uint8_t>(value | 0x80));
        }
        putInt(static_cast<std::uint8_t>(value));
    }
    void putVarint(std::int32_t value) { putUnsignedVarint(wire::zigzag(value)); }
    void putVarlong(std::int64_t value) { putUnsignedVarlong(wire::zigzag(value)); }
    void putView(ByteView view) {
        if (!view.empty()) {
            WEIR_ASSERT(left() >= view.size());
            std::memcpy(m_at, view.data(), view.size());
            m_at += view.size();
        }
    }
    void putRecords(ByteView view) {
        if (m_gathered != nullptr && view.size() >= kGatherThreshold) {
            m_gathered->push_back({written(), view});
        } else {
            putView(view);
        }
    }
    void problem(ProtocolErrc, const char*) {}

private:
    std::byte* m_begin;
    std::byte* m_at;
    std::byte* m_end;
    ApiVersion m_version;
    bool m_flexible;
    std::vector<GatheredView>* m_gathered;
};

}  // namespace weir::protocol
