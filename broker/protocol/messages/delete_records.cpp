// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/delete_records.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DeleteRecordsRequest);
WEIR_INSTANTIATE_RESPONSE(DeleteRecordsResponse);

}  // namespace weir::protocol
