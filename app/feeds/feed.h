// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "broker/model/record.h"

namespace weir::app {

struct FeedTopic {
    std::string name;
    int partitions = 6;
};

struct FeedInfo {
    std::string id;
    std::string title;
    std::string summary;
    std::vector<FeedTopic> topics;
    double defaultRate = 1000;
    double maxRate = 100'000;
};

struct FeedOptions {
    double rate = 1000;
    std::uint64_t seed = 1;
    /// Shares of all records, 0 to 1: to one hot key, and unreadable on purpose.
    double hotKeyShare = 0;
    double poisonShare = 0;
};

/// Records made in one go, by topic of the feed. Buffers are reused from call to call.
class FeedBatch {
public:
    explicit FeedBatch(std::size_t topics) : m_records(topics), m_used(topics) {}

    void clear() { std::fill(m_used.begin(), m_used.end(), std::size_t{0}); }
    /// The place of the next record of a topic; key and value still hold an old record's.
    OutgoingRecord& next(std::size_t topic) {
        auto& records = m_records[topic];
        if (m_used[topic] == records.size()) {
            records.emplace_back();
        }
        return records[m_used[topic]++];
    }
    /// Exactly the records since clear().
    const std::vector<OutgoingRecord>& take(std::size_t topic) {
        m_records[topic].resize(m_used[topic]);
        return m_records[topic];
    }
    [[nodiscard]] std::size_t topics() const { return m_records.size(); }

private:
    std::vector<std::vector<OutgoingRecord>> m_records;
    std::vector<std::size_t> m_used;
};

/// One run of a feed. One thread. The same options and calls give the same records.
class FeedSource {
public:
    virtual ~FeedSource() = default;
    /// Appends `count` records whose times lie in (from, to], in time order.
    virtual void generate(std::int64_t count, Timestamp from, Timestamp to, FeedBatch& out) = 0;
    /// At another pace some parts of a feed change their share.
    virtual void setRate(double) {}
};

[[nodiscard]] const std::vector<FeedInfo>& allFeeds();
/// nullptr for an id that no feed has.
[[nodiscard]] const FeedInfo* findFeed(const std::string& id);
[[nodiscard]] std::unique_ptr<FeedSource> makeFeed(const std::string& id, const FeedOptions& options);

/// The value of one record of the feed's first topic, as compact JSON.
[[nodiscard]] std::string sampleOf(const std::string& id);

[[nodiscard]] std::unique_ptr<FeedSource> makeOrderFeed(const FeedOptions& options);
[[nodiscard]] std::unique_ptr<FeedSource> makeIotFeed(const FeedOptions& options);
[[nodiscard]] std::unique_ptr<FeedSource> makeClickFeed(const FeedOptions& options);

}  // namespace weir::app
