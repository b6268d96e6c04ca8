// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/result.h"
#include "broker/catalog/catalog.h"
#include "broker/protocol/api_keys.h"
#include "broker/topics/published.h"

namespace weir::server {

/// A feature in Kafka's sense (KIP-584): a protocol level that the whole cluster has agreed on, by which clients choose
/// what they speak. The ranges are Kafka 4.2's.
struct Feature {
    std::string_view name;
    std::int16_t min;
    std::int16_t max;
    /// Where nobody has changed it.
    std::int16_t initial;
};

inline constexpr std::string_view kGroupVersion = "group.version";
inline constexpr std::string_view kMetadataVersion = "metadata.version";
inline constexpr std::string_view kRaftVersion = "kraft.version";
inline constexpr std::string_view kShareVersion = "share.version";
inline constexpr std::string_view kStreamsVersion = "streams.version";
inline constexpr std::string_view kTransactionVersion = "transaction.version";

/// By name.
inline constexpr std::array kFeatures{
    Feature{"eligible.leader.replicas.version", 0, 1, 1},  // means nothing to one replica
    Feature{kGroupVersion, 0, 1, 1},                       // ConsumerGroupHeartbeat (KIP-848)
    Feature{kRaftVersion, 0, 1, 0},                        // there is no quorum here
    Feature{kMetadataVersion, 7, 29, 29},                  // 3.3-IV3 to 4.2-IV1
    Feature{kShareVersion, 0, 1, 1},                       // share groups (KIP-932)
    Feature{kStreamsVersion, 0, 1, 1},                     // streams groups (KIP-1071)
    Feature{kTransactionVersion, 0, 2, 2},                 // KIP-890
};

enum class FeatureErrc { kRefused, kNotStored };

/// Numbers as in UpdateFeatures (FeatureUpdate.UpgradeType).
enum class FeatureChange : std::int8_t { kUpgrade = 1, kSafeDowngrade = 2, kUnsafeDowngrade = 3 };
struct FeatureUpdate {
    std::string name;
    std::int16_t level = 0;
    FeatureChange change = FeatureChange::kUpgrade;
};

/// The levels as they are finalized now, and the epoch that grows with every change. Kept in the catalog. Thread safe;
/// reading never waits for the disk, changes take turns and do. Rules: Kafka's FeatureControlManager.
class Features {
public:
    struct Levels {
        std::map<std::string, std::int16_t, std::less<>> byName;
        std::int64_t epoch = 0;
    };
    enum class Mode { kApply, kValidateOnly };

    /// `transactionVersion` stands until the level is changed for the first time.
    static catalog::CatalogResult<std::unique_ptr<Features>> open(catalog::Catalog& catalog,
                                                                  std::int16_t transactionVersion);

    [[nodiscard]] std::shared_ptr<const Levels> now() const { return m_levels.get(); }
    /// 0 where it is off.
    [[nodiscard]] std::int16_t level(std::string_view name) const;
    /// Whether an API belongs to a protocol that a level of 0 has switched off; such a call is answered with
    /// UNSUPPORTED_VERSION.
    [[nodiscard]] bool isSwitchedOff(protocol::ApiKey key) const;
    /// All or none.
    Result<void, Error<FeatureErrc>> update(const std::vector<FeatureUpdate>& updates, Mode mode);

private:
    Features(catalog::Catalog& catalog, Levels levels);

    catalog::Catalog& m_catalog;
    topics::Published<Levels> m_levels;
    std::mutex m_admin;  // changes take turns
};

}  // namespace weir::server
