// SPDX-License-Identifier: GPL-3.0-or-later
#include <pthread.h>

#include <QTest>
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <new>
#include <string_view>

#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/create_partitions.h"
#include "broker/protocol/messages/create_topics.h"
#include "broker/protocol/messages/delete_topics.h"
#include "broker/protocol/messages/describe_configs.h"
#include "broker/protocol/messages/find_coordinator.h"
#include "broker/protocol/messages/incremental_alter_configs.h"
#include "broker/protocol/messages/init_producer_id.h"
#include "broker/protocol/messages/join_group.h"
#include "broker/protocol/messages/list_offsets.h"
#include "broker/protocol/messages/metadata.h"
#include "broker/protocol/messages/offset_commit.h"
#include "broker/protocol/messages/offset_fetch.h"
#include "tests/broker/server/server_fixture.h"

namespace {

/// Allocations of the starving threads that still succeed; the one after them fails. Negative: all succeed.
std::atomic<std::int64_t> allocationsLeft{-1};
/// What the names of those threads begin with.
std::atomic<const char*> starving{"weir-net"};

bool isStarving() {
    char name[16] = {};
    return ::pthread_getname_np(::pthread_self(), name, sizeof name) == 0 &&
           std::string_view(name).starts_with(starving.load(std::memory_order_relaxed));
}

bool failsNow() {
    return allocationsLeft.load(std::memory_order_relaxed) >= 0 && isStarving() && allocationsLeft.fetch_sub(1) == 0;
}

void* allocate(std::size_t size, std::size_t alignment) {
    if (failsNow()) {
        return nullptr;
    }
    if (alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) {
        return std::malloc(size == 0 ? 1 : size);
    }
    return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

void* orThrow(void* memory) {
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

}  // namespace

void* operator new(std::size_t size) {
    return orThrow(allocate(size, 1));
}
void* operator new[](std::size_t size) {
    return orThrow(allocate(size, 1));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return orThrow(allocate(size, static_cast<std::size_t>(alignment)));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return orThrow(allocate(size, static_cast<std::size_t>(alignment)));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return allocate(size, 1);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return allocate(size, 1);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}

using namespace weir;
using namespace weir::protocol;
using namespace weir::testing;

namespace {

/// One request as bytes, by a number that it may carry, so that requests differ.
using MakeFrame = std::function<Bytes(int)>;

template <class Request>
Bytes frameOf(const Request& request, std::int16_t version) {
    return encodeRequestFrame(request, ApiVersion(version), CorrelationId(7), "starving")->flat();
}

std::string valueOf(int number) {
    return "value-" + std::to_string(number);
}

Bytes produceFrame(int number) {
    const Bytes batch = batchOf({.values = {valueOf(number)}});
    ProduceRequest request;
    request.acks = -1;
    request.timeoutMs = 1000;
    auto& data = request.topicData.emplace_back();
    data.name = "starved";
    data.partitionData.push_back({PartitionId(0), ByteView(batch), {}});
    return frameOf(request, 9);
}

Bytes fetchFrame(int) {
    return frameOf(fetchOf({.topic = "starved"}), 12);
}

Bytes listOffsetsFrame(int) {
    ListOffsetsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = "starved";
    topic.partitions.emplace_back().timestamp = Timestamp(-1);
    return frameOf(request, 7);
}

Bytes metadataFrame(int) {
    MetadataRequest request;
    request.topics.reset();
    return frameOf(request, 9);
}

Bytes joinFrame(int number) {
    JoinGroupRequest request;
    request.groupId = "starving-" + std::to_string(number);
    request.sessionTimeoutMs = 10'000;
    request.rebalanceTimeoutMs = 10'000;
    request.protocolType = "consumer";
    request.protocols.emplace_back().name = "range";
    return frameOf(request, 5);
}

Bytes commitFrame(int number) {
    OffsetCommitRequest request;
    request.groupId = "starving";
    request.generationIdOrMemberEpoch = GenerationId(-1);
    auto& topic = request.topics.emplace_back();
    topic.name = "starved";
    topic.partitions.emplace_back().committedOffset = Offset(number);
    return frameOf(request, 8);
}

Bytes offsetFetchFrame(int) {
    OffsetFetchRequest request;
    request.groupId = "starving";
    request.topics.reset();
    return frameOf(request, 7);
}

Bytes describeConfigsFrame(int) {
    DescribeConfigsRequest request;
    request.resources.push_back({4, "1", {}, {}});
    return frameOf(request, 4);
}

Bytes createTopicFrame(int number) {
    CreateTopicsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = "made-" + std::to_string(number);
    topic.numPartitions = 1;
    topic.replicationFactor = 1;
    return frameOf(request, 7);
}

Bytes createPartitionsFrame(int number) {
    CreatePartitionsRequest request;
    auto& topic = request.topics.emplace_back();
    topic.name = "there-" + std::to_string(number);
    topic.count = 3;
    topic.assignments.reset();
    request.timeoutMs = 1000;
    return frameOf(request, 3);
}

Bytes deleteTopicFrame(int number) {
    DeleteTopicsRequest request;
    request.topics.emplace_back().name = "there-" + std::to_string(number);
    request.timeoutMs = 1000;
    return frameOf(request, 6);
}

Bytes topicConfigFrame(int number) {
    IncrementalAlterConfigsRequest request;
    auto& resource = request.resources.emplace_back();
    resource.resourceType = 2;
    resource.resourceName = "starved";
    auto& config = resource.configs.emplace_back();
    config.name = "retention.ms";
    config.value = std::to_string(1'000'000'000 + number);
    return frameOf(request, 1);
}

Bytes producerIdFrame(int) {
    InitProducerIdRequest request;
    request.transactionalId.reset();
    return frameOf(request, 4);
}

Bytes coordinatorFrame(int) {
    FindCoordinatorRequest request;
    request.coordinatorKeys.emplace_back("starving");
    return frameOf(request, 4);
}

Bytes versionsFrame(int) {
    ApiVersionsRequest request;
    request.clientSoftwareName = "starving";
    request.clientSoftwareVersion = "1";
    return frameOf(request, 3);
}

struct Case {
    const char* name;
    MakeFrame frame;
    /// Which threads have no memory.
    const char* threads = "weir-net";
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all{{"Produce", produceFrame},
                                       {"Fetch", fetchFrame},
                                       {"ListOffsets", listOffsetsFrame},
                                       {"Metadata", metadataFrame},
                                       {"OffsetCommit", commitFrame},
                                       {"OffsetFetch", offsetFetchFrame},
                                       {"FindCoordinator", coordinatorFrame},
                                       {"JoinGroup", joinFrame},
                                       {"InitProducerId", producerIdFrame},
                                       {"DescribeConfigs", describeConfigsFrame},
                                       {"CreateTopics", createTopicFrame},
                                       {"ApiVersions", versionsFrame},
                                       {"CreateTopics on the disk's thread", createTopicFrame, "weir-disk"},
                                       {"CreatePartitions on the disk's thread", createPartitionsFrame, "weir-disk"},
                                       {"DeleteTopics on the disk's thread", deleteTopicFrame, "weir-disk"},
                                       {"AlterConfigs on the disk's thread", topicConfigFrame, "weir-disk"},
                                       {"DeleteTopics on the catalog's thread", deleteTopicFrame, "weir-catalog"},
                                       {"OffsetCommit on the catalog's thread", commitFrame, "weir-catalog"},
                                       {"Produce on the thread that syncs", produceFrame, "weir-commit"}};
    return all;
}

}  // namespace

/// T11: whichever allocation of a request fails, the client gets an answer or loses its connection, others lose
/// nothing, and what was acknowledged is there.
class TstAllocations : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFailedAllocationCostsOneConnectionAtMost_data() {
        QTest::addColumn<int>("which");
        for (std::size_t i = 0; i < cases().size(); ++i) {
            QTest::newRow(cases()[i].name) << static_cast<int>(i);
        }
    }
    void aFailedAllocationCostsOneConnectionAtMost() {
        QFETCH(int, which);
        const Case& about = cases()[static_cast<std::size_t>(which)];
        const std::string_view name(about.name);
        starving = about.threads;
        const bool needsTopic = name.starts_with("DeleteTopics") || name.starts_with("CreatePartitions");
        const bool isDurable = std::string_view(about.threads) == "weir-commit";
        // The deadline also says how often it is looked for connections whose answer was lost.
        ServerFixture server(
            Configs{{"group.initial.rebalance.delay.ms", "0"}, {"weir.durability", isDurable ? "durable" : "kernel"}},
            std::chrono::seconds(2));
        server.createTopic("starved");
        WireClient bystander = server.client();
        bystander.sendBytes(versionsFrame(0));
        QVERIFY(bystander.receiveFrame());
        std::vector<std::string> acknowledged;
        int closed = 0;
        int failed = 0;
        // A sync that was quicker than the request that waits for it allocates nothing: then it is tried again.
        constexpr int kTries = 200;
        for (int n = 0, turn = 0;; ++n, ++turn) {
            QVERIFY2(turn < 5'000, "it never gets through");
            // The connection is there before memory runs out; once it has asked much, so that what requests make grow
            // has grown.
            WireClient client = server.client();
            for (int i = 0; i < (n % 2 == 1 ? 3 : 1); ++i) {
                client.sendBytes(versionsFrame(0));
                QVERIFY(client.receiveFrame());
            }
            if (needsTopic) {
                server.createTopic("there-" + std::to_string(turn));
            }
            allocationsLeft = n;
            client.sendBytes(about.frame(turn));
            const auto answer = client.receiveFrame();
            const bool wasHit = allocationsLeft.exchange(-1) < 0;
            closed += answer ? 0 : 1;
            failed += wasHit ? 1 : 0;
            if (answer && name.starts_with("Produce")) {
                noteIfAcknowledged(*answer, valueOf(turn), acknowledged);
            }
            // Whoever else is there is served.
            bystander.sendBytes(versionsFrame(0));
            QVERIFY(bystander.receiveFrame());
            if (!wasHit && n % 2 == 1) {
                QVERIFY(answer);
                if (failed > 0 || turn > kTries) {
                    break;
                }
                n = -1;
            }
        }
        qInfo("T11: %s: %d failed allocations, %d connections lost", about.name, failed, closed);
        QVERIFY(failed > 0);
        const auto there = valuesOf(server);
        for (const std::string& value : acknowledged) {
            QVERIFY2(std::count(there.begin(), there.end(), value) == 1, value.c_str());
        }
        // What is in memory is also what is on the disk.
        const auto topics = topicsOf(server);
        server.stop();
        server.start();
        QVERIFY(valuesOf(server) == there);
        QVERIFY(topicsOf(server) == topics);
    }

    /// Whatever fails while somebody comes costs them at most: those who come later are let in.
    void aFailedAllocationOfANewConnectionCostsNobodyElse() {
        starving = "weir-net";
        ServerFixture server;
        WireClient bystander = server.client();
        bystander.sendBytes(versionsFrame(0));
        QVERIFY(bystander.receiveFrame());
        int closed = 0;
        int n = 0;
        for (;; ++n) {
            QVERIFY2(n < 2'000, "nobody ever gets in");
            allocationsLeft = n;
            WireClient client = server.client();
            client.sendBytes(versionsFrame(0));
            const auto answer = client.receiveFrame();
            const bool wasHit = allocationsLeft.exchange(-1) < 0;
            closed += answer ? 0 : 1;
            bystander.sendBytes(versionsFrame(0));
            QVERIFY(bystander.receiveFrame());
            WireClient later = server.client();
            later.sendBytes(versionsFrame(0));
            QVERIFY(later.receiveFrame());
            if (!wasHit) {
                QVERIFY(answer);
                break;
            }
        }
        qInfo("T11: a new connection: %d failed allocations, %d connections lost", n, closed);
        QVERIFY(n > 0);
    }

private:
    static void noteIfAcknowledged(ByteView frame, const std::string& value, std::vector<std::string>& into) {
        const auto header = decodeResponseHeader(frame, ApiKey::kProduce, ApiVersion(9));
        const auto response = decode<ProduceResponse>(header->body, ApiVersion(9), TrailingBytes::kRefuse);
        if (response->responses.at(0).partitionResponses.at(0).errorCode == ErrorCode::kNone) {
            into.push_back(value);
        }
    }
    /// Each topic with how many of its partitions are served.
    static std::map<std::string, std::size_t> topicsOf(const ServerFixture& server) {
        MetadataRequest request;
        request.topics.reset();
        std::map<std::string, std::size_t> all;
        for (const auto& topic : server.client().call<MetadataResponse>(request, 9).topics) {
            all[topic.name.value()] = static_cast<std::size_t>(
                std::count_if(topic.partitions.begin(), topic.partitions.end(),
                              [](const auto& partition) { return partition.errorCode == ErrorCode::kNone; }));
        }
        return all;
    }
    static std::vector<std::string> valuesOf(const ServerFixture& server) {
        WireClient client = server.client();
        std::vector<std::string> all;
        for (;;) {
            const auto read = client.call<FetchResponse>(
                fetchOf({.topic = "starved", .offset = static_cast<std::int64_t>(all.size())}), 12);
            const auto values = valuesIn(read.responses.at(0).partitions.at(0).records.bytes());
            if (values.empty()) {
                return all;
            }
            all.insert(all.end(), values.begin(), values.end());
        }
    }
};

QTEST_GUILESS_MAIN(TstAllocations)
#include "tst_allocations.moc"
