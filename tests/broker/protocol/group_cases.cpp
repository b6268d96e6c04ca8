// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/consumer_group_describe.h"
#include "broker/protocol/messages/consumer_group_heartbeat.h"
#include "broker/protocol/messages/delete_groups.h"
#include "broker/protocol/messages/describe_groups.h"
#include "broker/protocol/messages/find_coordinator.h"
#include "broker/protocol/messages/heartbeat.h"
#include "broker/protocol/messages/join_group.h"
#include "broker/protocol/messages/leave_group.h"
#include "broker/protocol/messages/list_groups.h"
#include "broker/protocol/messages/sync_group.h"
#include "tests/broker/protocol/message_checks.h"

namespace weir::protocol::test {

void addGroupCases(std::vector<MessageCase>& cases) {
    addCases<FindCoordinatorRequest, FindCoordinatorResponse>(cases);
    addCases<JoinGroupRequest, JoinGroupResponse>(cases);
    addCases<HeartbeatRequest, HeartbeatResponse>(cases);
    addCases<LeaveGroupRequest, LeaveGroupResponse>(cases);
    addCases<SyncGroupRequest, SyncGroupResponse>(cases);
    addCases<DescribeGroupsRequest, DescribeGroupsResponse>(cases);
    addCases<ListGroupsRequest, ListGroupsResponse>(cases);
    addCases<DeleteGroupsRequest, DeleteGroupsResponse>(cases);
    addCases<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>(cases);
    addCases<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(cases);
}

}  // namespace weir::protocol::test
