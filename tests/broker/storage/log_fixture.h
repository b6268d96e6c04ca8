// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>
#include <random>
#include <string>
#include <vector>

#include "broker/records/batch_header.h"
#include "broker/storage/log.h"
#include "broker/storage/log_directory.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/log_builder.h"
#include "tests/support/memory_file_system.h"

namespace weir::testing {

/// One log on a disk in memory, with verbs for what tests do to it.
class LogFixture {
public:
    static constexpr std::int64_t kNow = 1'700'000'000'000;
    const TopicPartition kPartition{"orders", PartitionId(0)};

    MemoryFileSystem memory;
    FaultyFileSystem disk{memory};
    storage::LogOptions options{};
    std::unique_ptr<storage::LogDirectory> directory;
    std::unique_ptr<storage::Log> log;
    /// Every batch that was appended, as stored.
    std::vector<Bytes> written;

    LogFixture() { options.segmentBytes = 64 * 1024; }

    bool start() {
        auto opened = storage::LogDirectory::open(disk, "/data", Logger());
        if (!opened) {
            qWarning("%s", opened.error().message.c_str());
            return false;
        }
        directory = std::move(*opened);
        if (!directory->prepare(kPartition, Uuid{{std::byte{1}}})) {
            return false;
        }
        auto made = storage::Log::open({.directory = *directory, .partition = kPartition}, options, Timestamp(kNow));
        if (!made) {
            qWarning("%s", made.error().message.c_str());
            return false;
        }
        log = std::move(*made);
        // As a partition does before it appends.
        return log->epochs().latest() || log->epochs().assign(LeaderEpoch(0), log->startOffset()).ok();
    }
    bool stopCleanly() {
        const bool closed = log->close().ok();
        log.reset();
        const bool marked = closed && directory->markClean().ok();
        directory.reset();
        return marked;
    }
    /// As after kill -9: what was written is there.
    void kill() {
        log.reset();
        directory.reset();
    }
    void powerCut() {
        kill();
        memory.powerCut();
    }

    storage::StorageResult<storage::Log::AppendEffect> append(BatchSpec spec) {
        spec.baseOffset = log->endOffset();
        const Bytes batch = makeBatch(spec);
        auto effect = log->append(records::BatchView(batch), Timestamp(kNow));
        if (effect) {
            written.push_back(batch);
        }
        return effect;
    }
    bool appendMany(int batches, BatchSpec spec = {}) {
        for (int i = 0; i < batches; ++i) {
            spec.fill = static_cast<std::uint32_t>(written.size() + 1);
            spec.timestamp += 10;
            if (!append(spec)) {
                return false;
            }
        }
        return true;
    }

    struct ReadOut {
        Bytes bytes;
        storage::ReadExtent extent;
        std::optional<storage::StorageErrc> error;
    };
    [[nodiscard]] ReadOut readAt(Offset from, std::size_t maxBytes = 1U << 20) const {
        storage::ReadBuffer buffer;
        const auto extent = log->read({.from = from, .upTo = log->endOffset(), .maxBytes = maxBytes}, buffer);
        if (!extent) {
            return {.bytes = {}, .extent = {}, .error = extent.error().code};
        }
        return {.bytes = toBytes(buffer.bytes()), .extent = *extent, .error = std::nullopt};
    }
    /// Everything from `from` to the end, stitched together.
    [[nodiscard]] Bytes readAll(Offset from = Offset(0), std::size_t maxBytes = 1U << 20) const {
        Bytes all;
        while (from < log->endOffset()) {
            const ReadOut out = readAt(from, maxBytes);
            if (out.error || out.bytes.empty()) {
                break;
            }
            all.insert(all.end(), out.bytes.begin(), out.bytes.end());
            from = out.extent.next;
        }
        return all;
    }
    [[nodiscard]] Bytes expected(std::size_t firstBatch = 0, std::size_t endBatch = ~std::size_t{0}) const {
        Bytes all;
        for (std::size_t i = firstBatch; i < std::min(endBatch, written.size()); ++i) {
            all.insert(all.end(), written[i].begin(), written[i].end());
        }
        return all;
    }

    [[nodiscard]] io::Path folder() const { return "/data/orders-0"; }
    [[nodiscard]] io::Path file(const std::string& name) const { return folder() / name; }
    std::vector<std::string> namesIn(const io::Path& path) {
        std::vector<std::string> names;
        if (const auto entries = memory.list(path)) {
            for (const auto& entry : *entries) {
                names.push_back(entry.name);
            }
        }
        std::sort(names.begin(), names.end());
        return names;
    }
    std::vector<std::string> filesWith(const std::string& suffix) {
        std::vector<std::string> names = namesIn(folder());
        std::erase_if(names, [&](const std::string& name) { return !name.ends_with(suffix); });
        return names;
    }
    /// All bytes in quarantine, in the order of their files' names.
    Bytes quarantined() {
        const io::Path place = "/data/.quarantine/orders-0";
        Bytes all;
        for (const std::string& name : namesIn(place)) {
            const Bytes bytes = memory.contents(place / name);
            all.insert(all.end(), bytes.begin(), bytes.end());
        }
        return all;
    }
};

}  // namespace weir::testing
