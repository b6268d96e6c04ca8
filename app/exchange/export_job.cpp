// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/exchange/export_job.h"

#include <cstdio>
#include <fstream>

#include "app/cluster/schema_reader.h"
#include "app/exchange/record_text.h"
#include "app/search/ordered_reader.h"

namespace weir::app {

namespace {

constexpr std::size_t kFlushBytes = 1 << 20;

ClusterError unwritable(const std::string& path) {
    return {ClusterErrc::kStorage, 0, "The file " + path + " cannot be written."};
}

ClusterResult<std::int64_t> writeAll(Cluster& cluster, const ExportSpec& spec, const Matcher& matcher,
                                     JobControl& control, std::ofstream& file) {
    OrderedReader reader(cluster, spec.topic, spec.spans, spec.isolation);
    Matcher::Scratch scratch;
    SchemaReader schemas(cluster, spec.topic);
    std::string buffer;
    if (spec.isCsv) {
        buffer += kCsvHeading;
    }
    std::int64_t written = 0;
    std::int64_t sinceReport = 0;
    while (spec.stopAfterMatches == 0 || written < spec.stopAfterMatches) {
        if (sinceReport == 1024) {
            control.addDone(sinceReport);
            sinceReport = 0;
            if (!control.mayGoOn()) {
                return fail(ClusterError{ClusterErrc::kCancelled, 0, "The export was stopped."});
            }
        }
        const auto item = reader.next();
        if (!item) {
            return fail(ClusterError(item.error()));
        }
        if (!*item || (spec.stopAtTime != kNoTimestamp && (*item)->record.timestamp > spec.stopAtTime)) {
            break;
        }
        ++sinceReport;
        const auto& [partition, record, chunk] = **item;
        const RecordView readable = schemas.readable(record);
        if (!matcher.matches(readable, partition, scratch)) {
            continue;
        }
        ++written;
        const RecordView& shown = spec.asStored ? record : readable;
        if (spec.isCsv) {
            appendCsvRecord(buffer, partition, shown);
        } else {
            appendNdjson(buffer, spec.topic, partition, shown);
        }
        if (buffer.size() >= kFlushBytes) {
            if (!file.write(buffer.data(), static_cast<std::streamsize>(buffer.size()))) {
                return fail(unwritable(spec.path));
            }
            buffer.clear();
        }
    }
    control.addDone(sinceReport);
    if (!file.write(buffer.data(), static_cast<std::streamsize>(buffer.size())) || !file.flush()) {
        return fail(unwritable(spec.path));
    }
    return written;
}

}  // namespace

ClusterResult<std::int64_t> exportRecords(Cluster& cluster, const ExportSpec& spec, const Matcher& matcher,
                                          JobControl& control) {
    std::int64_t total = 0;
    for (const PartitionSpan& span : spec.spans) {
        total += span.end - span.start;
    }
    control.setTotal(total);
    const std::string beside = spec.path + ".part";
    std::ofstream file(beside, std::ios::binary | std::ios::trunc);
    if (!file) {
        return fail(unwritable(spec.path));
    }
    auto written = writeAll(cluster, spec, matcher, control, file);
    file.close();
    if (written && std::rename(beside.c_str(), spec.path.c_str()) != 0) {
        written = fail(unwritable(spec.path));
    }
    if (!written) {
        static_cast<void>(std::remove(beside.c_str()));
    }
    return written;
}

}  // namespace weir::app
