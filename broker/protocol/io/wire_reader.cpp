// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/io/wire_reader.h"

#include <bit>
#include <cstring>
#include <limits>

#include "broker/protocol/io/wire_type.h"

namespace weir::protocol {

namespace {

constexpr std::size_t kMaxTextLength = 32767;

const char* describe(ProtocolErrc code) {
    switch (code) {
        case ProtocolErrc::kTruncated:
            return "ends after the bytes do";
        case ProtocolErrc::kInvalidLength:
            return "has an impossible length";
        case ProtocolErrc::kInvalidVarint:
            return "has a variable-length integer that is too long";
        case ProtocolErrc::kUnexpectedNull:
            return "is null in a version that does not allow it";
        case ProtocolErrc::kInvalidTag:
            return "has tagged fields out of order or of a wrong size";
        case ProtocolErrc::kTooManyElements:
            return "has more elements than any request needs";
        case ProtocolErrc::kTrailingBytes:
            return "is followed by bytes that belong to nothing";
        case ProtocolErrc::kUnsupportedVersion:
            return "does not exist in this version";
        case ProtocolErrc::kNotRepresentable:
            return "has no place in this version";
        case ProtocolErrc::kTooLarge:
            return "is larger than its length field can say";
    }
    return "is not valid";
}

}  // namespace

void WireReader::fail(ProtocolErrc code) {
    if (!m_failure) {
        m_failure = Failure{code, m_field, consumed()};
    }
    m_at = m_end;
}

ProtocolError WireReader::error() const {
    WEIR_ASSERT(m_failure.has_value());
    return {m_failure->code, std::string("field '") + m_failure->field + "' at byte " + std::to_string(m_failure->at) +
                                 " " + describe(m_failure->code)};
}

double WireReader::readDouble() {
    return std::bit_cast<double>(readInt<std::int64_t>());
}

Uuid WireReader::readUuid() {
    Uuid uuid;
    const ByteView view = readView(uuid.bytes.size());
    if (!view.empty()) {
        std::memcpy(uuid.bytes.data(), view.data(), uuid.bytes.size());
    }
    return uuid;
}

template <class UInt>
UInt WireReader::readSevenBitGroups() {
    constexpr unsigned kBits = std::numeric_limits<UInt>::digits;
    UInt value = 0;
    for (unsigned shift = 0; shift < kBits; shift += 7) {
        const auto byte = readInt<std::uint8_t>();
        const auto bits = static_cast<UInt>(byte & 0x7f);
        if (shift + 7 > kBits && (bits >> (kBits - shift)) != 0) {
            break;
        }
        value |= bits << shift;
        if (byte < 0x80) {
            return value;
        }
    }
    fail(ProtocolErrc::kInvalidVarint);
    return 0;
}

std::uint32_t WireReader::readUnsignedVarint() {
    if (m_at != m_end && static_cast<std::uint8_t>(*m_at) < 0x80) {
        return static_cast<std::uint8_t>(*m_at++);
    }
    return readSevenBitGroups<std::uint32_t>();
}

std::uint64_t WireReader::readUnsignedVarlong() {
    return readSevenBitGroups<std::uint64_t>();
}

std::int32_t WireReader::readVarint() {
    return wire::unzigzag(readUnsignedVarint());
}
std::int64_t WireReader::readVarlong() {
    return wire::unzigzag(readUnsignedVarlong());
}

ByteView WireReader::readView(std::size_t size) {
    if (remaining() < size) {
        fail(ProtocolErrc::kTruncated);
        return {};
    }
    const ByteView view(m_at, size);
    m_at += size;
    return view;
}

std::optional<std::size_t> WireReader::checkedLength(std::int64_t length, std::size_t unit) {
    if (length == -1 || failed()) {
        return std::nullopt;
    }
    if (length < 0) {
        fail(ProtocolErrc::kInvalidLength);
        return std::nullopt;
    }
    const auto count = static_cast<std::size_t>(length);
    if (count > remaining() / unit) {
        fail(ProtocolErrc::kTruncated);
        return std::nullopt;
    }
    return count;
}

std::optional<std::size_t> WireReader::readTextLength() {
    const std::int64_t length =
        m_flexible ? static_cast<std::int64_t>(readUnsignedVarint()) - 1 : readInt<std::int16_t>();
    if (length > static_cast<std::int64_t>(kMaxTextLength)) {
        fail(ProtocolErrc::kInvalidLength);
        return std::nullopt;
    }
    return checkedLength(length, 1);
}

std::optional<std::size_t> WireReader::readBytesLength() {
    return checkedLength(m_flexible ? static_cast<std::int64_t>(readUnsignedVarint()) - 1 : readInt<std::int32_t>(), 1);
}

std::optional<std::size_t> WireReader::readArrayCount(std::size_t minimalElementSize, bool countsAsElements) {
    WEIR_ASSERT(minimalElementSize > 0);
    const auto count = checkedLength(
        m_flexible ? static_cast<std::int64_t>(readUnsignedVarint()) - 1 : readInt<std::int32_t>(), minimalElementSize);
    if (count && countsAsElements) {
        countElements(*count);
    }
    return failed() ? std::nullopt : count;
}

void WireReader::countElements(std::size_t count) {
    if (count > m_elementsLeft) {
        fail(ProtocolErrc::kTooManyElements);
        return;
    }
    m_elementsLeft -= count;
}

const std::byte* WireReader::enter(std::size_t size) {
    const std::byte* outerEnd = m_end;
    if (size > remaining()) {
        fail(ProtocolErrc::kTruncated);
        return outerEnd;
    }
    m_end = m_at + size;
    return outerEnd;
}

void WireReader::leave(const std::byte* outerEnd) {
    if (!failed() && m_at != m_end) {
        fail(ProtocolErrc::kInvalidTag);
    }
    m_end = outerEnd;
    if (failed()) {
        m_at = m_end;
    }
}

}  // namespace weir::protocol
