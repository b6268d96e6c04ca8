// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_log_dirs.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DescribeLogDirsRequest);
WEIR_INSTANTIATE_RESPONSE(DescribeLogDirsResponse);

}  // namespace weir::protocol
