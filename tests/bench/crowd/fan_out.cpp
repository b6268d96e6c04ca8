// SPDX-License-Identifier: GPL-3.0-or-later
// One producer's ticks to many readers: each for itself, or in groups that share the partitions.
#include <algorithm>
#include <cstdio>

#include "broker/protocol/messages/fetch.h"
#include "broker/protocol/messages/join_group.h"
#include "broker/protocol/messages/produce.h"
#include "broker/protocol/messages/sync_group.h"
#include "tests/bench/crowd/coordinator.h"
#include "tests/bench/crowd/crowd.h"
#include "tests/bench/crowd/works.h"

namespace weir::bench {

using namespace protocol;

namespace {

constexpr const char* kTopic = "ticks";
constexpr std::size_t kTickBytes = 100;

std::int64_t nanos(SteadyClock::time_point time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

/// Reads one partition from the beginning, one fetch open at a time, and notes how late each tick came.
class Reader {
public:
    Reader(Peer& peer, std::int32_t partition, Latencies& latencies)
        : m_peer(peer), m_partition(partition), m_latencies(latencies) {}
    void fetch() {
        FetchRequest request{.maxWaitMs = 500, .minBytes = 1, .maxBytes = 1 << 20};
        request.topics.push_back({.topic = kTopic});
        request.topics[0].partitions.push_back(
            {.partition = PartitionId(m_partition), .fetchOffset = Offset(m_next), .partitionMaxBytes = 1 << 20});
        m_peer.ask<FetchResponse>(request, 11, [this](const FetchResponse& response) {
            for (const auto& topic : response.responses) {
                for (const auto& partition : topic.partitions) {
                    if (partition.errorCode != ErrorCode::kNone) {
                        fail("a fetch was refused: " + std::to_string(static_cast<int>(partition.errorCode)));
                    }
                    const std::int64_t now = nanos(SteadyClock::now());
                    m_next = readStamps(partition.records.bytes(), m_next, [&](std::int64_t due) {
                        m_latencies.micros.push_back(static_cast<double>(now - due) / 1000.0);
                        ++m_got;
                    });
                }
            }
            fetch();
        });
    }
    [[nodiscard]] std::int64_t got() const { return m_got; }

private:
    Peer& m_peer;
    std::int32_t m_partition;
    Latencies& m_latencies;
    std::int64_t m_next = 0;
    std::int64_t m_got = 0;
};

/// Ticks at the rate asked for, over the partitions in turn; returns how many. Then waits until every reader has all.
std::int64_t run(Crowd& crowd, const Options& options, std::vector<Reader>& readers, std::int32_t partitions,
                 std::int64_t copies) {
    for (Reader& reader : readers) {
        reader.fetch();
    }
    Peer& producer = crowd[0];
    std::int64_t sent = 0;
    crowd.runFor(
        std::chrono::duration<double>(static_cast<double>(options.number("seconds", 5))),
        static_cast<double>(options.number("rate", 1000)), [&](std::int64_t n, SteadyClock::time_point due) {
            const Bytes batch = makeStamped(nanos(due), kTickBytes);
            ProduceRequest request{.acks = 1, .timeoutMs = 30'000};
            request.topicData.push_back({.name = kTopic});
            request.topicData[0].partitionData.push_back(
                {.index = PartitionId(static_cast<std::int32_t>(n % partitions)), .records = RecordsView(batch)});
            producer.ask<ProduceResponse>(request, 8, [](const ProduceResponse&) {});
            ++sent;
        });
    const auto received = [&] {
        std::int64_t sum = 0;
        for (const Reader& reader : readers) {
            sum += reader.got();
        }
        return sum;
    };
    crowd.runUntil([&] { return received() >= sent * copies; }, std::chrono::seconds(60));
    if (received() != sent * copies) {
        fail("a record came twice");
    }
    return sent;
}

int report(Latencies& latencies, const std::vector<Reader>& readers, std::int64_t sent) {
    std::sort(latencies.micros.begin(), latencies.micros.end());
    std::int64_t least = sent;
    for (const Reader& reader : readers) {
        least = std::min(least, reader.got());
    }
    std::printf("{\"p50_us\":%.0f,\"p99_us\":%.0f,\"sent\":%lld,\"received\":%zu,\"least\":%lld}\n",
                latencies.percentile(0.5), latencies.percentile(0.99), static_cast<long long>(sent),
                latencies.micros.size(), static_cast<long long>(least));
    return least > 0 ? 0 : 1;
}

Bytes encodeSubscription() {
    Bytes bytes;
    const auto put = [&](std::uint64_t value, int size) {
        for (int i = size - 1; i >= 0; --i) {
            bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
        }
    };
    const std::string_view topic = kTopic;
    put(0, 2);
    put(1, 4);
    put(topic.size(), 2);
    for (const char c : topic) {
        bytes.push_back(static_cast<std::byte>(c));
    }
    put(0xffffffff, 4);
    return bytes;
}

/// ConsumerProtocolAssignment v0 of one partition.
Bytes encodeAssignment(std::int32_t partition) {
    Bytes bytes = encodeSubscription();
    const std::array<std::byte, 8> part{std::byte{0},
                                        std::byte{0},
                                        std::byte{0},
                                        std::byte{1},
                                        std::byte{0},
                                        std::byte{0},
                                        static_cast<std::byte>(partition >> 8),
                                        static_cast<std::byte>(partition)};
    bytes.insert(bytes.end() - 4, part.begin(), part.end());
    return bytes;
}

struct Member {
    std::size_t peer;
    std::string group;
    std::string id;
    std::int32_t partition = -1;
};

class Joining {
public:
    Joining(Crowd& crowd, std::vector<Member>& members) : m_crowd(crowd), m_members(members) {}
    void run() {
        for (Member& member : m_members) {
            join(member);
        }
        m_crowd.runUntil([this] { return m_ready == m_members.size(); }, std::chrono::seconds(120));
    }

private:
    void join(Member& member) {
        JoinGroupRequest request{.groupId = member.group,
                                 .sessionTimeoutMs = 45'000,
                                 .rebalanceTimeoutMs = 60'000,
                                 .memberId = member.id,
                                 .protocolType = "consumer"};
        request.protocols.push_back({.name = "range", .metadata = encodeSubscription()});
        m_crowd[member.peer].ask<JoinGroupResponse>(request, 5, [this, &member](const JoinGroupResponse& response) {
            member.id = response.memberId;
            if (response.errorCode == ErrorCode::kNone) {
                sync(member, response);
            } else {
                join(member);  // a member id is required, or the group moved on
            }
        });
    }
    void sync(Member& member, const JoinGroupResponse& joined) {
        SyncGroupRequest request{.groupId = member.group, .generationId = joined.generationId, .memberId = member.id};
        std::int32_t partition = 0;
        for (const auto& other : joined.members) {
            request.assignments.push_back({.memberId = other.memberId, .assignment = encodeAssignment(partition++)});
        }
        m_crowd[member.peer].ask<SyncGroupResponse>(request, 3, [this, &member](const SyncGroupResponse& response) {
            if (response.errorCode != ErrorCode::kNone) {
                join(member);
                return;
            }
            const auto& bytes = response.assignment;
            const bool first = member.partition < 0;
            member.partition = loadBigEndian<std::int32_t>(bytes.data() + bytes.size() - 8);
            m_ready += first ? 1 : 0;
        });
    }

    Crowd& m_crowd;
    std::vector<Member>& m_members;
    std::size_t m_ready = 0;
};

}  // namespace

int fanOut(const Options& options) {
    const auto consumers = static_cast<std::size_t>(options.number("consumers", 1000));
    Crowd crowd(options.port(), consumers + 1);
    makeTopics(crowd, {kTopic}, 1);
    Latencies latencies;
    std::vector<Reader> readers;
    for (std::size_t i = 0; i < consumers; ++i) {
        readers.emplace_back(crowd[i + 1], 0, latencies);
    }
    const std::int64_t sent = run(crowd, options, readers, 1, static_cast<std::int64_t>(consumers));
    return report(latencies, readers, sent);
}

int groups(const Options& options) {
    const auto groupCount = static_cast<std::size_t>(options.number("groups", 50));
    const auto members = static_cast<std::size_t>(options.number("members", 20));
    Crowd crowd(options.port(), groupCount * members + 1);
    makeTopics(crowd, {kTopic}, static_cast<std::int32_t>(members));
    std::vector<Member> all;
    for (std::size_t i = 0; i < groupCount * members; ++i) {
        all.push_back({.peer = i + 1, .group = "group-" + std::to_string(i / members), .id = {}});
    }
    for (std::size_t g = 0; g < groupCount; ++g) {
        findCoordinator(crowd, "group-" + std::to_string(g));
    }
    const auto start = SteadyClock::now();
    Joining(crowd, all).run();
    std::fprintf(stderr, "%zu members joined in %.2f s\n", all.size(),
                 std::chrono::duration<double>(SteadyClock::now() - start).count());
    Latencies latencies;
    std::vector<Reader> readers;
    for (const Member& member : all) {
        readers.emplace_back(crowd[member.peer], member.partition, latencies);
    }
    const std::int64_t sent =
        run(crowd, options, readers, static_cast<std::int32_t>(members), static_cast<std::int64_t>(groupCount));
    return report(latencies, readers, sent);
}

}  // namespace weir::bench
