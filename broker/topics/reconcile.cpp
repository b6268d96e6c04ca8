// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/topics/reconcile.h"

#include <algorithm>
#include <map>
#include <set>

#include "broker/model/topic_name.h"

namespace weir::topics {

namespace {

using Found = storage::LogDirectory::Found;

/// More partitions than this in a stray folder's number is a name that only looks like a log's.
constexpr std::int32_t kMaxAdoptedPartitions = 10'000;

bool belongsTo(const Found& folder, const catalog::TopicRow& row) {
    const bool sameId = folder.topicId.isZero() || folder.topicId == row.id;
    return sameId && folder.partition.partition.value < row.partitions;
}

/// The id that most folders of a topic carry; others are of an earlier incarnation.
TopicId commonId(const std::vector<Found>& folders) {
    std::map<TopicId, int> votes;
    for (const Found& folder : folders) {
        if (!folder.topicId.isZero()) {
            ++votes[folder.topicId];
        }
    }
    const auto most =
        std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == votes.end() ? TopicId{} : most->first;
}

void adopt(const std::map<std::string, std::vector<Found>>& unknown, Random& random, ReconcilePlan& plan) {
    std::set<TopicId> taken;
    for (const catalog::TopicRow& row : plan.topics) {
        taken.insert(row.id);
    }
    for (const auto& [name, folders] : unknown) {
        catalog::TopicRow row;
        row.name = name;
        row.id = commonId(folders);
        for (const Found& folder : folders) {
            const std::int32_t partition = folder.partition.partition.value;
            const bool sameId = folder.topicId.isZero() || folder.topicId == row.id;
            if (!sameId || partition >= kMaxAdoptedPartitions || whyNotATopicName(name)) {
                plan.strays.push_back(folder.partition);
            } else {
                row.partitions = std::max(row.partitions, partition + 1);
            }
        }
        if (row.partitions == 0) {
            continue;
        }
        if (row.id.isZero() || !taken.insert(row.id).second) {
            row.id = Uuid::random(random);
        }
        plan.adopted.push_back(row);
        plan.topics.push_back(std::move(row));
    }
}

}  // namespace

ReconcilePlan reconcile(const std::vector<catalog::TopicRow>& rows,
                        const std::vector<catalog::DeletedTopicRow>& deleted, const std::vector<Found>& folders,
                        UnknownFolders unknown, Random& random) {
    ReconcilePlan plan;
    plan.topics = rows;
    std::map<std::string_view, const catalog::TopicRow*> byName;
    for (const catalog::TopicRow& row : rows) {
        byName[row.name] = &row;
    }
    std::set<TopicId> buried;
    for (const catalog::DeletedTopicRow& row : deleted) {
        buried.insert(row.topic.id);
    }
    std::set<TopicPartition> present;
    std::map<std::string, std::vector<Found>> strangers;
    for (const Found& folder : folders) {
        if (folder.partition.topic == "__cluster_metadata") {
            continue;  // Kafka's own controller log: not a topic, and not in anybody's way.
        }
        const auto row = byName.find(folder.partition.topic);
        if (row != byName.end() && belongsTo(folder, *row->second)) {
            present.insert(folder.partition);
        } else if (buried.contains(folder.topicId)) {
            plan.retired.push_back(folder.partition);
        } else if (row == byName.end() && unknown == UnknownFolders::kAdopt) {
            strangers[folder.partition.topic].push_back(folder);
        } else {
            plan.strays.push_back(folder.partition);
        }
    }
    for (const catalog::TopicRow& row : rows) {
        for (std::int32_t i = 0; i < row.partitions; ++i) {
            TopicPartition partition{row.name, PartitionId(i)};
            if (!present.contains(partition)) {
                plan.missing.push_back(std::move(partition));
            }
        }
    }
    adopt(strangers, random, plan);
    return plan;
}

}  // namespace weir::topics
