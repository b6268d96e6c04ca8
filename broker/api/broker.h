// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "broker/api/schemas.h"
#include "broker/base/clock.h"
#include "broker/base/log.h"
#include "broker/base/random.h"
#include "broker/model/admin.h"
#include "broker/model/record_sieve.h"
#include "broker/model/snapshot.h"

/// All that an application sees of the engine. No Kafka protocol, no sockets, no files in these signatures.
namespace weir::api {

class Operations;

struct ListenAddress {
    std::string host;
    /// 0: the system picks a free one, the same for every address of the list.
    std::uint16_t port = 9092;
};

struct BrokerOptions {
    /// Created when absent. Locked while the broker lives.
    std::string dataFolder;
    /// Loopback of both families unless told otherwise.
    std::vector<ListenAddress> listen{{"127.0.0.1", 9092}, {"::1", 9092}};
    /// Kafka's configuration names, e.g. num.partitions; checked at start.
    std::map<std::string, std::string> configs;
    int networkThreads = 2;
    Logger logger;
};

enum class StartErrc { kPortBusy, kAddressRefused, kFolderInUse, kFolderForeign, kFolderUnusable, kBadConfig };
struct StartError {
    StartErrc code;
    /// "Port 9092 is used by java (pid 4121)."
    std::string message;
    /// For kPortBusy: the next free port, 0 if none was found.
    std::uint16_t freePort = 0;
    /// For kFolderInUse: where the broker that has the folder answers ("localhost:9092"); empty if it does not say.
    std::string runningAt;
};

/// One broker. Every call is thread safe and may be made from several threads at once; calls block for as long as the
/// disk takes, so a GUI thread never makes them. After stop() every call answers kStopped.
class Broker {
public:
    /// Opens the folder, binds, serves. On return clients can connect.
    static Result<std::unique_ptr<Broker>, StartError> start(BrokerOptions options);
    virtual ~Broker() = default;
    Broker(const Broker&) = delete;
    Broker& operator=(const Broker&) = delete;

    /// Stops serving, flushes, marks the folder clean. Returns within a second under load. Idempotent.
    virtual void stop() = 0;

    /// What clients are told to connect to, e.g. "localhost:9092".
    [[nodiscard]] virtual std::string bootstrap() const = 0;
    [[nodiscard]] virtual std::uint16_t port() const = 0;
    [[nodiscard]] virtual std::string clusterId() const = 0;
    [[nodiscard]] virtual std::string dataFolder() const = 0;

    /// Made on call, without stopping writers; 1,000 topics cost well under a millisecond of any lock.
    [[nodiscard]] virtual SnapshotPtr snapshot() = 0;

    /// The schema registry; as long as the broker.
    [[nodiscard]] virtual Schemas& schemas() = 0;

    virtual ClusterResult<void> createTopic(const NewTopic& topic) = 0;
    virtual ClusterResult<void> deleteTopic(const std::string& name) = 0;
    /// Brings back what deleteTopic removed, while the undo window (weir.undo.ms) lasts and the disk has room.
    virtual ClusterResult<void> undeleteTopic(const std::string& name) = 0;
    virtual ClusterResult<void> addPartitions(const std::string& topic, std::int32_t total) = 0;
    /// An empty name: what a new topic would get.
    virtual ClusterResult<std::vector<ConfigEntry>> describeTopicConfig(const std::string& topic) = 0;
    virtual ClusterResult<std::vector<ConfigEntry>> describeBrokerConfig() = 0;
    virtual ClusterResult<void> alterTopicConfig(const std::string& topic, const std::vector<ConfigChange>& changes,
                                                 bool validateOnly) = 0;
    virtual ClusterResult<void> alterBrokerConfig(const std::vector<ConfigChange>& changes, bool validateOnly) = 0;
    /// Moves the log start; kNoOffset means up to the high watermark. Answers the new log start.
    virtual ClusterResult<Offset> deleteRecordsBefore(const TopicPartition& partition, Offset before) = 0;

    /// Records of one call keep their order per partition. Keyless records without a partition go round in turn.
    virtual ClusterResult<std::vector<PublishedRecord>> produce(const std::string& topic,
                                                                const std::vector<OutgoingRecord>& records,
                                                                const ProduceOptions& options) = 0;

    /// Looking: decoded records, or an error when the range is out of bounds or damaged. Empty at the end of the log.
    virtual ClusterResult<std::shared_ptr<const RecordChunk>> read(const ReadRequest& request) = 0;
    /// The same for whoever looks for few records among many: those that `sieve` holds back are left out.
    virtual ClusterResult<std::shared_ptr<const RecordChunk>> search(const ReadRequest& request,
                                                                     const RecordSieve& sieve) = 0;
    virtual ClusterResult<Offset> offsetFor(const TopicPartition& partition, const OffsetSpec& spec) = 0;
    virtual ClusterResult<std::vector<SegmentInfo>> segments(const TopicPartition& partition) = 0;

    /// Only while the group is Empty; otherwise kRefused with the members in the message.
    virtual ClusterResult<void> alterGroupOffsets(const std::string& group,
                                                  const std::vector<OffsetChange>& changes) = 0;
    virtual ClusterResult<void> deleteGroup(const std::string& group) = 0;
    virtual ClusterResult<void> removeMember(const std::string& group, const std::string& memberId) = 0;

    virtual ClusterResult<void> disconnect(std::uint64_t connectionId) = 0;

    /// Lives as long as the broker.
    [[nodiscard]] virtual Operations& operations() = 0;

protected:
    Broker() = default;
};

}  // namespace weir::api
