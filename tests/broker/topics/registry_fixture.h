// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QTemporaryDir>
#include <map>
#include <set>

#include "broker/catalog/catalog.h"
#include "broker/topics/topic_registry.h"
#include "tests/support/fast_folder.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_file_system.h"

namespace weir::topics {

/// Partitions that only note what is done to them; their folders are there. A partition is told by its address.
class NotedPartitions final : public PartitionAccess {
public:
    struct Noted {
        TopicPartition id;
        TopicId topicId;
        PartitionOptions options;
        Offset logStart{0};
        int housekept = 0;
        bool closed = false;
        bool removed = false;
    };

    explicit NotedPartitions(storage::LogDirectory& directory) : m_directory(directory) {}

    PartitionResult<std::shared_ptr<Partition>> open(const TopicPartition& id, const TopicId& topicId,
                                                     const PartitionOptions& options) override {
        const std::lock_guard lock(m_mutex);
        if (failing.contains(id)) {
            return fail(PartitionErrc::kStorage, "the disk is full");
        }
        if (auto done = m_directory.prepare(id, topicId); !done) {
            return fail(PartitionErrc::kStorage, done.error().message);
        }
        const Offset start = m_directory.logStart(id).value_or(Offset(0));
        auto noted = std::make_shared<Noted>(Noted{id, topicId, options, start, 0, false, false});
        m_all.push_back(noted);
        // Nobody looks into it: the registry only hands it on.
        return std::shared_ptr<Partition>(noted, reinterpret_cast<Partition*>(noted.get()));
    }
    void setOptions(Partition& partition, const PartitionOptions& options) override {
        noted(partition).options = options;
    }
    Offset logStart(const Partition& partition) override { return noted(partition).logStart; }
    void housekeep(Partition& partition, Timestamp) override { ++noted(partition).housekept; }
    PartitionResult<void> close(Partition& partition) override {
        noted(partition).closed = true;
        return {};
    }
    PartitionResult<void> remove(Partition& partition) override {
        Noted& it = noted(partition);
        it.removed = true;
        if (auto done = m_directory.retire(it.id); !done) {
            return fail(PartitionErrc::kStorage, done.error().message);
        }
        return {};
    }

    static Noted& noted(const Partition& partition) {
        return *reinterpret_cast<Noted*>(const_cast<Partition*>(&partition));
    }

    std::set<TopicPartition> failing;

private:
    storage::LogDirectory& m_directory;
    std::mutex m_mutex;
    std::vector<std::shared_ptr<Noted>> m_all;
};

/// A catalog on disk, log folders in memory, and a registry over both; `restart` is a clean stop and start, `crash` a
/// start without stop.
class RegistryFixture {
public:
    explicit RegistryFixture(config::ConfigMap fixed = {}) : m_fixed(std::move(fixed)) { start(); }

    /// Of the catalog.
    [[nodiscard]] std::filesystem::path folder() const { return m_folder.path().toStdString() + "/data"; }
    /// Of the logs.
    testing::MemoryFileSystem& disk() { return m_disk; }
    [[nodiscard]] static io::Path path(const std::string& name) { return root() / name; }
    [[nodiscard]] static io::Path root() { return "/logs"; }
    TopicRegistry& registry() { return *m_registry; }
    catalog::Catalog& catalog() { return *m_catalog; }
    storage::LogDirectory& directory() { return *m_directory; }
    NotedPartitions& partitions() { return *m_partitions; }
    testing::ManualClock& clock() { return m_clock; }

    void restart() {
        WEIR_ASSERT(m_registry->close().ok());
        WEIR_ASSERT(m_catalog->close().ok());
        crash();
    }
    void crash() {
        stop();
        start();
    }
    void stop() {
        m_registry.reset();
        m_partitions.reset();
        m_directory.reset();
        m_catalog.reset();
    }
    void start() {
        m_catalog = *catalog::Catalog::open({folder()}, m_clock, m_random, Logger());
        m_directory = *storage::LogDirectory::open(m_disk, root(), Logger());
        m_partitions = std::make_unique<NotedPartitions>(*m_directory);
        m_partitions->failing = failAtStart;
        m_registry =
            *TopicRegistry::open({*m_catalog, *m_directory, *m_partitions, m_clock, m_random, Logger()}, m_fixed);
    }

    /// The topic, which must not be there yet.
    TopicPtr make(const std::string& name, std::int32_t partitions = 1, std::vector<ConfigChange> configs = {}) {
        const auto result = m_registry->create({{name, partitions, -1, std::move(configs)}}, Mode::kApply);
        WEIR_ASSERT(result.front().ok());
        return find(name);
    }
    TopicPtr find(const std::string& name) { return m_registry->snapshot()->byName(name); }
    NotedPartitions::Noted& noted(const std::string& topic, std::int32_t partition = 0) {
        return NotedPartitions::noted(*find(topic)->partition(PartitionId(partition)));
    }
    /// Folders of logs whose names start with `prefix`.
    [[nodiscard]] std::set<std::string> names(const std::string& prefix) {
        std::set<std::string> result;
        const auto entries = *m_disk.list(root());
        for (const io::DirectoryEntry& entry : entries) {
            if (entry.name.starts_with(prefix)) {
                result.insert(entry.name);
            }
        }
        return result;
    }

    std::set<TopicPartition> failAtStart;

private:
    QTemporaryDir m_folder{testing::fastFolder()};
    testing::ManualClock m_clock;
    SeededRandom m_random{11};
    testing::MemoryFileSystem m_disk;
    config::ConfigMap m_fixed;
    std::unique_ptr<catalog::Catalog> m_catalog;
    std::unique_ptr<storage::LogDirectory> m_directory;
    std::unique_ptr<NotedPartitions> m_partitions;
    std::unique_ptr<TopicRegistry> m_registry;
};

}  // namespace weir::topics
