// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster/remote/diagnose.h"

#include <algorithm>
#include <optional>

#include "app/cluster/remote/wire.h"

namespace weir::app {

namespace {

using Outcome = DiagnosisStep::Outcome;

// Why a broker that advertises `told` cannot be reached, and what its owner would have to change.
std::string advice(const HostPort& told, const HostPort& used, const LinkError& error) {
    std::string text = "The cluster answers at " + textOf(used) + ", but this broker tells clients to come to " +
                       textOf(told) + ", and there: " + error.message;
    if (error.stage == LinkStage::kResolve || error.stage == LinkStage::kConnect) {
        text += isLoopback(told.host) && !isLoopback(used.host)
                    ? " An advertised loopback address works only on the broker's own machine."
                    : "";
        text += " Set the broker's advertised.listeners to an address that is reachable from here, such as " +
                textOf({used.host, told.port}) + '.';
    }
    return text;
}

std::string counted(std::size_t count, const char* one, const char* many) {
    return count == 1 ? one : std::to_string(count) + many;
}

void checkBrokers(Wire& wire, const ClusterMap& map, const HostPort& used, std::vector<DiagnosisStep>& steps) {
    std::size_t reachable = 0;
    for (const auto& [id, told] : map.brokers) {
        if (const auto reached = wire.reach(id)) {
            ++reachable;
        } else {
            steps.push_back(
                {Outcome::kFailed, "Broker " + std::to_string(id.value) + ": " + advice(told, used, reached.error())});
        }
    }
    if (reachable == map.brokers.size()) {
        steps.push_back({Outcome::kDone, counted(reachable, "Its one broker can be reached where it says it is",
                                                 " brokers, and all can be reached where they say they are") +
                                             ". Topics: " + std::to_string(map.topics.size()) + '.'});
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
