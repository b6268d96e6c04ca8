// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "app/cluster/cluster.h"
#include "app/replay/checkpoint.h"

namespace weir::app {

/// What an interrupted replay wrote after its checkpoint. Every partition of the target was written in the replay's own
/// order, so what is there is a beginning of what belongs there: records are asked for in that order, and the first one
/// that is not found ends the search in its partition. What others wrote in between is passed over. Where the target
/// numbers its writers a record is the replay's own by its producer's id, and by its bytes besides; elsewhere by its
/// bytes alone. One thread; memory is one chunk a partition.
class AlreadyThere {
public:
    /// Does timestamps differ from one run to the next?
    enum class Times { kKept, kDiffer };

    /// Asks for the present ends. An error where what was written cannot be told any more: the topic lost records
    /// since, or somebody removed them.
    static ClusterResult<AlreadyThere> look(Cluster& target, const std::string& topic,
                                            const ReplayCheckpoint& checkpoint, Times times);

    /// The offset behind the record where it is there, kNoOffset where it has to be sent. Moves `numbers` past what is
    /// found.
    ClusterResult<Offset> find(PartitionId partition, const OutgoingRecord& record, ProducerNumbers& numbers);

private:
    struct Tail {
        Offset next;
        Offset end;
        std::shared_ptr<const RecordChunk> chunk = nullptr;
        std::size_t at = 0;
    };
    AlreadyThere(Cluster& target, std::string topic, ProducerId writer, Times times)
        : m_target(&target), m_topic(std::move(topic)), m_writer(writer), m_times(times) {}
    ClusterResult<const RecordView*> next(PartitionId partition, Tail& tail);
    [[nodiscard]] bool isEqual(const RecordView& there, const BatchInfo& batch, const OutgoingRecord& record) const;

    Cluster* m_target;
    std::string m_topic;
    ProducerId m_writer;
    Times m_times;
    /// Of partitions with something behind the checkpoint.
    std::map<PartitionId, Tail> m_tails;
};

}  // namespace weir::app
