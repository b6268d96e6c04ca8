// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/delete_topics.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(DeleteTopicsRequest);
WEIR_INSTANTIATE_RESPONSE(DeleteTopicsResponse);

}  // namespace weir::protocol
