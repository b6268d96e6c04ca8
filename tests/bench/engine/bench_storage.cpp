// SPDX-License-Identifier: GPL-3.0-or-later
// What the log itself can do, without sockets: append, read and recovery, beside what the machine can do.
//
//     bench_storage [FOLDER [MiB]]      FOLDER is made, filled and left there; default a fresh one under /tmp, removed
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "broker/base/hash.h"
#include "broker/io/files.h"
#include "broker/io/posix_file_system.h"
#include "broker/records/batch_builder.h"
#include "broker/records/batch_validator.h"
#include "broker/storage/log_directory.h"
#include "broker/topics/partition.h"

using namespace weir;

namespace {

constexpr double kMiB = 1024.0 * 1024.0;

class Stopwatch {
public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    }

private:
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

void print(const char* what, double bytes, double seconds, double operations) {
    std::printf("%-46s %9.0f MB/s %12.0f /s %8.2f us each\n", what, bytes / 1e6 / seconds, operations / seconds,
                seconds / operations * 1e6);
}

[[noreturn]] void die(const std::string& why) {
    std::fprintf(stderr, "bench_storage: %s\n", why.c_str());
    std::exit(1);
}

Bytes makeBatch(std::int32_t records, std::size_t valueBytes) {
    records::BatchBuilder builder;
    builder.start({});
    Bytes value(valueBytes, std::byte{'x'});
    for (std::int32_t i = 0; i < records; ++i) {
        if (!builder.append({.timestamp = Timestamp(1'700'000'000'000 + i), .value = ByteView(value)})) {
            die("batch too large");
        }
    }
    records::Codec codec;
    return toBytes(builder.finish(codec));
}

struct Bench {
    io::PosixFileSystem disk;
    SystemClock clock;
    io::Path root;
    double totalBytes;
    std::unique_ptr<storage::LogDirectory> directory;
    storage::CommitQueue commits{2};

    Bench(io::Path folder, double bytes) : root(std::move(folder)), totalBytes(bytes) {}

    void open() {
        auto opened = storage::LogDirectory::open(disk, root, Logger());
        if (!opened) {
            die(opened.error().message);
        }
        directory = std::move(*opened);
    }
    std::shared_ptr<topics::Partition> partition(const char* topic, const topics::PartitionOptions& options = {}) {
        auto made = topics::Partition::open(
            {.directory = *directory, .commits = commits, .clock = clock, .logger = Logger()}, {topic, PartitionId(0)},
            Uuid{{std::byte{1}, static_cast<std::byte>(topic[0])}}, options);
        if (!made) {
            die(made.error().message);
        }
        return std::move(*made);
    }

    void ceiling() {
        const io::Path file = root / "ceiling";
        auto opened = disk.open(file, io::OpenMode::kCreate);
        const Bytes block(1UL << 20, std::byte{'x'});
        const auto blocks = static_cast<std::uint64_t>(totalBytes / kMiB);
        const Stopwatch writing;
        for (std::uint64_t i = 0; i < blocks; ++i) {
            if (!(*opened)->write({i << 20}, block)) {
                die("ceiling");
            }
        }
        print("machine: pwrite 1 MiB, page cache", totalBytes, writing.seconds(), static_cast<double>(blocks));
        Bytes into(1UL << 20);
        std::uint32_t crc = 0;
        const Stopwatch reading;
        for (std::uint64_t i = 0; i < blocks; ++i) {
            static_cast<void>((*opened)->read({i << 20}, into));
            crc ^= crc32c(into);
        }
        print("machine: pread 1 MiB and CRC-32C, page cache", totalBytes, reading.seconds(),
              static_cast<double>(blocks));
        std::printf("%46s (checksum %08x)\n", "", crc);
        static_cast<void>(disk.remove(file));
    }

    void append(const char* topic, std::int32_t records, std::size_t valueBytes, const char* name) {
        const auto target = partition(topic);
        const Bytes original = makeBatch(records, valueBytes);
        const auto count = static_cast<std::int64_t>(std::min(totalBytes / static_cast<double>(original.size()), 3e5));
        Bytes batch = original;
        records::Codec codec;
        Bytes scratch;
        const records::ValidationRules rules{.now = Timestamp(clock.wallNowMs()), .maxBatchBytes = 1UL << 30};
        const auto valid = records::validateBatch(batch, rules, codec, scratch);
        if (!valid) {
            die(valid.error().message);
        }
        double worst = 0;
        const Stopwatch all;
        for (std::int64_t i = 0; i < count; ++i) {
            const Stopwatch one;
            const auto done = target->append(batch, *valid, topics::AppendOrigin::kClient, rules.now);
            if (!done) {
                die(done.error().message);
            }
            worst = std::max(worst, one.seconds());
        }
        print(name, static_cast<double>(count) * static_cast<double>(batch.size()), all.seconds(),
              static_cast<double>(count));
        std::printf("%46s worst %.2f ms\n", "", worst * 1e3);
        if (auto done = target->flush(); !done) {
            die(done.error().message);
        }
    }

    void readThrough(const char* topic, std::size_t maxBytes, const char* name) {
        const auto source = partition(topic);
        storage::ReadBuffer buffer(maxBytes + 4096);
        Offset from(0);
        double bytes = 0;
        double reads = 0;
        const Stopwatch all;
        for (;;) {
            buffer.clear();
            const auto got = source->fetch({.from = from, .maxBytes = maxBytes}, buffer);
            if (!got) {
                die(got.error().message);
            }
            if (got->bytes == 0) {
                break;
            }
            from = got->next;
            bytes += static_cast<double>(got->bytes);
            ++reads;
        }
        print(name, bytes, all.seconds(), reads);
    }

    void lookups(const char* topic) {
        const auto source = partition(topic);
        const auto end = static_cast<std::uint64_t>(source->offsets().logEnd.value);
        std::mt19937_64 random(1);
        storage::ReadBuffer buffer;
        constexpr int kLookups = 20'000;
        const Stopwatch all;
        for (int i = 0; i < kLookups; ++i) {
            buffer.clear();
            const Offset from(static_cast<std::int64_t>(random() % end));
            if (!source->fetch({.from = from, .maxBytes = 1}, buffer)) {
                die("lookup");
            }
        }
        print("fetch one batch at a random offset", 0, all.seconds(), kLookups);
    }

    void durable() {
        topics::PartitionOptions options;
        options.log.flushPolicy = storage::FlushPolicy::kDurable;
        const auto target = partition("durable", options);
        Bytes batch = makeBatch(1, 100);
        records::Codec codec;
        Bytes scratch;
        const records::ValidationRules rules{.now = Timestamp(clock.wallNowMs())};
        const auto valid = records::validateBatch(batch, rules, codec, scratch);
        constexpr int kRounds = 500;
        for (const int together : {1, 64}) {
            const Stopwatch all;
            for (int round = 0; round < kRounds; ++round) {
                std::mutex mutex;
                std::condition_variable changed;
                int waiting = together;
                for (int i = 0; i < together; ++i) {
                    const auto done = target->append(batch, *valid, topics::AppendOrigin::kClient, rules.now);
                    target->whenCommitted(done->lastOffset, [&](bool) {
                        const std::lock_guard lock(mutex);
                        if (--waiting == 0) {
                            changed.notify_one();
                        }
                    });
                }
                std::unique_lock lock(mutex);
                changed.wait(lock, [&] { return waiting == 0; });
            }
            const std::string name = "durable append of 100 B, " + std::to_string(together) + " in flight";
            print(name.c_str(), 0, all.seconds(), kRounds * together);
        }
    }

    void recovery(const char* topic) {
        const std::string checkpoint = (root / "recovery-point-offset-checkpoint").string();
        directory.reset();
        std::filesystem::remove(checkpoint);
        std::filesystem::remove(root / ".kafka_cleanshutdown");
        open();
        const Stopwatch scan;
        auto scanned = partition(topic);
        const double seconds = scan.seconds();
        const auto bytes = static_cast<double>(scanned->sizeBytes());
        std::printf("%-46s %9.0f MB/s %9.2f s per GiB\n", "recovery after kill -9, nothing flushed",
                    bytes / 1e6 / seconds, seconds / bytes * kMiB * 1024);
        static_cast<void>(scanned->close());
        scanned.reset();
        static_cast<void>(directory->markClean());
        directory.reset();
        open();
        const Stopwatch clean;
        scanned = partition(topic);
        std::printf("%-46s %9.2f ms\n", "open after a clean stop", clean.seconds() * 1e3);
    }
};

}  // namespace

int main(int argc, char** argv) {
    const bool keep = argc > 1;
    const io::Path root = keep ? io::Path(argv[1]) : io::Path("/tmp/weir-bench-" + std::to_string(::getpid()));
    const double mebibytes = argc > 2 ? std::atof(argv[2]) : 1024;
    Bench bench(root, mebibytes * kMiB);
    bench.open();
    bench.ceiling();
    bench.append("large", 1000, 1000, "append 1 MiB batches (1000 x 1 kB)");
    bench.append("middle", 100, 100, "append 11 kB batches (100 x 100 B)");
    bench.append("small", 1, 100, "append 170 B batches (1 x 100 B)");
    bench.readThrough("large", 1UL << 20, "read 1 MiB at a time, 1 MiB batches");
    bench.readThrough("middle", 1UL << 20, "read 1 MiB at a time, 11 kB batches");
    bench.readThrough("small", 1UL << 20, "read 1 MiB at a time, 170 B batches");
    bench.readThrough("middle", 64UL << 10, "read 64 KiB at a time, 11 kB batches");
    bench.lookups("small");
    bench.durable();
    bench.recovery("middle");
    if (!keep) {
        bench.directory.reset();
        static_cast<void>(io::removeTree(bench.disk, root));
    }
    return 0;
}
