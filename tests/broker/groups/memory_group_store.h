// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "broker/groups/store/group_store.h"

namespace weir::groups::testing {

/// A store in memory that a test can make slow or broken. What is "durable" is what load() gives. Thread safe.
class MemoryGroupStore final : public GroupStore {
public:
    ~MemoryGroupStore() override;

    void load(Completion<Loaded> done) override;
    void write(StoreBatch batch, Completion<StoreStatus> done) override;

    /// From now on writes wait for release(); loads too.
    void hold();
    /// Does what waits, in order, and goes on at once afterwards.
    void release();
    /// Writes answer an error and change nothing.
    void setBroken(bool broken);
    /// What waits is lost, as in a crash: answered with an error, never written.
    void crash();

    [[nodiscard]] std::size_t waiting() const;
    [[nodiscard]] std::size_t writes() const;
    [[nodiscard]] bool has(const std::string& groupId) const;
    [[nodiscard]] std::optional<StoredOffset> offset(const std::string& groupId, const TopicPartition& partition) const;
    void putRecord(const std::string& groupId, Bytes record);

private:
    struct Kept {
        std::optional<Bytes> record;
        std::map<TopicPartition, StoredOffset> offsets;
        std::vector<StagedOffset> staged;
    };
    [[nodiscard]] Loaded readAll() const;
    [[nodiscard]] StoreStatus apply(const StoreBatch& batch);

    mutable std::mutex m_mutex;
    std::map<std::string, Kept> m_groups;
    std::deque<std::pair<StoreBatch, Completion<StoreStatus>>> m_waiting;
    std::deque<Completion<Loaded>> m_waitingLoads;
    bool m_held = false;
    bool m_broken = false;
    std::size_t m_writes = 0;
};

}  // namespace weir::groups::testing
