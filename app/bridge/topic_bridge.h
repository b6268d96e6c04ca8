// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/bridge/live_feed_bridge.h"
#include "app/bridge/workshop.h"
#include "ui/backend/topic_admin.h"

namespace weir::app {

/// Topics, their configs and the clients' connections. After a change the snapshot is taken anew at once.
class TopicBridge final : public ui::TopicAdmin {
public:
    TopicBridge(Workshop& workshop, LiveFeedBridge& live) : m_workshop(workshop), m_live(live) {}

    void create(const NewTopic& topic, QObject* context, ui::Callback<void> done) override;
    void remove(const QString& topic, QObject* context, ui::Callback<void> done) override;
    void undoRemove(const QString& topic, QObject* context, ui::Callback<void> done) override;
    void purge(const QString& topic, std::optional<PartitionId> partition, Offset before, QObject* context,
               ui::Callback<void> done) override;
    void addPartitions(const QString& topic, int total, QObject* context, ui::Callback<void> done) override;
    void describeConfig(const QString& topic, QObject* context, ui::Callback<std::vector<ConfigEntry>> done) override;
    void alterConfig(const QString& topic, const std::vector<ConfigChange>& changes, bool validateOnly,
                     QObject* context, ui::Callback<void> done) override;
    void describeBrokerConfig(QObject* context, ui::Callback<std::vector<ConfigEntry>> done) override;
    void alterBrokerConfig(const std::vector<ConfigChange>& changes, QObject* context,
                           ui::Callback<void> done) override;
    void segments(const TopicPartition& partition, QObject* context,
                  ui::Callback<std::vector<SegmentInfo>> done) override;
    void disconnectClient(std::uint64_t connectionId, QObject* context, ui::Callback<void> done) override;

private:
    void change(QObject* context, ui::Callback<void> done, std::function<ClusterResult<void>(Cluster&)> work);

    Workshop& m_workshop;
    LiveFeedBridge& m_live;
};

}  // namespace weir::app
