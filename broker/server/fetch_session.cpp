// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/server/fetch_session.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace weir::server {

namespace {

constexpr FetchSessionEpoch kInitialEpoch{0};
constexpr FetchSessionEpoch kFinalEpoch{-1};

FetchSessionEpoch epochAfter(FetchSessionEpoch epoch) {
    return epoch.value == std::numeric_limits<std::int32_t>::max() ? FetchSessionEpoch(1) : epoch + 1;
}

}  // namespace

/// One client's partitions, in the order in which they are served: those that gave records go to the end, so that none
/// starves behind a busy one.
class FetchSession {
public:
    using Key = std::tuple<std::string, TopicId, PartitionId>;
    struct Entry {
        FetchTarget target;
        Offset sentHighWatermark = kNoOffset;
        Offset sentLogStart = kNoOffset;
    };
    using Order = std::list<Entry>;

    FetchSession(FetchSessionId id, bool usesTopicIds) : m_id(id), m_usesTopicIds(usesTopicIds) {}

    /// By id alone where ids are used: the name is a memory of ours.
    [[nodiscard]] Key keyOf(const std::string& topic, const TopicId& id, PartitionId partition) const {
        return m_usesTopicIds ? Key{std::string(), id, partition} : Key{topic, TopicId{}, partition};
    }

    void put(FetchTarget target) {
        const Key key = keyOf(target.topic, target.topicId, target.partition);
        const auto found = index.find(key);
        target.isFromSession = false;
        if (found == index.end()) {
            order.push_back({std::move(target), kNoOffset, kNoOffset});
            index.emplace(key, std::prev(order.end()));
            return;
        }
        FetchTarget& known = found->second->target;
        if (!known.topic.empty()) {
            // A name once found stays: if the topic was made anew, the client must learn that its id is stale.
            target.topic = known.topic;
        }
        known = std::move(target);
    }

    void forget(const FetchSessionRequest::Forgotten& gone) {
        const auto found = index.find(keyOf(gone.topic, gone.topicId, gone.partition));
        if (found != index.end()) {
            order.erase(found->second);
            index.erase(found);
        }
    }

    [[nodiscard]] FetchSessionId id() const { return m_id; }
    [[nodiscard]] bool usesTopicIds() const { return m_usesTopicIds; }

    // Guarded by `mutex`.
    std::mutex mutex;
    FetchSessionEpoch epoch{1};
    Order order;
    std::map<Key, Order::iterator> index;

    // Guarded by FetchSessions::m_mutex.
    Clock::Steady usedAt{};

private:
    const FetchSessionId m_id;
    const bool m_usesTopicIds;
};

FetchSessions::FetchSessions(Limits limits, const Clock& clock, Random& random)
    : m_limits(limits), m_clock(clock), m_random(random) {}

FetchSessions::~FetchSessions() = default;

std::size_t FetchSessions::count() const {
    const std::lock_guard lock(m_mutex);
    return m_sessions.size();
}

std::shared_ptr<FetchSession> FetchSessions::find(FetchSessionId id) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_sessions.find(id);
    if (found == m_sessions.end()) {
        return nullptr;
    }
    found->second->usedAt = m_clock.steadyNow();
    return found->second;
}

void FetchSessions::drop(FetchSessionId id) {
    const std::lock_guard lock(m_mutex);
    m_sessions.erase(id);
}

FetchPlan FetchSessions::begin(FetchSessionRequest request) {
    FetchPlan plan;
    plan.usesTopicIds = request.usesTopicIds;
    if (request.epoch == kInitialEpoch || request.epoch == kFinalEpoch) {
        if (request.id != kNoFetchSession) {
            drop(request.id);
        }
        plan.mayCreate = request.epoch == kInitialEpoch && !request.targets.empty();
        plan.targets = std::move(request.targets);
        return plan;
    }
    const auto session = find(request.id);
    if (!session) {
        plan.error = FetchSessionErrc::kSessionIdNotFound;
        return plan;
    }
    const std::lock_guard lock(session->mutex);
    if (session->usesTopicIds() != request.usesTopicIds) {
        plan.error = FetchSessionErrc::kSessionTopicIdError;
        return plan;
    }
    if (session->epoch != request.epoch) {
        plan.error = FetchSessionErrc::kInvalidSessionEpoch;
        return plan;
    }
    for (FetchTarget& target : request.targets) {
        session->put(std::move(target));
    }
    for (const auto& gone : request.forgotten) {
        session->forget(gone);
    }
    if (session->order.empty()) {
        drop(request.id);
        return plan;
    }
    session->epoch = epochAfter(session->epoch);
    plan.isIncremental = true;
    plan.session = session;
    plan.expectedEpoch = session->epoch;
    plan.targets.reserve(session->order.size());
    for (const auto& entry : session->order) {
        plan.targets.push_back(entry.target);
        plan.targets.back().isFromSession = true;
    }
    return plan;
}

FetchSessions::Verdict FetchSessions::finish(FetchPlan& plan, const std::vector<FetchOutcome>& outcomes) {
    Verdict verdict;
    if (!plan.isIncremental) {
        verdict.include.assign(plan.targets.size(), true);
        if (plan.mayCreate) {
            if (const auto made = create(plan, outcomes)) {
                verdict.id = made->id();
            }
        }
        return verdict;
    }
    FetchSession& session = *plan.session;
    const std::lock_guard lock(session.mutex);
    if (session.epoch != plan.expectedEpoch) {
        verdict.error = FetchSessionErrc::kInvalidSessionEpoch;
        return verdict;
    }
    verdict.id = session.id();
    verdict.include.assign(plan.targets.size(), false);
    for (std::size_t i = 0; i < plan.targets.size(); ++i) {
        const FetchTarget& target = plan.targets[i];
        const auto found = session.index.find(session.keyOf(target.topic, target.topicId, target.partition));
        if (found == session.index.end()) {
            continue;
        }
        FetchSession::Entry& entry = *found->second;
        const FetchOutcome& outcome = outcomes[i];
        if (entry.target.topic.empty()) {
            entry.target.topic = target.topic;
        }
        bool include = outcome.hasRecords || outcome.hasError || outcome.hasDivergingEpoch;
        include = include || entry.sentHighWatermark != outcome.highWatermark || entry.sentLogStart != outcome.logStart;
        // After an error the next good answer is sent even if nothing moved, so that the client sees the recovery.
        entry.sentHighWatermark = outcome.hasError ? kNoOffset : outcome.highWatermark;
        entry.sentLogStart = outcome.logStart;
        verdict.include[i] = include;
        if (outcome.hasRecords) {
            session.order.splice(session.order.end(), session.order, found->second);
        }
    }
    return verdict;
}

std::shared_ptr<FetchSession> FetchSessions::create(const FetchPlan& plan, const std::vector<FetchOutcome>& outcomes) {
    const std::lock_guard lock(m_mutex);
    if (!makeRoom()) {
        return nullptr;
    }
    FetchSessionId id{0};
    do {
        id = FetchSessionId(static_cast<std::int32_t>(m_random.next() & 0x7fffffffU));
    } while (id == kNoFetchSession || m_sessions.contains(id));
    auto session = std::make_shared<FetchSession>(id, plan.usesTopicIds);
    for (std::size_t i = 0; i < plan.targets.size(); ++i) {
        const FetchTarget& target = plan.targets[i];
        session->put(target);
        auto& entry = *session->index.at(session->keyOf(target.topic, target.topicId, target.partition));
        entry.sentHighWatermark = outcomes[i].hasError ? kNoOffset : outcomes[i].highWatermark;
        entry.sentLogStart = outcomes[i].logStart;
    }
    session->usedAt = m_clock.steadyNow();
    m_sessions.emplace(id, session);
    return session;
}

/// With m_mutex held. The longest unused session goes if it has been unused for long enough.
bool FetchSessions::makeRoom() {
    if (m_sessions.size() < m_limits.capacity) {
        return true;
    }
    const auto oldest = std::min_element(m_sessions.begin(), m_sessions.end(), [](const auto& a, const auto& b) {
        return a.second->usedAt < b.second->usedAt;
    });
    if (oldest == m_sessions.end() || m_clock.steadyNow() - oldest->second->usedAt < m_limits.evictAfter) {
        return false;
    }
    m_sessions.erase(oldest);
    return true;
}

}  // namespace weir::server
