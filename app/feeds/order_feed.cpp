// SPDX-License-Identifier: GPL-3.0-or-later
#include <spdlog/fmt/fmt.h>

#include <array>
#include <iterator>
#include <string>
#include <string_view>

#include "app/feeds/fast_random.h"
#include "app/feeds/feed.h"
#include "app/feeds/json_writer.h"
#include "app/feeds/poison.h"

namespace weir::app {

namespace {

constexpr std::array<std::string_view, 12> kProducts{"espresso-beans", "filter-paper", "kettle", "grinder", "mug",
                                                     "scale",          "teapot",       "sencha", "chai",    "oat-milk",
                                                     "cookies",        "gift-card"};
constexpr std::array<std::string_view, 8> kCities{"Berlin", "Lyon",  "Porto", "Gdansk",
                                                  "Turin",  "Ghent", "Oslo",  "Graz"};
constexpr std::array<std::string_view, 5> kStates{"created", "paid", "packed", "shipped", "delivered"};

/// Orders that live: a new one is created while old ones are paid, packed, shipped and delivered; a few are cancelled
/// and end with a tombstone.
class OrderFeed final : public FeedSource {
public:
    explicit OrderFeed(const FeedOptions& options) : m_options(options), m_random(options.seed) {}

    void generate(std::int64_t count, Timestamp from, Timestamp to, FeedBatch& out) override {
        const std::int64_t span = std::max<std::int64_t>(1, to - from);
        for (std::int64_t i = 0; i < count; ++i) {
            writeOne(from + (span * (i + 1) + count - 1) / count, out.next(0));
        }
    }

private:
    static constexpr std::size_t kMaxOpen = 5000;
    struct Order {
        std::int64_t number = 0;
        std::uint32_t customer = 0;
        std::uint8_t state = 0;
        std::uint8_t product = 0;
        std::uint8_t quantity = 1;
        std::uint8_t city = 0;
        bool isCancelled = false;
    };

    Order& pick() {
        const bool isNew = m_open.empty() || (m_open.size() < kMaxOpen && m_random.chance(0.22));
        if (isNew) {
            const bool isHot = m_options.hotKeyShare > 0 && m_random.chance(m_options.hotKeyShare);
            m_open.push_back({++m_lastNumber, isHot ? 1 : 1 + m_random.below(20'000), 0,
                              static_cast<std::uint8_t>(m_random.below(kProducts.size())),
                              static_cast<std::uint8_t>(1 + m_random.below(4)),
                              static_cast<std::uint8_t>(m_random.below(kCities.size())), false});
            m_at = m_open.size() - 1;
            return m_open.back();
        }
        m_at = m_random.below(static_cast<std::uint32_t>(m_open.size()));
        return m_open[m_at];
    }
    void forget() {
        m_open[m_at] = m_open.back();
        m_open.pop_back();
    }

    void writeOne(Timestamp at, OutgoingRecord& record) {
        Order& order = pick();
        m_key.clear();
        fmt::format_to(std::back_inserter(m_key), "order-{:08}", order.number);
        assignText(record.key, m_key);
        record.timestamp = at;
        if (order.isCancelled) {
            record.value.reset();
            forget();
            return;
        }
        const bool isCancelled = order.state == 1 && m_random.chance(0.06);
        const std::int64_t price = 490 + order.product * 735;
        m_json.begin();
        m_json.text("orderId", m_key)
            .text("status", isCancelled ? std::string_view("cancelled") : kStates[order.state])
            .integer("customerId", order.customer)
            .text("product", kProducts[order.product])
            .integer("quantity", order.quantity)
            .cents("total", price * order.quantity)
            .text("currency", "EUR")
            .text("city", kCities[order.city])
            .integer("ts", at.value);
        assignText(record.value, m_json.end());
        order.isCancelled = isCancelled;
        if (!isCancelled && ++order.state == kStates.size()) {
            forget();
        }
        if (m_options.poisonShare > 0 && m_random.chance(m_options.poisonShare)) {
            poison(record, m_random);
        }
    }

    FeedOptions m_options;
    FastRandom m_random;
    JsonWriter m_json;
    std::string m_key;
    std::vector<Order> m_open;
    std::size_t m_at = 0;
    std::int64_t m_lastNumber = 0;
};

}  // namespace

std::unique_ptr<FeedSource> makeOrderFeed(const FeedOptions& options) {
    return std::make_unique<OrderFeed>(options);
}

}  // namespace weir::app
