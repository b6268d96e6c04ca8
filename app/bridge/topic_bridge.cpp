// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/topic_bridge.h"

#include <algorithm>

namespace weir::app {

void TopicBridge::change(QObject* context, ui::Callback<void> done, std::function<ClusterResult<void>(Cluster&)> work) {
    // The window hears of the change twice: by the answer, and by a snapshot that holds it. The snapshot is asked for
    // first, so that what the person did is on screen as soon as possible.
    m_workshop.ask<void>(
        context,
        [live = QPointer<LiveFeedBridge>(&m_live), done = std::move(done)](ClusterResult<void> result) {
            if (live) {
                live->refresh();
            }
            done(std::move(result));
        },
        [workshop = &m_workshop, work = std::move(work)] { return work(workshop->cluster()); });
}

void TopicBridge::create(const NewTopic& topic, QObject* context, ui::Callback<void> done) {
    change(context, std::move(done), [topic](Cluster& cluster) { return cluster.createTopic(topic); });
}

void TopicBridge::remove(const QString& topic, QObject* context, ui::Callback<void> done) {
    change(context, std::move(done), [name = toStd(topic)](Cluster& cluster) { return cluster.deleteTopic(name); });
}

void TopicBridge::undoRemove(const QString& topic, QObject* context, ui::Callback<void> done) {
    change(context, std::move(done), [name = toStd(topic)](Cluster& cluster) { return cluster.undeleteTopic(name); });
}

namespace {

ClusterResult<void> purgeAll(Cluster& cluster, const std::string& topic, Offset before) {
    const auto snapshot = cluster.snapshot();
    if (!snapshot) {
        return fail(ClusterError(snapshot.error()));
    }
    const TopicSnapshot* const found = (*snapshot)->findTopic(topic);
    if (found == nullptr) {
        return fail(ClusterError{ClusterErrc::kNotFound, 3, "Topic " + topic + " does not exist."});
    }
    for (const PartitionSnapshot& partition : found->partitions) {
        const Offset until = before == kNoOffset ? kNoOffset : std::min(before, partition.highWatermark);
        const auto deleted = cluster.deleteRecordsBefore({topic, partition.partition}, until);
        if (!deleted) {
            return fail(ClusterError(deleted.error()));
        }
    }
    return {};
}

}  // namespace

void TopicBridge::purge(const QString& topic, std::optional<PartitionId> partition, Offset before, QObject* context,
                        ui::Callback<void> done) {
    change(context, std::move(done), [name = toStd(topic), partition, before](Cluster& cluster) -> ClusterResult<void> {
        if (!partition) {
            return purgeAll(cluster, name, before);
        }
        const auto deleted = cluster.deleteRecordsBefore({name, *partition}, before);
        return deleted ? ClusterResult<void>() : fail(ClusterError(deleted.error()));
    });
}

void TopicBridge::addPartitions(const QString& topic, int total, QObject* context, ui::Callback<void> done) {
    change(context, std::move(done),
           [name = toStd(topic), total](Cluster& cluster) { return cluster.addPartitions(name, total); });
}

void TopicBridge::describeConfig(const QString& topic, QObject* context, ui::Callback<std::vector<ConfigEntry>> done) {
    m_workshop.ask<std::vector<ConfigEntry>>(context, std::move(done), [workshop = &m_workshop, name = toStd(topic)] {
        return workshop->cluster().describeTopicConfig(name);
    });
}

void TopicBridge::alterConfig(const QString& topic, const std::vector<ConfigChange>& changes, bool validateOnly,
                              QObject* context, ui::Callback<void> done) {
    change(context, std::move(done), [name = toStd(topic), changes, validateOnly](Cluster& cluster) {
        return cluster.alterTopicConfig(name, changes, validateOnly);
    });
}

void TopicBridge::describeBrokerConfig(QObject* context, ui::Callback<std::vector<ConfigEntry>> done) {
    m_workshop.ask<std::vector<ConfigEntry>>(
        context, std::move(done), [workshop = &m_workshop] { return workshop->cluster().describeBrokerConfig(); });
}

void TopicBridge::alterBrokerConfig(const std::vector<ConfigChange>& changes, QObject* context,
                                    ui::Callback<void> done) {
    change(context, std::move(done), [changes](Cluster& cluster) { return cluster.alterBrokerConfig(changes, false); });
}

void TopicBridge::segments(const TopicPartition& partition, QObject* context,
                           ui::Callback<std::vector<SegmentInfo>> done) {
    m_workshop.ask<std::vector<SegmentInfo>>(context, std::move(done), [workshop = &m_workshop, partition] {
        return workshop->cluster().segments(partition);
    });
}

void TopicBridge::disconnectClient(std::uint64_t connectionId, QObject* context, ui::Callback<void> done) {
    change(context, std::move(done), [connectionId](Cluster& cluster) { return cluster.disconnect(connectionId); });
}

}  // namespace weir::app
