// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "ui/backend/answer.h"

namespace weir::ui {

class TopicAdmin {
public:
    virtual ~TopicAdmin() = default;
    virtual void create(const NewTopic& topic, QObject* context, Callback<void> done) = 0;
    virtual void remove(const QString& topic, QObject* context, Callback<void> done) = 0;
    virtual void undoRemove(const QString& topic, QObject* context, Callback<void> done) = 0;
    /// Deletes every record of the topic, or of one partition, before `before` (kNoOffset: all).
    virtual void purge(const QString& topic, std::optional<PartitionId> partition, Offset before, QObject* context,
                       Callback<void> done) = 0;
    virtual void addPartitions(const QString& topic, int total, QObject* context, Callback<void> done) = 0;
    /// Every config with value, source, default and documentation. For a new topic: pass an empty name, which answers
    /// what a topic would get from the broker.
    virtual void describeConfig(const QString& topic, QObject* context, Callback<std::vector<ConfigEntry>> done) = 0;
    virtual void alterConfig(const QString& topic, const std::vector<ConfigChange>& changes, bool validateOnly,
                             QObject* context, Callback<void> done) = 0;
    virtual void describeBrokerConfig(QObject* context, Callback<std::vector<ConfigEntry>> done) = 0;
    virtual void alterBrokerConfig(const std::vector<ConfigChange>& changes, QObject* context, Callback<void> done) = 0;
    virtual void segments(const TopicPartition& partition, QObject* context,
                          Callback<std::vector<SegmentInfo>> done) = 0;
    virtual void disconnectClient(std::uint64_t connectionId, QObject* context, Callback<void> done) = 0;
};

}  // namespace weir::ui
