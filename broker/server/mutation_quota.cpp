// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/mutation_quota.h"

#include <algorithm>

#include "broker/security/quotas.h"
#include "broker/server/services.h"

namespace weir::server {

MutationQuota::MutationQuota(const Services& services, const Call& call, bool knowsRefusal)
    : m_services(services), m_call(call), m_knowsRefusal(knowsRefusal) {}

bool MutationQuota::pay(std::size_t partitions) {
    if (m_services.quotas->isEmpty()) {
        return true;
    }
    const std::string& user = m_call.peer->principal().name;
    auto wait = m_services.quotas->debt(user, m_call.clientId);
    const bool isRefused = wait.count() != 0 && m_knowsRefusal;
    if (!isRefused) {
        wait = m_services.quotas->record(security::QuotaKind::kMutation, user, m_call.clientId,
                                         static_cast<double>(partitions));
    }
    // In versions that know the refusal the client waits when it is refused, not before.
    if (m_call.wait != nullptr && (isRefused || !m_knowsRefusal)) {
        *m_call.wait = std::max(*m_call.wait, wait);
    }
    return !isRefused;
}

}  // namespace weir::server
