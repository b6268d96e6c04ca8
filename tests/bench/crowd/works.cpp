// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/crowd/works.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <string_view>

#include "broker/base/clock.h"
#include "broker/protocol/messages/api_versions.h"
#include "broker/protocol/messages/delete_topics.h"
#include "broker/protocol/messages/offset_commit.h"
#include "broker/records/batch_builder.h"
#include "broker/records/batch_header.h"
#include "broker/records/record_iterator.h"
#include "tests/bench/crowd/coordinator.h"
#include "tests/bench/crowd/crowd.h"

namespace weir::bench {

using namespace protocol;

std::int64_t Options::number(const char* name, std::int64_t standard) const {
    const auto found = values.find(name);
    return found == values.end() ? standard : std::stoll(found->second);
}

std::string Options::text(const char* name, const char* standard) const {
    const auto found = values.find(name);
    return found == values.end() ? standard : found->second;
}

double Latencies::percentile(double p) const {
    if (micros.empty()) {
        return 0;
    }
    return micros[std::min(micros.size() - 1, static_cast<std::size_t>(p * static_cast<double>(micros.size())))];
}

namespace {

/// Lines of text that compress about three to one, as records of real systems do.
std::string ticks(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; text.size() < size; ++i) {
        text += R"({"symbol":"S)" + std::to_string(i * 7919 % 50) + R"(","price":)" +
                std::to_string(i * 104729 % 9973) + R"(,"size":)" + std::to_string(i * 31 % 900) + "},";
    }
    return text;
}

}  // namespace

void endIfRefused(const protocol::ProduceResponse& response) {
    const auto code = response.responses.at(0).partitionResponses.at(0).errorCode;
    if (code != protocol::ErrorCode::kNone) {
        fail("a produce was refused with code " + std::to_string(static_cast<int>(code)));
    }
}

ReadyBatch makeBatch(const Options& options, std::size_t target) {
    static const std::map<std::string, Compression> kCodecs{
        {"none", Compression::kNone}, {"lz4", Compression::kLz4}, {"zstd", Compression::kZstd}};
    const auto size = static_cast<std::size_t>(options.number("size", 100));
    records::BatchBuilder builder;
    builder.start({.compression = kCodecs.at(options.text("codec", "none"))});
    const std::string text = ticks(size + 50'000);
    ReadyBatch made;
    while (made.records < 10'000 && builder.plainSize() + size + 32 < target) {
        const std::string_view value =
            std::string_view(text).substr(static_cast<std::size_t>(made.records) * 37 % (text.size() - size), size);
        if (!builder.append({.timestamp = Timestamp(SystemClock().wallNowMs()), .value = asBytes(value)})) {
            fail("the record is too large");
        }
        ++made.records;
    }
    records::Codec codec;
    made.bytes = toBytes(builder.finish(codec));
    return made;
}

Bytes makeStamped(std::int64_t stamp, std::size_t size) {
    Bytes value(std::max(size, sizeof stamp), std::byte{'x'});
    std::memcpy(value.data(), &stamp, sizeof stamp);
    records::BatchBuilder builder;
    builder.start({});
    if (!builder.append({.timestamp = Timestamp(SystemClock().wallNowMs()), .value = ByteView(value)})) {
        fail("the record is too large");
    }
    records::Codec codec;
    return toBytes(builder.finish(codec));
}

std::int64_t readStamps(ByteView bytes, std::int64_t from, const std::function<void(std::int64_t)>& got) {
    std::int64_t next = from;
    while (const auto batch = records::BatchView::of(bytes)) {
        records::RecordIterator iterator(batch->header(), batch->recordsPayload());
        for (RecordView record; iterator.next(record);) {
            if (record.offset.value >= from && record.value && record.value->size() >= sizeof(std::int64_t)) {
                std::int64_t stamp = 0;
                std::memcpy(&stamp, record.value->data(), sizeof stamp);
                got(stamp);
            }
        }
        next = batch->nextOffset().value;
        bytes = bytes.subspan(batch->size());
    }
    return next;
}

int requests(const Options& options) {
    const double seconds = static_cast<double>(options.number("seconds", 3));
    const auto acks = static_cast<std::int16_t>(options.number("acks", -1));
    const std::int32_t partitions = static_cast<std::int32_t>(options.number("partitions", 1));
    const std::string topic = options.text("topic", "bench");
    Crowd crowd(options.port(), static_cast<std::size_t>(options.number("connections", 64)));
    makeTopics(crowd, {topic}, partitions);
    const Bytes batch = makeStamped(0, static_cast<std::size_t>(options.number("size", 100)));
    Latencies latencies;
    bool stop = false;
    std::size_t open = 0;
    const std::function<void(std::size_t)> send = [&](std::size_t i) {
        ProduceRequest request{.acks = acks, .timeoutMs = 30'000};
        request.topicData.push_back({.name = topic});
        request.topicData[0].partitionData.push_back(
            {.index = PartitionId(static_cast<std::int32_t>(i) % partitions), .records = RecordsView(batch)});
        ++open;
        crowd[i].ask<ProduceResponse>(request, 9, [&, i, begun = SteadyClock::now()](const ProduceResponse& response) {
            endIfRefused(response);
            latencies.micros.push_back(std::chrono::duration<double, std::micro>(SteadyClock::now() - begun).count());
            --open;
            if (!stop) {
                send(i);
            }
        });
    };
    const auto start = SteadyClock::now();
    for (std::size_t i = 0; i < crowd.size(); ++i) {
        send(i);
    }
    crowd.runFor(std::chrono::duration<double>(seconds), 0.001, [](std::int64_t, SteadyClock::time_point) {});
    stop = true;
    crowd.runUntil([&] { return open == 0; }, std::chrono::seconds(60));
    const double took = std::chrono::duration<double>(SteadyClock::now() - start).count();
    std::sort(latencies.micros.begin(), latencies.micros.end());
    std::printf("{\"requests_per_s\":%.0f,\"p50_us\":%.0f,\"p99_us\":%.0f}\n",
                static_cast<double>(latencies.micros.size()) / took, latencies.percentile(0.5),
                latencies.percentile(0.99));
    return 0;
}

int commits(const Options& options) {
    const auto groupCount = static_cast<std::size_t>(options.number("groups", 500));
    const double seconds = static_cast<double>(options.number("seconds", 3));
    Crowd crowd(options.port(), std::min<std::size_t>(groupCount, 50));
    makeTopics(crowd, {"bench"}, 1);
    for (std::size_t g = 0; g < groupCount; ++g) {
        findCoordinator(crowd, "bench-" + std::to_string(g));
    }
    std::int64_t done = 0;
    bool stop = false;
    std::size_t open = 0;
    const std::function<void(std::size_t, std::int64_t)> send = [&](std::size_t i, std::int64_t round) {
        const std::size_t own = groupCount / crowd.size();
        OffsetCommitRequest request{.groupId =
                                        "bench-" + std::to_string(i * own + static_cast<std::size_t>(round) % own)};
        request.topics.push_back({.name = "bench"});
        request.topics[0].partitions.push_back({.partitionIndex = PartitionId(0), .committedOffset = Offset(round)});
        ++open;
        crowd[i].ask<OffsetCommitResponse>(request, 8, [&, i, round](const OffsetCommitResponse& response) {
            if (response.topics.at(0).partitions.at(0).errorCode != ErrorCode::kNone) {
                fail("a commit was refused");
            }
            ++done;
            --open;
            if (!stop) {
                send(i, round + 1);
            }
        });
    };
    const auto start = SteadyClock::now();
    for (std::size_t i = 0; i < crowd.size(); ++i) {
        send(i, 0);
    }
    crowd.runFor(std::chrono::duration<double>(seconds), 0.001, [](std::int64_t, SteadyClock::time_point) {});
    stop = true;
    crowd.runUntil([&] { return open == 0; }, std::chrono::seconds(60));
    const double took = std::chrono::duration<double>(SteadyClock::now() - start).count();
    std::printf("{\"commits_per_s\":%.0f}\n", static_cast<double>(done) / took);
    return 0;
}

int connections(const Options& options) {
    const auto start = SteadyClock::now();
    Crowd crowd(options.port(), static_cast<std::size_t>(options.number("count", 5000)));
    std::size_t answered = 0;
    for (std::size_t i = 0; i < crowd.size(); ++i) {
        crowd[i].ask<ApiVersionsResponse>(
            ApiVersionsRequest{.clientSoftwareName = "crowd", .clientSoftwareVersion = "1"}, 3,
            [&](const ApiVersionsResponse&) { ++answered; });
    }
    crowd.runUntil([&] { return answered == crowd.size(); }, std::chrono::seconds(120));
    std::printf("{\"connected_s\":%.3f}\n", std::chrono::duration<double>(SteadyClock::now() - start).count());
    std::fflush(stdout);
    char byte = 0;
    static_cast<void>(::read(STDIN_FILENO, &byte, 1));  // until the input ends
    return 0;
}

int topics(const Options& options) {
    const std::int64_t count = options.number("count", 1000);
    Crowd crowd(options.port(), 1);
    const auto start = SteadyClock::now();
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < count; ++i) {
        names.push_back(options.text("prefix", "topic-") + std::to_string(i));
        if (names.size() == 100 || i + 1 == count) {
            makeTopics(crowd, names, static_cast<std::int32_t>(options.number("partitions", 1)));
            names.clear();
        }
    }
    std::printf("{\"seconds\":%.3f}\n", std::chrono::duration<double>(SteadyClock::now() - start).count());
    return 0;
}

int remove(const Options& options) {
    Crowd crowd(options.port(), 1);
    const std::string topic = options.text("topic", "bench");
    DeleteTopicsRequest request{.timeoutMs = 60'000};
    request.topicNames.push_back(topic);
    crowd.call<DeleteTopicsResponse>(request, 5, [&](const DeleteTopicsResponse& response) {
        for (const auto& answer : response.responses) {
            if (answer.errorCode != ErrorCode::kNone) {
                fail("cannot remove " + topic);
            }
        }
    });
    std::printf("{}\n");
    return 0;
}

}  // namespace weir::bench
