// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "broker/base/result.h"
#include "broker/model/ids.h"

namespace weir::app {

enum class HistoryKind : std::uint8_t {
    kTotalRecordsIn,
    kTotalBytesIn,
    kTotalBytesOut,
    kTopicRecordsIn,
    kTopicBytesIn,
    kTopicBytesOut,
    kGroupLag
};

/// One line of a chart: what is counted, of whom.
struct HistoryKey {
    HistoryKind kind = HistoryKind::kTotalBytesIn;
    std::string subject;
    auto operator<=>(const HistoryKey&) const = default;
};

struct HistorySample {
    HistoryKey key;
    double value = 0;
};

struct HistoryValue {
    Timestamp at;
    double value = 0;
};

/// The last 24 hours of counters in a file. Thread safe; every call may wait for the disk, so workers call it. When
/// the disk fails, the last error stands in problem() and samples of that moment are dropped; nothing else suffers.
///
/// A rate that stays 0 and a lag that stays as it is are not written: between two moments at which the store was
/// running, a missing rate is 0 and a missing lag is the one before.
class HistoryStore {
public:
    /// A file that is damaged or from a newer Weir is renamed to `….kept` and a new one begun.
    static Result<std::unique_ptr<HistoryStore>, std::string> open(const std::string& path);
    ~HistoryStore();

    /// All series of one second. Called once a second with rising times; a second call for the same second is dropped.
    void record(Timestamp at, const std::vector<HistorySample>& samples);
    void flush();
    /// Rising times between the two ends, at most `maxPoints`.
    [[nodiscard]] std::vector<HistoryValue> query(const HistoryKey& key, Timestamp from, Timestamp to, int maxPoints,
                                                  Timestamp now);
    [[nodiscard]] std::string problem() const;
    /// For tests: values in the file.
    [[nodiscard]] std::int64_t storedValues();

private:
    struct Inside;
    explicit HistoryStore(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> m_inside;
};

}  // namespace weir::app
