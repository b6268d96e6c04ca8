// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/remote_cluster.h"

#include <atomic>

#include "app/cluster/remote/read_pace.h"
#include "app/cluster/remote/remote_admin.h"
#include "app/cluster/remote/remote_groups.h"
#include "app/cluster/remote/remote_operations.h"
#include "app/cluster/remote/remote_producer.h"
#include "app/cluster/remote/remote_reader.h"
#include "app/cluster/remote/remote_sampler.h"
#include "broker/model/partitioner.h"

namespace weir::app {

struct RemoteCluster::Parts {
    Parts(RemoteOptions options, const Clock& clock)
        : pace(options.readBytesPerSecond, clock),
          wire(std::move(options)),
          sampler(wire, clock),
          producer(wire, clock),
          operations(wire, sampler) {}

    /// What was changed shows in the next snapshot.
    template <class T>
    ClusterResult<T> changed(ClusterResult<T> result) {
        sampler.expire(RemoteSampler::Changed::kAnything);
        return result;
    }

    ClusterResult<std::shared_ptr<const RecordChunk>> read(ReadRequest request, const RecordSieve* sieve) {
        if (!pace.wait()) {
            return fail(ClusterError{ClusterErrc::kStopped, 0, "The connection was closed."});
        }
        request.maxBytes = pace.most(request.maxBytes);
        auto chunk = readRemote(wire, request, sieve);
        if (chunk) {
            pace.read((*chunk)->bytesScanned);
        }
        return chunk;
    }

    ReadPace pace;
    Wire wire;
    RemoteSampler sampler;
    RemoteProducer producer;
    RemoteOperations operations;
    /// Where keyless records go next.
    std::atomic<std::uint32_t> turn{0};
};

namespace {

const char* const kOnlyEmbedded = "Only the broker inside Weir tells this: Kafka's protocol has no question for it.";

template <class T>
ClusterResult<T> unsupported(std::string why) {
    return fail(ClusterError{ClusterErrc::kUnsupported, 0, std::move(why)});
}

}  // namespace

RemoteCluster::RemoteCluster(RemoteOptions options, const Clock& clock)
    : m_parts(std::make_unique<Parts>(std::move(options), clock)) {}

RemoteCluster::~RemoteCluster() {
    stop();
}

void RemoteCluster::stop() {
    m_parts->pace.stop();
    m_parts->wire.stop();
}

std::string RemoteCluster::name() const {
    return m_parts->wire.options().name;
}

std::string RemoteCluster::bootstrap() const {
    std::string all;
    for (const HostPort& one : m_parts->wire.options().bootstrap) {
        all += (all.empty() ? "" : ",") + textOf(one);
    }
    return all;
}

std::string RemoteCluster::clusterId() const {
    const ClusterMapPtr known = m_parts->wire.knownMap();
    return known == nullptr ? std::string() : known->clusterId;
}

Capabilities RemoteCluster::capabilities() const {
    Capabilities can;
    can.absent[Feature::kLiveClients] = kOnlyEmbedded;
    can.absent[Feature::kStorageView] = kOnlyEmbedded;
    can.absent[Feature::kUndelete] = "Kafka deletes a topic for good.";
    can.absent[Feature::kByteRates] =
        "Kafka's protocol tells neither bytes in nor bytes out: what comes in is estimated from offsets and sizes.";
    can.absent[Feature::kRebalances] = kOnlyEmbedded;
    const auto needs = [&](Feature feature, protocol::ApiKey api, const char* name) {
        // Nothing is known before the first connection; then everything may be there.
        if (!m_parts->wire.versions().empty() && !m_parts->wire.speaks(api)) {
            can.absent[feature] = std::string("This cluster does not serve ") + name + ", which it takes.";
        }
    };
    needs(Feature::kDeleteRecords, protocol::ApiKey::kDeleteRecords, "DeleteRecords");
    needs(Feature::kConfigs, protocol::ApiKey::kIncrementalAlterConfigs, "IncrementalAlterConfigs");
    needs(Feature::kGroupOffsets, protocol::ApiKey::kOffsetCommit, "OffsetCommit");
    needs(Feature::kRemoveMember, protocol::ApiKey::kLeaveGroup, "LeaveGroup");
    return can;
}

ClusterResult<SnapshotPtr> RemoteCluster::snapshot() {
    return m_parts->sampler.snapshot();
}

ClusterResult<void> RemoteCluster::createTopic(const NewTopic& topic) {
    return m_parts->changed(createRemoteTopic(m_parts->wire, topic));
}

ClusterResult<void> RemoteCluster::deleteTopic(const std::string& name) {
    return m_parts->changed(deleteRemoteTopic(m_parts->wire, name));
}

ClusterResult<void> RemoteCluster::undeleteTopic(const std::string&) {
    return unsupported<void>("Kafka deletes a topic for good: it cannot be brought back.");
}

ClusterResult<void> RemoteCluster::addPartitions(const std::string& topic, std::int32_t total) {
    return m_parts->changed(addRemotePartitions(m_parts->wire, topic, total));
}

ClusterResult<std::vector<ConfigEntry>> RemoteCluster::describeTopicConfig(const std::string& topic) {
    if (!topic.empty()) {
        return describeRemoteConfig(m_parts->wire, ConfigResource::kTopic, topic);
    }
    // What a new topic would get cannot be asked for; an internal topic or any other tells at least which settings
    // there are, with their defaults.
    const auto map = m_parts->wire.map();
    if (!map) {
        return fail(ClusterError(map.error()));
    }
    if ((*map)->topics.empty()) {
        return std::vector<ConfigEntry>();
    }
    auto entries = describeRemoteConfig(m_parts->wire, ConfigResource::kTopic, (*map)->topics.begin()->first);
    if (entries) {
        for (ConfigEntry& entry : *entries) {
            if (entry.source == ConfigEntry::Source::kTopic) {
                entry.value = entry.defaultValue;
                entry.source = ConfigEntry::Source::kDefault;
            }
        }
    }
    return entries;
}

ClusterResult<std::vector<ConfigEntry>> RemoteCluster::describeBrokerConfig() {
    const auto map = m_parts->wire.map();
    if (!map) {
        return fail(ClusterError(map.error()));
    }
    const std::string first =
        (*map)->brokers.empty() ? std::string() : std::to_string((*map)->brokers.begin()->first.value);
    return describeRemoteConfig(m_parts->wire, ConfigResource::kBroker, first);
}

ClusterResult<void> RemoteCluster::alterTopicConfig(const std::string& topic, const std::vector<ConfigChange>& changes,
                                                    bool validateOnly) {
    auto done = alterRemoteConfig(m_parts->wire, ConfigResource::kTopic, topic, changes, validateOnly);
    return validateOnly ? done : m_parts->changed(std::move(done));
}

ClusterResult<void> RemoteCluster::alterBrokerConfig(const std::vector<ConfigChange>& changes, bool validateOnly) {
    // An empty name is the default of all brokers.
    return alterRemoteConfig(m_parts->wire, ConfigResource::kBroker, "", changes, validateOnly);
}

ClusterResult<Offset> RemoteCluster::deleteRecordsBefore(const TopicPartition& partition, Offset before) {
    return m_parts->changed(deleteRemoteRecords(m_parts->wire, partition, before));
}

ClusterResult<std::vector<PublishedRecord>> RemoteCluster::produce(const std::string& topic,
                                                                   const std::vector<OutgoingRecord>& records,
                                                                   const ProduceOptions& options) {
    auto map = m_parts->wire.map();
    if (map && !(*map)->topics.contains(topic)) {
        map = m_parts->wire.refreshMap();
    }
    if (!map) {
        return fail(ClusterError(map.error()));
    }
    const auto found = (*map)->topics.find(topic);
    if (found == (*map)->topics.end()) {
        return fail(ClusterError{ClusterErrc::kNotFound, 3, "There is no topic '" + topic + "'."});
    }
    const auto count = static_cast<std::int32_t>(found->second.partitions.size());
    std::vector<OutgoingRecord> placed = records;
    for (OutgoingRecord& record : placed) {
        if (!record.partition) {
            record.partition =
                record.key
                    ? partitionForKey(*record.key, count)
                    : PartitionId(static_cast<std::int32_t>(m_parts->turn++ % static_cast<std::uint32_t>(count)));
        } else if (record.partition->value < 0 || record.partition->value >= count) {
            return fail(ClusterError{
                ClusterErrc::kNotFound, 3,
                "There is no partition " + std::to_string(record.partition->value) + " of topic " + topic + '.'});
        }
    }
    auto produced = m_parts->producer.produce(topic, placed, options);
    m_parts->sampler.expire(RemoteSampler::Changed::kRecords);
    return produced;
}

ClusterResult<std::shared_ptr<const RecordChunk>> RemoteCluster::read(const ReadRequest& request) {
    return m_parts->read(request, nullptr);
}

ClusterResult<std::shared_ptr<const RecordChunk>> RemoteCluster::search(const ReadRequest& request,
                                                                        const RecordSieve& sieve) {
    return m_parts->read(request, &sieve);
}

ClusterResult<Offset> RemoteCluster::offsetFor(const TopicPartition& partition, const OffsetSpec& spec) {
    return remoteOffset(m_parts->wire, partition, spec);
}

ClusterResult<std::vector<SegmentInfo>> RemoteCluster::segments(const TopicPartition&) {
    return unsupported<std::vector<SegmentInfo>>(kOnlyEmbedded);
}

ClusterResult<void> RemoteCluster::alterGroupOffsets(const std::string& group,
                                                     const std::vector<OffsetChange>& changes) {
    return m_parts->changed(alterRemoteOffsets(m_parts->wire, group, changes));
}

ClusterResult<void> RemoteCluster::deleteGroup(const std::string& group) {
    return m_parts->changed(deleteRemoteGroup(m_parts->wire, group));
}

ClusterResult<void> RemoteCluster::removeMember(const std::string& group, const std::string& memberId) {
    return m_parts->changed(removeRemoteMember(m_parts->wire, group, memberId));
}

ClusterResult<void> RemoteCluster::disconnect(std::uint64_t) {
    return unsupported<void>(kOnlyEmbedded);
}

ClusterResult<api::Operations*> RemoteCluster::operations() {
    return static_cast<api::Operations*>(&m_parts->operations);
}

}  // namespace weir::app
