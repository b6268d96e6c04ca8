// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "app/feeds/fast_random.h"
#include "app/feeds/feed.h"
#include "app/feeds/json_writer.h"

namespace weir::app {

struct StockSymbol {
    std::string_view name;
    std::uint8_t sector = 0;
    /// Where the price starts and is drawn back to over hours, in cents.
    std::int32_t cents = 0;
    /// Answer to the market's moves; 1 is the market itself.
    double beta = 1;
    /// How often it trades, relative to the others.
    double popularity = 1;
};
inline constexpr std::size_t kStockSymbols = 50;
inline constexpr std::size_t kStockSectors = 7;
[[nodiscard]] const std::array<StockSymbol, kStockSymbols>& stockSymbols();

/// A small stock exchange. Every 100 ms of its time the market, seven sectors and each symbol draw a return; a symbol
/// moves by beta × market + sector + its own, so prices are correlated as real ones are. Volatility has a calm and a
/// nervous regime that follow each other at random; spreads widen with it and return; trade sizes follow the U shape
/// of a trading day. Topics in order: trades, quotes, candles.
class StockMarket final : public FeedSource {
public:
    explicit StockMarket(const FeedOptions& options);
    void generate(std::int64_t count, Timestamp from, Timestamp to, FeedBatch& out) override;
    void setRate(double rate) override;

    /// In cents, for tests.
    [[nodiscard]] double fairPrice(std::size_t symbol) const { return m_states[symbol].fair; }

private:
    static constexpr std::size_t kTrades = 0;
    static constexpr std::size_t kQuotes = 1;
    static constexpr std::size_t kCandles = 2;

    struct State {
        double fair = 0;
        double halfSpread = 1;
        std::int64_t tradeSequence = 0;
        std::int64_t quoteSequence = 0;
        // The candle being built; no trades: none.
        std::int64_t open = 0;
        std::int64_t high = 0;
        std::int64_t low = 0;
        std::int64_t close = 0;
        std::int64_t volume = 0;
        std::int64_t turnover = 0;
        std::int32_t trades = 0;
    };

    void step();
    void advanceTo(std::int64_t time);
    std::size_t pickSymbol();
    void writeTrade(std::size_t symbol, Timestamp at, FeedBatch& out);
    void writeQuote(std::size_t symbol, Timestamp at, FeedBatch& out);
    bool writeCandle(Timestamp at, FeedBatch& out);
    void finish(OutgoingRecord& record, std::size_t symbol, Timestamp at);

    FeedOptions m_options;
    FastRandom m_random;
    JsonWriter m_json;
    std::array<State, kStockSymbols> m_states;
    std::array<std::uint8_t, 1024> m_popularity{};
    bool m_isNervous = false;
    double m_dayShape = 1;
    std::int64_t m_time = -1;
    std::int64_t m_candleMs = 1000;
    /// Start of the running candle, and the next symbol whose finished candle is still to be sent.
    std::int64_t m_candleStart = -1;
    std::size_t m_candleSymbol = kStockSymbols;
};

}  // namespace weir::app
