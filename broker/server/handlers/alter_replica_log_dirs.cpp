// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_replica_log_dirs.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::AlterReplicaLogDirsRequest;
using protocol::AlterReplicaLogDirsResponse;
using protocol::ErrorCode;

/// There is one data folder: what is in it can be "moved" to it, and nowhere else. The folder must be spelt as
/// DescribeLogDirs tells it.
AlterReplicaLogDirsResponse alterReplicaLogDirs(Services& services, const Call& call,
                                                AlterReplicaLogDirsRequest request) {
    const bool isAllowed = mayCluster(services, call, AclOperation::kAlter);
    const auto topics = services.topics.snapshot();
    const std::string own = services.directory.root().string();
    AlterReplicaLogDirsResponse response;
    for (const auto& folder : request.dirs) {
        for (const auto& wanted : folder.topics) {
            auto& result = response.results.emplace_back();
            result.topicName = wanted.name;
            const auto topic = topics->byName(wanted.name);
            for (const PartitionId partition : wanted.partitions) {
                ErrorCode code = ErrorCode::kNone;
                if (!isAllowed) {
                    code = ErrorCode::kClusterAuthorizationFailed;
                } else if (folder.path != own) {
                    code = ErrorCode::kLogDirNotFound;
                } else if (!topic || !topic->partition(partition)) {
                    code = ErrorCode::kUnknownTopicOrPartition;
                }
                result.partitions.push_back({partition, code, {}});
            }
        }
    }
    return response;
}

}  // namespace

constinit const Handler kAlterReplicaLogDirsHandler =
    handledBy<alterReplicaLogDirs>(AlterReplicaLogDirsRequest::kVersions);

}  // namespace weir::server
