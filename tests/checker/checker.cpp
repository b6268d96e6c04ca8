// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/checker/checker.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace weir::checker {

namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

struct Write {
    const Event* sent = nullptr;
    const Event* acked = nullptr;
    bool isRefused = false;
    /// Where it was seen; more than one is an anomaly.
    std::set<std::pair<Place, std::int64_t>> seen;
    std::int64_t firstCommittedRead = kNever;

    [[nodiscard]] std::int64_t offset() const {
        return !seen.empty() ? seen.begin()->second : acked != nullptr ? acked->offset : -1;
    }
};

struct Transaction {
    std::int64_t commitAsked = kNever;
    std::int64_t committed = kNever;
    bool isAborted = false;
    std::vector<std::string> values;
    /// The other transactions whose values it has read.
    std::set<std::string> readFrom;
};

/// What is known to stand at an offset.
struct Spot {
    std::string value;
    bool isForCommittedReaders = false;
};

struct PlaceFacts {
    std::map<std::int64_t, Spot> spots;
    std::int64_t removedBefore = -1;
    /// When somebody last began to read all of it; by isolation.
    std::int64_t wholeCommitted = -1;
    std::int64_t wholeUncommitted = -1;
};

struct Commit {
    const Event* asked = nullptr;
    std::int64_t answered = kNever;
    bool isRefused = false;
};

std::string at(const Place& place, std::int64_t offset) {
    return place.topic + "-" + std::to_string(place.partition) + "@" + std::to_string(offset);
}

class Judge {
public:
    explicit Judge(const History& history) : m_history(history) {}

    std::vector<Finding> verdict() {
        for (const Event& event : m_history) {
            gather(event);
        }
        for (const Event& event : m_history) {
            relate(event);
        }
        judgeWrites();
        judgeTransactions();
        judgeOrder();
        judgeReaders();
        judgeCommits();
        judgeCycles();
        return std::move(m_findings);
    }

private:
    void found(Anomaly what, std::string story) { m_findings.push_back({what, std::move(story)}); }

    void gather(const Event& event) {
        switch (event.deed) {
            case Deed::kSend:
                m_writes[event.value].sent = &event;
                if (!event.transaction.empty()) {
                    m_transactions[event.transaction].values.push_back(event.value);
                }
                break;
            case Deed::kAck:
                m_writes[event.value].acked = &event;
                if (event.offset >= 0) {
                    place(event, false);
                }
                break;
            case Deed::kRefuse:
                m_writes[event.value].isRefused = true;
                break;
            case Deed::kPoll:
                gatherPoll(event);
                break;
            case Deed::kWhole: {
                PlaceFacts& facts = m_places[event.place];
                std::int64_t& whole = event.flag ? facts.wholeCommitted : facts.wholeUncommitted;
                whole = std::max(whole, event.asked >= 0 ? event.asked : event.time);
                break;
            }
            case Deed::kRemove: {
                PlaceFacts& facts = m_places[event.place];
                facts.removedBefore = std::max(facts.removedBefore, event.offset);
                break;
            }
            case Deed::kBegin:
            case Deed::kEnd:
            case Deed::kEnded:
                gatherEnd(event);
                break;
            default:
                break;
        }
    }

    void gatherPoll(const Event& event) {
        Write& write = m_writes[event.value];
        write.seen.emplace(event.place, event.offset);
        if (event.flag) {
            write.firstCommittedRead = std::min(write.firstCommittedRead, event.time);
        }
        place(event, event.flag);
    }

    void gatherEnd(const Event& event) {
        Transaction& transaction = m_transactions[event.transaction];
        if (event.deed == Deed::kEnd && event.flag) {
            transaction.commitAsked = std::min(transaction.commitAsked, event.time);
        }
        if (event.deed == Deed::kEnded && event.flag) {
            transaction.committed = std::min(transaction.committed, event.time);
        }
        transaction.isAborted = transaction.isAborted || (event.deed == Deed::kEnded && !event.flag);
    }

    void place(const Event& event, bool isForCommittedReaders) {
        const auto [spot, isNew] = m_places[event.place].spots.try_emplace(event.offset, Spot{event.value, false});
        spot->second.isForCommittedReaders = spot->second.isForCommittedReaders || isForCommittedReaders;
        if (!isNew && spot->second.value != event.value) {
            found(Anomaly::kInconsistentOffset,
                  at(event.place, event.offset) + " holds " + spot->second.value + " and " + event.value);
        }
    }

    /// What needs to know all of the history: who read from whom, what is acknowledged for every reader.
    void relate(const Event& event) {
        const Write* write = nullptr;
        if (event.deed == Deed::kAck || event.deed == Deed::kPoll) {
            write = &m_writes[event.value];
        }
        if (event.deed == Deed::kAck && event.offset >= 0 && write->sent != nullptr &&
            write->sent->transaction.empty()) {
            m_places[event.place].spots[event.offset].isForCommittedReaders = true;
        }
        if (event.deed != Deed::kPoll || write->sent == nullptr || write->sent->transaction.empty()) {
            return;
        }
        const std::string& writer = write->sent->transaction;
        if (!event.transaction.empty() && event.transaction != writer) {
            m_transactions[event.transaction].readFrom.insert(writer);
        }
        if (!event.flag) {
            return;
        }
        const Transaction& transaction = m_transactions[writer];
        const std::string story =
            event.process + " was shown " + event.value + " of " + writer + " at " + at(event.place, event.offset);
        if (transaction.isAborted || transaction.commitAsked == kNever) {
            found(Anomaly::kAbortedRead, story + ", which was not committed");
        } else if (event.time < transaction.commitAsked) {
            found(Anomaly::kEarlyRead, story + " before it was to be committed");
        }
    }

    /// A read of the whole partition that began after `since` had to show it, and nobody saw it anywhere.
    [[nodiscard]] bool isMissing(const Write& write, std::int64_t since, bool isForCommitted) const {
        const auto found = m_places.find(write.acked->place);
        if (found == m_places.end() || !write.seen.empty()) {
            return false;
        }
        const PlaceFacts& facts = found->second;
        const std::int64_t whole =
            isForCommitted ? facts.wholeCommitted : std::max(facts.wholeCommitted, facts.wholeUncommitted);
        // Without an offset nobody can tell whether it was removed.
        const bool mayBeRemoved =
            facts.removedBefore >= 0 && (write.acked->offset < 0 || write.acked->offset < facts.removedBefore);
        return whole >= std::max(since, write.acked->time) && !mayBeRemoved;
    }

    void judgeWrites() {
        for (const auto& [value, write] : m_writes) {
            if (write.seen.empty() && (write.acked == nullptr || write.sent == nullptr)) {
                continue;
            }
            if (write.sent == nullptr || write.isRefused) {
                found(Anomaly::kInvented,
                      value + (write.sent == nullptr ? " was never sent" : " was refused") + ", but stands in the log");
                continue;
            }
            if (write.seen.size() > 1) {
                const auto& [second, offset] = *std::next(write.seen.begin());
                found(Anomaly::kDuplicate, value + " stands at " +
                                               at(write.seen.begin()->first, write.seen.begin()->second) + " and " +
                                               at(second, offset));
            }
            for (const auto& [where, offset] : write.seen) {
                const bool isElsewhere =
                    where != write.sent->place ||
                    (write.acked != nullptr && write.acked->offset >= 0 && write.acked->offset != offset);
                if (isElsewhere) {
                    found(Anomaly::kMoved, value + " is at " + at(where, offset) + ", not where it was put");
                }
            }
            const std::int64_t since =
                write.sent->transaction.empty() ? 0 : m_transactions.at(write.sent->transaction).committed;
            if (write.acked != nullptr && isMissing(write, since, !write.sent->transaction.empty())) {
                found(Anomaly::kLostWrite,
                      value + " was acknowledged at " + at(write.acked->place, write.acked->offset) + " and is gone");
            }
        }
    }

    void judgeTransactions() {
        for (const auto& [id, transaction] : m_transactions) {
            const std::string* there = nullptr;
            const std::string* missing = nullptr;
            for (const std::string& value : transaction.values) {
                const Write& write = m_writes.at(value);
                if (write.firstCommittedRead != kNever) {
                    there = &value;
                } else if (write.acked != nullptr && isMissing(write, transaction.commitAsked, true)) {
                    missing = &value;
                }
            }
            if (there != nullptr && missing != nullptr) {
                found(Anomaly::kTornTransaction, id + ": " + *there + " is there, " + *missing + " is not");
            }
        }
    }

    void judgeOrder() {
        std::map<std::pair<std::string, Place>, const Write*> last;
        for (const Event& event : m_history) {
            if (event.deed != Deed::kSend) {
                continue;
            }
            const Write& write = m_writes.at(event.value);
            if (write.offset() < 0) {
                continue;
            }
            const Write*& before = last[{event.process, event.place}];
            if (before != nullptr && before->offset() >= write.offset()) {
                found(Anomaly::kReordered, event.value + " was sent after " + before->sent->value + ", but stands at " +
                                               at(event.place, write.offset()) + " before " +
                                               at(event.place, before->offset()));
            }
            before = &write;
        }
    }

    void judgeReaders() {
        std::map<std::pair<std::string, Place>, std::int64_t> position;
        for (const Event& event : m_history) {
            if (event.deed == Deed::kAssign) {
                position.erase({event.process, event.place});
            }
            if (event.deed != Deed::kPoll) {
                continue;
            }
            const auto [last, isFirst] = position.try_emplace({event.process, event.place}, event.offset);
            if (isFirst) {
                continue;
            }
            if (event.offset <= last->second) {
                found(Anomaly::kPollBack, event.process + " got " + at(event.place, event.offset) + " after " +
                                              std::to_string(last->second));
            } else {
                judgeStep(event, last->second);
            }
            last->second = event.offset;
        }
    }

    void judgeStep(const Event& event, std::int64_t last) {
        const PlaceFacts& facts = m_places.at(event.place);
        for (auto spot = facts.spots.upper_bound(last); spot != facts.spots.end() && spot->first < event.offset;
             ++spot) {
            const bool mustShow = !event.flag || spot->second.isForCommittedReaders;
            if (mustShow && spot->first >= facts.removedBefore) {
                found(Anomaly::kPollSkip, event.process + " went from " + std::to_string(last) + " to " +
                                              at(event.place, event.offset) + " past " + spot->second.value + " at " +
                                              std::to_string(spot->first));
                return;
            }
        }
    }

    /// When a commit is known to have taken effect: its answer, or in a transaction the proof that this was committed.
    [[nodiscard]] std::int64_t effective(const Event& event) const {
        if (event.transaction.empty()) {
            return event.time;
        }
        const auto transaction = m_transactions.find(event.transaction);
        return transaction == m_transactions.end() ? kNever : transaction->second.committed;
    }

    void judgeCommits() {
        std::map<std::pair<std::string, Place>, std::vector<Commit>> commits;
        for (const Event& event : m_history) {
            auto& own = commits[{event.group, event.place}];
            if (event.deed == Deed::kCommit) {
                own.push_back({&event});
            }
            if (event.deed != Deed::kCommitted && event.deed != Deed::kUncommit) {
                continue;
            }
            const auto asked = std::find_if(own.rbegin(), own.rend(), [&](const Commit& commit) {
                return commit.asked->process == event.process && commit.asked->offset == event.offset &&
                       commit.asked->transaction == event.transaction;
            });
            if (asked != own.rend()) {
                asked->isRefused = event.deed == Deed::kUncommit;
                asked->answered = event.deed == Deed::kCommitted ? effective(event) : kNever;
            }
        }
        for (const Event& event : m_history) {
            if (event.deed == Deed::kFetched) {
                judgeFetched(event, commits[{event.group, event.place}]);
            }
        }
    }

    void judgeFetched(const Event& fetched, const std::vector<Commit>& commits) {
        const std::int64_t asked = fetched.asked >= 0 ? fetched.asked : fetched.time;
        // What was answered before the youngest answered commit was even asked for has been replaced.
        std::int64_t youngest = -1;
        for (const Commit& commit : commits) {
            if (commit.answered < asked) {
                youngest = std::max(youngest, began(commit));
            }
        }
        bool isExplained = fetched.offset < 0 && youngest < 0;
        for (const Commit& commit : commits) {
            const bool mayStand = !commit.isRefused && commit.asked->time <= fetched.time &&
                                  commit.answered >= youngest && !isUndone(*commit.asked);
            isExplained = isExplained || (mayStand && commit.asked->offset == fetched.offset);
        }
        if (!isExplained) {
            found(Anomaly::kCommitRegression, fetched.process + " found " + fetched.group + " at " +
                                                  at(fetched.place, fetched.offset) +
                                                  ", which a later commit had replaced or nobody had asked for");
        }
    }

    /// A commit in a transaction cannot take effect before somebody asks to end that.
    [[nodiscard]] std::int64_t began(const Commit& commit) const {
        if (commit.asked->transaction.empty()) {
            return commit.asked->time;
        }
        const auto transaction = m_transactions.find(commit.asked->transaction);
        return transaction == m_transactions.end() ? commit.asked->time
                                                   : std::max(commit.asked->time, transaction->second.commitAsked);
    }

    [[nodiscard]] bool isUndone(const Event& commit) const {
        const auto transaction = m_transactions.find(commit.transaction);
        return transaction != m_transactions.end() &&
               (transaction->second.isAborted || transaction->second.commitAsked == kNever);
    }

    void judgeCycles() {
        std::set<std::string> done;
        for (const auto& [id, transaction] : m_transactions) {
            std::vector<std::string> path;
            if (walk(id, path, done)) {
                std::string story;
                for (const std::string& each : path) {
                    story += each + " reads ";
                }
                found(Anomaly::kCycle, story + path.front());
                return;
            }
        }
    }

    /// True: `path` is a circle.
    bool walk(const std::string& id, std::vector<std::string>& path, std::set<std::string>& done) {
        if (done.contains(id)) {
            return false;
        }
        if (const auto seen = std::find(path.begin(), path.end(), id); seen != path.end()) {
            path.erase(path.begin(), seen);
            return true;
        }
        path.push_back(id);
        for (const std::string& next : m_transactions.at(id).readFrom) {
            if (walk(next, path, done)) {
                return true;
            }
        }
        path.pop_back();
        done.insert(id);
        return false;
    }

    const History& m_history;
    std::unordered_map<std::string, Write> m_writes;
    std::map<std::string, Transaction> m_transactions;
    std::map<Place, PlaceFacts> m_places;
    std::vector<Finding> m_findings;
};

}  // namespace

const char* nameOf(Anomaly anomaly) {
    switch (anomaly) {
        case Anomaly::kLostWrite:
            return "lost write";
        case Anomaly::kDuplicate:
            return "duplicate";
        case Anomaly::kReordered:
            return "reordered";
        case Anomaly::kInvented:
            return "invented";
        case Anomaly::kMoved:
            return "moved";
        case Anomaly::kInconsistentOffset:
            return "inconsistent offset";
        case Anomaly::kAbortedRead:
            return "aborted read";
        case Anomaly::kEarlyRead:
            return "early read";
        case Anomaly::kTornTransaction:
            return "torn transaction";
        case Anomaly::kPollSkip:
            return "poll skip";
        case Anomaly::kPollBack:
            return "poll back";
        case Anomaly::kCommitRegression:
            return "commit regression";
        case Anomaly::kCycle:
            return "cycle";
    }
    return "";
}

std::vector<Finding> judge(const History& history) {
    return Judge(history).verdict();
}

std::string toText(const std::vector<Finding>& findings) {
    std::string text;
    for (const Finding& finding : findings) {
        text += std::string(nameOf(finding.what)) + ": " + finding.story + "\n";
    }
    return text;
}

}  // namespace weir::checker
