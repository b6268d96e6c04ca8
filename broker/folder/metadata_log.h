// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "broker/base/bytes.h"
#include "broker/model/ids.h"

namespace weir::folder {

/// Topics and settings as the records of __cluster_metadata tell them (KIP-595, KIP-631): a frame of two varints and
/// the version, then the fields of TopicRecord, PartitionRecord, ConfigRecord or RemoveTopicRecord. Of the other kinds
/// nothing is wanted. Records come in their order: those of the newest snapshot first, then what was written behind it.
/// One thread.
class MetadataLog {
public:
    using Settings = std::map<std::string, std::string, std::less<>>;
    struct Topic {
        TopicId id;
        std::set<std::int32_t> partitions;
        /// What was set for the topic itself.
        Settings settings;
    };

    void add(ByteView value);

    [[nodiscard]] std::map<std::string, Topic> topics() const;
    /// What was set at run time for all brokers. What stood in their server.properties is not in any log.
    [[nodiscard]] const Settings& brokerDefaults() const { return m_brokerDefaults; }
    /// Records that should have been understood.
    [[nodiscard]] std::int64_t unknown() const { return m_unknown; }

private:
    struct Known {
        std::string name;
        std::set<std::int32_t> partitions;
    };
    std::map<TopicId, Known> m_topics;
    std::map<std::string, Settings> m_settings;
    Settings m_brokerDefaults;
    std::int64_t m_unknown = 0;
};

}  // namespace weir::folder
