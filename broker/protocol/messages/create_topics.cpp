// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/create_topics.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(CreateTopicsRequest);
WEIR_INSTANTIATE_RESPONSE(CreateTopicsResponse);

}  // namespace weir::protocol
