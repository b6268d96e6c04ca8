// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

#include "broker/base/bytes.h"

namespace weir {

/// Tells from the raw bytes of a batch which records need not be decoded: what makes searching as fast as reading.
/// Immutable, any number of threads.
class RecordSieve {
public:
    static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

    virtual ~RecordSieve() = default;
    /// `records` are the encoded records of one batch, decompressed. Answers the first place at or after `from` where
    /// something stands that every wanted record holds; a record without such a place in it is not wanted.
    [[nodiscard]] virtual std::size_t find(ByteView records, std::size_t from) const = 0;
};

}  // namespace weir
