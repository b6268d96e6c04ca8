// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/clock.h"
#include "broker/catalog/catalog.h"
#include "broker/security/quota_entity.h"

namespace weir::security {

/// What a client can have too much of. Bytes a second, percent of a thread's time, partitions changed a second.
enum class QuotaKind { kProduce, kFetch, kRequest, kMutation };
std::string_view keyOf(QuotaKind kind);

/// The limits of clients and what they have used, by user and client id with Kafka's precedence (KIP-13, KIP-55,
/// KIP-124, KIP-599): the most exact entity that has a limit counts, users before client ids. Without any limit nothing
/// is measured and asking costs one read. Thread safe; `change` blocks for a commit.
class Quotas {
public:
    static catalog::CatalogResult<std::unique_ptr<Quotas>> open(catalog::Catalog& catalog, const Clock& clock);

    [[nodiscard]] bool isEmpty() const { return m_isEmpty.load(std::memory_order_relaxed); }

    /// Adds `amount` to what the client has used, and answers for how long it must wait; 0 while it is within its
    /// limit. Of rates as Kafka's: over eleven windows of a second.
    std::chrono::milliseconds record(QuotaKind kind, std::string_view user, std::string_view clientId, double amount);
    /// The most that one answer may bring: what the limit allows in all full windows together, as Kafka has it.
    /// Nothing without a limit.
    [[nodiscard]] std::optional<double> windowOf(QuotaKind kind, std::string_view user,
                                                 std::string_view clientId) const;
    /// For what was recorded and then not sent.
    void takeBack(QuotaKind kind, std::string_view user, std::string_view clientId, double amount);
    /// For how long the client must wait before it may change anything; a token bucket, which one change may overdraw.
    std::chrono::milliseconds debt(std::string_view user, std::string_view clientId);

    struct Entry {
        QuotaEntity entity;
        std::map<std::string, double> limits;
    };
    [[nodiscard]] std::vector<Entry> list() const;
    /// New connections a second that `ip` may make; nothing when there is no limit.
    [[nodiscard]] std::optional<double> connectionRate(const std::string& ip) const;

    struct Change {
        QuotaEntity entity;
        std::string key;
        /// Nothing: the limit goes.
        std::optional<double> value;
    };
    catalog::CatalogResult<void> change(const std::vector<Change>& changes);

private:
    Quotas(catalog::Catalog& catalog, const Clock& clock) : m_catalog(catalog), m_clock(clock) {}

    /// Amounts in eleven windows of a second, the way Kafka's SampledStat and Rate add them up; a token bucket for
    /// changes.
    struct Use {
        std::array<double, 11> amounts{};
        std::array<std::int64_t, 11> seconds{};
        double tokens = 0;
        std::int64_t refilledMs = -1;
        std::int64_t lastMs = 0;
    };
    struct Limit {
        double value;
        /// Who shares it: the clients' names at the level where the limit stands.
        std::string sharedBy;
    };
    [[nodiscard]] std::optional<Limit> limitOf(QuotaKind kind, std::string_view user, std::string_view clientId) const;
    Use& useOf(QuotaKind kind, const Limit& limit);
    void forgetIdle();
    [[nodiscard]] std::int64_t nowMs() const;

    catalog::Catalog& m_catalog;
    const Clock& m_clock;
    std::atomic<bool> m_isEmpty{true};
    std::mutex m_changeMutex;
    mutable std::mutex m_mutex;
    std::map<QuotaEntity, std::map<std::string, double, std::less<>>> m_limits;
    std::map<std::pair<QuotaKind, std::string>, Use> m_uses;
};

}  // namespace weir::security
