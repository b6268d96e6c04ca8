// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "broker/storage/leader_epochs.h"
#include "tests/support/memory_file_system.h"

using namespace weir;
using namespace weir::storage;
using weir::testing::MemoryFileSystem;
using End = LeaderEpochs::EpochEnd;

class TestLeaderEpochs : public QObject {
    Q_OBJECT

    MemoryFileSystem m_disk;

    static void fill(LeaderEpochs& epochs, std::initializer_list<std::pair<int, int>> list) {
        for (const auto& [epoch, start] : list) {
            epochs.observe(LeaderEpoch(epoch), Offset(start));
        }
    }

private slots:
    void endOffsetsFollowKafka() {
        LeaderEpochs e(m_disk, "/data/none");
        fill(e, {{2, 10}, {4, 20}, {7, 30}});
        const Offset logEnd(45);
        QVERIFY(e.endOf(LeaderEpoch(7), logEnd) == (End{LeaderEpoch(7), logEnd}));
        QVERIFY(e.endOf(LeaderEpoch(8), logEnd) == End{});
        QVERIFY(e.endOf(LeaderEpoch(-1), logEnd) == End{});
        QVERIFY(e.endOf(LeaderEpoch(4), logEnd) == (End{LeaderEpoch(4), Offset(30)}));
        QVERIFY(e.endOf(LeaderEpoch(5), logEnd) == (End{LeaderEpoch(4), Offset(30)}));
        QVERIFY(e.endOf(LeaderEpoch(3), logEnd) == (End{LeaderEpoch(2), Offset(20)}));
        QVERIFY(e.endOf(LeaderEpoch(1), logEnd) == (End{LeaderEpoch(1), Offset(10)}));
        QVERIFY(LeaderEpochs(m_disk, "/data/none").endOf(LeaderEpoch(0), logEnd) == End{});
    }
    void epochOfAnOffset() {
        LeaderEpochs e(m_disk, "/data/none");
        fill(e, {{2, 10}, {4, 20}});
        QVERIFY(!e.epochOf(Offset(9)));
        QCOMPARE(e.epochOf(Offset(10)), std::optional(LeaderEpoch(2)));
        QCOMPARE(e.epochOf(Offset(19)), std::optional(LeaderEpoch(2)));
        QCOMPARE(e.epochOf(Offset(1000)), std::optional(LeaderEpoch(4)));
        QCOMPARE(e.spanOf(Offset(12)).end, Offset(20));
    }
    void epochThatNeverWroteGoesAway() {
        LeaderEpochs e(m_disk, "/data/none");
        fill(e, {{0, 0}, {1, 10}, {2, 10}});
        QCOMPARE(e.entries().size(), std::size_t{2});
        QCOMPARE(e.latest(), std::optional(LeaderEpoch(2)));
        e.observe(LeaderEpoch(1), Offset(50));
        QCOMPARE(e.entries().size(), std::size_t{2});
    }
    void truncationKeepsWhatIsStillTrue() {
        LeaderEpochs e(m_disk, "/data/none");
        fill(e, {{0, 0}, {1, 10}, {2, 20}});
        e.truncateStart(Offset(15));
        QVERIFY(e.entries() ==
                (std::vector<LeaderEpochs::Entry>{{LeaderEpoch(1), Offset(15)}, {LeaderEpoch(2), Offset(20)}}));
        e.truncateEnd(Offset(18));
        QCOMPARE(e.entries().size(), std::size_t{1});
        e.truncateEnd(Offset(15));
        QCOMPARE(e.entries().size(), std::size_t{1});
    }
    void fileIsKafkas() {
        QVERIFY(m_disk.createDirectories("/data/t-0").ok());
        LeaderEpochs made(m_disk, "/data/t-0");
        QVERIFY(made.assign(LeaderEpoch(0), Offset(0)).ok());
        QVERIFY(made.assign(LeaderEpoch(3), Offset(12)).ok());
        QVERIFY(asText(m_disk.contents("/data/t-0/leader-epoch-checkpoint")) == "0\n2\n0 0\n3 12\n");
        QCOMPARE(LeaderEpochs(m_disk, "/data/t-0").entries().size(), std::size_t{2});
        for (const char* ruined :
             {"0\n2\n0 0\n", "0\n2\n3 12\n0 0\n", "0\n1\nx y\n", "", "0\n1\n0 0 0\n", "0\n1\n0\n", "0\n1\n-1 0\n",
              "0\n1\n0 -1\n", "0\n1\n0 5x\n", "0\n2\n0 0\n0 7\n", "0\n2\n0 7\n1 7\n"}) {
            m_disk.setContents("/data/t-0/leader-epoch-checkpoint", toBytes(ruined));
            QVERIFY(LeaderEpochs(m_disk, "/data/t-0").entries().empty());
        }
    }
};

QTEST_APPLESS_MAIN(TestLeaderEpochs)
#include "tst_leader_epochs.moc"
