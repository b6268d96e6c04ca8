// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "broker/base/random.h"
#include "broker/groups/group.h"
#include "broker/groups/group_context.h"
#include "broker/groups/group_options.h"
#include "broker/groups/offsets/offset_table.h"
#include "broker/groups/timer_service.h"

namespace weir::groups {

/// What all cells of one manager share. References outlive every cell.
struct CellEnvironment {
    GroupOptions options;
    const Clock& clock;
    Random& random;
    TimerService& timers;
    GroupStore& store;
    const TopicDirectory& topics;
    Logger logger;
    const GroupSettings* settings = nullptr;
};

/// The place of one group id: its lock, its offsets, its one alarm, and the queue of effects that keeps answers and
/// writes in the order of their causes. The group inside comes and goes (deleted, created anew, turned into another
/// type); the cell stays as long as it has anything to do, so that a deletion and a later commit reach the disk in
/// turn.
///
/// Every entry is `locked`: it runs the action under the lock, and then, without it, the effects that the action left.
/// One thread at a time runs effects; another that arrives meanwhile leaves its own to that one. An effect for which
/// there is no memory is lost with the client that it was for; the others are run.
class GroupCell final : public GroupContext, public std::enable_shared_from_this<GroupCell> {
public:
    GroupCell(std::string groupId, std::shared_ptr<const CellEnvironment> environment);
    ~GroupCell() override;

    template <class F>
    auto locked(F&& action) {
        std::unique_lock lock(m_mutex);
        const auto act = [&]() -> decltype(auto) {
            try {
                return action(*this);
            } catch (const std::bad_alloc&) {
                settle(lock);  // what it left before memory failed it is not to wait for the next action
                throw;
            }
        };
        if constexpr (std::is_void_v<std::invoke_result_t<F&, GroupCell&>>) {
            act();
            settle(lock);
        } else {
            auto answer = act();
            settle(lock);
            return answer;
        }
    }
    /// For readers: no effects.
    template <class F>
    auto reading(F&& look) const {
        const std::lock_guard lock(m_mutex);
        return look(*this);
    }

    /// Whether there is nothing in it and nothing under way; then it is retired, and the registry drops it.
    [[nodiscard]] bool retireIfIdle();

    // Under the lock, so only from inside `locked` or `reading`.
    /// nullptr: there is no such group, the cell only finishes what it has begun.
    [[nodiscard]] Group* group() const { return m_group.get(); }
    [[nodiscard]] const OffsetTable& offsets() const { return m_offsets; }
    void adopt(std::unique_ptr<Group> group);
    void loadOffsets(std::vector<StoredOffset> offsets);
    void loadStaged(std::vector<StagedOffset> staged);
    /// The group and its offsets are gone from memory at once and from the store in turn; `done` tells of the latter.
    void removeGroup(Completion<bool> done);
    void putOffsets(std::vector<StoredOffset> offsets, Completion<bool> done);
    void removeOffsets(std::vector<TopicPartition> partitions, Completion<bool> done);
    /// For the producer's transaction; committed or dropped by `endStaged`, which comes behind it in the store as well.
    void stageOffsets(ProducerId producerId, std::vector<StoredOffset> offsets, Completion<bool> done);
    void endStaged(StagedEnd end, Completion<bool> done);
    [[nodiscard]] bool isStaged(const std::string& topic, PartitionId partition) const;
    [[nodiscard]] bool hasStaged() const { return !m_staged.empty(); }
    /// The topic is gone: nobody may read its offsets any more, not even while the store is busy.
    void forgetTopic(const std::string& topic);
    [[nodiscard]] std::shared_ptr<const GroupSnapshot> snapshot() const;
    [[nodiscard]] bool isRetired() const { return m_retired; }
    [[nodiscard]] bool isStopped() const { return m_stopped; }
    /// Takes back a group that was created for a request which then left nothing in it; whether it did.
    [[nodiscard]] bool discardIfVoid();
    /// Answers what is parked; the alarm never rings again.
    void stop();

    [[nodiscard]] const std::string& groupId() const override { return m_groupId; }
    [[nodiscard]] const GroupOptions& options() const override { return m_environment->options; }
    [[nodiscard]] config::GroupConfig settings() const override;
    [[nodiscard]] const TopicDirectory& topics() const override { return m_environment->topics; }
    [[nodiscard]] const Logger& log() const override { return m_environment->logger; }
    [[nodiscard]] Clock::Steady now() const override { return m_environment->clock.steadyNow(); }
    [[nodiscard]] Timestamp wallNow() const override { return Timestamp(m_environment->clock.wallNowMs()); }
    [[nodiscard]] std::string newUuid() override;
    void emit(Completion<> effect) override { m_effects.push_back(std::move(effect)); }
    void write(StoreBatch batch, Written done) override;
    void wakeBy(Clock::Steady deadline) override;
    void changed() override { m_snapshot.reset(); }
    void replaceBy(std::unique_ptr<Group> group) override;

private:
    void settle(std::unique_lock<std::mutex>& lock);
    static void run(Completion<>& effect);
    void armAlarm();
    void alarmRang(std::uint64_t alarm);

    const std::string m_groupId;
    const std::shared_ptr<const CellEnvironment> m_environment;

    mutable std::mutex m_mutex;
    std::unique_ptr<Group> m_group;
    std::vector<std::unique_ptr<Group>> m_replaced;  // until the action that replaced them has returned
    std::uint64_t m_incarnation = 0;                 // grows when another group takes the place
    OffsetTable m_offsets;
    std::map<ProducerId, OffsetTable> m_staged;
    std::uint64_t m_offsetsEra = 0;  // grows when all offsets are thrown away
    std::vector<Completion<>> m_effects;
    bool m_running = false;  // some thread runs effects
    std::size_t m_writes = 0;
    bool m_retired = false;
    bool m_stopped = false;

    std::unique_ptr<TimerService::Timer> m_alarm;
    std::uint64_t m_alarmNumber = 0;
    Clock::Steady m_alarmAt = Clock::Steady::max();   // what is armed
    Clock::Steady m_wantedAt = Clock::Steady::max();  // what the group asked for
    mutable std::shared_ptr<const GroupSnapshot> m_snapshot;
};

}  // namespace weir::groups
