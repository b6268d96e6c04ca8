// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>
#include <sstream>

#include "tests/checker/checker.h"

namespace weir::checker {

namespace {

/// Lines without times, which are counted.
History historyOf(const std::vector<std::string>& lines) {
    History history;
    std::int64_t time = 0;
    for (const std::string& line : lines) {
        auto event = eventFrom(std::to_string(++time) + " " + line);
        if (!event) {
            qFatal("%s", event.error().c_str());
        }
        history.push_back(*std::move(event));
    }
    return history;
}

std::vector<Anomaly> anomaliesOf(const std::vector<std::string>& lines) {
    std::vector<Anomaly> found;
    for (const Finding& finding : judge(historyOf(lines))) {
        found.push_back(finding.what);
    }
    return found;
}

using Anomalies = std::vector<Anomaly>;

const std::vector<std::string> kTwoAcked{"a send p=t:0 v=1", "a ack p=t:0 o=0 v=1", "a send p=t:0 v=2",
                                         "a ack p=t:0 o=1 v=2"};

std::vector<std::string> operator+(std::vector<std::string> first, const std::vector<std::string>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

}  // namespace

class CheckerTest : public QObject {
    Q_OBJECT

private slots:
    void eventsAreTheSameAsText() {
        const std::string line = "17 p-1 poll p=a.b:3 o=0 v=p/9 x=tx g=g1 s=4 f";
        const auto event = eventFrom(line);
        QVERIFY(event);
        QCOMPARE(toText(*event), line);
        QCOMPARE(event->place.topic, std::string("a.b"));
        QVERIFY(event->flag);
        QVERIFY(!eventFrom("17 p-1 pol p=t:0"));
        QVERIFY(!eventFrom("17 p-1 poll p=t"));
        QVERIFY(!eventFrom("17 p-1 poll q=t:0"));
        QVERIFY(!eventFrom("17"));
    }

    void theTornLinesOfKilledProcessesAreLeftOut() {
        std::istringstream in(std::string("2 a send p=t:0 v=1\n4548 p") + kGoesOn + "1 a begin x=y\n" + kGoesOn +
                              "3 a ack p=t:0 o=0 v=");
        History history;
        QVERIFY(readJournal(in, history));
        QCOMPARE(history.size(), std::size_t{2});
        sortByTime(history);
        QCOMPARE(history.front().time, 1);
        std::istringstream bad("1 a send p=t:0 v=1\nx\n");
        QVERIFY(!readJournal(bad, history));
    }

    void whatIsSoundIsLeftInPeace() {
        QCOMPARE(anomaliesOf(kTwoAcked +
                             std::vector<std::string>{"c poll p=t:0 o=0 v=1", "c poll p=t:0 o=1 v=2", "c whole p=t:0"}),
                 Anomalies{});
        // Not acknowledged: there or not, both are right. Somebody else's read comes before the acknowledgement.
        QCOMPARE(anomaliesOf({"a send p=t:0 v=1", "a send p=t:0 v=2", "c poll p=t:0 o=7 v=2", "c whole p=t:0",
                              "a ack p=t:0 o=7 v=2"}),
                 Anomalies{});
        // A refused record that is nowhere; an acknowledged one after the whole was read; one that was removed.
        QCOMPARE(anomaliesOf(
                     {"a send p=t:0 v=1", "a refuse v=1", "c whole p=t:0", "a send p=t:0 v=2", "a ack p=t:0 o=0 v=2"}),
                 Anomalies{});
        QCOMPARE(anomaliesOf(kTwoAcked +
                             std::vector<std::string>{"d remove p=t:0 o=1", "c poll p=t:0 o=1 v=2", "c whole p=t:0"}),
                 Anomalies{});
    }

    void anAcknowledgedRecordThatIsGoneIsALostWrite() {
        QCOMPARE(anomaliesOf(kTwoAcked + std::vector<std::string>{"c poll p=t:0 o=0 v=1", "c whole p=t:0"}),
                 Anomalies{Anomaly::kLostWrite});
        QCOMPARE(anomaliesOf({"a begin x=x", "a send p=t:0 v=1 x=x", "a ack p=t:0 o=0 v=1", "a end x=x f",
                              "a ended x=x f", "c whole p=t:0 f"}),
                 Anomalies{Anomaly::kLostWrite});
        // Without an offset too, where nothing was removed.
        QCOMPARE(anomaliesOf({"a send p=t:0 v=1", "a ack p=t:0 v=1", "c whole p=t:0"}), Anomalies{Anomaly::kLostWrite});
    }

    void oneRecordAtTwoPlacesIsADuplicate() {
        const auto found = anomaliesOf({"a send p=t:0 v=1", "c poll p=t:0 o=0 v=1", "c poll p=t:0 o=1 v=1"});
        QCOMPARE(found, Anomalies{Anomaly::kDuplicate});
    }

    void laterSendsThatStandEarlierAreReordered() {
        QCOMPARE(anomaliesOf({"a send p=t:0 v=1", "a send p=t:0 v=2", "c poll p=t:0 o=0 v=2", "c poll p=t:0 o=1 v=1"}),
                 Anomalies{Anomaly::kReordered});
        // Two processes have no order among them, and neither have two partitions.
        QCOMPARE(anomaliesOf({"a send p=t:0 v=1", "b send p=t:0 v=2", "c poll p=t:0 o=0 v=2", "c poll p=t:0 o=1 v=1"}),
                 Anomalies{});
        QCOMPARE(anomaliesOf({"a send p=t:0 v=1", "a send p=t:1 v=2", "c poll p=t:0 o=5 v=1", "c poll p=t:1 o=1 v=2"}),
                 Anomalies{});
    }

    void whatNobodySentIsInvented() {
        QCOMPARE(anomaliesOf({"c poll p=t:0 o=0 v=9"}), Anomalies{Anomaly::kInvented});
        QCOMPARE(anomaliesOf({"a send p=t:0 v=1", "a refuse v=1", "c poll p=t:0 o=0 v=1"}),
                 Anomalies{Anomaly::kInvented});
    }

    void whatStandsElsewhereHasMoved() {
        QCOMPARE(anomaliesOf({"a send p=t:0 v=1", "a ack p=t:0 o=3 v=1", "c poll p=t:0 o=2 v=1"}),
                 Anomalies{Anomaly::kMoved});
        QCOMPARE(anomaliesOf({"a send p=t:0 v=1", "c poll p=t:1 o=2 v=1"}), Anomalies{Anomaly::kMoved});
    }

    void oneOffsetWithTwoValuesIsInconsistent() {
        const auto found =
            anomaliesOf({"a send p=t:0 v=1", "b send p=t:0 v=2", "c poll p=t:0 o=0 v=1", "d poll p=t:0 o=0 v=2"});
        QCOMPARE(found, Anomalies{Anomaly::kInconsistentOffset});
    }

    void whatIsNotCommittedIsNotForCommittedReaders() {
        const std::vector<std::string> begun{"a begin x=x", "a send p=t:0 v=1 x=x", "a ack p=t:0 o=0 v=1"};
        const std::vector<std::string> polled{"c poll p=t:0 o=0 v=1 f"};
        const std::vector<std::string> commit{"a end x=x f"};
        QCOMPARE(anomaliesOf(begun + polled), Anomalies{Anomaly::kAbortedRead});
        QCOMPARE(anomaliesOf(begun + std::vector<std::string>{"a end x=x", "a ended x=x"} + polled),
                 Anomalies{Anomaly::kAbortedRead});
        QCOMPARE(anomaliesOf(begun + polled + commit), Anomalies{Anomaly::kEarlyRead});
        // Asked for but not answered: it may be committed.
        QCOMPARE(anomaliesOf(begun + commit + polled), Anomalies{});
        // Everybody else may look.
        QCOMPARE(anomaliesOf(begun + std::vector<std::string>{"c poll p=t:0 o=0 v=1"}), Anomalies{});
    }

    void halfATransactionIsTorn() {
        const std::vector<std::string> asked{"a begin x=x",          "a send p=t:0 v=1 x=x", "a ack p=t:0 o=0 v=1",
                                             "a send p=t:1 v=2 x=x", "a ack p=t:1 o=0 v=2",  "a end x=x f"};
        const std::vector<std::string> half{"c poll p=t:0 o=0 v=1 f", "c whole p=t:0 f", "c whole p=t:1 f"};
        QCOMPARE(anomaliesOf(asked + half), Anomalies{Anomaly::kTornTransaction});
        QCOMPARE(anomaliesOf(asked + std::vector<std::string>{"c whole p=t:0 f", "c whole p=t:1 f"}), Anomalies{});
        QCOMPARE(anomaliesOf(asked + std::vector<std::string>{"c poll p=t:1 o=0 v=2 f"} + half), Anomalies{});
    }

    void aReaderThatSkipsOrGoesBackIsSeen() {
        const auto skip = kTwoAcked + std::vector<std::string>{"a send p=t:0 v=3", "a ack p=t:0 o=2 v=3",
                                                               "c poll p=t:0 o=0 v=1", "c poll p=t:0 o=2 v=3"};
        QCOMPARE(anomaliesOf(skip), Anomalies{Anomaly::kPollSkip});
        QCOMPARE(anomaliesOf(kTwoAcked + std::vector<std::string>{"c poll p=t:0 o=1 v=2", "c poll p=t:0 o=0 v=1"}),
                 Anomalies{Anomaly::kPollBack});
        QCOMPARE(anomaliesOf(kTwoAcked + std::vector<std::string>{"c poll p=t:0 o=1 v=2", "c assign p=t:0",
                                                                  "c poll p=t:0 o=0 v=1"}),
                 Anomalies{});
        // A committed reader goes past what was aborted, and past markers that nobody sees.
        QCOMPARE(anomaliesOf({"a begin x=x", "a send p=t:0 v=1 x=x", "a ack p=t:0 o=1 v=1", "b send p=t:0 v=0",
                              "b send p=t:0 v=2", "a end x=x", "c poll p=t:0 o=0 v=0 f", "c poll p=t:0 o=3 v=2 f"}),
                 Anomalies{});
    }

    void aReplacedCommitThatComesBackIsARegression() {
        const std::vector<std::string> two{"c commit g=g p=t:0 o=5", "c committed g=g p=t:0 o=5",
                                           "c commit g=g p=t:0 o=9", "c committed g=g p=t:0 o=9"};
        QCOMPARE(anomaliesOf(two + std::vector<std::string>{"d fetched g=g p=t:0 o=9"}), Anomalies{});
        QCOMPARE(anomaliesOf(two + std::vector<std::string>{"d fetched g=g p=t:0 o=5"}),
                 Anomalies{Anomaly::kCommitRegression});
        QCOMPARE(anomaliesOf(two + std::vector<std::string>{"d fetched g=g p=t:0"}),
                 Anomalies{Anomaly::kCommitRegression});
        // Asked before the second commit was answered, or answered by nobody, or of another group.
        QCOMPARE(anomaliesOf(two + std::vector<std::string>{"d fetched g=g p=t:0 o=5 s=3"}), Anomalies{});
        QCOMPARE(anomaliesOf(two + std::vector<std::string>{"c commit g=g p=t:0 o=12", "d fetched g=g p=t:0 o=12",
                                                            "d fetched g=g p=t:0 o=9", "d fetched g=h p=t:0"}),
                 Anomalies{});
        QCOMPARE(anomaliesOf(two + std::vector<std::string>{"c commit g=g p=t:0 o=12", "c uncommit g=g p=t:0 o=12",
                                                            "d fetched g=g p=t:0 o=12"}),
                 Anomalies{Anomaly::kCommitRegression});
    }

    void commitsInTransactionsCountWithTheirEnds() {
        const std::vector<std::string> begun{"c commit g=g p=t:0 o=5", "c committed g=g p=t:0 o=5", "a begin x=x",
                                             "a commit g=g p=t:0 o=9 x=x", "a committed g=g p=t:0 o=9 x=x"};
        const std::vector<std::string> old{"d fetched g=g p=t:0 o=5"};
        const std::vector<std::string> young{"d fetched g=g p=t:0 o=9"};
        const std::vector<std::string> committed{"a end x=x f", "a ended x=x f"};
        QCOMPARE(anomaliesOf(begun + old), Anomalies{});
        QCOMPARE(anomaliesOf(begun + young), Anomalies{Anomaly::kCommitRegression});
        QCOMPARE(anomaliesOf(begun + committed + young), Anomalies{});
        QCOMPARE(anomaliesOf(begun + committed + old), Anomalies{Anomaly::kCommitRegression});
        QCOMPARE(anomaliesOf(begun + std::vector<std::string>{"a end x=x", "a ended x=x"} + old), Anomalies{});
    }

    void transactionsThatReadFromEachOtherAreACycle() {
        const std::vector<std::string> crossed{"a begin x=x", "b begin x=y", "a send p=t:0 v=1 x=x",
                                               "b send p=t:1 v=2 x=y", "a poll p=t:1 o=0 v=2 x=x"};
        QCOMPARE(anomaliesOf(crossed), Anomalies{});
        QCOMPARE(anomaliesOf(crossed + std::vector<std::string>{"b poll p=t:0 o=0 v=1 x=y"}),
                 Anomalies{Anomaly::kCycle});
    }
};

}  // namespace weir::checker

QTEST_APPLESS_MAIN(weir::checker::CheckerTest)
#include "tst_checker.moc"
