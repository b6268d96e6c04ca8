// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/feeds/feed.h"

#include <algorithm>

#include "app/feeds/stock_market.h"

namespace weir::app {

const std::vector<FeedInfo>& allFeeds() {
    static const std::vector<FeedInfo> kFeeds{
        {"stocks",
         "Stock market",
         "50 symbols that move together: trades, quotes and candles, keyed by symbol.",
         {{"stocks.trades", 6}, {"stocks.quotes", 6}, {"stocks.candles", 6}}},
        {"orders",
         "Orders",
         "An online shop's orders from created to delivered, keyed by order.",
         {{"orders.events", 6}},
         200},
        {"iot",
         "IoT sensors",
         "500 sensors with day and night, drift and faults, keyed by device.",
         {{"iot.readings", 6}},
         500},
        {"clicks", "Clickstream", "Visits to a web shop, page by page, keyed by session.", {{"web.clicks", 6}}, 300},
    };
    return kFeeds;
}

const FeedInfo* findFeed(const std::string& id) {
    const auto& feeds = allFeeds();
    const auto found = std::find_if(feeds.begin(), feeds.end(), [&id](const FeedInfo& feed) { return feed.id == id; });
    return found == feeds.end() ? nullptr : &*found;
}

std::unique_ptr<FeedSource> makeFeed(const std::string& id, const FeedOptions& options) {
    if (id == "stocks") {
        return std::make_unique<StockMarket>(options);
    }
    if (id == "orders") {
        return makeOrderFeed(options);
    }
    if (id == "iot") {
        return makeIotFeed(options);
    }
    return id == "clicks" ? makeClickFeed(options) : nullptr;
}

std::string sampleOf(const std::string& id) {
    const FeedInfo* const info = findFeed(id);
    if (info == nullptr) {
        return {};
    }
    constexpr Timestamp kThen{1'767'279'000'000};
    const auto source = makeFeed(id, FeedOptions{});
    FeedBatch batch(info->topics.size());
    for (int i = 0; i < 100; ++i) {
        source->generate(10, kThen + i, kThen + (i + 1), batch);
        const auto& records = batch.take(0);
        if (!records.empty() && records.back().value) {
            return std::string(asText(*records.back().value));
        }
    }
    return {};
}

}  // namespace weir::app
