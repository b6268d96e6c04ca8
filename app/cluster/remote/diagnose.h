// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "app/cluster/remote/remote_options.h"

namespace weir::app {

class Wire;

struct DiagnosisStep {
    enum class Outcome { kDone, kWarning, kFailed };
    Outcome outcome = Outcome::kDone;
    /// What was tried and what came of it, with what would work where that is known.
    std::string sentence;
};

/// Walks the way of a client: an address that was given, TLS, login, the cluster's own list of brokers, and each broker
/// on that list, which is where most connections fail: the list is what the brokers advertise, not what was typed.
/// Thread safe; run() blocks, so workers only.
class Diagnosis {
public:
    std::vector<DiagnosisStep> run(const RemoteOptions& options);
    /// Runs under way end soon, later ones at once.
    void stop();

private:
    /// Lets stop() reach a wire while it is used.
    class Use;
    std::mutex m_mutex;
    std::set<Wire*> m_wires;
    bool m_isStopped = false;
};

}  // namespace weir::app
