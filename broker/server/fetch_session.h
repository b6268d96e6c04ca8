// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "broker/base/clock.h"
#include "broker/base/random.h"
#include "broker/model/ids.h"

/// Incremental fetch sessions (KIP-227, with topic ids KIP-516): the broker remembers what a consumer fetches, so that
/// a request carries changes only and an answer leaves out what has not moved. Rules: Kafka's FetchSession.scala.
namespace weir::server {

using FetchSessionId = Strong<struct FetchSessionIdTag, std::int32_t>;
using FetchSessionEpoch = Strong<struct FetchSessionEpochTag, std::int32_t>;
inline constexpr FetchSessionId kNoFetchSession{0};

/// One partition as a client asks for it.
struct FetchTarget {
    /// Empty: asked by an id that no topic has.
    std::string topic;
    /// Zero in versions that ask by name.
    TopicId topicId;
    PartitionId partition;
    Offset offset;
    std::int32_t maxBytes = 0;
    LeaderEpoch currentLeaderEpoch = kNoLeaderEpoch;
    LeaderEpoch lastFetchedEpoch = kNoLeaderEpoch;
    /// The name was found in an earlier request of the session: the topic of that name may be another one by now.
    bool isFromSession = false;
};

/// What of an answer decides whether it needs to be sent.
struct FetchOutcome {
    bool hasRecords = false;
    bool hasError = false;
    bool hasDivergingEpoch = false;
    Offset highWatermark = kNoOffset;
    Offset logStart = kNoOffset;
};

enum class FetchSessionErrc : std::int16_t {
    kNone = 0,
    kSessionIdNotFound = 70,
    kInvalidSessionEpoch = 71,
    kSessionTopicIdError = 106
};

class FetchSession;

/// What one Fetch request is about, made by FetchSessions::begin.
struct FetchPlan {
    /// Anything but kNone: answer with this code and nothing else.
    FetchSessionErrc error = FetchSessionErrc::kNone;
    /// In the order in which to serve.
    std::vector<FetchTarget> targets;
    /// Incremental: leave out what has not changed.
    bool isIncremental = false;
    /// A full request that wants a session.
    bool mayCreate = false;
    bool usesTopicIds = false;
    std::shared_ptr<FetchSession> session;
    FetchSessionEpoch expectedEpoch{0};
};

struct FetchSessionRequest {
    FetchSessionId id;
    FetchSessionEpoch epoch;
    bool usesTopicIds = false;
    std::vector<FetchTarget> targets;
    /// Partitions to drop from the session; by id where ids are used.
    struct Forgotten {
        std::string topic;
        TopicId topicId;
        PartitionId partition;
    };
    std::vector<Forgotten> forgotten;
};

/// All sessions of a broker. Thread safe.
class FetchSessions {
public:
    struct Limits {
        std::size_t capacity = 1000;                    // max.incremental.fetch.session.cache.slots
        std::chrono::milliseconds evictAfter{120'000};  // min.incremental.fetch.session.eviction.ms
    };

    FetchSessions(Limits limits, const Clock& clock, Random& random);
    ~FetchSessions();

    FetchPlan begin(FetchSessionRequest request);
    /// Called with the outcomes in the order of plan.targets once the answer is ready. Answers the id to return to the
    /// client and which targets to include.
    struct Verdict {
        FetchSessionErrc error = FetchSessionErrc::kNone;
        FetchSessionId id = kNoFetchSession;
        std::vector<bool> include;
    };
    Verdict finish(FetchPlan& plan, const std::vector<FetchOutcome>& outcomes);

    [[nodiscard]] std::size_t count() const;

private:
    std::shared_ptr<FetchSession> create(const FetchPlan& plan, const std::vector<FetchOutcome>& outcomes);
    [[nodiscard]] std::shared_ptr<FetchSession> find(FetchSessionId id);
    void drop(FetchSessionId id);
    bool makeRoom();

    const Limits m_limits;
    const Clock& m_clock;
    Random& m_random;
    mutable std::mutex m_mutex;
    std::unordered_map<FetchSessionId, std::shared_ptr<FetchSession>> m_sessions;
};

}  // namespace weir::server
