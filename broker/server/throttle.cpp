// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "broker/security/quotas.h"
#include "broker/server/call.h"
#include "broker/server/services.h"

namespace weir::server {

using security::QuotaKind;

std::chrono::milliseconds throttleOf(const Call& call) {
    if (call.services == nullptr || call.services->quotas == nullptr || call.services->quotas->isEmpty()) {
        return {};
    }
    security::Quotas& quotas = *call.services->quotas;
    const std::string& user = call.peer->principal().name;
    std::chrono::milliseconds wait{0};
    if (call.key == protocol::ApiKey::kProduce) {
        wait = quotas.record(QuotaKind::kProduce, user, call.clientId, static_cast<double>(call.frameBytes));
    }
    // What is answered later was waiting, not working: its time is not counted.
    if (call.peer->isBeingHandled()) {
        const std::chrono::duration<double> worked = call.services->clock.steadyNow() - call.peer->handlingSince();
        wait = std::max(wait, quotas.record(QuotaKind::kRequest, user, call.clientId, worked.count() * 100));
    }
    return wait;
}

}  // namespace weir::server
