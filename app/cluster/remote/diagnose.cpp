// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/diagnose.h"

#include <algorithm>
#include <optional>

#include "app/cluster/remote/wire.h"

namespace weir::app {

namespace {

using Outcome = DiagnosisStep::Outcome;

/// Where a broker that advertises an address that leads nowhere answers after all, if that can be found out from here:
/// at its port on the host that did answer, or, being the only one, where it was just asked.
std::optional<HostPort> worksInstead(Wire& wire, const HostPort& told, const HostPort& used, bool isAlone) {
    const HostPort there{used.host, told.port};
    if (isAlone || there == told || there == used) {
        // Who answers at `used` is one of several, and need not be this one.
        return isAlone ? std::optional(used) : std::nullopt;
    }
    return wire.reachAt(there) ? std::optional(there) : std::nullopt;
}

// Why a broker that advertises `told` cannot be reached, and what its owner would have to change.
std::string advice(Wire& wire, const HostPort& told, const HostPort& used, const LinkError& error, bool isAlone) {
    std::string text = "The cluster answers at " + textOf(used) + ", but this broker tells clients to come to " +
                       textOf(told) + ", and there: " + error.message;
    if (error.stage != LinkStage::kResolve && error.stage != LinkStage::kConnect) {
        return text;
    }
    if (isLoopback(told.host) && !isLoopback(used.host)) {
        text += " An advertised loopback address works only on the broker's own machine.";
    }
    const auto works = worksInstead(wire, told, used, isAlone);
    if (!works) {
        return text + " Set the broker's advertised.listeners to an address that is reachable from here.";
    }
    text += " What would work: advertised.listeners of the broker set to " + textOf(*works) + ", where it answers";
    if (error.stage == LinkStage::kResolve && works->port == told.port) {
        text += "; or, on this computer, the name " + told.host + " standing for the address of " + used.host +
                " in the file of hosts";
    }
    return text + '.';
}

std::string counted(std::size_t count, const char* one, const char* many) {
    return count == 1 ? one : std::to_string(count) + many;
}

void checkBrokers(Wire& wire, const ClusterMap& map, const HostPort& used, std::vector<DiagnosisStep>& steps) {
    // Each may take as long as a connection may, and what ails the first ones mostly ails all.
    constexpr std::size_t kMostFailures = 3;
    std::size_t failures = 0;
    std::size_t left = map.brokers.size();
    for (auto each = map.brokers.begin(); each != map.brokers.end() && failures < kMostFailures; ++each, --left) {
        const auto& [id, told] = *each;
        if (const auto reached = wire.reach(id); !reached) {
            ++failures;
            steps.push_back({Outcome::kFailed, "Broker " + std::to_string(id.value) + ": " +
                                                   advice(wire, told, used, reached.error(), map.brokers.size() == 1)});
        }
    }
    if (failures == 0) {
        steps.push_back(
            {Outcome::kDone, counted(map.brokers.size(), "Its one broker can be reached where it says it is",
                                     " brokers, and all can be reached where they say they are") +
                                 ". Topics: " + std::to_string(map.topics.size()) + '.'});
    } else if (left > 0) {
        steps.push_back(
            {Outcome::kWarning, counted(left, "One more broker was", " more brokers were") + " not tried."});
    }
}

}  // namespace

class Diagnosis::Use {
public:
    Use(Diagnosis& owner, Wire& wire) : m_owner(owner), m_wire(wire) {
        const std::lock_guard lock(owner.m_mutex);
        owner.m_wires.insert(&wire);
        if (owner.m_isStopped) {
            wire.stop();
        }
    }
    ~Use() {
        const std::lock_guard lock(m_owner.m_mutex);
        m_owner.m_wires.erase(&m_wire);
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

private:
    Diagnosis& m_owner;
    Wire& m_wire;
};

void Diagnosis::stop() {
    const std::lock_guard lock(m_mutex);
    m_isStopped = true;
    for (Wire* const wire : m_wires) {
        wire->stop();
    }
}

std::vector<DiagnosisStep> Diagnosis::run(const RemoteOptions& options) {
    if (options.bootstrap.empty()) {
        return {{Outcome::kFailed, "No address was given: write host:port, several with commas."}};
    }
    std::vector<DiagnosisStep> steps;
    std::optional<HostPort> used;
    for (const HostPort& address : options.bootstrap) {
        RemoteOptions one = options;
        one.bootstrap = {address};
        Wire wire(one);
        const Use use(*this, wire);
        const auto map = wire.map();
        if (!map) {
            steps.push_back({Outcome::kWarning, map.error().message});
            continue;
        }
        const std::string login = options.sasl.mechanism == SaslMechanism::kNone
                                      ? "."
                                      : std::string(", and takes the login by ") + nameOf(options.sasl.mechanism) + '.';
        steps.push_back(
            {Outcome::kDone, textOf(address) + " answers" + (options.tls.isOn ? ", with TLS" : "") + login});
        if (!used) {
            used = address;
            checkBrokers(wire, **map, address, steps);
        }
    }
    if (!used) {
        for (DiagnosisStep& step : steps) {
            step.outcome = Outcome::kFailed;
        }
    }
    return steps;
}

}  // namespace weir::app
