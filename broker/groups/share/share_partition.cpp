// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/share/share_partition.h"

#include <algorithm>

namespace weir::groups {

SharePartition::SharePartition(const Environment& environment, Id id, DeliveryRanges ranges)
    : m_environment(environment), m_id(std::move(id)), m_ranges(std::move(ranges)) {}

SharePartition::Plan SharePartition::plan(Offset logStart) {
    const std::lock_guard lock(m_mutex);
    if (m_ranges.moveStart(logStart)) {
        write([](GroupErrc) {});
    }
    return {m_ranges.nextAvailable(), m_availability};
}

std::vector<AcquiredRange> SharePartition::acquire(DeliveryRanges::Wish wish, std::chrono::milliseconds lock) {
    const std::lock_guard guard(m_mutex);
    if (m_isRetired) {
        return {};
    }
    wish.lockedUntil = m_environment.clock.steadyNow() + lock;
    auto acquired = m_ranges.acquire(wish);
    armAlarm();
    return acquired;
}

void SharePartition::acknowledge(const std::string& member, const std::vector<AcknowledgeBatch>& batches,
                                 std::chrono::milliseconds lock, Completion<GroupErrc> done) {
    GroupErrc error = GroupErrc::kNone;
    {
        const std::lock_guard guard(m_mutex);
        error = m_isRetired ? GroupErrc::kUnknownTopicOrPartition
                            : m_ranges.acknowledge(member, batches, m_environment.clock.steadyNow() + lock);
        if (error == GroupErrc::kNone) {
            write(std::move(done));
            armAlarm();
        }
    }
    if (error != GroupErrc::kNone) {
        return done(error);
    }
    // A release has made something available, and any answer has made room for more.
    wakeAll();
}

void SharePartition::release(const std::string& member) {
    {
        const std::lock_guard guard(m_mutex);
        if (m_isRetired || !m_ranges.release(member)) {
            return;
        }
        write([](GroupErrc) {});
    }
    wakeAll();
}

bool SharePartition::waitUnless(const std::shared_ptr<ShareWaiter>& waiter, std::uint64_t availability) {
    const std::lock_guard guard(m_mutex);
    if (m_isRetired || availability != m_availability) {
        return false;
    }
    m_waiters.push_back(waiter);
    return true;
}

void SharePartition::stopWaiting(const ShareWaiter* waiter) {
    const std::lock_guard guard(m_mutex);
    std::erase_if(m_waiters, [waiter](const auto& weak) {
        const auto waiting = weak.lock();
        return !waiting || waiting.get() == waiter;
    });
}

void SharePartition::wakeAll() {
    std::vector<std::weak_ptr<ShareWaiter>> waiters;
    {
        const std::lock_guard guard(m_mutex);
        ++m_availability;
        waiters.swap(m_waiters);
    }
    for (const auto& weak : waiters) {
        if (const auto waiter = weak.lock()) {
            waiter->wakeForShare();
        }
    }
}

SharePartition::Position SharePartition::position() const {
    const std::lock_guard guard(m_mutex);
    return {m_ranges.start(), m_ranges.end(), m_ranges.doneAhead()};
}

SharePartition::View SharePartition::view() const {
    const std::lock_guard guard(m_mutex);
    return {m_ranges.start(), m_ranges.end(), m_ranges.view()};
}

void SharePartition::moveTo(Offset start, Completion<GroupErrc> done) {
    {
        const std::lock_guard guard(m_mutex);
        m_ranges.reset(start);
        write(std::move(done));
    }
    wakeAll();
}

void SharePartition::save(Completion<GroupErrc> done) {
    const std::lock_guard guard(m_mutex);
    write(std::move(done));
}

void SharePartition::retire() {
    {
        const std::lock_guard guard(m_mutex);
        m_isRetired = true;
        m_alarm.reset();
        ++m_alarmNumber;
    }
    wakeAll();
}

void SharePartition::write(Completion<GroupErrc> done) {
    ShareState state{m_id.groupId, m_id.topicId, m_id.partition, m_ranges.start(), m_ranges.encode()};
    auto& logger = m_environment.logger;
    m_environment.store.write(
        std::move(state), [done = std::move(done), logger, id = m_id](StoreStatus status) mutable {
            if (!status.ok()) {
                logger.error("share group {}: what was delivered of partition {} is not stored: {}", id.groupId,
                             id.partition.value, status.error().message);
            }
            done(status.ok() ? GroupErrc::kNone : GroupErrc::kCoordinatorNotAvailable);
        });
}

void SharePartition::armAlarm() {
    const auto wanted = m_ranges.nextExpiry();
    if (wanted >= m_alarmAt) {
        return;
    }
    m_alarmAt = wanted;
    const auto now = m_environment.clock.steadyNow();
    const auto after = std::chrono::ceil<std::chrono::milliseconds>(std::max(wanted - now, Clock::Steady::duration(0)));
    m_alarm = m_environment.timers.schedule(after, [weak = weak_from_this(), number = ++m_alarmNumber] {
        if (const auto self = weak.lock()) {
            self->alarmRang(number);
        }
    });
}

void SharePartition::alarmRang(std::uint64_t alarm) {
    bool any = false;
    {
        const std::lock_guard guard(m_mutex);
        if (alarm != m_alarmNumber) {
            return;  // another took its place, or the partition is retired
        }
        m_alarmAt = Clock::Steady::max();
        any = m_ranges.expire(m_environment.clock.steadyNow());
        if (any) {
            write([](GroupErrc) {});
        }
        armAlarm();
    }
    if (any) {
        wakeAll();
    }
}

}  // namespace weir::groups
