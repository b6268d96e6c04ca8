// SPDX-License-Identifier: GPL-3.0-or-later
// One hot loop after a warm-up, for counting: count_loops append|fetch|decode|filter FOLDER ROUNDS
// Prints one line of JSON: records and allocations of the measured part, which runs in measuredLoop alone.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <new>
#include <string>

#include "app/search/filter.h"
#include "broker/io/posix_file_system.h"
#include "broker/protocol/codec.h"
#include "broker/protocol/frame.h"
#include "broker/protocol/headers.h"
#include "broker/protocol/messages/produce.h"
#include "broker/records/batch_builder.h"
#include "broker/records/batch_validator.h"
#include "broker/records/record_iterator.h"
#include "broker/storage/log_directory.h"
#include "broker/topics/partition.h"

using namespace weir;

namespace {

std::int64_t allocations = 0;  // the loops have one thread

constexpr std::int32_t kRecordsEach = 100;
constexpr int kWarmUp = 20;

[[noreturn]] void die(const std::string& why) {
    std::fprintf(stderr, "count_loops: %s\n", why.c_str());
    std::exit(1);
}

Bytes makeBatch() {
    records::BatchBuilder builder;
    builder.start({});
    for (std::int32_t i = 0; i < kRecordsEach; ++i) {
        std::string value =
            "{\"symbol\":\"S" + std::to_string(i) + "\",\"price\":" + std::to_string(i * 7) + ",\"note\":\"";
        value.resize(98, 'x');
        value += "\"}";
        if (!builder.append({.timestamp = Timestamp(1'700'000'000'000 + i), .value = asBytes(value)})) {
            die("batch too large");
        }
    }
    records::Codec codec;
    return toBytes(builder.finish(codec));
}

/// A partition on the disk, as the broker has it.
struct Log {
    io::PosixFileSystem disk;
    SystemClock clock;
    std::unique_ptr<storage::LogDirectory> directory;
    storage::CommitQueue commits{1};
    std::shared_ptr<topics::Partition> partition;

    explicit Log(const char* folder) {
        auto opened = storage::LogDirectory::open(disk, io::Path(folder), Logger());
        if (!opened) {
            die(opened.error().message);
        }
        directory = std::move(*opened);
        auto made =
            topics::Partition::open({.directory = *directory, .commits = commits, .clock = clock, .logger = Logger()},
                                    {"t", PartitionId(0)}, Uuid{{std::byte{1}}}, {});
        if (!made) {
            die(made.error().message);
        }
        partition = std::move(*made);
    }
};

/// Judges and appends one batch.
std::function<void()> appendLoop(Log& log, Bytes& batch, records::Codec& codec, Bytes& scratch) {
    return [&] {
        const records::ValidationRules rules{.now = Timestamp(1'700'000'001'000)};
        records::stampBaseOffset(batch, Offset(0));  // as a client sends it
        const auto valid = records::validateBatch(batch, rules, codec, scratch);
        if (!valid) {
            die(valid.error().message);
        }
        if (!log.partition->append(batch, *valid, topics::AppendOrigin::kClient, rules.now)) {
            die("append");
        }
    };
}

/// Reads up to 64 KiB from where the last one ended.
std::function<void()> fetchLoop(Log& log, storage::ReadBuffer& buffer, Offset& from) {
    return [&] {
        buffer.clear();
        const auto got = log.partition->fetch({.from = from, .maxBytes = 64UL << 10}, buffer);
        if (!got || got->bytes == 0) {
            die("fetch");
        }
        from = got->next;
    };
}

/// A produce request from its frame to each record.
std::function<void()> decodeLoop(const Bytes& frame) {
    return [&] {
        const auto header = protocol::decodeRequestHeader(frame);
        const auto request = protocol::decode<protocol::ProduceRequest>(header->body, protocol::ApiVersion(9));
        const records::BatchView batch(request->topicData.at(0).partitionData.at(0).records.bytes());
        records::RecordIterator iterator(batch.header(), batch.recordsPayload());
        std::int32_t count = 0;
        for (RecordView record; iterator.next(record);) {
            ++count;
        }
        if (count != kRecordsEach) {
            die("decode");
        }
    };
}

/// An expression over a field of each record's JSON.
std::function<void()> filterLoop(const Bytes& batch, const app::Filter& filter, app::Filter::Scratch& scratch) {
    return [&] {
        const records::BatchView view(batch);
        records::RecordIterator iterator(view.header(), view.recordsPayload());
        std::int32_t hits = 0;
        for (RecordView record; iterator.next(record);) {
            hits += filter.matches(record, PartitionId(0), scratch) ? 1 : 0;
        }
        if (hits == 0) {
            die("filter");
        }
    };
}

}  // namespace

void* operator new(std::size_t size) {
    ++allocations;
    void* memory = std::malloc(size);
    if (memory == nullptr) {
        std::abort();
    }
    return memory;
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

/// What callgrind collects.
extern "C" __attribute__((noinline)) void measuredLoop(const std::function<void()>& loop, int rounds) {
    for (int i = 0; i < rounds; ++i) {
        loop();
    }
}

int main(int argc, char** argv) {
    if (argc != 4) {
        return 2;
    }
    const std::string what = argv[1];
    const int rounds = std::atoi(argv[3]);
    Log log(argv[2]);
    Bytes batch = makeBatch();
    records::Codec codec;
    Bytes scratch;
    const auto append = appendLoop(log, batch, codec, scratch);
    storage::ReadBuffer buffer((64UL << 10) + 4096);
    Offset from(0);
    protocol::ProduceRequest request{.acks = 1, .timeoutMs = 1000};
    request.topicData.push_back({.name = "t"});
    request.topicData[0].partitionData.push_back({.records = protocol::RecordsView(batch)});
    const Bytes frame =
        protocol::encodeRequestFrame(request, protocol::ApiVersion(9), protocol::CorrelationId(1), "c")->flat();
    const Bytes body(frame.begin() + 4, frame.end());
    const auto filter = app::Filter::compile("value.price > 300", Timestamp(0));
    app::Filter::Scratch memory;
    std::function<void()> loop;
    if (what == "append") {
        loop = append;
    } else if (what == "fetch") {
        for (int i = 0; i < (rounds + kWarmUp) * 8; ++i) {
            append();
        }
        loop = fetchLoop(log, buffer, from);
    } else if (what == "decode") {
        loop = decodeLoop(body);
    } else if (what == "filter") {
        loop = filterLoop(batch, *filter, memory);
    } else {
        return 2;
    }
    for (int i = 0; i < kWarmUp; ++i) {
        loop();
    }
    const Offset before = from;
    const std::int64_t allocated = allocations;
    measuredLoop(loop, rounds);
    const std::int64_t records = what == "fetch" ? from.value - before.value : std::int64_t{rounds} * kRecordsEach;
    std::printf("{\"records\":%lld,\"allocations\":%lld}\n", static_cast<long long>(records),
                static_cast<long long>(allocations - allocated));
    return 0;
}
