// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/broker/groups/memory_group_store.h"

namespace weir::groups::testing {

MemoryGroupStore::~MemoryGroupStore() {
    crash();
}

void MemoryGroupStore::load(Completion<Loaded> done) {
    std::unique_lock lock(m_mutex);
    if (m_held) {
        m_waitingLoads.push_back(std::move(done));
        return;
    }
    auto loaded = readAll();
    lock.unlock();
    done(std::move(loaded));
}

void MemoryGroupStore::write(StoreBatch batch, Completion<StoreStatus> done) {
    std::unique_lock lock(m_mutex);
    if (m_held) {
        m_waiting.emplace_back(std::move(batch), std::move(done));
        return;
    }
    auto status = apply(batch);
    lock.unlock();
    done(std::move(status));
}

void MemoryGroupStore::hold() {
    const std::lock_guard lock(m_mutex);
    m_held = true;
}

void MemoryGroupStore::release() {
    std::unique_lock lock(m_mutex);
    while (!m_waitingLoads.empty() || !m_waiting.empty()) {
        if (!m_waitingLoads.empty()) {
            auto done = std::move(m_waitingLoads.front());
            m_waitingLoads.pop_front();
            auto loaded = readAll();
            lock.unlock();
            done(std::move(loaded));
        } else {
            auto [batch, done] = std::move(m_waiting.front());
            m_waiting.pop_front();
            auto status = apply(batch);
            lock.unlock();
            done(std::move(status));
        }
        lock.lock();
    }
    m_held = false;
}

void MemoryGroupStore::setBroken(bool broken) {
    const std::lock_guard lock(m_mutex);
    m_broken = broken;
}

void MemoryGroupStore::crash() {
    std::deque<std::pair<StoreBatch, Completion<StoreStatus>>> lost;
    std::deque<Completion<Loaded>> lostLoads;
    {
        const std::lock_guard lock(m_mutex);
        lost.swap(m_waiting);
        lostLoads.swap(m_waitingLoads);
        m_held = false;
    }
    for (auto& entry : lost) {
        entry.second(fail(StoreErrc::kFailed, "the power went"));
    }
    for (auto& load : lostLoads) {
        load(fail(StoreErrc::kFailed, "the power went"));
    }
}

std::size_t MemoryGroupStore::waiting() const {
    const std::lock_guard lock(m_mutex);
    return m_waiting.size();
}

std::size_t MemoryGroupStore::writes() const {
    const std::lock_guard lock(m_mutex);
    return m_writes;
}

bool MemoryGroupStore::has(const std::string& groupId) const {
    const std::lock_guard lock(m_mutex);
    return m_groups.contains(groupId);
}

std::optional<StoredOffset> MemoryGroupStore::offset(const std::string& groupId,
                                                     const TopicPartition& partition) const {
    const std::lock_guard lock(m_mutex);
    const auto group = m_groups.find(groupId);
    if (group == m_groups.end()) {
        return std::nullopt;
    }
    const auto it = group->second.offsets.find(partition);
    return it == group->second.offsets.end() ? std::nullopt : std::optional(it->second);
}

void MemoryGroupStore::putRecord(const std::string& groupId, Bytes record) {
    const std::lock_guard lock(m_mutex);
    m_groups[groupId].record = std::move(record);
}

GroupStore::Loaded MemoryGroupStore::readAll() const {
    std::vector<StoredGroup> groups;
    for (const auto& [groupId, kept] : m_groups) {
        StoredGroup group{groupId, kept.record, {}, kept.staged};
        for (const auto& entry : kept.offsets) {
            group.offsets.push_back(entry.second);
        }
        groups.push_back(std::move(group));
    }
    return groups;
}

StoreStatus MemoryGroupStore::apply(const StoreBatch& batch) {
    if (m_broken) {
        return fail(StoreErrc::kFailed, "the disk is full");
    }
    ++m_writes;
    if (batch.removeGroup) {
        m_groups.erase(batch.groupId);
        return {};
    }
    auto& kept = m_groups[batch.groupId];
    for (const auto& offset : batch.putOffsets) {
        kept.offsets.insert_or_assign(offset.committed.partition, offset);
    }
    for (const auto& partition : batch.removeOffsets) {
        kept.offsets.erase(partition);
    }
    kept.staged.insert(kept.staged.end(), batch.stageOffsets.begin(), batch.stageOffsets.end());
    if (batch.endStaged) {
        std::erase_if(kept.staged, [&](const StagedOffset& staged) {
            const bool ends = staged.producerId == batch.endStaged->producerId;
            if (ends && batch.endStaged->isCommit) {
                kept.offsets.insert_or_assign(staged.offset.committed.partition, staged.offset);
            }
            return ends;
        });
    }
    if (batch.putRecord) {
        kept.record = batch.putRecord;
    }
    return {};
}

}  // namespace weir::groups::testing
