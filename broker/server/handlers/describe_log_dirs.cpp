// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_log_dirs.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DescribeLogDirsRequest;
using protocol::DescribeLogDirsResponse;
using WireTopic = DescribeLogDirsResponse::DescribeLogDirsTopic;

void addPartition(WireTopic& into, const topics::Topic& topic, PartitionId id) {
    if (const auto partition = topic.partition(id)) {
        into.partitions.push_back({id, partition->sizeBytes(), 0, false, {}});
    }
}

WireTopic describeAll(const topics::Topic& topic) {
    WireTopic described;
    described.name = topic.name;
    for (std::size_t i = 0; i < topic.partitions.size(); ++i) {
        addPartition(described, topic, PartitionId(static_cast<std::int32_t>(i)));
    }
    return described;
}

DescribeLogDirsResponse describeLogDirs(Services& services, const Call& call, DescribeLogDirsRequest request) {
    const auto topics = services.topics.snapshot();
    DescribeLogDirsResponse response;
    if (!mayCluster(services, call, AclOperation::kDescribe)) {
        response.errorCode = protocol::ErrorCode::kClusterAuthorizationFailed;
        return response;
    }
    auto& folder = response.results.emplace_back();
    folder.logDir = services.directory.root().string();
    if (!request.topics) {
        for (const auto& topic : topics->topics()) {
            folder.topics.push_back(describeAll(*topic));
        }
    } else {
        for (const auto& wanted : *request.topics) {
            const auto topic = topics->byName(wanted.topic);
            if (!topic) {
                continue;
            }
            auto& described = folder.topics.emplace_back();
            described.name = wanted.topic;
            for (const PartitionId partition : wanted.partitions) {
                addPartition(described, *topic, partition);
            }
        }
    }
    if (const auto space = services.directory.space()) {
        folder.totalBytes = static_cast<std::int64_t>(space->totalBytes);
        folder.usableBytes = static_cast<std::int64_t>(space->freeBytes);
    }
    return response;
}

}  // namespace

constinit const Handler kDescribeLogDirsHandler =
    handledBy<describeLogDirs>(DescribeLogDirsRequest::kVersions).onDiskThread();

}  // namespace weir::server
