// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/publish/file_job.h"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <optional>

#include "app/jobs/pacer.h"
#include "app/serdes/visible_text.h"

namespace weir::app {

namespace {

constexpr std::size_t kBatchRecords = 500;
constexpr std::size_t kBatchBytes = 512 << 10;

std::size_t sizeOf(const OutgoingRecord& record) {
    return (record.key ? record.key->size() : 0) + (record.value ? record.value->size() : 0);
}

ClusterResult<std::int32_t> partitionCount(Cluster& cluster, const std::string& topic) {
    const auto snapshot = cluster.snapshot();
    if (!snapshot) {
        return fail(ClusterError(snapshot.error()));
    }
    const TopicSnapshot* const found = (*snapshot)->findTopic(topic);
    if (found == nullptr) {
        return fail(ClusterError{ClusterErrc::kNotFound, 3, "Topic " + topic + " does not exist."});
    }
    return static_cast<std::int32_t>(found->partitions.size());
}

/// A file's records as they are sent.
class EncodedReader {
public:
    EncodedReader(RecordFileReader& reader, const RecordEncoder& encoder) : m_reader(reader), m_encoder(encoder) {}
    Result<std::optional<OutgoingRecord>, std::string> next() {
        auto record = m_reader.next();
        if (record && *record) {
            if (auto done = m_encoder.encode(**record); !done) {
                return fail("Line " + std::to_string(m_reader.line()) + " does not fit. " + done.error().message);
            }
        }
        return record;
    }

private:
    RecordFileReader& m_reader;
    const RecordEncoder& m_encoder;
};

/// Reads until a batch is full or `most` records stand in it. False at the end of the file.
bool readBatch(EncodedReader& reader, std::int64_t most, std::int32_t partitions, std::vector<OutgoingRecord>& batch,
               JobControl& control) {
    std::size_t bytes = 0;
    while (static_cast<std::int64_t>(batch.size()) < most && batch.size() < kBatchRecords && bytes < kBatchBytes) {
        auto record = reader.next();
        if (!record) {
            if (control.errors() == 0) {
                control.setMessage(record.error());
            }
            control.addErrors(1);
            continue;
        }
        if (!*record) {
            return false;
        }
        if ((*record)->partition && (*record)->partition->value >= partitions) {
            (*record)->partition.reset();
        }
        bytes += sizeOf(**record);
        batch.push_back(**std::move(record));
    }
    return true;
}

}  // namespace

ClusterResult<void> publishFile(Cluster& cluster, const Clock& clock, const FilePublishSpec& spec,
                                JobControl& control) {
    auto reader = RecordFileReader::open(spec.file);
    if (!reader) {
        return fail(ClusterError{ClusterErrc::kInvalid, 0, reader.error()});
    }
    const auto partitions = partitionCount(cluster, spec.topic);
    if (!partitions) {
        return fail(ClusterError(partitions.error()));
    }
    auto encoder = RecordEncoder::make(cluster, spec.keySchema, spec.valueSchema);
    if (!encoder) {
        return fail(ClusterError(encoder.error()));
    }
    EncodedReader encoded(**reader, *encoder);
    std::optional<Pacer> pacer;
    if (spec.rate > 0) {
        pacer.emplace(spec.rate, clock.steadyNow());
    }
    std::vector<OutgoingRecord> batch;
    bool more = true;
    while (more && control.mayGoOn()) {
        batch.clear();
        const std::int64_t due = pacer ? pacer->take(clock.steadyNow()) : static_cast<std::int64_t>(kBatchRecords);
        for (std::int64_t left = due; left > 0 && more; left -= static_cast<std::int64_t>(batch.size())) {
            batch.clear();
            more = readBatch(encoded, left, *partitions, batch, control);
            if (batch.empty()) {
                break;
            }
            const auto sent = cluster.produce(spec.topic, batch, spec.options);
            if (!sent) {
                return fail(ClusterError(sent.error()));
            }
            control.addDone(static_cast<std::int64_t>(batch.size()));
        }
        if (control.errors() == 0) {
            control.setMessage(fmt::format("{:.0f} % of the file", (*reader)->progress() * 100));
        }
        if (pacer && more && !control.waitFor(pacer->untilNext(clock.steadyNow()))) {
            break;
        }
    }
    return {};
}

Result<std::vector<std::string>, std::string> previewFile(const RecordFileSpec& spec, std::size_t rows,
                                                          RecordEncoder* encoder) {
    auto reader = RecordFileReader::open(spec);
    if (!reader) {
        return fail(std::string(reader.error()));
    }
    std::vector<std::string> lines;
    while (lines.size() < rows) {
        const auto record = (*reader)->next();
        if (!record) {
            lines.push_back(record.error());
            continue;
        }
        if (!*record) {
            break;
        }
        OutgoingRecord framed = **record;
        if (const auto done = encoder != nullptr ? encoder->encode(framed) : ClusterResult<void>(); !done) {
            lines.push_back("Line " + std::to_string((*reader)->line()) + " does not fit. " + done.error().message);
            continue;
        }
        const auto shown = [](const std::optional<Bytes>& bytes) { return bytes ? preview(*bytes, 200) : "null"; };
        lines.push_back((*record)->key ? shown((*record)->key) + "  \u2192  " + shown((*record)->value)
                                       : shown((*record)->value));
    }
    return lines;
}

}  // namespace weir::app
