// SPDX-License-Identifier: GPL-3.0-or-later
// Records through the broker by a client that does almost nothing with them, so that the broker is what is measured:
// batches that lie ready go in, and of what comes out only the headers of batches are read.
#include <algorithm>
#include <cstdio>
#include <utility>

#include "broker/protocol/messages/fetch.h"
#include "broker/records/batch_header.h"
#include "tests/bench/crowd/coordinator.h"
#include "tests/bench/crowd/crowd.h"
#include "tests/bench/crowd/works.h"

namespace weir::bench {

using namespace protocol;

namespace {

constexpr int kInFlight = 5;
constexpr std::int32_t kMostOfPartition = 4'000'000;
constexpr std::int32_t kMostOfAnswer = 50 << 20;

std::size_t peersFor(const Options& options, std::int32_t partitions) {
    return static_cast<std::size_t>(std::min<std::int64_t>(options.number("connections", 2), partitions));
}

void print(std::int64_t records, std::int64_t bytes, SteadyClock::time_point start) {
    const double took = std::chrono::duration<double>(SteadyClock::now() - start).count();
    std::printf("{\"records_per_s\":%.0f,\"mb_per_s\":%.2f,\"seconds\":%.3f}\n", static_cast<double>(records) / took,
                static_cast<double>(bytes) / took / 1e6, took);
}

/// One connection's partitions, read one after the other answer by answer until each has given its share.
class Drain {
public:
    struct Place {
        std::int32_t partition = 0;
        std::int64_t next = 0;
    };

    Drain(Peer& peer, std::string topic, std::vector<Place> places, std::int64_t perPartition)
        : m_peer(peer), m_topic(std::move(topic)), m_places(std::move(places)), m_end(perPartition) {}

    void ask() {
        FetchRequest request{.maxWaitMs = 50, .minBytes = 1, .maxBytes = kMostOfAnswer};
        request.topics.push_back({.topic = m_topic});
        for (const Place& place : m_places) {
            if (place.next < m_end) {
                request.topics[0].partitions.push_back({.partition = PartitionId(place.partition),
                                                        .fetchOffset = Offset(place.next),
                                                        .partitionMaxBytes = kMostOfPartition});
            }
        }
        m_isDone = request.topics[0].partitions.empty();
        if (!m_isDone) {
            m_peer.ask<FetchResponse>(request, 11, [this](const FetchResponse& response) {
                for (const auto& topic : response.responses) {
                    for (const auto& partition : topic.partitions) {
                        take(partition);
                    }
                }
                ask();
            });
        }
    }
    [[nodiscard]] bool isDone() const { return m_isDone; }
    [[nodiscard]] std::int64_t bytes() const { return m_bytes; }
    [[nodiscard]] std::int64_t records() const { return m_records; }

private:
    template <class Partition>
    void take(const Partition& partition) {
        if (partition.errorCode != ErrorCode::kNone) {
            fail("a fetch was refused");
        }
        const auto place = std::find_if(m_places.begin(), m_places.end(), [&](const Place& one) {
            return one.partition == partition.partitionIndex.value;
        });
        ByteView left = partition.records.bytes();
        m_bytes += static_cast<std::int64_t>(left.size());
        while (const auto batch = records::BatchView::of(left)) {
            m_records += batch->nextOffset().value - place->next;
            place->next = batch->nextOffset().value;
            left = left.subspan(batch->size());
        }
    }

    Peer& m_peer;
    std::string m_topic;
    std::vector<Place> m_places;
    std::int64_t m_end;
    std::int64_t m_bytes = 0;
    std::int64_t m_records = 0;
    bool m_isDone = false;
};

}  // namespace

int fill(const Options& options) {
    const auto partitions = static_cast<std::int32_t>(options.number("partitions", 1));
    const std::string topic = options.text("topic", "bench");
    const auto acks = static_cast<std::int16_t>(options.number("acks", 1));
    const ReadyBatch ready = makeBatch(options, static_cast<std::size_t>(options.number("batch", 60'000)));
    const std::int64_t each = (options.number("records", 2'000'000) / partitions + ready.records - 1) / ready.records;
    std::int64_t left = each * partitions;
    std::int64_t open = 0;
    std::int64_t sent = 0;
    Crowd crowd(options.port(), peersFor(options, partitions));
    makeTopics(crowd, {topic}, partitions);
    const std::function<void(std::size_t)> send = [&](std::size_t peer) {
        if (left-- <= 0) {
            return;
        }
        ProduceRequest request{.acks = acks, .timeoutMs = 30'000};
        request.topicData.push_back({.name = topic});
        request.topicData[0].partitionData.push_back(
            {.index = PartitionId(static_cast<std::int32_t>(sent++ % partitions)),
             .records = RecordsView(ready.bytes)});
        ++open;
        crowd[peer].ask<ProduceResponse>(request, 9, [&, peer](const ProduceResponse& response) {
            endIfRefused(response);
            --open;
            send(peer);
        });
    };
    const auto start = SteadyClock::now();
    for (std::size_t peer = 0; peer < crowd.size(); ++peer) {
        for (int i = 0; i < kInFlight; ++i) {
            send(peer);
        }
    }
    crowd.runUntil([&] { return open == 0; }, std::chrono::seconds(300));
    print(sent * ready.records, sent * static_cast<std::int64_t>(ready.bytes.size()), start);
    return 0;
}

int drain(const Options& options) {
    const auto partitions = static_cast<std::int32_t>(options.number("partitions", 1));
    const std::int64_t perPartition = options.number("records", 2'000'000) / partitions;
    const std::string topic = options.text("topic", "bench");
    Crowd crowd(options.port(), peersFor(options, partitions));
    std::vector<std::unique_ptr<Drain>> drains;
    for (std::size_t peer = 0; peer < crowd.size(); ++peer) {
        std::vector<Drain::Place> places;
        for (auto p = static_cast<std::int32_t>(peer); p < partitions; p += static_cast<std::int32_t>(crowd.size())) {
            places.push_back({p, 0});
        }
        drains.push_back(std::make_unique<Drain>(crowd[peer], topic, std::move(places), perPartition));
    }
    const auto start = SteadyClock::now();
    for (const auto& one : drains) {
        one->ask();
    }
    crowd.runUntil([&] { return std::all_of(drains.begin(), drains.end(), [](const auto& d) { return d->isDone(); }); },
                   std::chrono::seconds(300));
    std::int64_t records = 0;
    std::int64_t bytes = 0;
    for (const auto& one : drains) {
        records += one->records();
        bytes += one->bytes();
    }
    print(records, bytes, start);
    return 0;
}

}  // namespace weir::bench
