// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/security/quotas.h"

#include <algorithm>
#include <cmath>

namespace weir::security {

namespace {

constexpr std::int64_t kWindows = 11;
constexpr std::int64_t kMsPerWindow = 1000;
constexpr std::chrono::milliseconds kLongestRequestWait{1000};
/// Beyond these, clients that have not been seen for the time of all windows are forgotten.
constexpr std::size_t kManyUses = 10'000;
constexpr std::string_view kConnectionKey = "connection_creation_rate";

}  // namespace

std::string_view keyOf(QuotaKind kind) {
    switch (kind) {
        case QuotaKind::kProduce:
            return "producer_byte_rate";
        case QuotaKind::kFetch:
            return "consumer_byte_rate";
        case QuotaKind::kRequest:
            return "request_percentage";
        case QuotaKind::kMutation:
            return "controller_mutation_rate";
    }
    return {};
}

catalog::CatalogResult<std::unique_ptr<Quotas>> Quotas::open(catalog::Catalog& catalog, const Clock& clock) {
    const auto rows = catalog.quotas();
    if (!rows) {
        return fail(rows.error());
    }
    std::unique_ptr<Quotas> quotas(new Quotas(catalog, clock));
    for (const auto& row : *rows) {
        quotas->m_limits[quotaEntity(row.entity)][row.key] = row.value;
    }
    quotas->m_isEmpty = quotas->m_limits.empty();
    return quotas;
}

std::int64_t Quotas::nowMs() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(m_clock.steadyNow().time_since_epoch()).count();
}

std::optional<Quotas::Limit> Quotas::limitOf(QuotaKind kind, std::string_view user, std::string_view clientId) const {
    const QuotaName u = QuotaName::named(user);
    const QuotaName c = QuotaName::named(clientId);
    const QuotaName any = QuotaName::byDefault();
    const QuotaName none;
    const QuotaEntity levels[] = {{u, c, {}},     {u, any, {}},    {u, none, {}}, {any, c, {}},
                                  {any, any, {}}, {any, none, {}}, {none, c, {}}, {none, any, {}}};
    for (const QuotaEntity& level : levels) {
        const auto entity = m_limits.find(level);
        if (entity == m_limits.end()) {
            continue;
        }
        const auto limit = entity->second.find(keyOf(kind));
        if (limit == entity->second.end()) {
            continue;
        }
        const QuotaEntity sharing{level.user.isThere() ? u : none, level.clientId.isThere() ? c : none, {}};
        return Limit{limit->second, toText(sharing)};
    }
    return std::nullopt;
}

Quotas::Use& Quotas::useOf(QuotaKind kind, const Limit& limit) {
    if (m_uses.size() > kManyUses) {
        forgetIdle();
    }
    Use& use = m_uses[{kind, limit.sharedBy}];
    use.lastMs = nowMs();
    if (use.refilledMs < 0) {
        use.tokens = limit.value * kWindows;
        use.refilledMs = use.lastMs;
    }
    return use;
}

void Quotas::forgetIdle() {
    const std::int64_t oldest = nowMs() - 10 * kWindows * kMsPerWindow;
    std::erase_if(m_uses, [&](const auto& each) { return each.second.lastMs < oldest; });
}

std::chrono::milliseconds Quotas::record(QuotaKind kind, std::string_view user, std::string_view clientId,
                                         double amount) {
    if (isEmpty()) {
        return {};
    }
    const std::lock_guard lock(m_mutex);
    const auto limit = limitOf(kind, user, clientId);
    if (!limit) {
        return {};
    }
    Use& use = useOf(kind, *limit);
    const std::int64_t now = use.lastMs;
    if (kind == QuotaKind::kMutation) {
        use.tokens -= amount;
        return use.tokens < 0
                   ? std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(-use.tokens / limit->value * 1000)))
                   : std::chrono::milliseconds{};
    }
    const std::int64_t second = now / kMsPerWindow;
    const auto slot = static_cast<std::size_t>(second % kWindows);
    if (use.seconds[slot] != second) {
        use.seconds[slot] = second;
        use.amounts[slot] = 0;
    }
    use.amounts[slot] += amount;
    double total = 0;
    std::int64_t oldest = second;
    for (std::size_t i = 0; i < use.amounts.size(); ++i) {
        if (second - use.seconds[i] < kWindows) {
            total += use.amounts[i];
            oldest = std::min(oldest, use.seconds[i]);
        }
    }
    // A rate over less than ten windows would punish the first burst of an idle client.
    const std::int64_t elapsed = std::max(now - oldest * kMsPerWindow, (kWindows - 1) * kMsPerWindow);
    const double rate = total * 1000 / static_cast<double>(elapsed);
    if (rate <= limit->value) {
        return {};
    }
    const std::chrono::milliseconds wait(
        std::llround((rate - limit->value) / limit->value * static_cast<double>(elapsed)));
    return kind == QuotaKind::kRequest ? std::min(wait, kLongestRequestWait) : wait;
}

std::optional<double> Quotas::windowOf(QuotaKind kind, std::string_view user, std::string_view clientId) const {
    if (isEmpty()) {
        return std::nullopt;
    }
    const std::lock_guard lock(m_mutex);
    const auto limit = limitOf(kind, user, clientId);
    return limit ? std::optional(limit->value * (kWindows - 1) * kMsPerWindow / 1000) : std::nullopt;
}

void Quotas::takeBack(QuotaKind kind, std::string_view user, std::string_view clientId, double amount) {
    const std::lock_guard lock(m_mutex);
    if (const auto limit = limitOf(kind, user, clientId)) {
        Use& use = useOf(kind, *limit);
        use.amounts[static_cast<std::size_t>(use.lastMs / kMsPerWindow % kWindows)] -= amount;
    }
}

std::chrono::milliseconds Quotas::debt(std::string_view user, std::string_view clientId) {
    if (isEmpty()) {
        return {};
    }
    const std::lock_guard lock(m_mutex);
    const auto limit = limitOf(QuotaKind::kMutation, user, clientId);
    if (!limit) {
        return {};
    }
    Use& use = useOf(QuotaKind::kMutation, *limit);
    const auto passed = static_cast<double>(use.lastMs - use.refilledMs);
    use.tokens = std::min(use.tokens + passed * limit->value / 1000, limit->value * kWindows);
    use.refilledMs = use.lastMs;
    return use.tokens < 0
               ? std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(-use.tokens / limit->value * 1000)))
               : std::chrono::milliseconds{};
}

std::vector<Quotas::Entry> Quotas::list() const {
    std::vector<Entry> entries;
    const std::lock_guard lock(m_mutex);
    for (const auto& [entity, limits] : m_limits) {
        entries.push_back({entity, {limits.begin(), limits.end()}});
    }
    return entries;
}

std::optional<double> Quotas::connectionRate(const std::string& ip) const {
    if (isEmpty()) {
        return std::nullopt;
    }
    const std::lock_guard lock(m_mutex);
    for (const QuotaName& name : {QuotaName::named(ip), QuotaName::byDefault()}) {
        const auto entity = m_limits.find({{}, {}, name});
        if (entity != m_limits.end() && entity->second.contains(kConnectionKey)) {
            return entity->second.find(kConnectionKey)->second;
        }
    }
    return std::nullopt;
}

catalog::CatalogResult<void> Quotas::change(const std::vector<Change>& changes) {
    const std::lock_guard changing(m_changeMutex);
    std::vector<catalog::QuotaChange> rows;
    for (const Change& each : changes) {
        rows.push_back({toText(each.entity), each.key, each.value});
    }
    if (auto stored = m_catalog.changeQuotas(rows); !stored) {
        return stored;
    }
    const std::lock_guard lock(m_mutex);
    for (const Change& each : changes) {
        auto& limits = m_limits[each.entity];
        if (each.value) {
            limits[each.key] = *each.value;
        } else {
            limits.erase(each.key);
        }
        if (limits.empty()) {
            m_limits.erase(each.entity);
        }
    }
    m_isEmpty = m_limits.empty();
    return {};
}

}  // namespace weir::security
