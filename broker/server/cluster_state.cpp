// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/cluster_state.h"

#include <algorithm>

namespace weir::server {

QuorumInfo quorumOf(const Services& services) {
    const Timestamp now(services.clock.wallNowMs());
    QuorumInfo quorum;
    quorum.leader = services.self;
    quorum.leaderEpoch = LeaderEpoch(1);
    quorum.highWatermark = services.metadataOffset();
    quorum.replicas = {{services.self, true, {}, quorum.highWatermark, now, now, {}}};
    return quorum;
}

FeaturesInfo featuresOf(const Features& features) {
    const auto levels = features.now();
    FeaturesInfo info;
    info.epoch = levels->epoch;
    for (const Feature& each : kFeatures) {
        const auto level = levels->byName.find(each.name);
        info.features.push_back({std::string(each.name), FeatureState::Range{each.min, each.max},
                                 level == levels->byName.end() ? std::int16_t{0} : level->second});
    }
    std::sort(info.features.begin(), info.features.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return info;
}

LogDir logDirOf(const Services& services) {
    LogDir folder;
    folder.broker = services.self;
    folder.path = services.directory.root().string();
    const auto topics = services.topics.snapshot();
    for (const auto& topic : topics->topics()) {
        for (std::size_t i = 0; i < topic->partitions.size(); ++i) {
            const PartitionId id(static_cast<std::int32_t>(i));
            if (const auto partition = topic->partition(id)) {
                folder.replicas.push_back({{topic->name, id}, partition->sizeBytes(), 0, false});
            }
        }
    }
    if (const auto space = services.directory.space()) {
        folder.totalBytes = static_cast<std::int64_t>(space->totalBytes);
        folder.usableBytes = static_cast<std::int64_t>(space->freeBytes);
    } else {
        folder.problem = space.error().message;
    }
    return folder;
}

}  // namespace weir::server
