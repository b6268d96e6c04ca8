// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_topic_partitions.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DescribeTopicPartitionsRequest);
WEIR_INSTANTIATE_RESPONSE(DescribeTopicPartitionsResponse);

}  // namespace weir::protocol
