// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/delete_acls.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DeleteAclsRequest);
WEIR_INSTANTIATE_RESPONSE(DeleteAclsResponse);

}  // namespace weir::protocol
