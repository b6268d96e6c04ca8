// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "broker/config/config_def.h"
#include "broker/folder/metadata_log.h"
#include "broker/folder/partition_scan.h"
#include "broker/model/admin.h"
#include "broker/model/snapshot.h"

namespace weir::api {

/// What a folder tells of topics beyond their logs. Immutable.
struct FolderSettings {
    struct Topic {
        std::set<std::int32_t> partitions;
        config::ConfigMap settings;
    };
    std::map<std::string, Topic> topics;
    config::ConfigMap brokerDefaults;

    /// What was written down for a topic, its own first, then what was set for all brokers. Neither the defaults of
    /// Kafka nor a server.properties: what of them held nobody knows from the folder.
    [[nodiscard]] std::vector<ConfigEntry> entriesOf(const std::string& topic) const;
    /// Fills in what lists show without asking for each topic.
    void describe(TopicSnapshot& topic) const;
    /// A sentence about partitions that the controller knew and that are not among `present`; empty: all are.
    [[nodiscard]] std::string whatIsMissing(const std::set<TopicPartition>& present) const;
};

/// A snapshot of the controller's log (KIP-630, "<end offset>-<epoch>.checkpoint") as a log that can be read.
struct MetadataSnapshot {
    folder::PartitionContents contents;
    /// It stands for everything below.
    Offset end{0};
};
/// The newest one in a log's folder; nullptr: there is none.
[[nodiscard]] std::unique_ptr<const MetadataSnapshot> newestSnapshot(io::FileSystem& disk, const io::Path& folder);

}  // namespace weir::api
