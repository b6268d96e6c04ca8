// SPDX-License-Identifier: GPL-3.0-or-later
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "broker/records/batch_builder.h"
#include "broker/records/batch_validator.h"

/// How fast batches of about a megabyte are built, validated and iterated over, for each codec and three sizes of
/// record: megabytes per second of records before compression (best of several runs), and nanoseconds per record.
using namespace weir;
using namespace weir::records;

namespace {

constexpr std::size_t kBatchBytes = 1'000'000;
constexpr auto kTimeEach = std::chrono::milliseconds(400);

struct Load {
    std::vector<std::string> values;
    std::size_t bytes = 0;
};

/// Words in JSON's clothes: compresses about as well as what people send.
Load makeLoad(std::size_t recordBytes) {
    std::mt19937_64 random(1);
    static constexpr const char* kWords[] = {"order", "price",   "customer", "amount",
                                             "EUR",   "pending", "shipped",  "desk"};
    Load load;
    while (load.bytes < kBatchBytes) {
        std::string value = "{";
        while (value.size() < recordBytes) {
            value += fmt::format("\"{}\":\"{}\",", kWords[random() % 8], random() % 100'000);
        }
        value.resize(recordBytes);
        load.bytes += value.size();
        load.values.push_back(std::move(value));
    }
    return load;
}

/// Seconds of the fastest run.
double best(const std::function<void()>& run) {
    using Clock = std::chrono::steady_clock;
    double fastest = 1e9;
    const auto until = Clock::now() + kTimeEach;
    do {
        const auto start = Clock::now();
        run();
        fastest = std::min(fastest, std::chrono::duration<double>(Clock::now() - start).count());
    } while (Clock::now() < until);
    return fastest;
}

void must(bool condition, const char* what) {
    if (!condition) {
        fmt::print(stderr, "bench_records: {} failed\n", what);
        std::exit(1);
    }
}

void measure(const Load& load, std::size_t recordBytes, Compression compression, const char* name) {
    Codec codec;
    Bytes scratch;
    BatchBuilder builder;
    ByteView batch;
    const double build = best([&] {
        builder.start({.compression = compression});
        for (const std::string& value : load.values) {
            must(builder.append({.timestamp = Timestamp(1000), .key = asBytes("key"), .value = asBytes(value)}),
                 "build");
        }
        batch = builder.finish(codec);
    });
    ValidationRules rules;
    rules.now = Timestamp(1000);
    rules.maxBatchBytes = kBatchBytes * 4;
    const double validate = best([&] { must(validateBatch(batch, rules, codec, scratch).ok(), "validate"); });
    std::size_t seen = 0;
    const double iterate = best([&] {
        auto records = RecordIterator::open(BatchView(batch), codec, scratch);
        must(records.ok(), "open");
        seen = 0;
        for (RecordView record; records->next(record);) {
            seen += record.value->size();
        }
        must(!records->error(), "iterate");
    });
    must(seen == load.bytes, "every byte seen");
    const auto records = static_cast<double>(load.values.size());
    const auto rate = [&](double seconds) { return static_cast<double>(builder.plainSize()) / seconds / 1e6; };
    fmt::print("{:>7} {:>6} {:>6.2f} | {:>8.0f} {:>7.1f} | {:>8.0f} {:>7.1f} | {:>8.0f} {:>7.1f}\n", name, recordBytes,
               static_cast<double>(builder.plainSize()) / static_cast<double>(batch.size()), rate(build),
               build / records * 1e9, rate(validate), validate / records * 1e9, rate(iterate), iterate / records * 1e9);
}

}  // namespace

int main() {
    fmt::print("{:>7} {:>6} {:>6} | {:>16} | {:>16} | {:>16}\n", "codec", "record", "ratio", "build MB/s ns/r",
               "validate", "iterate");
    constexpr const char* kNames[] = {"none", "gzip", "snappy", "lz4", "zstd"};
    for (const std::size_t recordBytes : {std::size_t{100}, std::size_t{1024}, std::size_t{10'000}}) {
        const Load load = makeLoad(recordBytes);
        for (std::size_t code = 0; code < 5; ++code) {
            measure(load, recordBytes, static_cast<Compression>(code), kNames[code]);
        }
    }
    return 0;
}
