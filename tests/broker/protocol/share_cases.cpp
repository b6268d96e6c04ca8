// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_share_group_offsets.h"
#include "broker/protocol/messages/delete_share_group_offsets.h"
#include "broker/protocol/messages/describe_share_group_offsets.h"
#include "broker/protocol/messages/share_acknowledge.h"
#include "broker/protocol/messages/share_fetch.h"
#include "broker/protocol/messages/share_group_describe.h"
#include "broker/protocol/messages/share_group_heartbeat.h"
#include "broker/protocol/messages/streams_group_describe.h"
#include "broker/protocol/messages/streams_group_heartbeat.h"
#include "tests/broker/protocol/message_checks.h"

namespace weir::protocol::test {

void addShareCases(std::vector<MessageCase>& cases) {
    addCases<ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse>(cases);
    addCases<ShareGroupDescribeRequest, ShareGroupDescribeResponse>(cases);
    addCases<ShareFetchRequest, ShareFetchResponse>(cases);
    addCases<ShareAcknowledgeRequest, ShareAcknowledgeResponse>(cases);
    addCases<StreamsGroupHeartbeatRequest, StreamsGroupHeartbeatResponse>(cases);
    addCases<StreamsGroupDescribeRequest, StreamsGroupDescribeResponse>(cases);
    addCases<DescribeShareGroupOffsetsRequest, DescribeShareGroupOffsetsResponse>(cases);
    addCases<AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponse>(cases);
    addCases<DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsResponse>(cases);
}

}  // namespace weir::protocol::test
