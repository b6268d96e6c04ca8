// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/remote_producer.h"

#include <algorithm>
#include <map>

#include "broker/protocol/messages/init_producer_id.h"
#include "broker/protocol/messages/produce.h"
#include "broker/records/batch_builder.h"

namespace weir::app {

using protocol::ErrorCode;

namespace {

/// From 13 on topics go by id.
constexpr std::int16_t kProduceCap = 12;
constexpr std::int32_t kAckTimeoutMs = 10'000;
/// Below the broker's usual limit of a megabyte; a larger record goes alone and the broker judges it.
constexpr std::size_t kBatchBytes = 900'000;
constexpr std::chrono::seconds kPatience{30};
constexpr int kRetryMs = 100;

bool isWorthAnotherTry(ErrorCode code) {
    return saysMoved(code) || code == ErrorCode::kNotEnoughReplicas || code == ErrorCode::kRequestTimedOut ||
           code == ErrorCode::kNotEnoughReplicasAfterAppend || code == ErrorCode::kNetworkException;
}

std::size_t plainSizeOf(const OutgoingRecord& record) {
    constexpr std::size_t kOverhead = 32;
    std::size_t size = kOverhead + (record.key ? record.key->size() : 0) + (record.value ? record.value->size() : 0);
    for (const Header& header : record.headers) {
        size += kOverhead + header.key.size() + (header.value ? header.value->size() : 0);
    }
    return size;
}

std::optional<ByteView> viewOf(const std::optional<Bytes>& bytes) {
    return bytes ? std::optional<ByteView>(*bytes) : std::nullopt;
}

}  // namespace

RemoteProducer::RemoteProducer(Wire& wire, const Clock& clock) : m_wire(wire), m_clock(clock) {}

RemoteProducer::~RemoteProducer() = default;

/// One call of produce().
class RemoteProducer::Sending {
public:
    Sending(RemoteProducer& owner, const std::string& topic, const std::vector<OutgoingRecord>& records,
            const ProduceOptions& options, ProducerNumbers* session)
        : m_wire(owner.m_wire),
          m_topic(topic),
          m_records(records),
          m_options(options),
          m_session(session),
          m_now(owner.m_clock.wallNowMs()),
          m_giveUpAt(std::chrono::steady_clock::now() + kPatience),
          m_published(records.size()) {
        for (std::size_t i = 0; i < records.size(); ++i) {
            m_left[*records[i].partition].push_back(i);
        }
    }

    ClusterResult<std::vector<PublishedRecord>> run() {
        while (!m_left.empty() || !m_batches.empty()) {
            prepare();
            if (auto sent = sendAll(); !sent) {
                return fail(ClusterError(sent.error()));
            }
        }
        return std::move(m_published);
    }

private:
    struct Batch {
        Bytes bytes;
        std::vector<std::size_t> records;
    };

    // The next batch of every partition that has none on its way. Until it is acknowledged it stays as it is, sequence
    // and all: that is what lets the broker see a repetition.
    void prepare() {
        for (auto& [partition, waiting] : m_left) {
            if (m_batches.contains(partition)) {
                continue;
            }
            Batch& batch = m_batches[partition];
            std::size_t size = 0;
            std::size_t count = 0;
            while (count < waiting.size() &&
                   (count == 0 || size + plainSizeOf(m_records[waiting[count]]) < kBatchBytes)) {
                size += plainSizeOf(m_records[waiting[count++]]);
            }
            const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(count);
            batch.records.assign(waiting.begin(), end);
            waiting.erase(waiting.begin(), end);
            encode(partition, batch);
        }
        std::erase_if(m_left, [](const auto& one) { return one.second.empty(); });
    }

    void encode(PartitionId partition, Batch& batch) {
        records::BatchOptions options;
        options.compression = m_options.compression;
        if (m_session != nullptr) {
            Sequence& next = m_session->next.try_emplace({m_topic, partition}, 0).first->second;
            options.producerId = m_session->id;
            options.producerEpoch = m_session->epoch;
            options.baseSequence = next;
            next = records::advanceSequence(next, static_cast<std::int32_t>(batch.records.size()));
        }
        m_builder.start(options);
        for (const std::size_t index : batch.records) {
            const OutgoingRecord& record = m_records[index];
            m_headers.clear();
            for (const Header& header : record.headers) {
                m_headers.push_back({header.key, viewOf(header.value)});
            }
            const Timestamp at = record.timestamp == kNoTimestamp ? Timestamp(m_now) : record.timestamp;
            m_published[index] = {partition, kNoOffset, at};
            // A gigabyte in one call is beyond what memory lets anybody ask for.
            WEIR_ASSERT(m_builder.append({at, viewOf(record.key), viewOf(record.value), m_headers}));
        }
        batch.bytes = toBytes(m_builder.finish(m_codec));
    }

    ClusterResult<void> sendAll() {
        const auto map = m_wire.map();
        if (!map) {
            return again(map.error());
        }
        std::map<BrokerId, std::vector<PartitionId>> byLeader;
        for (const auto& [partition, batch] : m_batches) {
            const MappedPartition* const found = (*map)->find({m_topic, partition});
            if (found == nullptr || found->leader.value < 0) {
                return again(
                    errorOf(found == nullptr ? ErrorCode::kUnknownTopicOrPartition : ErrorCode::kLeaderNotAvailable));
            }
            byLeader[found->leader].push_back(partition);
        }
        std::optional<ClusterError> worthAgain;
        for (const auto& [leader, partitions] : byLeader) {
            if (auto sent = send(leader, partitions, worthAgain); !sent) {
                return sent;
            }
        }
        return worthAgain ? again(*worthAgain) : ClusterResult<void>();
    }

    ClusterResult<void> send(BrokerId leader, const std::vector<PartitionId>& partitions,
                             std::optional<ClusterError>& worthAgain) {
        protocol::ProduceRequest request;
        request.acks = static_cast<std::int16_t>(m_options.acks);
        request.timeoutMs = kAckTimeoutMs;
        protocol::ProduceRequest::TopicProduceData topic;
        topic.name = m_topic;
        for (const PartitionId partition : partitions) {
            topic.partitionData.push_back({partition, ByteView(m_batches.at(partition).bytes), {}});
        }
        request.topicData.push_back(std::move(topic));
        if (m_options.acks == Acks::kNone) {
            if (auto told = m_wire.tell(leader, request, kProduceCap); !told) {
                return fail(ClusterError(told.error()));
            }
            for (const PartitionId partition : partitions) {
                m_batches.erase(partition);
            }
            return {};
        }
        const auto answer = m_wire.call<protocol::ProduceResponse>(leader, request, kProduceCap);
        if (!answer) {
            // Without sequence numbers nobody could tell whether it was written.
            const bool mayRepeat = m_session != nullptr && (answer.error().code == ClusterErrc::kUnreachable ||
                                                            answer.error().code == ClusterErrc::kTimeout);
            if (!mayRepeat) {
                return fail(ClusterError(answer.error()));
            }
            worthAgain = answer.error();
            return {};
        }
        for (const auto& one : answer->message.responses) {
            for (const auto& partition : one.partitionResponses) {
                if (auto taken = take(partition, worthAgain); !taken) {
                    return taken;
                }
            }
        }
        return {};
    }

    ClusterResult<void> take(const protocol::ProduceResponse::PartitionProduceResponse& answer,
                             std::optional<ClusterError>& worthAgain) {
        const auto batch = m_batches.find(answer.index);
        if (batch == m_batches.end()) {
            return {};
        }
        if (answer.errorCode != ErrorCode::kNone && answer.errorCode != ErrorCode::kDuplicateSequenceNumber) {
            ClusterError error = errorOf(answer.errorCode, answer.errorMessage);
            if (!isWorthAnotherTry(answer.errorCode)) {
                return fail(std::move(error));
            }
            worthAgain = std::move(error);
            return {};
        }
        for (std::size_t i = 0; i < batch->second.records.size(); ++i) {
            PublishedRecord& to = m_published[batch->second.records[i]];
            to.offset = answer.baseOffset.value < 0 ? kNoOffset : answer.baseOffset + static_cast<std::int64_t>(i);
            if (answer.logAppendTimeMs != kNoTimestamp) {
                to.timestamp = answer.logAppendTimeMs;
            }
        }
        m_batches.erase(batch);
        return {};
    }

    // Waits a little, with a new map; the error once patience is used up.
    ClusterResult<void> again(const ClusterError& error) {
        const bool mayPass = isWorthAnotherTry(static_cast<ErrorCode>(error.kafkaCode)) ||
                             error.code == ClusterErrc::kUnreachable || error.code == ClusterErrc::kTimeout;
        if (!mayPass || std::chrono::steady_clock::now() >= m_giveUpAt || m_wire.pause(kRetryMs)) {
            return fail(ClusterError(error));
        }
        static_cast<void>(m_wire.refreshMap().ok());
        return {};
    }

    Wire& m_wire;
    const std::string& m_topic;
    const std::vector<OutgoingRecord>& m_records;
    const ProduceOptions& m_options;
    ProducerNumbers* m_session;
    const std::int64_t m_now;
    const std::chrono::steady_clock::time_point m_giveUpAt;
    std::vector<PublishedRecord> m_published;
    /// Records that no batch holds yet, and the one batch of each partition that waits for its acknowledgement.
    std::map<PartitionId, std::vector<std::size_t>> m_left;
    std::map<PartitionId, Batch> m_batches;
    records::BatchBuilder m_builder;
    records::Codec m_codec;
    std::vector<records::HeaderView> m_headers;
};

ClusterResult<RemoteProducer::SessionPtr> RemoteProducer::take() {
    {
        const std::lock_guard lock(m_mutex);
        if (!m_idle.empty()) {
            SessionPtr session = std::move(m_idle.back());
            m_idle.pop_back();
            return session;
        }
    }
    auto session = std::make_unique<ProducerNumbers>();
    if (auto named = name(*session); !named) {
        return fail(ClusterError(named.error()));
    }
    return session;
}

ClusterResult<void> RemoteProducer::name(ProducerNumbers& numbers) {
    protocol::InitProducerIdRequest request;
    request.transactionalId = std::nullopt;
    auto answer = m_wire.callAny<protocol::InitProducerIdResponse>(request);
    // A broker that asks its controller for more ids says "loading" until it has them.
    for (const auto until = m_clock.steadyNow() + kPatience;
         answer && answer->message.errorCode == ErrorCode::kCoordinatorLoadInProgress && m_clock.steadyNow() < until &&
         !m_wire.pause(kRetryMs);) {
        answer = m_wire.callAny<protocol::InitProducerIdResponse>(request);
    }
    if (!answer) {
        return fail(ClusterError(answer.error()));
    }
    if (answer->message.errorCode != ErrorCode::kNone) {
        return fail(errorOf(answer->message.errorCode));
    }
    numbers.id = answer->message.producerId;
    numbers.epoch = answer->message.producerEpoch;
    return {};
}

void RemoteProducer::give(SessionPtr session) {
    const std::lock_guard lock(m_mutex);
    m_idle.push_back(std::move(session));
}

ClusterResult<std::vector<PublishedRecord>> RemoteProducer::produce(const std::string& topic,
                                                                    const std::vector<OutgoingRecord>& records,
                                                                    const ProduceOptions& options) {
    SessionPtr own;
    ProducerNumbers* numbers = options.numbers;
    if (options.acks == Acks::kAll) {
        ClusterResult<void> named;
        if (numbers == nullptr) {
            auto taken = take();
            if (taken) {
                own = *std::move(taken);
                numbers = own.get();
            } else {
                named = fail(ClusterError(taken.error()));
            }
        } else if (numbers->id == kNoProducerId) {
            named = name(*numbers);
        }
        // Whoever may write but not number its writes goes on without, as clients did before KIP-98.
        const auto refused = static_cast<std::int16_t>(ErrorCode::kClusterAuthorizationFailed);
        if (!named && named.error().code != ClusterErrc::kUnsupported && named.error().kafkaCode != refused) {
            return fail(ClusterError(named.error()));
        }
        if (!named) {
            numbers = nullptr;
        }
    } else {
        numbers = nullptr;
    }
    auto sent = Sending(*this, topic, records, options, numbers).run();
    // After a failure nobody knows what the broker has seen: its numbers are not used again.
    if (sent && own != nullptr) {
        give(std::move(own));
    }
    return sent;
}

}  // namespace weir::app
