// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_cluster.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/authorized_operations.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::DescribeClusterRequest;
using protocol::DescribeClusterResponse;
using protocol::ErrorCode;

DescribeClusterResponse describeCluster(Services& services, const Call& call, DescribeClusterRequest request) {
    constexpr std::int8_t kBrokers = 1;
    constexpr std::int8_t kControllers = 2;
    DescribeClusterResponse response;
    if (request.endpointType != kBrokers) {
        response.errorCode = request.endpointType == kControllers ? ErrorCode::kMismatchedEndpointType
                                                                  : ErrorCode::kUnsupportedEndpointType;
        response.errorMessage = "This is a broker's address; ask for brokers.";
        return response;
    }
    Endpoint here = services.advertised(*call.peer);
    auto& broker = response.brokers.emplace_back();
    broker.brokerId = services.self;
    broker.host = std::move(here.host);
    broker.port = here.port;
    if (const auto& rack = services.brokerConfig()->rack; !rack.empty()) {
        broker.rack = rack;
    }
    response.clusterId = services.clusterId;
    response.controllerId = services.self;
    response.clusterAuthorizedOperations = kOperationsNotAsked;
    if (request.includeClusterAuthorizedOperations) {
        response.clusterAuthorizedOperations =
            mayCluster(services, call, AclOperation::kDescribe)
                ? allowedOperations(services, call, kClusterOperations, ResourceType::kCluster, security::kClusterName)
                : 0;
    }
    return response;
}

}  // namespace

constinit const Handler kDescribeClusterHandler = handledBy<describeCluster>(DescribeClusterRequest::kVersions);

}  // namespace weir::server
