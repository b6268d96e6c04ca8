// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QTemporaryDir>
#include <filesystem>
#include <fstream>
#include <future>

#include "broker/catalog/catalog.h"

namespace weir::catalog {

/// A data folder of its own, removed at the end.
class CatalogFixture {
public:
    [[nodiscard]] std::filesystem::path folder() const { return m_folder.path().toStdString() + "/data"; }
    [[nodiscard]] std::filesystem::path file() const { return folder() / "weir.db"; }

    CatalogResult<std::unique_ptr<Catalog>> tryOpen(OnDamage onDamage = OnDamage::kSetAside,
                                                    SyncMode sync = SyncMode::kSystem) {
        return Catalog::open({folder(), sync, onDamage}, m_clock, m_random, Logger());
    }
    std::unique_ptr<Catalog> open() {
        auto result = tryOpen();
        WEIR_ASSERT(result.ok());
        return *std::move(result);
    }
    [[nodiscard]] std::string readFile() const {
        std::ifstream in(file(), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void writeFile(const std::string& bytes) const {
        std::filesystem::create_directories(folder());
        std::ofstream(file(), std::ios::binary | std::ios::trunc) << bytes;
    }
    Random& random() { return m_random; }

private:
    QTemporaryDir m_folder;
    SystemClock m_clock;
    SeededRandom m_random{42};
};

inline TopicRow topicRow(Random& random, const std::string& name, std::int32_t partitions = 1, Settings configs = {}) {
    return {Uuid::random(random), name, partitions, Timestamp(1000), std::move(configs)};
}

inline OffsetRow offsetRow(const std::string& topic, std::int32_t partition, std::int64_t offset) {
    OffsetRow row;
    row.committed = {{topic, PartitionId(partition)}, Offset(offset), LeaderEpoch(3), "note", Timestamp(77)};
    return row;
}

/// Writes and waits for the answer.
inline CatalogResult<void> writeGroup(Catalog& catalog, GroupBatch batch) {
    std::promise<CatalogResult<void>> promise;
    auto future = promise.get_future();
    catalog.writeGroup(std::move(batch), [&](CatalogResult<void> result) { promise.set_value(std::move(result)); });
    return future.get();
}

inline GroupBatch commitOf(const std::string& group, OffsetRow row) {
    GroupBatch batch;
    batch.groupId = group;
    batch.putOffsets.push_back(std::move(row));
    return batch;
}

}  // namespace weir::catalog
