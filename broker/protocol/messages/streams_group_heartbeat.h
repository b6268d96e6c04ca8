// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Both directions of one API; apart because of their length.
#include "broker/protocol/messages/streams_group_heartbeat_request.h"
#include "broker/protocol/messages/streams_group_heartbeat_response.h"
