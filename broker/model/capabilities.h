// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

namespace weir {

/// What only some clusters can do or tell. A page shows an absent one with its reason instead of disappearing.
enum class Feature {
    kLiveClients,  ///< who is connected, and what they do
    kStorageView,  ///< segment files
    kUndelete,     ///< bringing a deleted topic back
    kByteRates,    ///< bytes in and out, as they happen
    kEdit,         ///< anything that changes the cluster
    kDeleteRecords,
    kConfigs,
    kGroupOffsets,  ///< changing what a group has committed
    kRemoveMember,
    kRebalances,  ///< the history of a group's rebalances
    kFeeds
};

/// Features that a cluster lacks, each with a sentence that says why. What is not listed is there.
struct Capabilities {
    std::map<Feature, std::string> absent;

    [[nodiscard]] bool has(Feature feature) const { return !absent.contains(feature); }
    /// Empty when the feature is there.
    [[nodiscard]] std::string whyNot(Feature feature) const {
        const auto found = absent.find(feature);
        return found == absent.end() ? std::string() : found->second;
    }
};

}  // namespace weir
