// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/list_partition_reassignments.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ListPartitionReassignmentsRequest;
using protocol::ListPartitionReassignmentsResponse;

/// One node has nowhere to move partitions to, so none is ever under way; Kafka's topic tool asks all the same.
ListPartitionReassignmentsResponse listReassignments(Services& services, const Call& call,
                                                     ListPartitionReassignmentsRequest /*request*/) {
    ListPartitionReassignmentsResponse response;
    response.errorMessage.reset();
    if (!mayCluster(services, call, AclOperation::kDescribe)) {
        response.errorCode = protocol::ErrorCode::kClusterAuthorizationFailed;
    }
    return response;
}

}  // namespace

constinit const Handler kListPartitionReassignmentsHandler =
    handledBy<listReassignments>(ListPartitionReassignmentsRequest::kVersions);

}  // namespace weir::server
