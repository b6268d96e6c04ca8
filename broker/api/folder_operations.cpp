// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/api/folder_operations.h"

#include <algorithm>

#include "broker/api/log_folder.h"

namespace weir::api {

namespace {

Failure<ClusterError> needsBroker() {
    return fail(ClusterError{ClusterErrc::kUnsupported, 0, LogFolder::kNoBroker});
}

void place(TransactionInfo& info, const TransactionPlace& open) {
    const auto known = std::find_if(info.places.begin(), info.places.end(),
                                    [&open](const auto& each) { return each.partition == open.partition; });
    if (known == info.places.end()) {
        info.places.push_back(open);
    } else {
        *known = open;
    }
}

}  // namespace

ClusterResult<std::vector<TransactionInfo>> FolderOperations::transactions() {
    auto all = m_source.coordinated();
    if (!all) {
        return all;
    }
    const std::size_t coordinated = all->size();
    for (const FolderOperations::Open& each : m_source.open()) {
        auto owner = std::find_if(all->begin(), all->end(), [&each](const TransactionInfo& info) {
            return info.producerId == each.producer.id && info.isOpen();
        });
        if (owner == all->end()) {
            TransactionInfo unowned;
            unowned.producerId = each.producer.id;
            unowned.epoch = each.producer.epoch;
            unowned.state = TransactionState::kUnowned;
            unowned.updatedAt = each.producer.lastTimestamp;
            owner = all->insert(all->end(), std::move(unowned));
        }
        place(*owner, each.place);
    }
    std::sort(all->begin() + static_cast<std::ptrdiff_t>(coordinated), all->end(),
              [](const TransactionInfo& a, const TransactionInfo& b) { return a.producerId < b.producerId; });
    return all;
}

ClusterResult<std::vector<ProducerInfo>> FolderOperations::producers(const TopicPartition& partition) {
    return m_source.producersOf(partition);
}

ClusterResult<void> FolderOperations::abortTransaction(const TransactionInfo&) {
    return needsBroker();
}
ClusterResult<std::vector<CompactionInfo>> FolderOperations::compaction(const std::string&) {
    return needsBroker();
}
ClusterResult<std::vector<ShareDelivery>> FolderOperations::shareDeliveries(const std::string&) {
    return needsBroker();
}
ClusterResult<StreamsInfo> FolderOperations::streams(const std::string&) {
    return needsBroker();
}
ClusterResult<std::vector<ConfigEntry>> FolderOperations::describeGroupConfig(const std::string&) {
    return needsBroker();
}
ClusterResult<void> FolderOperations::alterGroupConfig(const std::string&, const std::vector<ConfigChange>&, bool) {
    return needsBroker();
}
ClusterResult<std::vector<UserInfo>> FolderOperations::users() {
    return needsBroker();
}
ClusterResult<void> FolderOperations::putLogin(const NewLogin&) {
    return needsBroker();
}
ClusterResult<void> FolderOperations::removeLogin(const std::string&, LoginMechanism) {
    return needsBroker();
}
ClusterResult<AccessRules> FolderOperations::accessRules() {
    return needsBroker();
}
ClusterResult<void> FolderOperations::addRule(const AccessRule&) {
    return needsBroker();
}
ClusterResult<void> FolderOperations::removeRule(const AccessRule&) {
    return needsBroker();
}
ClusterResult<std::vector<QuotaInfo>> FolderOperations::quotas() {
    return needsBroker();
}
ClusterResult<void> FolderOperations::setQuotas(const QuotaTarget&,
                                                const std::map<std::string, std::optional<double>>&) {
    return needsBroker();
}
ClusterResult<QuorumInfo> FolderOperations::quorum() {
    return needsBroker();
}
ClusterResult<FeaturesInfo> FolderOperations::features() {
    return needsBroker();
}
ClusterResult<std::vector<LogDir>> FolderOperations::logDirs() {
    return needsBroker();
}

}  // namespace weir::api
