// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/features.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace weir::server {

namespace {

constexpr std::string_view kOwner = "feature";
constexpr std::string_view kEpoch = "epoch";

const Feature* find(std::string_view name) {
    const auto* const found =
        std::ranges::find_if(kFeatures, [name](const Feature& feature) { return feature.name == name; });
    return found == kFeatures.end() ? nullptr : found;
}

std::optional<std::int64_t> number(const std::string& text) {
    std::int64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// Why the level cannot become what is asked; empty if it can.
std::string judge(const FeatureUpdate& update, std::int16_t current) {
    const Feature* feature = find(update.name);
    if (feature == nullptr) {
        return "there is no such feature here";
    }
    if (update.level < feature->min || update.level > feature->max) {
        return "the levels supported here are " + std::to_string(feature->min) + " to " + std::to_string(feature->max);
    }
    if (update.level < current && update.change == FeatureChange::kUpgrade) {
        return "it stands at " + std::to_string(current) + ", and going back has to be asked for as a downgrade";
    }
    if (update.level > current && update.change != FeatureChange::kUpgrade) {
        return "it stands at " + std::to_string(current) + ", and a downgrade cannot go up";
    }
    // Kafka cannot take these two back either.
    if (update.level < current && (update.name == kMetadataVersion || update.name == kRaftVersion)) {
        return "it stands at " + std::to_string(current) + " and cannot go back";
    }
    return {};
}

catalog::Settings toSettings(const Features::Levels& levels) {
    catalog::Settings settings;
    for (const auto& [name, level] : levels.byName) {
        settings.emplace(name, std::to_string(level));
    }
    settings.emplace(kEpoch, std::to_string(levels.epoch));
    return settings;
}

}  // namespace

Features::Features(catalog::Catalog& catalog, Levels levels)
    : m_catalog(catalog), m_levels(std::make_shared<const Levels>(std::move(levels))) {}

catalog::CatalogResult<std::unique_ptr<Features>> Features::open(catalog::Catalog& catalog,
                                                                 std::int16_t transactionVersion) {
    auto stored = catalog.ownedSettings();
    if (!stored) {
        return fail(stored.error());
    }
    Levels levels;
    for (const Feature& feature : kFeatures) {
        levels.byName.emplace(feature.name, feature.initial);
    }
    levels.byName.insert_or_assign(std::string(kTransactionVersion), transactionVersion);
    if (const auto at = stored->find(std::string(kOwner)); at != stored->end()) {
        for (const auto& [name, value] : at->second) {
            const auto level = number(value);
            const Feature* feature = find(name);
            if (level && name == kEpoch) {
                levels.epoch = *level;
            } else if (level && feature != nullptr && *level >= feature->min && *level <= feature->max) {
                levels.byName[name] = static_cast<std::int16_t>(*level);
            }
        }
    }
    return std::unique_ptr<Features>(new Features(catalog, std::move(levels)));
}

std::int16_t Features::level(std::string_view name) const {
    const auto levels = m_levels.get();
    const auto at = levels->byName.find(name);
    return at == levels->byName.end() ? std::int16_t{0} : at->second;
}

bool Features::isSwitchedOff(protocol::ApiKey key) const {
    using protocol::ApiKey;
    switch (key) {
        case ApiKey::kConsumerGroupHeartbeat:
        case ApiKey::kConsumerGroupDescribe:
            return level(kGroupVersion) == 0;
        case ApiKey::kShareGroupHeartbeat:
        case ApiKey::kShareGroupDescribe:
        case ApiKey::kShareFetch:
        case ApiKey::kShareAcknowledge:
            return level(kShareVersion) == 0;
        case ApiKey::kStreamsGroupHeartbeat:
        case ApiKey::kStreamsGroupDescribe:
            return level(kStreamsVersion) == 0;
        default:
            return false;
    }
}

Result<void, Error<FeatureErrc>> Features::update(const std::vector<FeatureUpdate>& updates, Mode mode) {
    const std::lock_guard lock(m_admin);
    const auto before = m_levels.get();
    Levels next = *before;
    for (const FeatureUpdate& update : updates) {
        const auto at = before->byName.find(update.name);
        const std::int16_t current = at == before->byName.end() ? std::int16_t{0} : at->second;
        if (const std::string reason = judge(update, current); !reason.empty()) {
            return fail(FeatureErrc::kRefused, "Nothing was changed: " + update.name + " cannot become " +
                                                   std::to_string(update.level) + ", because " + reason + ".");
        }
        next.byName[update.name] = update.level;
    }
    if (mode == Mode::kValidateOnly || next.byName == before->byName) {
        return {};
    }
    ++next.epoch;
    if (auto stored = m_catalog.setOwnedSettings(std::string(kOwner), toSettings(next)); !stored) {
        return fail(FeatureErrc::kNotStored, stored.error().message);
    }
    m_levels.set(std::make_shared<const Levels>(std::move(next)));
    return {};
}

}  // namespace weir::server
