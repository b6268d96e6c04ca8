// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "broker/server/call.h"

namespace weir::server {

/// The controller_mutation_rate of one call that creates or deletes partitions (KIP-599). A client in debt is refused
/// with 89 in versions that know it, and in older ones served and made to wait; the change that brings it into debt is
/// served.
class MutationQuota {
public:
    MutationQuota(const Services& services, const Call& call, bool knowsRefusal);

    /// False: answer kThrottlingQuotaExceeded. Else the client pays for `partitions`.
    [[nodiscard]] bool pay(std::size_t partitions);

private:
    const Services& m_services;
    const Call& m_call;
    const bool m_knowsRefusal;
};

}  // namespace weir::server
