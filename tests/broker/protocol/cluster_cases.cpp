// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_cluster.h"
#include "broker/protocol/messages/describe_quorum.h"
#include "broker/protocol/messages/elect_leaders.h"
#include "broker/protocol/messages/get_telemetry_subscriptions.h"
#include "broker/protocol/messages/list_config_resources.h"
#include "broker/protocol/messages/push_telemetry.h"
#include "broker/protocol/messages/unregister_broker.h"
#include "broker/protocol/messages/update_features.h"
#include "tests/broker/protocol/message_checks.h"

namespace weir::protocol::test {

void addClusterCases(std::vector<MessageCase>& cases) {
    addCases<ElectLeadersRequest, ElectLeadersResponse>(cases);
    addCases<DescribeQuorumRequest, DescribeQuorumResponse>(cases);
    addCases<UpdateFeaturesRequest, UpdateFeaturesResponse>(cases);
    addCases<DescribeClusterRequest, DescribeClusterResponse>(cases);
    addCases<UnregisterBrokerRequest, UnregisterBrokerResponse>(cases);
    addCases<GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponse>(cases);
    addCases<PushTelemetryRequest, PushTelemetryResponse>(cases);
    addCases<ListConfigResourcesRequest, ListConfigResourcesResponse>(cases);
}

}  // namespace weir::protocol::test
