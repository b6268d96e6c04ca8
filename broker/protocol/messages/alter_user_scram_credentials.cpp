// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_user_scram_credentials.h"

#include "broker/protocol/io/instantiate.h"

namespace weir::protocol {

WEIR_INSTANTIATE_REQUEST(AlterUserScramCredentialsRequest);
WEIR_INSTANTIATE_RESPONSE(AlterUserScramCredentialsResponse);

}  // namespace weir::protocol
