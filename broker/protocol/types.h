// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/result.h"
#include "broker/base/strong.h"

/// The nouns that every message shares. Nothing here knows a single message.
namespace weir::protocol {

/// Version of one API's messages; a response always has the version of its request.
using ApiVersion = Strong<struct ApiVersionTag, std::int16_t>;
/// Chosen by the client, repeated in the response.
using CorrelationId = Strong<struct CorrelationIdTag, std::int32_t>;

/// Both ends belong to the range.
struct VersionRange {
    std::int16_t first;
    std::int16_t last;
    bool operator==(const VersionRange&) const = default;
    [[nodiscard]] constexpr bool contains(ApiVersion version) const {
        return version.value >= first && version.value <= last;
    }
};

/// `kFirstFlexible` of a message that has no flexible version.
inline constexpr std::int16_t kNeverFlexible = 32767;

/// A length or count that the other side may choose: one number for every array of one message, so that a frame of
/// empty elements cannot make a decoded message hundreds of times larger than the frame.
inline constexpr std::size_t kMaxElementsPerMessage = 1'000'000;

/// Why bytes are no message, or why a message has no bytes in a version.
enum class ProtocolErrc {
    kTruncated,           ///< a field ends after the bytes do
    kInvalidLength,       ///< a negative or impossible length or count
    kInvalidVarint,       ///< more bytes than the integer can have
    kUnexpectedNull,      ///< null where the version does not allow it
    kInvalidTag,          ///< tags not ascending, or a tag's size is not its value's
    kTooManyElements,     ///< above kMaxElementsPerMessage
    kTrailingBytes,       ///< bytes behind the message, where that was asked to be refused
    kUnsupportedVersion,  ///< the message does not exist in this version
    kNotRepresentable,    ///< encoding would lose a value that the version has no field for
    kTooLarge,            ///< encoding would exceed what a length field can say
};
using ProtocolError = Error<ProtocolErrc>;

/// Record batches as they travel: opaque here, null by default. A view; whoever holds the frame or the stored bytes
/// keeps it alive. Equal when the bytes are equal.
class RecordsView {
public:
    RecordsView() = default;
    RecordsView(ByteView bytes) : m_bytes(bytes), m_isNull(false) {}  // NOLINT: implicit by design

    [[nodiscard]] bool isNull() const { return m_isNull; }
    /// Empty when null.
    [[nodiscard]] ByteView bytes() const { return m_bytes; }
    bool operator==(const RecordsView& other) const {
        return m_isNull == other.m_isNull && std::ranges::equal(m_bytes, other.m_bytes);
    }

private:
    ByteView m_bytes;
    bool m_isNull = true;
};

/// A tagged field that this code does not know: kept, so that decoding and encoding again gives the same bytes.
struct UnknownTag {
    std::uint32_t tag = 0;
    Bytes value{};
    bool operator==(const UnknownTag&) const = default;
};
/// Ascending by tag. Every struct of every message has one, empty in versions that are not flexible.
using UnknownTags = std::vector<UnknownTag>;

}  // namespace weir::protocol
