// SPDX-License-Identifier: GPL-3.0-or-later
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>

#include "broker/protocol/codec.h"
#include "broker/protocol/frame.h"
#include "broker/protocol/headers.h"
#include "broker/protocol/messages/fetch.h"
#include "broker/protocol/messages/metadata.h"
#include "broker/protocol/messages/produce.h"

/// How long the messages of the hot path take to decode and to encode: nanoseconds per message, best of several runs
/// of many, and per partition where a message has many.
using namespace weir;
using namespace weir::protocol;

namespace {

constexpr auto kTimeEach = std::chrono::milliseconds(300);
constexpr ApiVersion kProduceVersion(12);
constexpr ApiVersion kFetchVersion(12);
constexpr ApiVersion kMetadataVersion(12);
constexpr CorrelationId kCorrelation(1);

template <class T>
T mustBe(Result<T, ProtocolError> result) {
    if (!result) {
        fmt::print(stderr, "{}\n", result.error().message);
        std::exit(1);
    }
    return std::move(result).value();
}

/// Nanoseconds of one call in the fastest round of `calls`.
double best(int calls, const std::function<std::size_t()>& run) {
    using Clock = std::chrono::steady_clock;
    double fastest = 1e18;
    std::size_t sum = 0;
    const auto until = Clock::now() + kTimeEach;
    do {
        const auto start = Clock::now();
        for (int i = 0; i < calls; ++i) {
            sum += run();
        }
        fastest = std::min(fastest, std::chrono::duration<double, std::nano>(Clock::now() - start).count() / calls);
    } while (Clock::now() < until);
    if (sum == 0) {
        fmt::print(stderr, "nothing was done\n");
    }
    return fastest;
}

void report(const char* what, std::size_t parts, double nanoseconds) {
    fmt::print("{:<44} {:>12.0f} ns {:>10.1f} ns per partition\n", what, nanoseconds,
               nanoseconds / static_cast<double>(parts));
}

void measureProduce(std::size_t partitions) {
    const Bytes records(16 * 1024, std::byte{7});
    ProduceRequest request{.acks = -1, .timeoutMs = 30'000};
    request.topicData.push_back({.name = "orders"});
    ProduceResponse response;
    response.responses.push_back({.name = "orders"});
    for (std::size_t i = 0; i < partitions; ++i) {
        const PartitionId id(static_cast<std::int32_t>(i));
        request.topicData[0].partitionData.push_back({.index = id, .records = RecordsView(records)});
        response.responses[0].partitionResponses.push_back({.index = id, .baseOffset = Offset(12345)});
    }
    const Bytes flat = mustBe(encodeRequestFrame(request, kProduceVersion, kCorrelation, "bench")).flat();
    const ByteView frame = ByteView(flat).subspan(4);
    report(fmt::format("decode produce request, {} partitions", partitions).c_str(), partitions, best(1000, [&] {
               const auto header = decodeRequestHeader(frame);
               return decode<ProduceRequest>(header->body, kProduceVersion)->topicData.size();
           }));
    report(fmt::format("encode produce response, {} partitions", partitions).c_str(), partitions,
           best(1000, [&] { return encodeResponseFrame(response, kProduceVersion, kCorrelation)->bytes.size(); }));
}

void measureFetch(std::size_t partitions) {
    const Bytes records(64 * 1024, std::byte{7});
    FetchRequest request{.maxWaitMs = 500, .minBytes = 1};
    request.topics.push_back({.topic = "orders"});
    FetchResponse response;
    response.responses.push_back({.topic = "orders"});
    for (std::size_t i = 0; i < partitions; ++i) {
        const PartitionId id(static_cast<std::int32_t>(i));
        request.topics[0].partitions.push_back({.partition = id, .fetchOffset = Offset(99)});
        response.responses[0].partitions.push_back({.partitionIndex = id, .records = RecordsView(records)});
    }
    const Bytes flat = mustBe(encodeRequestFrame(request, kFetchVersion, kCorrelation, "bench")).flat();
    const ByteView frame = ByteView(flat).subspan(4);
    report(fmt::format("decode fetch request, {} partitions", partitions).c_str(), partitions, best(1000, [&] {
               const auto header = decodeRequestHeader(frame);
               return decode<FetchRequest>(header->body, kFetchVersion)->topics.size();
           }));
    report(fmt::format("encode fetch response, {} partitions", partitions).c_str(), partitions,
           best(1000, [&] { return encodeResponseFrame(response, kFetchVersion, kCorrelation)->pieces().size(); }));
}

void measureMetadata(std::size_t topics) {
    MetadataResponse response;
    response.brokers.push_back({.nodeId = BrokerId(1), .host = "127.0.0.1", .port = 9092});
    response.clusterId = "cluster";
    for (std::size_t i = 0; i < topics; ++i) {
        response.topics.push_back({.name = fmt::format("topic-{}", i)});
        response.topics.back().partitions.push_back(
            {.leaderId = BrokerId(1), .replicaNodes = {BrokerId(1)}, .isrNodes = {BrokerId(1)}});
    }
    Bytes bytes;
    if (!encode(response, kMetadataVersion, bytes)) {
        std::exit(1);
    }
    report(fmt::format("encode metadata response, {} topics", topics).c_str(), topics,
           best(20, [&] { return encodeResponseFrame(response, kMetadataVersion, kCorrelation)->bytes.size(); }));
    report(fmt::format("decode metadata response, {} topics", topics).c_str(), topics,
           best(20, [&] { return decode<MetadataResponse>(bytes, kMetadataVersion)->topics.size(); }));
}

}  // namespace

int main() {
    for (const std::size_t partitions : {std::size_t{1}, std::size_t{100}}) {
        measureProduce(partitions);
        measureFetch(partitions);
    }
    measureMetadata(1000);
    return 0;
}
