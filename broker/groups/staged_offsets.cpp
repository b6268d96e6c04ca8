// SPDX-License-Identifier: GPL-3.0-or-later
// Offsets that wait for their producer's transaction to end (KIP-98, 447): a cell's part in it.
#include "broker/groups/group_cell.h"

namespace weir::groups {

void GroupCell::loadStaged(std::vector<StagedOffset> staged) {
    for (auto& each : staged) {
        m_staged[each.producerId].put(std::move(each.offset));
    }
}

bool GroupCell::isStaged(const std::string& topic, PartitionId partition) const {
    for (const auto& [producerId, offsets] : m_staged) {
        if (offsets.find(topic, partition) != nullptr) {
            return true;
        }
    }
    return false;
}

void GroupCell::stageOffsets(ProducerId producerId, std::vector<StoredOffset> offsets, Completion<bool> done) {
    StoreBatch batch;
    std::vector<StagedOffset> staged;
    staged.reserve(offsets.size());
    for (auto& offset : offsets) {
        staged.push_back({producerId, std::move(offset)});
    }
    batch.stageOffsets = staged;
    write(std::move(batch),
          [this, era = m_offsetsEra, staged = std::move(staged), done = std::move(done)](Group*, bool durable) mutable {
              if (durable && era == m_offsetsEra) {
                  loadStaged(std::move(staged));
              }
              emit([done = std::move(done), durable]() mutable { done(durable); });
          });
}

void GroupCell::endStaged(StagedEnd end, Completion<bool> done) {
    if (!m_staged.contains(end.producerId) && m_writes == 0) {
        emit([done = std::move(done)]() mutable { done(true); });
        return;
    }
    StoreBatch batch;
    batch.endStaged = end;
    write(std::move(batch), [this, end, era = m_offsetsEra, done = std::move(done)](Group*, bool durable) mutable {
        const auto staged = m_staged.find(end.producerId);
        if (durable && era == m_offsetsEra && staged != m_staged.end()) {
            if (end.isCommit) {
                staged->second.forEach([this](const StoredOffset& offset) { m_offsets.put(offset); });
                changed();
            }
            m_staged.erase(staged);
        }
        emit([done = std::move(done), durable]() mutable { done(durable); });
    });
}

}  // namespace weir::groups
