// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/telemetry/client_telemetry.h"

#include <algorithm>
#include <optional>

#include "broker/base/hash.h"
#include "broker/records/compression.h"
#include "broker/telemetry/otlp.h"

namespace weir::telemetry {

namespace {

constexpr std::string_view kOwner = "client-metrics:";
/// As many clients as Kafka remembers.
constexpr std::size_t kMaxInstances = 16'384;
constexpr std::chrono::seconds kSweepEvery{10};
constexpr std::chrono::milliseconds kForgetAfter{60'000};
/// A report may be so many times as large, decompressed.
constexpr std::size_t kLargestRatio = 16;

}  // namespace

/// One client, between its connect and its end. Guarded by the mutex of the whole.
struct ClientTelemetry::Instance {
    Uuid id;
    TelemetryClient client;
    std::uint64_t version = 0;
    std::int32_t subscriptionId = 0;
    std::int32_t intervalMs = kDefaultIntervalMs;
    std::set<std::string> metrics;
    std::optional<Clock::Steady> asked;
    std::optional<Clock::Steady> pushed;
    Clock::Steady seen{};
    bool isTerminating = false;
    ClientMetrics report;

    [[nodiscard]] bool isOver(const std::optional<Clock::Steady>& since, Clock::Steady now) const {
        return !since || now - *since >= std::chrono::milliseconds(intervalMs);
    }
};

ClientTelemetry::ClientTelemetry(const Environment& environment) : m_environment(environment) {}

catalog::CatalogResult<std::unique_ptr<ClientTelemetry>> ClientTelemetry::open(const Environment& environment) {
    auto stored = environment.catalog.ownedSettings();
    if (!stored) {
        return fail(stored.error());
    }
    std::unique_ptr<ClientTelemetry> telemetry(new ClientTelemetry(environment));
    for (const auto& [owner, settings] : *stored) {
        if (!owner.starts_with(kOwner)) {
            continue;
        }
        config::ConfigMap known(settings.begin(), settings.end());
        // What a later version has written is kept in the catalog and means nothing here.
        if (auto parsed = Subscription::parse(known)) {
            telemetry->m_subscriptions.insert_or_assign(owner.substr(kOwner.size()),
                                                        Named{std::move(known), *std::move(parsed)});
        }
    }
    return telemetry;
}

std::vector<std::string> ClientTelemetry::subscriptions() const {
    const std::lock_guard lock(m_mutex);
    std::vector<std::string> names;
    for (const auto& [name, each] : m_subscriptions) {
        names.push_back(name);
    }
    return names;
}

config::ConfigMap ClientTelemetry::settingsOf(const std::string& subscription) const {
    const std::lock_guard lock(m_mutex);
    const auto at = m_subscriptions.find(subscription);
    return at == m_subscriptions.end() ? config::ConfigMap() : at->second.settings;
}

TelemetryResult<void> ClientTelemetry::alter(const std::string& subscription,
                                             const std::vector<config::Alteration>& changes, Mode mode) {
    const std::lock_guard turn(m_admin);
    config::ConfigMap settings = settingsOf(subscription);
    for (const config::Alteration& change : changes) {
        if (change.op == config::AlterOp::kSet) {
            settings.insert_or_assign(change.name, change.value.value_or(""));
        } else if (change.op == config::AlterOp::kDelete) {
            settings.erase(change.name);
        } else {
            return fail(TelemetryErrc::kInvalidConfig, change.name + " is set as a whole or not at all.");
        }
    }
    return set(subscription, std::move(settings), mode);
}

TelemetryResult<void> ClientTelemetry::replace(const std::string& subscription, const config::ConfigMap& settings,
                                               Mode mode) {
    const std::lock_guard turn(m_admin);
    return set(subscription, settings, mode);
}

TelemetryResult<void> ClientTelemetry::set(const std::string& subscription, config::ConfigMap settings, Mode mode) {
    if (subscription.empty()) {
        return fail(TelemetryErrc::kInvalidRequest, "A subscription needs a name.");
    }
    auto parsed = Subscription::parse(settings);
    if (!parsed) {
        return fail(parsed.error());
    }
    if (mode == Mode::kValidateOnly || settings == settingsOf(subscription)) {
        return {};
    }
    const catalog::Settings stored(settings.begin(), settings.end());
    if (auto written = m_environment.catalog.setOwnedSettings(std::string(kOwner) + subscription, stored); !written) {
        return fail(TelemetryErrc::kNotStored, written.error().message);
    }
    const std::lock_guard lock(m_mutex);
    ++m_version;
    if (settings.empty()) {
        m_subscriptions.erase(subscription);
    } else {
        m_subscriptions.insert_or_assign(subscription, Named{std::move(settings), *std::move(parsed)});
    }
    return {};
}

void ClientTelemetry::subscribe(Instance& instance) const {
    const ClientFacts facts{{"client_instance_id", instance.id.toString()},
                            {"client_id", instance.client.clientId},
                            {"client_software_name", instance.client.softwareName},
                            {"client_software_version", instance.client.softwareVersion},
                            {"client_source_address", instance.client.host},
                            {"client_source_port", std::to_string(instance.client.port)}};
    instance.version = m_version;
    instance.intervalMs = kDefaultIntervalMs;
    instance.metrics.clear();
    for (const auto& [name, each] : m_subscriptions) {
        if (each.subscription.matches(facts)) {
            instance.metrics.insert(each.subscription.metrics().begin(), each.subscription.metrics().end());
            instance.intervalMs = std::min(instance.intervalMs, each.subscription.intervalMs());
        }
    }
    if (instance.metrics.contains(std::string(kAllMetrics))) {
        instance.metrics = {std::string(kAllMetrics)};
    }
    std::string identity = std::to_string(instance.intervalMs);
    for (const std::string& metric : instance.metrics) {
        identity += "," + metric;
    }
    identity += instance.id.toString();
    instance.subscriptionId = static_cast<std::int32_t>(crc32c(asBytes(identity)));
    // Whoever is asked something new may answer at once.
    instance.asked.reset();
    instance.pushed.reset();
    instance.isTerminating = false;
}

void ClientTelemetry::sweep(Clock::Steady now) {
    const bool isFull = m_instances.size() >= kMaxInstances;
    if (!isFull && now - m_swept < kSweepEvery) {
        return;
    }
    m_swept = now;
    std::erase_if(m_instances, [&](const auto& entry) {
        const auto patience = std::max(kForgetAfter, std::chrono::milliseconds(3LL * entry.second->intervalMs));
        return now - entry.second->seen >= patience;
    });
    if (m_instances.size() >= kMaxInstances) {
        m_instances.erase(
            std::ranges::min_element(m_instances, {}, [](const auto& entry) { return entry.second->seen; }));
    }
    std::erase_if(m_ofConnection, [&](const auto& entry) { return !m_instances.contains(entry.second); });
}

std::shared_ptr<ClientTelemetry::Instance> ClientTelemetry::instanceOf(const Uuid& id, const TelemetryClient& client) {
    const auto now = m_environment.clock.steadyNow();
    auto at = m_instances.find(id);
    if (at == m_instances.end()) {
        sweep(now);
        auto made = std::make_shared<Instance>();
        made->id = id;
        made->client = client;
        subscribe(*made);
        at = m_instances.emplace(id, std::move(made)).first;
        m_ofConnection.emplace(client.connectionId, id);
    } else if (at->second->version != m_version) {
        subscribe(*at->second);
    }
    at->second->seen = now;
    return at->second;
}

ClientTelemetry::Wanted ClientTelemetry::want(const Uuid& instance, const TelemetryClient& client) {
    const std::lock_guard lock(m_mutex);
    Uuid id = instance;
    while (id.isZero() || (instance.isZero() && m_instances.contains(id))) {
        id = Uuid::random(m_environment.random);
    }
    const auto known = instanceOf(id, client);
    const auto now = m_environment.clock.steadyNow();
    Wanted wanted;
    if (!known->isOver(known->asked, now) || !known->isOver(known->pushed, now)) {
        wanted.error = TelemetryErrc::kTooSoon;
        return wanted;
    }
    known->asked = now;
    wanted.instance = id;
    wanted.subscriptionId = known->subscriptionId;
    wanted.intervalMs = known->intervalMs;
    wanted.maxBytes = static_cast<std::int32_t>(m_environment.maxBytes);
    wanted.metrics = known->metrics;
    return wanted;
}

TelemetryErrc ClientTelemetry::judge(Instance& instance, const TelemetryPush& push) {
    if (instance.isTerminating) {
        return TelemetryErrc::kInvalidRequest;
    }
    const auto now = m_environment.clock.steadyNow();
    // The first push after asking may come early: clients spread theirs over the interval.
    const bool isFirst = instance.asked && (!instance.pushed || *instance.asked > *instance.pushed);
    if (isFirst || instance.isOver(instance.pushed, now)) {
        instance.pushed = now;
    } else if (!push.isTerminating) {
        return TelemetryErrc::kTooSoon;
    }
    if (push.subscriptionId != instance.subscriptionId) {
        return TelemetryErrc::kUnknownSubscription;
    }
    if (push.compression < 0 || push.compression > static_cast<std::int8_t>(Compression::kZstd)) {
        return TelemetryErrc::kUnsupportedCompression;
    }
    return push.metrics.size() > m_environment.maxBytes ? TelemetryErrc::kTooLarge : TelemetryErrc::kNone;
}

TelemetryErrc ClientTelemetry::keep(Instance& instance, const TelemetryPush& push) {
    if (push.metrics.empty()) {
        return TelemetryErrc::kNone;
    }
    records::Codec codec;
    Bytes scratch;
    const auto plain = codec.decompress(static_cast<Compression>(push.compression), push.metrics, scratch,
                                        m_environment.maxBytes * kLargestRatio);
    if (!plain) {
        return plain.error().code == records::CodecErrc::kTooLarge ? TelemetryErrc::kTooLarge
                                                                   : TelemetryErrc::kInvalidRecord;
    }
    auto metrics = readMetrics(*plain);
    if (!metrics) {
        return TelemetryErrc::kInvalidRecord;
    }
    const std::lock_guard lock(m_mutex);
    instance.report = {instance.id.toString(),
                       instance.client.clientId,
                       instance.client.connectionId,
                       instance.client.host,
                       Timestamp(m_environment.clock.wallNowMs()),
                       instance.intervalMs,
                       *std::move(metrics)};
    return TelemetryErrc::kNone;
}

TelemetryErrc ClientTelemetry::push(const TelemetryPush& push, const TelemetryClient& client) {
    // Kafka's reserved ids: none, and that of the metadata topic.
    Uuid metadataTopic;
    metadataTopic.bytes.back() = std::byte{1};
    if (push.instance.isZero() || push.instance == metadataTopic) {
        return TelemetryErrc::kInvalidRequest;
    }
    std::shared_ptr<Instance> instance;
    {
        const std::lock_guard lock(m_mutex);
        instance = instanceOf(push.instance, client);
        const TelemetryErrc verdict = judge(*instance, push);
        instance->isTerminating = push.isTerminating;
        if (verdict != TelemetryErrc::kNone) {
            return verdict;
        }
    }
    return keep(*instance, push);
}

void ClientTelemetry::connectionClosed(std::uint64_t connectionId) {
    const std::lock_guard lock(m_mutex);
    const auto [first, last] = m_ofConnection.equal_range(connectionId);
    for (auto at = first; at != last; ++at) {
        m_instances.erase(at->second);
    }
    m_ofConnection.erase(first, last);
}

std::vector<ClientMetrics> ClientTelemetry::reports() const {
    const std::lock_guard lock(m_mutex);
    std::vector<ClientMetrics> reports;
    for (const auto& [id, instance] : m_instances) {
        if (instance->report.at != kNoTimestamp) {
            reports.push_back(instance->report);
        }
    }
    return reports;
}

}  // namespace weir::telemetry
