// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/add_offsets_to_txn.h"
#include "broker/protocol/messages/add_partitions_to_txn.h"
#include "broker/protocol/messages/describe_producers.h"
#include "broker/protocol/messages/describe_transactions.h"
#include "broker/protocol/messages/end_txn.h"
#include "broker/protocol/messages/init_producer_id.h"
#include "broker/protocol/messages/list_transactions.h"
#include "broker/protocol/messages/txn_offset_commit.h"
#include "broker/protocol/messages/write_txn_markers.h"
#include "tests/broker/protocol/message_checks.h"

namespace weir::protocol::test {

void addTransactionCases(std::vector<MessageCase>& cases) {
    addCases<InitProducerIdRequest, InitProducerIdResponse>(cases);
    addCases<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>(cases);
    addCases<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>(cases);
    addCases<EndTxnRequest, EndTxnResponse>(cases);
    addCases<WriteTxnMarkersRequest, WriteTxnMarkersResponse>(cases);
    addCases<TxnOffsetCommitRequest, TxnOffsetCommitResponse>(cases);
    addCases<DescribeProducersRequest, DescribeProducersResponse>(cases);
    addCases<DescribeTransactionsRequest, DescribeTransactionsResponse>(cases);
    addCases<ListTransactionsRequest, ListTransactionsResponse>(cases);
}

}  // namespace weir::protocol::test
