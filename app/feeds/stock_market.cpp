// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/feeds/stock_market.h"

#include <algorithm>
#include <cmath>

#include "app/feeds/poison.h"

namespace weir::app {

namespace {

constexpr std::int64_t kStepMs = 100;
/// Deviation of a symbol's own return in one step. A real share moves about one basis point a second; this market
/// lives four times as fast, so that a minute of candles has a shape.
constexpr double kOwnVolatility = 1.1e-4;
constexpr double kMarketVolatility = 0.9e-4;
constexpr double kSectorVolatility = 0.6e-4;
constexpr double kNervousFactor = 2.6;
/// Pull to the starting price a step: half-way back in about three hours.
constexpr double kReversion = 6e-6;
/// Steps until the regime changes, on average: calm four minutes, nervous forty seconds.
constexpr double kBecomesNervous = 1.0 / 2400;
constexpr double kCalmsDown = 1.0 / 400;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kMaxCatchUpMs = 60'000;
constexpr std::array<std::string_view, 4> kVenues{"XNAS", "XNYS", "ARCX", "BATS"};

// Busy at the open and at the close, quiet at noon; the day is UTC's.
double dayShape(std::int64_t time) {
    const double x = 2.0 * static_cast<double>(time % kDayMs) / static_cast<double>(kDayMs) - 1.0;
    return 0.6 + 1.4 * x * x;
}

}  // namespace

StockMarket::StockMarket(const FeedOptions& options) : m_options(options), m_random(options.seed) {
    const auto& symbols = stockSymbols();
    double total = 0;
    for (std::size_t i = 0; i < kStockSymbols; ++i) {
        m_states[i].fair = symbols[i].cents;
        m_states[i].halfSpread = std::max(0.5, symbols[i].cents * 0.00005);
        total += symbols[i].popularity;
    }
    // A table to draw symbols from with one look-up.
    double upTo = 0;
    std::size_t place = 0;
    for (std::size_t i = 0; i < kStockSymbols; ++i) {
        upTo += symbols[i].popularity;
        const auto end = static_cast<std::size_t>(std::lround(upTo / total * static_cast<double>(m_popularity.size())));
        for (; place < end; ++place) {
            m_popularity[place] = static_cast<std::uint8_t>(i);
        }
    }
    setRate(options.rate);
}

void StockMarket::setRate(double rate) {
    // Fifty candles a period are part of the rate, so a slow feed sends them less often.
    m_candleMs = rate >= 500 ? 1000 : rate >= 50 ? 10'000 : 60'000;
}

void StockMarket::step() {
    if (m_random.chance(m_isNervous ? kCalmsDown : kBecomesNervous)) {
        m_isNervous = !m_isNervous;
    }
    const double mood = m_isNervous ? kNervousFactor : 1.0;
    const double market = m_random.normal() * kMarketVolatility * mood;
    std::array<double, kStockSectors> sectors{};
    for (double& sector : sectors) {
        sector = m_random.normal() * kSectorVolatility * mood;
    }
    const auto& symbols = stockSymbols();
    for (std::size_t i = 0; i < kStockSymbols; ++i) {
        State& state = m_states[i];
        const double home = symbols[i].cents;
        const double own = m_random.normal() * kOwnVolatility * mood;
        const double pull = kReversion * (home - state.fair) / home;
        state.fair *= 1.0 + symbols[i].beta * market + sectors[symbols[i].sector] + own + pull;
        state.fair = std::clamp(state.fair, home * 0.2, home * 5.0);
        // The spread follows the mood and returns; never under half a tick.
        const double usual = std::max(0.5, state.fair * 0.00005 * mood);
        state.halfSpread += 0.1 * (usual - state.halfSpread) + 0.05 * usual * m_random.normal();
        state.halfSpread = std::clamp(state.halfSpread, 0.5, usual * 4);
    }
}

void StockMarket::advanceTo(std::int64_t time) {
    if (m_time < 0 || time - m_time > kMaxCatchUpMs) {
        m_time = time;
    }
    while (m_time + kStepMs <= time) {
        m_time += kStepMs;
        m_dayShape = dayShape(m_time);
        step();
    }
}

std::size_t StockMarket::pickSymbol() {
    if (m_options.hotKeyShare > 0 && m_random.chance(m_options.hotKeyShare)) {
        return 0;
    }
    return m_popularity[m_random.next() >> 54];
}

void StockMarket::finish(OutgoingRecord& record, std::size_t symbol, Timestamp at) {
    assignText(record.key, stockSymbols()[symbol].name);
    assignText(record.value, m_json.end());
    record.timestamp = at;
    if (m_options.poisonShare > 0 && m_random.chance(m_options.poisonShare)) {
        poison(record, m_random);
    }
}

void StockMarket::writeTrade(std::size_t symbol, Timestamp at, FeedBatch& out) {
    State& state = m_states[symbol];
    const std::uint64_t bits = m_random.next();
    const bool isBuy = (bits & 1) != 0;
    // Most trades lift the offer or hit the bid; some meet inside.
    const double reach = (bits & 6) == 0 ? 0.3 : 1.0;
    const auto price =
        std::max<std::int64_t>(1, std::llround(state.fair + (isBuy ? reach : -reach) * state.halfSpread));
    const bool isRoundLot = (bits & 0x30) != 0;
    const auto lots = static_cast<std::int64_t>(1 + static_cast<double>((bits >> 8) % 7) * m_dayShape);
    const std::int64_t size = isRoundLot ? lots * 100 : 1 + static_cast<std::int64_t>((bits >> 16) % 99);
    if (state.trades == 0) {
        state.open = state.high = state.low = price;
    }
    state.high = std::max(state.high, price);
    state.low = std::min(state.low, price);
    state.close = price;
    state.volume += size;
    state.turnover += size * price;
    ++state.trades;
    m_json.begin();
    m_json.text("symbol", stockSymbols()[symbol].name)
        .cents("price", price)
        .integer("size", size)
        .text("side", isBuy ? "buy" : "sell")
        .text("venue", kVenues[(bits >> 32) % kVenues.size()])
        .integer("ts", at.value)
        .integer("seq", ++state.tradeSequence);
    finish(out.next(kTrades), symbol, at);
}

void StockMarket::writeQuote(std::size_t symbol, Timestamp at, FeedBatch& out) {
    State& state = m_states[symbol];
    const std::uint64_t bits = m_random.next();
    const auto bid = std::max<std::int64_t>(1, std::llround(state.fair - state.halfSpread));
    const auto ask = std::max(bid + 1, static_cast<std::int64_t>(std::llround(state.fair + state.halfSpread)));
    m_json.begin();
    m_json.text("symbol", stockSymbols()[symbol].name)
        .cents("bid", bid)
        .integer("bidSize", static_cast<std::int64_t>(1 + bits % 20) * 100)
        .cents("ask", ask)
        .integer("askSize", static_cast<std::int64_t>(1 + (bits >> 8) % 20) * 100)
        .integer("ts", at.value)
        .integer("seq", ++state.quoteSequence);
    finish(out.next(kQuotes), symbol, at);
}

bool StockMarket::writeCandle(Timestamp at, FeedBatch& out) {
    while (m_candleSymbol < kStockSymbols && m_states[m_candleSymbol].trades == 0) {
        ++m_candleSymbol;
    }
    if (m_candleSymbol == kStockSymbols) {
        return false;
    }
    const std::size_t symbol = m_candleSymbol++;
    State& state = m_states[symbol];
    m_json.begin();
    m_json.text("symbol", stockSymbols()[symbol].name)
        .integer("start", m_candleStart - m_candleMs)
        .integer("intervalMs", m_candleMs)
        .cents("open", state.open)
        .cents("high", state.high)
        .cents("low", state.low)
        .cents("close", state.close)
        .integer("volume", state.volume)
        .cents("vwap", state.turnover / std::max<std::int64_t>(1, state.volume))
        .integer("trades", state.trades)
        .integer("ts", at.value);
    state.trades = 0;
    state.volume = 0;
    state.turnover = 0;
    finish(out.next(kCandles), symbol, at);
    return true;
}

void StockMarket::generate(std::int64_t count, Timestamp from, Timestamp to, FeedBatch& out) {
    const std::int64_t span = std::max<std::int64_t>(1, to - from);
    for (std::int64_t i = 0; i < count; ++i) {
        const Timestamp at = from + (span * (i + 1) + count - 1) / count;
        advanceTo(at.value);
        if (m_candleStart < 0) {
            m_candleStart = at.value / m_candleMs * m_candleMs;
        }
        if (at.value >= m_candleStart + m_candleMs) {
            m_candleStart = at.value / m_candleMs * m_candleMs;
            m_candleSymbol = 0;
        }
        if (m_candleSymbol < kStockSymbols && writeCandle(at, out)) {
            continue;
        }
        const std::size_t symbol = pickSymbol();
        if ((m_random.next() & 3) == 0) {
            writeTrade(symbol, at, out);
        } else {
            writeQuote(symbol, at, out);
        }
    }
}

}  // namespace weir::app
