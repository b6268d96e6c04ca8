// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/model/record.h"

namespace weir {

namespace {

/// Zigzag varint of the record format; false when the bytes end or the number does not fit 32 bits.
bool takeVarint(ByteView& from, std::int32_t& value) {
    std::uint32_t raw = 0;
    for (int shift = 0; shift < 35 && !from.empty(); shift += 7) {
        const auto b = std::to_integer<std::uint32_t>(from.front());
        from = from.subspan(1);
        raw |= (b & 0x7fU) << shift;
        if ((b & 0x80U) == 0) {
            value = static_cast<std::int32_t>((raw >> 1) ^ (~(raw & 1U) + 1U));
            return true;
        }
    }
    return false;
}

}  // namespace

std::vector<Header> decodeHeaders(const RecordView& record) {
    std::vector<Header> headers;
    ByteView left = record.rawHeaders;
    for (std::int32_t i = 0; i < record.headerCount; ++i) {
        std::int32_t length = 0;
        if (!takeVarint(left, length) || length < 0 || static_cast<std::size_t>(length) > left.size()) {
            break;
        }
        Header header;
        header.key = asText(left.first(static_cast<std::size_t>(length)));
        left = left.subspan(static_cast<std::size_t>(length));
        if (!takeVarint(left, length) || (length >= 0 && static_cast<std::size_t>(length) > left.size())) {
            break;
        }
        if (length >= 0) {
            header.value = toBytes(left.first(static_cast<std::size_t>(length)));
            left = left.subspan(static_cast<std::size_t>(length));
        }
        headers.push_back(std::move(header));
    }
    return headers;
}

}  // namespace weir
