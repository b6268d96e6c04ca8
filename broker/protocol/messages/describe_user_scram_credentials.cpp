// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/describe_user_scram_credentials.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DescribeUserScramCredentialsRequest);
WEIR_INSTANTIATE_RESPONSE(DescribeUserScramCredentialsResponse);

}  // namespace weir::protocol
