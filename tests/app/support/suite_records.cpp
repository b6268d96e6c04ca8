// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/support/suite_records.h"

#include <random>

namespace weir::test {

std::vector<OutgoingRecord> someRecords(int count, std::uint64_t seed, std::int32_t partitions) {
    std::mt19937_64 random(seed);
    std::vector<OutgoingRecord> records;
    for (int i = 0; i < count; ++i) {
        OutgoingRecord record;
        if (i % 5 != 0) {
            record.key = toBytes("k" + std::to_string(i % 20));
        }
        if (i % 11 != 0) {
            record.value =
                i % 13 == 0 ? Bytes() : toBytes("value " + std::to_string(i) + std::string(random() % 200, 'x'));
        }
        record.headers = {{"i", toBytes(std::to_string(i))}, {"null", std::nullopt}, {"empty", Bytes()}};
        record.timestamp = Timestamp(1'700'000'000'000 + i);
        record.partition = PartitionId(static_cast<std::int32_t>(random() % static_cast<std::uint64_t>(partitions)));
        records.push_back(std::move(record));
    }
    return records;
}

QString whyNotPublished(app::Cluster& cluster, const std::string& topic, const std::vector<OutgoingRecord>& records,
                        const ProduceOptions& options) {
    const auto sent = cluster.produce(topic, records, options);
    return sent ? QString() : QString::fromStdString(sent.error().message);
}

}  // namespace weir::test
