// SPDX-License-Identifier: GPL-3.0-or-later
// The states of the records of one share-partition (KIP-932), held against a model that keeps each record by itself.
#include <QTest>
#include <map>
#include <random>

#include "broker/groups/share/delivery_ranges.h"
#include "tests/broker/groups/share_world.h"
#include "tests/support/seed.h"

using namespace weir;
using namespace weir::groups;
using namespace weir::groups::testing;

namespace {

constexpr DeliveryRanges::Limits kLimits{3, 40};
using Type = AcknowledgeType;
using State = DeliveryState;

Clock::Steady at(int seconds) {
    return Clock::Steady(std::chrono::seconds(seconds));
}

DeliveryRanges::Wish wish(const std::string& member, std::int64_t from, std::vector<std::int64_t> ends,
                          std::int64_t most, DeliveryRanges::Cut cut = DeliveryRanges::Cut::kAtBatchEnd) {
    DeliveryRanges::Wish made{member, Offset(from), {}, most, cut, at(30)};
    for (const auto end : ends) {
        made.batchEnds.emplace_back(end);
    }
    return made;
}

AcknowledgeBatch batch(std::int64_t first, std::int64_t last, std::vector<Type> types) {
    return {Offset(first), Offset(last), std::move(types)};
}

/// One record after the other, without any cleverness.
class Model {
public:
    struct Record {
        State state = State::kAvailable;
        int deliveries = 0;
        std::string member;
        Clock::Steady lockedUntil = Clock::Steady::max();

        [[nodiscard]] bool isDone() const { return state == State::kAcknowledged || state == State::kArchived; }
        void free() {
            state = deliveries >= kLimits.deliveries ? State::kArchived : State::kAvailable;
            unlock();
        }
        void unlock() {
            member.clear();
            lockedUntil = Clock::Steady::max();
        }
    };
    std::int64_t start = 0;
    std::int64_t end = 0;
    std::map<std::int64_t, Record> records;

    /// Offset and deliveries of what is handed out.
    std::vector<std::pair<std::int64_t, int>> acquire(const DeliveryRanges::Wish& wish) {
        std::vector<std::pair<std::int64_t, int>> out;
        const auto most = static_cast<std::size_t>(wish.maxRecords);
        const bool exact = wish.cut == DeliveryRanges::Cut::kAnywhere;
        auto from = std::max(wish.from.value, start);
        for (const Offset last : wish.batchEnds) {
            if (out.size() >= most || last.value < from) {
                continue;
            }
            const bool mayGrow = end - start < kLimits.held;
            for (auto offset = from; offset <= last.value && !(exact && out.size() >= most); ++offset) {
                if (offset >= end && !mayGrow) {
                    break;
                }
                Record& record = records[offset];
                if (record.state == State::kAvailable) {
                    record = {State::kAcquired, record.deliveries + 1, wish.member, wish.lockedUntil};
                    out.emplace_back(offset, record.deliveries);
                }
                end = std::max(end, offset + 1);
            }
            from = last.value + 1;
        }
        return out;
    }
    bool acknowledge(const std::string& member, std::int64_t first, std::int64_t last, const std::vector<Type>& types,
                     Clock::Steady renewed) {
        if (last < start) {
            return true;
        }
        for (auto offset = std::max(first, start); offset <= last; ++offset) {
            if (offset >= end || records[offset].state != State::kAcquired || records[offset].member != member) {
                return false;
            }
        }
        for (auto offset = std::max(first, start); offset <= last; ++offset) {
            const auto type = types.size() == 1 ? types[0] : types[static_cast<std::size_t>(offset - first)];
            Record& record = records[offset];
            if (type == Type::kRenew) {
                record.lockedUntil = renewed;
            } else if (type == Type::kRelease) {
                record.free();
            } else {
                record.state = type == Type::kAccept ? State::kAcknowledged : State::kArchived;
                record.unlock();
            }
        }
        tidy();
        return true;
    }
    void release(const std::string& member) {
        for (auto& [offset, record] : records) {
            if (record.state == State::kAcquired && record.member == member) {
                --record.deliveries;
                record.free();
            }
        }
        tidy();
    }
    void expire(Clock::Steady now) {
        for (auto& [offset, record] : records) {
            if (record.state == State::kAcquired && record.lockedUntil <= now) {
                record.free();
            }
        }
        tidy();
    }
    void moveStart(std::int64_t to) {
        start = std::max(start, to);
        end = std::max(end, start);
        tidy();
    }
    /// What a broker that starts again knows.
    void restart() {
        for (auto& [offset, record] : records) {
            if (record.state == State::kAcquired) {
                record.free();
            }
        }
        tidy();
    }

private:
    void tidy() {
        while (start < end && records[start].isDone()) {
            ++start;
        }
        records.erase(records.begin(), records.lower_bound(start));
    }
};

/// Empty when the two are alike.
QString difference(const DeliveryRanges& ranges, const Model& model) {
    if (ranges.start().value != model.start || ranges.end().value != model.end) {
        return QString("%1 to %2, not %3 to %4")
            .arg(ranges.start().value)
            .arg(ranges.end().value)
            .arg(model.start)
            .arg(model.end);
    }
    std::optional<Offset> next;
    std::int64_t done = 0;
    auto soonest = Clock::Steady::max();
    auto expected = model.start;
    for (const auto& range : ranges.view()) {
        for (auto offset = range.first.value; offset <= range.last.value; ++offset, ++expected) {
            const auto& record = model.records.at(offset);
            // How often what is done was delivered is forgotten.
            if (offset != expected || record.state != range.state || record.member != range.member ||
                (!record.isDone() && record.deliveries != range.deliveries)) {
                return QString("offset %1 differs").arg(offset);
            }
            if (!next && record.state == State::kAvailable) {
                next = Offset(offset);
            }
            done += record.isDone() ? 1 : 0;
            soonest = std::min(soonest, record.lockedUntil);
        }
    }
    if (!next && model.end - model.start < kLimits.held) {
        next = Offset(model.end);
    }
    const bool same = expected == model.end && next == ranges.nextAvailable() && done == ranges.doneAhead() &&
                      soonest == ranges.nextExpiry();
    return same ? QString() : QString("next, done or expiry differ");
}

}  // namespace

class TstGroupsShareRanges : public QObject {
    Q_OBJECT

    /// One random call to both; false when they answer differently.
    static bool step(std::mt19937& random, DeliveryRanges& ranges, Model& model, int& now) {
        const auto below = [&random](unsigned bound) { return static_cast<std::int64_t>(random() % bound); };
        const std::string member(1, static_cast<char>('a' + below(3)));
        switch (below(8)) {
            case 0:
            case 1:
            case 2: {
                const auto from = ranges.nextAvailable();
                if (!from) {
                    return true;
                }
                std::vector<std::int64_t> ends;
                for (auto end = from->value - 3 + below(12), left = below(4); left >= 0; --left, end += 1 + below(12)) {
                    ends.push_back(end);
                }
                const auto w = wish(member, from->value - below(3), ends, 1 + below(20),
                                    static_cast<DeliveryRanges::Cut>(below(2)));
                std::vector<std::pair<std::int64_t, int>> out;
                for (const auto& range : ranges.acquire(w)) {
                    for (auto offset = range.first.value; offset <= range.last.value; ++offset) {
                        out.emplace_back(offset, range.deliveries);
                    }
                }
                return out == model.acquire(w);
            }
            case 3:
            case 4:
            case 5: {
                const auto first = std::max<std::int64_t>(0, model.start - 3 + below(30));
                const auto last = first + below(8);
                std::vector<Type> types(below(2) == 0 ? 1 : static_cast<std::size_t>(last - first + 1));
                std::ranges::generate(types, [&] { return static_cast<Type>(below(5)); });
                const auto error = ranges.acknowledge(member, {batch(first, last, types)}, at(now + 20));
                return (error == GroupErrc::kNone) == model.acknowledge(member, first, last, types, at(now + 20));
            }
            case 6:
                now += static_cast<int>(below(9));
                static_cast<void>(ranges.expire(at(now)));
                model.expire(at(now));
                return true;
            default:
                return rare(random, ranges, model, member);
        }
    }
    static bool rare(std::mt19937& random, DeliveryRanges& ranges, Model& model, const std::string& member) {
        if (random() % 4 == 0) {
            const auto to = model.start + static_cast<std::int64_t>(random() % 6) - 2;
            static_cast<void>(ranges.moveStart(Offset(to)));
            model.moveStart(to);
        } else if (random() % 3 == 0) {
            DeliveryRanges again(ranges.start(), kLimits);
            if (!again.restore(ranges.encode())) {
                return false;
            }
            ranges = again;
            model.restart();
        } else {
            static_cast<void>(ranges.release(member));
            model.release(member);
        }
        return true;
    }

private Q_SLOTS:
    void everyRecordIsWhereTheModelHasIt() {
        std::mt19937 random(weir::testing::printedSeed());
        for (int round = 0; round < 200; ++round) {
            DeliveryRanges ranges(Offset(0), kLimits);
            Model model;
            int now = 0;
            for (int i = 0; i < 200; ++i) {
                const bool same = step(random, ranges, model, now);
                const QString differs = difference(ranges, model);
                QVERIFY2(same && differs.isEmpty(),
                         qPrintable(QString("round %1, step %2: %3")
                                        .arg(round)
                                        .arg(i)
                                        .arg(same ? differs : QStringLiteral("another answer"))));
            }
        }
    }
    /// Batches that lie before what is wanted, the last one of a log, and one record more than may be out.
    void batchesThatWereReadForNothingAreSkipped() {
        DeliveryRanges ranges(Offset(0), kLimits);
        QCOMPARE(ranges.acquire(wish("a", 0, {9}, 5)), ::ranges({{0, 9, 1}}));
        QCOMPARE(ranges.acquire(wish("b", 10, {4, 9, 12, 20}, 4)), ::ranges({{10, 20, 1}}));
        QVERIFY(ranges.acquire(wish("c", 21, {}, 4)).empty());
        QCOMPARE(ranges.acquire(wish("c", 21, {60}, 4)),
                 ::ranges({{21, 60, 1}}));  // the last batch is handed out whole
        QVERIFY(!ranges.nextAvailable());
        QVERIFY(ranges.acquire(wish("d", 61, {70}, 4)).empty());
    }
    void nonsenseIsRefused() {
        DeliveryRanges ranges(Offset(0), kLimits);
        QCOMPARE(ranges.acquire(wish("a", 0, {9}, 10)).size(), 1U);
        const auto says = [&ranges](const std::vector<AcknowledgeBatch>& batches) {
            return ranges.acknowledge("a", batches, at(60));
        };
        for (const int type : {-1, 5, 127}) {
            QCOMPARE(says({batch(0, 1, {static_cast<Type>(type)})}), GroupErrc::kInvalidRequest);
            QCOMPARE(says({batch(0, 1, {Type::kAccept, static_cast<Type>(type)})}), GroupErrc::kInvalidRequest);
        }
        QCOMPARE(says({batch(3, 5, {Type::kAccept}), batch(5, 6, {Type::kAccept})}), GroupErrc::kInvalidRequest);
        QCOMPARE(says({batch(3, 5, {Type::kAccept}), batch(0, 1, {Type::kAccept})}), GroupErrc::kInvalidRequest);
        QCOMPARE(says({batch(9, 10, {Type::kAccept})}), GroupErrc::kInvalidRequest);
        QCOMPARE(ranges.start(), Offset(0));
        QCOMPARE(says({batch(0, 4, {Type::kAccept}), batch(5, 9, {Type::kGap})}), GroupErrc::kNone);
        QCOMPARE(ranges.start(), Offset(10));
        QVERIFY(ranges.view().empty());
    }
    /// What a member held that is gone is told back to it as nothing: only its own, and not as a delivery.
    void aReleaseConcernsOneMember() {
        DeliveryRanges ranges(Offset(0), kLimits);
        QVERIFY(!ranges.release("a"));
        QCOMPARE(ranges.acquire(wish("a", 0, {9}, 10)).size(), 1U);
        QCOMPARE(ranges.acquire(wish("b", 10, {19}, 10)).size(), 1U);
        QVERIFY(!ranges.release("c"));
        QVERIFY(ranges.release("a"));
        QVERIFY(!ranges.release("a"));
        QCOMPARE(ranges.acquire(wish("c", 0, {9}, 10)), ::ranges({{0, 9, 1}}));
        QCOMPARE(ranges.view().back().member, std::string("b"));
    }
    void theStartMovesWithinAndBeyondWhatIsOut() {
        DeliveryRanges ranges(Offset(10), kLimits);
        QVERIFY(!ranges.moveStart(Offset(10)));
        QCOMPARE(ranges.acquire(wish("a", 10, {29}, 20)).size(), 1U);
        QVERIFY(ranges.moveStart(Offset(15)));
        QCOMPARE(ranges.view().front().first, Offset(15));
        QCOMPARE(ranges.acknowledge("a", {batch(10, 19, {Type::kAccept})}, at(60)), GroupErrc::kNone);
        QCOMPARE(ranges.start(), Offset(20));
        for (const std::int64_t to : {30, 100}) {
            QVERIFY(ranges.moveStart(Offset(to)));
            QCOMPARE(ranges.end(), Offset(to));
            QVERIFY(ranges.view().empty());
        }
    }
    /// The start was moved back after the records were read: they are not what comes next.
    void whatWasReadBeforeTheStartMovedBackIsNotHandedOut() {
        DeliveryRanges ranges(Offset(0), kLimits);
        QCOMPARE(ranges.acquire(wish("a", 0, {39}, 40)).size(), 1U);
        ranges.reset(Offset(5));
        QVERIFY(ranges.acquire(wish("a", 40, {49}, 10)).empty());
        QCOMPARE(ranges.end(), Offset(5));
        QCOMPARE(ranges.acquire(wish("a", 5, {9}, 10)), ::ranges({{5, 9, 1}}));
    }
    void aRowWithTooFewBytesOrAnImpossibleRangeIsNone() {
        DeliveryRanges whole(Offset(0), kLimits);
        QCOMPARE(whole.acquire(wish("a", 0, {9}, 10)).size(), 1U);
        QCOMPARE(whole.acknowledge("a", {batch(3, 5, {Type::kAccept})}, at(60)), GroupErrc::kNone);
        const Bytes row = whole.encode();
        QCOMPARE(row.size(), 5U + 3 * 19);
        const auto isRead = [](const Bytes& bytes) { return DeliveryRanges(Offset(0), kLimits).restore(bytes); };
        QVERIFY(isRead(row));
        for (std::size_t size = 0; size < row.size(); ++size) {
            QVERIFY(!isRead(Bytes(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(size))));
        }
        const auto changed = [&row](std::size_t where, auto to) {
            Bytes bytes = row;
            storeBigEndian(bytes.data() + where, to);
            return bytes;
        };
        QVERIFY(!isRead(changed(5, std::int64_t{1})));       // does not begin at the start
        QVERIFY(!isRead(changed(5 + 8, std::int64_t{-1})));  // ends before it begins
        QVERIFY(!isRead(changed(5 + 19, std::int64_t{4})));  // a hole
        QVERIFY(!isRead(changed(5 + 19, std::int64_t{2})));  // two states of one record
        for (const int state : {1, 3, 5, 255}) {
            Bytes bytes = row;
            bytes[5 + 16] = static_cast<std::byte>(state);
            QVERIFY(!isRead(bytes));
        }
    }
};

QTEST_APPLESS_MAIN(TstGroupsShareRanges)
#include "tst_groups_share_ranges.moc"
