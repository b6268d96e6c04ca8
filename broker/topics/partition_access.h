// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "broker/topics/partition.h"

namespace weir::topics {

/// What the registry does with partitions, as an interface, so that a test can make any of it fail. Thread safe.
class PartitionAccess {
public:
    virtual ~PartitionAccess() = default;
    /// Opens the log, or makes it if there is none.
    [[nodiscard]] virtual PartitionResult<std::shared_ptr<Partition>> open(const TopicPartition& id,
                                                                           const TopicId& topicId,
                                                                           const PartitionOptions& options) = 0;
    virtual void setOptions(Partition& partition, const PartitionOptions& options) = 0;
    [[nodiscard]] virtual Offset logStart(const Partition& partition) = 0;
    virtual void housekeep(Partition& partition, Timestamp now) = 0;
    virtual PartitionResult<void> close(Partition& partition) = 0;
    /// The files are set aside for removal.
    virtual PartitionResult<void> remove(Partition& partition) = 0;
};

/// The real ones.
class DiskPartitions final : public PartitionAccess {
public:
    /// What the context refers to outlives this and every partition.
    explicit DiskPartitions(PartitionContext context) : m_context(std::move(context)) {}

    [[nodiscard]] PartitionResult<std::shared_ptr<Partition>> open(const TopicPartition& id, const TopicId& topicId,
                                                                   const PartitionOptions& options) override;
    void setOptions(Partition& partition, const PartitionOptions& options) override;
    [[nodiscard]] Offset logStart(const Partition& partition) override;
    void housekeep(Partition& partition, Timestamp now) override;
    PartitionResult<void> close(Partition& partition) override;
    PartitionResult<void> remove(Partition& partition) override;

private:
    PartitionContext m_context;
};

}  // namespace weir::topics
