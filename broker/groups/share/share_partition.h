// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "broker/groups/completion.h"
#include "broker/groups/share/delivery_ranges.h"
#include "broker/groups/store/share_store.h"
#include "broker/groups/timer_service.h"

namespace weir::groups {

/// Somebody who waits for records of share-partitions to become available. `wake` is called from any thread, with no
/// lock held; spurious calls are fine.
class ShareWaiter {
public:
    virtual ~ShareWaiter() = default;
    virtual void wakeForShare() = 0;
};

/// One partition of one share group: its delivery states, their locks' alarm, and their durability. Thread safe.
/// Acknowledgements are answered when they are durable. Acquiring is not written (as in Kafka): after a crash a record
/// that was out is simply available again.
class SharePartition final : public std::enable_shared_from_this<SharePartition> {
public:
    /// All of it outlives the partition.
    struct Environment {
        const Clock& clock;
        TimerService& timers;
        ShareStore& store;
        Logger logger;
    };
    struct Id {
        std::string groupId;
        TopicId topicId;
        PartitionId partition;
        auto operator<=>(const Id&) const = default;
    };

    SharePartition(const Environment& environment, Id id, DeliveryRanges ranges);

    [[nodiscard]] const Id& id() const { return m_id; }

    struct Plan {
        std::optional<Offset> from;      // where to read; nothing while too many records are out
        std::uint64_t availability = 0;  // for waitUnless
    };
    /// What a fetch may go for, after whatever lies below `logStart` is given up.
    [[nodiscard]] Plan plan(Offset logStart);
    /// `wish.lockedUntil` is filled in from `lock`.
    [[nodiscard]] std::vector<AcquiredRange> acquire(DeliveryRanges::Wish wish, std::chrono::milliseconds lock);
    void acknowledge(const std::string& member, const std::vector<AcknowledgeBatch>& batches,
                     std::chrono::milliseconds lock, Completion<GroupErrc> done);
    /// The member's session is over.
    void release(const std::string& member);
    /// Wakes the waiter once something becomes available; false if it has since `availability`.
    [[nodiscard]] bool waitUnless(const std::shared_ptr<ShareWaiter>& waiter, std::uint64_t availability);
    void stopWaiting(const ShareWaiter* waiter);

    struct Position {
        Offset start;
        Offset end;
        std::int64_t doneAhead = 0;
    };
    [[nodiscard]] Position position() const;
    struct View {
        Offset start;
        Offset end;
        std::vector<DeliveryRanges::View> ranges;
    };
    /// The state of every record between start and end.
    [[nodiscard]] View view() const;
    /// Moves the start; whatever was delivered is forgotten.
    void moveTo(Offset start, Completion<GroupErrc> done);
    /// Writes the state as it is.
    void save(Completion<GroupErrc> done);
    /// The group or the topic is gone: nothing is written any more, whoever waits is woken.
    void retire();

private:
    /// With m_mutex held, so that states reach the disk in their order.
    void write(Completion<GroupErrc> done);
    /// Not of one that is retired: its last alarm has been called off for good.
    void armAlarm();
    void alarmRang(std::uint64_t alarm);
    void wakeAll();

    const Environment m_environment;
    const Id m_id;
    mutable std::mutex m_mutex;
    DeliveryRanges m_ranges;
    bool m_isRetired = false;
    std::uint64_t m_availability = 0;  // grows when records became available
    std::vector<std::weak_ptr<ShareWaiter>> m_waiters;
    std::unique_ptr<TimerService::Timer> m_alarm;
    std::uint64_t m_alarmNumber = 0;
    Clock::Steady m_alarmAt = Clock::Steady::max();
};

}  // namespace weir::groups
