// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/update_features.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(UpdateFeaturesRequest);
WEIR_INSTANTIATE_RESPONSE(UpdateFeaturesResponse);

}  // namespace weir::protocol
