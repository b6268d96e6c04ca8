// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/groups/group_cell.h"

#include <algorithm>

namespace weir::groups {

GroupCell::GroupCell(std::string groupId, std::shared_ptr<const CellEnvironment> environment)
    : m_groupId(std::move(groupId)), m_environment(std::move(environment)) {}

GroupCell::~GroupCell() {
    WEIR_ASSERT(m_effects.empty());
}

void GroupCell::adopt(std::unique_ptr<Group> group) {
    WEIR_ASSERT(!m_group);
    m_group = std::move(group);
    ++m_incarnation;
    changed();
}

void GroupCell::replaceBy(std::unique_ptr<Group> group) {
    m_replaced.push_back(std::move(m_group));
    adopt(std::move(group));
}

bool GroupCell::discardIfVoid() {
    WEIR_ASSERT(m_group);
    if (!m_group->isDeletable() || !m_offsets.empty() || hasStaged() || m_writes > 0) {
        return false;
    }
    m_replaced.push_back(std::move(m_group));
    ++m_incarnation;
    changed();
    return true;
}

bool GroupCell::retireIfIdle() {
    const std::lock_guard lock(m_mutex);
    // An effect that is left when the lock is given up has a thread that runs it.
    WEIR_ASSERT(m_running || m_effects.empty());
    m_retired = !m_group && !m_running && m_writes == 0;
    return m_retired;
}

void GroupCell::loadOffsets(std::vector<StoredOffset> offsets) {
    for (auto& offset : offsets) {
        m_offsets.put(std::move(offset));
    }
    changed();
}

void GroupCell::removeGroup(Completion<bool> done) {
    WEIR_ASSERT(m_group);
    m_group->abandon(GroupErrc::kGroupIdNotFound);
    m_replaced.push_back(std::move(m_group));
    ++m_incarnation;
    m_offsets.clear();
    m_staged.clear();
    ++m_offsetsEra;
    changed();
    StoreBatch batch;
    batch.removeGroup = true;
    write(std::move(batch), [this, done = std::move(done)](Group*, bool durable) mutable {
        emit([done = std::move(done), durable]() mutable { done(durable); });
    });
}

void GroupCell::putOffsets(std::vector<StoredOffset> offsets, Completion<bool> done) {
    StoreBatch batch;
    batch.putOffsets = offsets;
    // A deletion in between takes these offsets with it, on the disk because it is written later, here by this number.
    write(std::move(batch), [this, era = m_offsetsEra, offsets = std::move(offsets), done = std::move(done)](
                                Group*, bool durable) mutable {
        if (durable && era == m_offsetsEra) {
            loadOffsets(std::move(offsets));
        }
        emit([done = std::move(done), durable]() mutable { done(durable); });
    });
}

void GroupCell::removeOffsets(std::vector<TopicPartition> partitions, Completion<bool> done) {
    StoreBatch batch;
    batch.removeOffsets = partitions;
    write(std::move(batch), [this, era = m_offsetsEra, partitions = std::move(partitions), done = std::move(done)](
                                Group*, bool durable) mutable {
        if (durable && era == m_offsetsEra) {
            for (const auto& partition : partitions) {
                m_offsets.remove(partition);
            }
            changed();
        }
        emit([done = std::move(done), durable]() mutable { done(durable); });
    });
}

void GroupCell::forgetTopic(const std::string& topic) {
    for (auto& [producerId, staged] : m_staged) {
        staged.removeTopic(topic);
    }
    auto partitions = m_offsets.partitionsOf(topic);
    if (partitions.empty() && m_writes == 0) {
        return;
    }
    m_offsets.removeTopic(topic);
    changed();
    StoreBatch batch;
    batch.removeOffsets = std::move(partitions);
    write(std::move(batch), [this, topic, era = m_offsetsEra](Group*, bool) {
        if (era != m_offsetsEra) {
            return;
        }
        // Commits that were under way when the topic went have put it back; they go the same way.
        auto late = m_offsets.partitionsOf(topic);
        m_offsets.removeTopic(topic);
        if (!late.empty()) {
            StoreBatch rest;
            rest.removeOffsets = std::move(late);
            write(std::move(rest), [](Group*, bool) {});
        }
    });
}

std::shared_ptr<const GroupSnapshot> GroupCell::snapshot() const {
    if (!m_snapshot && m_group) {
        auto snapshot = std::make_shared<GroupSnapshot>();
        snapshot->id = m_groupId;
        snapshot->type = m_group->type();
        m_group->fill(*snapshot);
        m_offsets.forEach([&](const StoredOffset& offset) { snapshot->offsets.push_back(offset.committed); });
        m_snapshot = std::move(snapshot);
    }
    return m_snapshot;
}

void GroupCell::stop() {
    if (m_stopped) {
        return;
    }
    m_stopped = true;
    m_alarm.reset();
    ++m_alarmNumber;
    if (m_group) {
        m_group->abandon(GroupErrc::kCoordinatorNotAvailable);
    }
}

config::GroupConfig GroupCell::settings() const {
    const auto* settings = m_environment->settings;
    return settings ? settings->of(m_groupId) : config::GroupConfig{};
}

std::string GroupCell::newUuid() {
    return Uuid::random(m_environment->random).toHexString();
}

void GroupCell::write(StoreBatch batch, Written done) {
    batch.groupId = m_groupId;
    ++m_writes;
    emit([self = shared_from_this(), incarnation = m_incarnation, batch = std::move(batch),
          done = std::move(done)]() mutable {
        auto& store = self->m_environment->store;
        store.write(std::move(batch), [self, incarnation, done = std::move(done)](StoreStatus status) mutable {
            self->locked([&](GroupCell& cell) {
                --cell.m_writes;
                if (!status.ok()) {
                    cell.log().error("group {}: not stored: {}", cell.groupId(), status.error().message);
                }
                const bool same = incarnation == cell.m_incarnation && !cell.m_stopped;
                done(same ? cell.group() : nullptr, status.ok());
            });
        });
    });
}

void GroupCell::wakeBy(Clock::Steady deadline) {
    m_wantedAt = std::min(m_wantedAt, deadline);
}

void GroupCell::armAlarm() {
    if (m_stopped || m_wantedAt >= m_alarmAt) {
        return;
    }
    const auto after =
        std::chrono::ceil<std::chrono::milliseconds>(std::max(m_wantedAt - now(), Clock::Steady::duration(0)));
    m_alarm = m_environment->timers.schedule(after, [cell = weak_from_this(), number = ++m_alarmNumber] {
        if (const auto self = cell.lock()) {
            self->alarmRang(number);
        }
    });
    m_alarmAt = m_wantedAt;
}

void GroupCell::alarmRang(std::uint64_t alarm) {
    locked([&](GroupCell& cell) {
        if (alarm != m_alarmNumber) {
            return;  // an earlier alarm took this one's place while it was on its way, or the cell has stopped
        }
        m_alarmAt = Clock::Steady::max();
        m_wantedAt = Clock::Steady::max();
        if (cell.group() != nullptr) {
            cell.group()->onTime();
            wakeBy(cell.group()->nextDeadline());  // of another, if it has had itself replaced
        }
    });
}

void GroupCell::settle(std::unique_lock<std::mutex>& lock) {
    try {
        armAlarm();
    } catch (const std::bad_alloc&) {
        // The alarm before it, if there is one, has been put off; the next action arms it.
        m_alarmAt = Clock::Steady::max();
    }
    auto replaced = std::move(m_replaced);
    m_replaced.clear();
    if (m_running || m_effects.empty()) {
        lock.unlock();
        return;
    }
    m_running = true;
    while (!m_effects.empty()) {
        auto effects = std::move(m_effects);
        m_effects.clear();
        lock.unlock();
        for (auto& effect : effects) {
            run(effect);
        }
        lock.lock();
    }
    m_running = false;
    lock.unlock();
}

void GroupCell::run(Completion<>& effect) {
    try {
        effect();
    } catch (const std::bad_alloc&) {
        // What it owned has closed its client's connection.
    }
}

}  // namespace weir::groups
