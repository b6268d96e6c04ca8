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

enum Page : std::uint8_t { kHome, kSearch, kProduct, kCart, kCheckout, kThanks, kPages };
constexpr std::array<std::string_view, kPages> kPaths{"/", "/search", "/product", "/cart", "/checkout", "/thanks"};
/// Where a visitor goes next, in percent by page; what is missing to 100 leaves.
constexpr std::array<std::array<int, kPages>, kPages> kNext{{
    {5, 45, 25, 2, 0, 0},
    {4, 25, 55, 1, 0, 0},
    {3, 25, 30, 22, 0, 0},
    {2, 10, 18, 0, 45, 0},
    {1, 0, 2, 12, 0, 70},
    {20, 5, 5, 0, 0, 0},
}};
constexpr std::array<std::string_view, 4> kAgents{"firefox", "chrome", "safari", "edge"};
constexpr std::array<std::string_view, 5> kReferrers{"direct", "search", "newsletter", "social", "partner"};
constexpr std::array<std::string_view, 6> kCountries{"DE", "FR", "PL", "IT", "NL", "SE"};

/// Visits: a session walks from page to page until it leaves or buys.
class ClickFeed final : public FeedSource {
public:
    explicit ClickFeed(const FeedOptions& options) : m_options(options), m_random(options.seed) {}

    void generate(std::int64_t count, Timestamp from, Timestamp to, FeedBatch& out) override {
        const std::int64_t span = std::max<std::int64_t>(1, to - from);
        for (std::int64_t i = 0; i < count; ++i) {
            writeOne(from + (span * (i + 1) + count - 1) / count, out.next(0));
        }
    }

private:
    static constexpr std::size_t kMaxVisits = 2000;
    struct Visit {
        std::uint64_t id = 0;
        Page page = kHome;
        std::uint8_t agent = 0;
        std::uint8_t referrer = 0;
        std::uint8_t country = 0;
        std::uint32_t product = 0;
        std::int32_t step = 0;
    };

    std::size_t pick() {
        if (!m_visits.empty() && m_options.hotKeyShare > 0 && m_random.chance(m_options.hotKeyShare)) {
            return 0;
        }
        if (m_visits.empty() || (m_visits.size() < kMaxVisits && m_random.chance(0.2))) {
            m_visits.push_back({m_random.next(), kHome, static_cast<std::uint8_t>(m_random.below(kAgents.size())),
                                static_cast<std::uint8_t>(m_random.below(kReferrers.size())),
                                static_cast<std::uint8_t>(m_random.below(kCountries.size())), 0, 0});
            return m_visits.size() - 1;
        }
        return m_random.below(static_cast<std::uint32_t>(m_visits.size()));
    }

    // The next page, kPages to leave.
    Page follow(Page page) {
        auto dice = static_cast<int>(m_random.below(100));
        for (std::uint8_t next = 0; next < kPages; ++next) {
            dice -= kNext[page][next];
            if (dice < 0) {
                return static_cast<Page>(next);
            }
        }
        return kPages;
    }

    void writeOne(Timestamp at, OutgoingRecord& record) {
        const std::size_t index = pick();
        Visit& visit = m_visits[index];
        m_key.clear();
        fmt::format_to(std::back_inserter(m_key), "{:016x}", visit.id);
        if (visit.page == kProduct) {
            visit.product = 1 + m_random.below(240);
        }
        m_json.begin();
        m_json.text("session", m_key)
            .integer("step", ++visit.step)
            .text("page", kPaths[visit.page])
            .integer("product", visit.page == kProduct || visit.page == kCart ? visit.product : 0)
            .text("agent", kAgents[visit.agent])
            .text("referrer", kReferrers[visit.referrer])
            .text("country", kCountries[visit.country])
            .integer("loadMs", 40 + m_random.below(400))
            .integer("ts", at.value);
        assignText(record.key, m_key);
        assignText(record.value, m_json.end());
        record.timestamp = at;
        visit.page = follow(visit.page);
        if (visit.page == kPages) {
            if (index == 0 && m_options.hotKeyShare > 0) {
                visit.page = kHome;
            } else {
                visit = m_visits.back();
                m_visits.pop_back();
            }
        }
        if (m_options.poisonShare > 0 && m_random.chance(m_options.poisonShare)) {
            poison(record, m_random);
        }
    }

    FeedOptions m_options;
    FastRandom m_random;
    JsonWriter m_json;
    std::string m_key;
    std::vector<Visit> m_visits;
};

}  // namespace

std::unique_ptr<FeedSource> makeClickFeed(const FeedOptions& options) {
    return std::make_unique<ClickFeed>(options);
}

}  // namespace weir::app
