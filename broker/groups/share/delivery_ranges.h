// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/clock.h"
#include "broker/groups/group_errc.h"
#include "broker/model/ids.h"

namespace weir::groups {

enum class DeliveryState : std::uint8_t { kAvailable = 0, kAcquired = 1, kAcknowledged = 2, kArchived = 4 };

/// What a share consumer says of records it has acquired; numbers as on the wire.
enum class AcknowledgeType : std::int8_t { kGap = 0, kAccept = 1, kRelease = 2, kReject = 3, kRenew = 4 };

struct AcknowledgeBatch {
    Offset first;
    Offset last;
    std::vector<AcknowledgeType> types;  // one for all, or one for each offset
};

struct AcquiredRange {
    Offset first;
    Offset last;
    std::int16_t deliveries = 0;
    bool operator==(const AcquiredRange&) const = default;
};

/// The state of every record of one share-partition between its start offset, below which all is done, and its end,
/// from which nothing was ever delivered (KIP-932; Kafka's SharePartition). Neighbours of equal state are one range, so
/// a partition that is read in order costs a few entries. A plain value: no lock, no clock, no disk.
class DeliveryRanges {
public:
    struct Limits {
        int deliveries = 5;        // attempts, after which a record is given up
        std::int64_t held = 2000;  // records between start and end, after which no new ones are delivered
    };

    DeliveryRanges(Offset start, Limits limits) : m_limits(limits), m_start(start), m_end(start) {}

    [[nodiscard]] Offset start() const { return m_start; }
    [[nodiscard]] Offset end() const { return m_end; }
    /// The first record that may be delivered; nothing while as many are out as may be.
    [[nodiscard]] std::optional<Offset> nextAvailable() const;
    /// Records above the start that are done already.
    [[nodiscard]] std::int64_t doneAhead() const;

    /// How a fetch may cut what it acquires: at the ends of batches, or anywhere.
    enum class Cut : std::uint8_t { kAtBatchEnd, kAnywhere };
    struct Wish {
        std::string member;
        Offset from;
        std::vector<Offset> batchEnds;  // last offsets of the batches that were read, ascending
        std::int64_t maxRecords = 0;
        Cut cut = Cut::kAtBatchEnd;
        Clock::Steady lockedUntil;
    };
    struct View {
        Offset first;
        Offset last;
        DeliveryState state = DeliveryState::kAvailable;
        std::int16_t deliveries = 0;
        std::string member;
    };
    /// Every range between start and end, in order; for the window.
    [[nodiscard]] std::vector<View> view() const;
    /// Takes what is available in the batches for the member, at least one batch if anything is; nothing when `from`
    /// is above the end, for then the records before it were not read.
    std::vector<AcquiredRange> acquire(const Wish& wish);

    /// All batches or none. kInvalidRecordState: not acquired by the member, or no longer; kInvalidRequest: nonsense.
    GroupErrc acknowledge(const std::string& member, const std::vector<AcknowledgeBatch>& batches,
                          Clock::Steady renewedUntil);
    /// The member is gone and has seen none of what it held: that does not count as a delivery.
    bool release(const std::string& member);
    /// Locks that are over: the records are available again, or given up. Whether there were any.
    bool expire(Clock::Steady now);
    [[nodiscard]] Clock::Steady nextExpiry() const;
    /// What lies below is gone from the log. Whether that changed anything.
    bool moveStart(Offset to);
    /// Begins anew at `start`.
    void reset(Offset start);

    /// What must outlive the broker. A record that is out counts as available again, with its deliveries.
    ///   ranges => version:u8=1 [first:i64 last:i64 state:u8 deliveries:i16]
    [[nodiscard]] Bytes encode() const;
    /// False when the bytes are not such ranges; then nothing is known above `start`.
    bool restore(ByteView bytes);

private:
    struct Range {
        Offset last;
        DeliveryState state = DeliveryState::kAvailable;
        std::int16_t deliveries = 0;
        std::string member;
        Clock::Steady lockedUntil = Clock::Steady::max();

        [[nodiscard]] bool isDone() const {
            return state == DeliveryState::kAcknowledged || state == DeliveryState::kArchived;
        }
        [[nodiscard]] bool isLike(const Range& other) const {
            return state == other.state && deliveries == other.deliveries && member == other.member &&
                   lockedUntil == other.lockedUntil;
        }
    };
    using Ranges = std::map<Offset, Range>;

    /// Cuts so that a range begins at `at`, which lies between start and end; end itself is fine.
    Ranges::iterator cutAt(Offset at);
    [[nodiscard]] bool isHeldBy(const std::string& member, Offset first, Offset last) const;
    void settle(Range& range, AcknowledgeType type, Clock::Steady renewedUntil);
    void makeAvailable(Range& range);
    /// Joins equal neighbours and moves the start over what is done.
    void tidy();

    Limits m_limits;
    Offset m_start;
    Offset m_end;
    Ranges m_ranges;  // by first offset, from start to end without a hole
};

}  // namespace weir::groups
