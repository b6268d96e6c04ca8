// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/create_acls.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(CreateAclsRequest);
WEIR_INSTANTIATE_RESPONSE(CreateAclsResponse);

}  // namespace weir::protocol
