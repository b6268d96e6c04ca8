// SPDX-License-Identifier: GPL-3.0-or-later
#include <spdlog/fmt/fmt.h>

#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <string_view>

#include "app/feeds/fast_random.h"
#include "app/feeds/feed.h"
#include "app/feeds/json_writer.h"
#include "app/feeds/poison.h"

namespace weir::app {

namespace {

constexpr std::size_t kDevices = 500;
constexpr std::array<std::string_view, 6> kSites{"north", "south", "east", "west", "roof", "cellar"};

/// Sensors of a building: temperature with day and night, humidity against it, a battery that drains, and now and then
/// a device that sticks or spikes for a while.
class IotFeed final : public FeedSource {
public:
    explicit IotFeed(const FeedOptions& options) : m_options(options), m_random(options.seed) {
        for (std::size_t i = 0; i < kDevices; ++i) {
            m_devices[i].name = fmt::format("sensor-{:03}", i);
            m_devices[i].offset = m_random.normal() * 150;
            m_devices[i].battery = 6000 + static_cast<std::int32_t>(m_random.below(4000));
        }
    }

    void generate(std::int64_t count, Timestamp from, Timestamp to, FeedBatch& out) override {
        const std::int64_t span = std::max<std::int64_t>(1, to - from);
        for (std::int64_t i = 0; i < count; ++i) {
            writeOne(from + (span * (i + 1) + count - 1) / count, out.next(0));
        }
    }

private:
    struct Device {
        std::string name;
        /// Hundredths of a degree, of a percent.
        double offset = 0;
        double drift = 0;
        std::int32_t battery = 0;
        std::int32_t faultLeft = 0;
        std::int64_t sequence = 0;
    };

    void writeOne(Timestamp at, OutgoingRecord& record) {
        const bool isHot = m_options.hotKeyShare > 0 && m_random.chance(m_options.hotKeyShare);
        const std::size_t index = isHot ? 0 : m_random.below(kDevices);
        Device& device = m_devices[index];
        if (device.faultLeft > 0) {
            --device.faultLeft;
        } else if (m_random.chance(0.0002)) {
            device.faultLeft = 20 + static_cast<std::int32_t>(m_random.below(80));
        }
        const double day = static_cast<double>(at.value % 86'400'000) / 86'400'000.0;
        const double wave = -std::cos(2 * std::numbers::pi * (day - 0.1));
        device.drift = device.drift * 0.98 + m_random.normal() * 6;
        const bool isFaulty = device.faultLeft > 0;
        const double heat = 2100 + 450 * wave + device.offset + device.drift + (isFaulty ? 4000 : 0);
        const double damp = 5200 - 900 * wave + m_random.normal() * 40;
        if (++device.sequence % 500 == 0 && --device.battery < 300) {
            device.battery = 9900;
        }
        m_json.begin();
        m_json.text("device", device.name)
            .text("site", kSites[index % kSites.size()])
            .cents("temperature", std::llround(heat))
            .cents("humidity", std::llround(damp))
            .cents("battery", device.battery)
            .boolean("ok", !isFaulty)
            .integer("seq", device.sequence)
            .integer("ts", at.value);
        assignText(record.key, device.name);
        assignText(record.value, m_json.end());
        record.timestamp = at;
        if (m_options.poisonShare > 0 && m_random.chance(m_options.poisonShare)) {
            poison(record, m_random);
        }
    }

    FeedOptions m_options;
    FastRandom m_random;
    JsonWriter m_json;
    std::array<Device, kDevices> m_devices;
};

}  // namespace

std::unique_ptr<FeedSource> makeIotFeed(const FeedOptions& options) {
    return std::make_unique<IotFeed>(options);
}

}  // namespace weir::app
