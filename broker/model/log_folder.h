// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "broker/model/ids.h"

/// What is told of a folder of logs that is looked into without a broker.
namespace weir {

/// Something in it that cannot be read, or that would lead a broker astray.
struct FolderDamage {
    TopicPartition partition;
    /// The name of the file.
    std::string file;
    std::uint64_t position = 0;
    /// 0: the file as a whole, or one place in it.
    std::uint64_t bytes = 0;
    /// Records that may be missing because of it: from `first`, below `next`. Equal: none is. kUnknownEnd: at the end
    /// of a log nobody knows how many there were.
    static constexpr Offset kUnknownEnd{std::numeric_limits<std::int64_t>::max()};
    Offset first = kNoOffset;
    Offset next = kNoOffset;
    /// "the checksum of a batch is wrong"
    std::string what;

    [[nodiscard]] bool hidesRecords() const { return first < next; }
    /// "00000000000000000000.log, from byte 4093 on, 120 bytes: the checksum ... . Offsets 20 to 29 cannot be read."
    [[nodiscard]] std::string sentence() const;
    bool operator==(const FolderDamage&) const = default;
};

}  // namespace weir
