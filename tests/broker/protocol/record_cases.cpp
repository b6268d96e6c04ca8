// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/delete_records.h"
#include "broker/protocol/messages/fetch.h"
#include "broker/protocol/messages/list_offsets.h"
#include "broker/protocol/messages/offset_commit.h"
#include "broker/protocol/messages/offset_delete.h"
#include "broker/protocol/messages/offset_fetch.h"
#include "broker/protocol/messages/offset_for_leader_epoch.h"
#include "broker/protocol/messages/produce.h"
#include "tests/broker/protocol/message_checks.h"

namespace weir::protocol::test {

void addRecordCases(std::vector<MessageCase>& cases) {
    addCases<ProduceRequest, ProduceResponse>(cases);
    addCases<FetchRequest, FetchResponse>(cases);
    addCases<ListOffsetsRequest, ListOffsetsResponse>(cases);
    addCases<OffsetCommitRequest, OffsetCommitResponse>(cases);
    addCases<OffsetFetchRequest, OffsetFetchResponse>(cases);
    addCases<DeleteRecordsRequest, DeleteRecordsResponse>(cases);
    addCases<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(cases);
    addCases<OffsetDeleteRequest, OffsetDeleteResponse>(cases);
}

}  // namespace weir::protocol::test
