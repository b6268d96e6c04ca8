// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/config/definitions.h"

#include <algorithm>
#include <array>

#include "broker/config/tables.h"

namespace weir::config {

namespace {

bool byName(const ConfigDef& a, const ConfigDef& b) {
    return a.name < b.name;
}

std::vector<ConfigDef> sorted(std::initializer_list<std::span<const ConfigDef>> tables) {
    std::vector<ConfigDef> result;
    for (const auto table : tables) {
        result.insert(result.end(), table.begin(), table.end());
    }
    std::sort(result.begin(), result.end(), byName);
    return result;
}

const ConfigDef* find(std::span<const ConfigDef> table, std::string_view name) {
    const auto at = std::lower_bound(table.begin(), table.end(), name,
                                     [](const ConfigDef& def, std::string_view wanted) { return def.name < wanted; });
    return at != table.end() && at->name == name ? &*at : nullptr;
}

/// Edits (insert, remove, replace, swap neighbours) that turn one text into the other.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> beforeLast;
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        last[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], beforeLast[j - 2] + 1);
            }
        }
        beforeLast = last;
        std::swap(last, row);
    }
    return last[b.size()];
}

std::string_view whyWithoutEffect(Effect effect) {
    switch (effect) {
        case Effect::kWorks:
            return {};
        case Effect::kOneReplica:
            return "there is one broker, and one replica of everything";
        case Effect::kNoQuorum:
            return "there is no controller quorum";
        case Effect::kNoTier:
            return "there is no remote tier";
        case Effect::kNoSecurity:
            return "connections are neither encrypted nor authenticated";
        case Effect::kNoJava:
            return "Java classes cannot be loaded";
        case Effect::kOtherWay:
            return "it does this in its own way and needs no such setting";
        case Effect::kNoQuotas:
            return "there are no quotas";
        case Effect::kNoTransactions:
            return "nobody but the producer itself can end a transaction";
        case Effect::kNotNeeded:
            return "nothing in it depends on this";
    }
    return {};
}

constexpr std::array<std::string_view, 3> kRetention{"log.retention.ms", "log.retention.minutes",
                                                     "log.retention.hours"};
constexpr std::array<std::string_view, 2> kRoll{"log.roll.ms", "log.roll.hours"};
constexpr std::array<std::string_view, 2> kJitter{"log.roll.jitter.ms", "log.roll.jitter.hours"};
constexpr std::array<std::string_view, 2> kFlush{"log.flush.interval.ms", "log.flush.scheduler.interval.ms"};
constexpr std::array<std::string_view, 2> kFolder{"log.dirs", "log.dir"};
constexpr std::array<std::string_view, 2> kNode{"node.id", "broker.id"};

}  // namespace

std::span<const ConfigDef> topicConfigs() {
    static const std::vector<ConfigDef> table = sorted({topicTable()});
    return table;
}

std::span<const ConfigDef> groupConfigs() {
    static const std::vector<ConfigDef> table = sorted({groupTable()});
    return table;
}

std::span<const ConfigDef> brokerConfigs() {
    static const std::vector<ConfigDef> table =
        sorted({clusterTable(), coordinatorTable(), newGroupTable(), logTable(), networkTable(), oauthTable(),
                securityTable(), serverTable(), tierTable(), weirTable()});
    return table;
}

const ConfigDef* findTopicConfig(std::string_view name) {
    return find(topicConfigs(), name);
}
const ConfigDef* findGroupConfig(std::string_view name) {
    return find(groupConfigs(), name);
}
const ConfigDef* findBrokerConfig(std::string_view name) {
    return find(brokerConfigs(), name);
}

const ConfigDef* settingBehind(std::string_view key) {
    constexpr std::string_view kListener = "listener.name.";
    if (key.starts_with(kListener)) {
        const auto dot = key.find('.', kListener.size());
        key = dot == std::string_view::npos ? std::string_view() : key.substr(dot + 1);
    }
    for (const std::string_view mechanism : {"plain.", "scram-sha-256.", "scram-sha-512.", "oauthbearer.", "gssapi."}) {
        if (key.starts_with(mechanism)) {
            key.remove_prefix(mechanism.size());
        }
    }
    return findBrokerConfig(key);
}

bool changesLive(std::string_view key, const ConfigDef& def) {
    const bool isOfListener = key.starts_with("listener.name.");
    return def.update == Update::kLive ||
           (isOfListener && (def.name.starts_with("ssl.") || def.name.starts_with("sasl.")));
}

std::string_view nearestName(std::span<const ConfigDef> table, std::string_view name) {
    std::string_view best;
    // A third of the letters may be wrong; beyond that a suggestion misleads.
    std::size_t bestDistance = std::max<std::size_t>(2, name.size() / 3) + 1;
    if (name.size() > 200) {
        return best;
    }
    for (const ConfigDef& def : table) {
        const std::size_t d = distance(name, def.name);
        if (d < bestDistance) {
            bestDistance = d;
            best = def.name;
        }
    }
    return best;
}

std::string documentationOf(const ConfigDef& def) {
    std::string result(def.text);
    if (!def.hasEffect()) {
        result += " Has no effect in Weir: ";
        result += whyWithoutEffect(def.effect);
        result += '.';
    }
    return result;
}

std::vector<std::string_view> brokerSynonyms(std::string_view brokerKey) {
    for (const std::span<const std::string_view> chain :
         {std::span<const std::string_view>(kRetention), std::span<const std::string_view>(kRoll),
          std::span<const std::string_view>(kJitter), std::span<const std::string_view>(kFlush),
          std::span<const std::string_view>(kFolder), std::span<const std::string_view>(kNode)}) {
        const auto at = std::find(chain.begin(), chain.end(), brokerKey);
        if (at != chain.end()) {
            return {at, chain.end()};
        }
    }
    return {brokerKey};
}

std::int64_t millisPerUnit(std::string_view brokerKey) {
    if (brokerKey == "log.retention.minutes") {
        return 60'000;
    }
    const bool hours =
        brokerKey == "log.retention.hours" || brokerKey == "log.roll.hours" || brokerKey == "log.roll.jitter.hours";
    return hours ? 3'600'000 : 1;
}

}  // namespace weir::config
