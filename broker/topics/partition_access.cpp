// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/topics/partition_access.h"

namespace weir::topics {

PartitionResult<std::shared_ptr<Partition>> DiskPartitions::open(const TopicPartition& id, const TopicId& topicId,
                                                                 const PartitionOptions& options) {
    return Partition::open(m_context, id, topicId, options);
}

void DiskPartitions::setOptions(Partition& partition, const PartitionOptions& options) {
    partition.setOptions(options);
}

Offset DiskPartitions::logStart(const Partition& partition) {
    return partition.offsets().logStart;
}

void DiskPartitions::housekeep(Partition& partition, Timestamp now) {
    partition.housekeep(now);
}

PartitionResult<void> DiskPartitions::close(Partition& partition) {
    return partition.close();
}

PartitionResult<void> DiskPartitions::remove(Partition& partition) {
    // Closed first, so that a topic that is brought back is whole. That it could not be is no reason to keep it.
    static_cast<void>(partition.close());
    return partition.remove();
}

}  // namespace weir::topics
