// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "broker/groups/group_manager.h"
#include "broker/topics/topic_registry.h"
#include "broker/transactions/ending.h"

namespace weir::server {

/// Where transactions end: this broker's partitions and groups, which outlive it. Thread safe.
class TransactionPlaces final : public transactions::EndingPlaces {
public:
    TransactionPlaces(topics::TopicRegistry& topics, groups::GroupManager& groups, const Clock& clock, Logger logger)
        : m_topics(topics), m_groups(groups), m_clock(clock), m_logger(std::move(logger)) {}

    void writeMarker(const TopicPartition& partition, const topics::TransactionMarker& marker,
                     std::function<void(bool)> done) override;
    void endStagedOffsets(const std::string& group, ProducerId producerId, transactions::Outcome outcome,
                          std::function<void(bool)> done) override;

private:
    topics::TopicRegistry& m_topics;
    groups::GroupManager& m_groups;
    const Clock& m_clock;
    Logger m_logger;
};

}  // namespace weir::server
